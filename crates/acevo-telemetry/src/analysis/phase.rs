//! The phases of a session, by the names that the real game writes.

/// A phase of a session, in order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Before the cars may drive: spawning, the lights, waiting for the start or for a pit box.
    Start,
    /// The session runs.
    Session,
    /// The time or the laps are over; running laps are finished.
    Overtime,
    /// Nothing counts any more. Measured for `Ended`: the lap timer is reset, and the last lap time belongs to no lap.
    Over,
}

impl Phase {
    /// The phase of a name that was seen in the real game; `None` for any other name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "Start_Spawn_On_Position"
            | "Start_Countdown_Lights_On"
            | "Start_Countdown_Lights_Off"
            | "Waiting_For_Start"
            | "Waiting_For_PitBox" => Self::Start,
            "Session" => Self::Session,
            "Overtime_Waiting_For_Leader" | "Overtime_Waiting_For_Others" => Self::Overtime,
            "Ended" | "Disqualified" | "Teardown" => Self::Over,
            _ => return None,
        })
    }

    /// True if the second phase continues the session of the first one. An earlier phase begins another session. False for unknown
    /// names.
    pub(crate) fn continues(before: &str, now: &str) -> bool {
        Self::of(before).zip(Self::of(now)).is_some_and(|(before, now)| before <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continues_is_true_for_phases_in_order_only() {
        let race = [
            "Start_Spawn_On_Position",
            "Start_Countdown_Lights_On",
            "Start_Countdown_Lights_Off",
            "Session",
            "Overtime_Waiting_For_Leader",
            "Ended",
            "Teardown",
        ];
        assert!(race.windows(2).all(|pair| Phase::continues(pair[0], pair[1])));
        for (before, now) in
            [("Ended", "Start_Spawn_On_Position"), ("Session", "Waiting_For_Start"), ("Practice", "Race")]
        {
            assert!(!Phase::continues(before, now), "{before} to {now}");
        }
    }
}
