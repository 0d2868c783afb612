//! Kinds of sessions.

use std::fmt;

use acevo_shared_memory::{ACEvoSessionType, Frame};

use crate::names::shown_name;

/// The kind of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SessionKind {
    /// Practice or warm-up.
    Practice,
    /// Qualifying.
    Qualifying,
    /// A race.
    Race,
    /// Time attack or hot stint.
    TimeAttack,
    /// Free driving.
    Cruise,
}

impl SessionKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Practice, Self::Qualifying, Self::Race, Self::TimeAttack, Self::Cruise];

    /// The kind of the session in a frame; `None` if it is unknown. The names of phase and session are more specific than the type of the
    /// session: the game publishes `TimeAttack` or `HotStint` for everything but quick races.
    ///
    /// ```
    /// use acevo_telemetry::SessionKind;
    ///
    /// let mut simulator = acevo_simulator::Simulator::new(acevo_simulator::Options::default());
    /// while !simulator.step().static_data {}
    /// println!("{:?}", SessionKind::of(&simulator.frame()));
    /// ```
    pub fn of(frame: &Frame) -> Option<Self> {
        let by_name = [frame.graphics.session_phase(), frame.static_data.session_name()];
        by_name.into_iter().find_map(Self::of_name).or_else(|| Self::of_type(frame.static_data.session()))
    }

    /// The kind that the name of a session contains, such as `Free Practice 1`.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = shown_name(name).to_lowercase();
        let words: Vec<_> = name
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .collect();
        // `time attack`, `TimeAttack` and `Time_Attack` are the same.
        let joined: String = name.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let is_race = words.iter().enumerate().any(|(index, word)| {
            *word == "race" && words.get(index + 1).is_none_or(|next| !next.starts_with("weekend"))
        });
        let has = |parts: &[&str]| parts.iter().any(|part| joined.contains(part));
        match () {
            () if has(&["practice", "practise", "warmup"]) => Some(Self::Practice),
            () if has(&["qualif"]) => Some(Self::Qualifying),
            () if is_race => Some(Self::Race),
            () if has(&["timeattack", "hotstint", "hotlap"]) => Some(Self::TimeAttack),
            () if has(&["cruise"]) => Some(Self::Cruise),
            () => None,
        }
    }

    const fn of_type(session: ACEvoSessionType) -> Option<Self> {
        match session {
            ACEvoSessionType::Race => Some(Self::Race),
            ACEvoSessionType::TimeAttack | ACEvoSessionType::HotStint => Some(Self::TimeAttack),
            ACEvoSessionType::Cruise => Some(Self::Cruise),
            _ => None,
        }
    }

    /// The name in files and commands: `practice`, `qualifying`, `race`, `time_attack`, `cruise`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Qualifying => "qualifying",
            Self::Race => "race",
            Self::TimeAttack => "time_attack",
            Self::Cruise => "cruise",
        }
    }
}

impl fmt::Display for SessionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_name_finds_the_kind_in_names_of_the_game() {
        for (name, kind) in [
            ("Free Practice 1", Some(SessionKind::Practice)),
            ("Warm-up", Some(SessionKind::Practice)),
            ("QUALIFYING", Some(SessionKind::Qualifying)),
            ("Race", Some(SessionKind::Race)),
            ("Race Weekend", None),
            ("Race weekend: race", Some(SessionKind::Race)),
            ("Trace", None),
            ("Time Attack", Some(SessionKind::TimeAttack)),
            ("HotStint", Some(SessionKind::TimeAttack)),
            ("Cruise", Some(SessionKind::Cruise)),
            ("Start_Countdown_Lights_On", None),
            ("", None),
        ] {
            assert_eq!(SessionKind::of_name(name), kind, "{name}");
        }
    }
}
