//! The phases of a session, under the game's own names.

use super::Session;
use super::flags::{GREEN_LIGHT, LIGHTS_START};
use crate::plan::Start;
use crate::truth::PhantomLap;

/// Time that a session from the box waits for the box, in seconds.
const WAITING_FOR_BOX: f64 = 0.5;
/// Length of the phase after the green light, in seconds.
const LIGHTS_OFF: f64 = 2.0;
/// Time from the player's finish to the end of another session, in seconds.
const SESSION_ENDS: f64 = 3.0;
/// Time from the end of the session to its removal, in seconds.
const TEARDOWN: f64 = 0.4;

impl Session {
    /// The value of `phase_name` on the page.
    pub(crate) fn phase_name(&self) -> &'static str {
        if let Some(name) = self.plan.phase {
            return name;
        }
        let (time, race) = (self.time(), self.plan.start == Start::Grid);
        if let Some(flag) = self.chequered_at {
            return match time - flag {
                _ if self.ends_at().is_some_and(|end| time - flag >= (end - flag) - TEARDOWN) => "Teardown",
                _ if race && self.race_over_at.is_none() => "Overtime_Waiting_For_Others",
                since if !race && since < SESSION_ENDS => "Session",
                _ => "Ended",
            };
        }
        match self.plan.start {
            Start::Grid if time < LIGHTS_START => "Start_Spawn_On_Position",
            Start::Grid if time < GREEN_LIGHT => "Start_Countdown_Lights_On",
            Start::Grid if time < GREEN_LIGHT + LIGHTS_OFF => "Start_Countdown_Lights_Off",
            Start::Box if time < WAITING_FOR_BOX => "Waiting_For_PitBox",
            _ if self.plan.timed && self.left_ms() == 0 => "Overtime_Waiting_For_Leader",
            _ => "Session",
        }
    }

    /// Resets the timer once in the phase `Ended` of a race, as the game does. A session with a fixed phase name has no such phase.
    pub(super) fn reset_after_the_end(&mut self, time: f64) -> Option<PhantomLap> {
        if self.plan.phase.is_some() || self.timer_was_reset || self.race_over_at.is_none() {
            return None;
        }
        self.timer_was_reset = true;
        self.clock.reset_timer(time)
    }
}
