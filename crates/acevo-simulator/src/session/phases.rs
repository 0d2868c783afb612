//! The phases that the game goes through in a session, by its own names.

use super::Session;
use super::flags::{GREEN_LIGHT, LIGHTS_START};
use crate::plan::Start;
use crate::truth::PhantomLap;

/// Seconds for which a session from the box waits for its box.
const WAITING_FOR_BOX: f64 = 0.5;
/// Seconds after the green light.
const LIGHTS_OFF: f64 = 2.0;
/// Seconds from the player's finish to the end of a race.
const OTHERS_FINISH: f64 = 7.0;
/// Seconds from the player's finish to the end of another session.
const SESSION_ENDS: f64 = 3.0;
/// Seconds from the end of the session to its removal.
const TEARDOWN: f64 = 0.4;

impl Session {
    /// `phase_name` as the page shows it.
    pub(crate) fn phase_name(&self) -> &'static str {
        if let Some(name) = self.plan.phase {
            return name;
        }
        let (time, race) = (self.time(), self.plan.start == Start::Grid);
        if let Some(flag) = self.chequered_at {
            return match time - flag {
                since if since >= self.chequered_for() - TEARDOWN => "Teardown",
                since if race && since < OTHERS_FINISH => "Overtime_Waiting_For_Others",
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

    /// In the phase `Ended` of a race the game resets the timer, once. A session whose phase has a fixed name has no such phase.
    pub(super) fn reset_after_the_end(&mut self, time: f64) -> Option<PhantomLap> {
        let flag = self.chequered_at?;
        if self.plan.phase.is_some()
            || self.plan.start != Start::Grid
            || self.timer_was_reset
            || time < flag + OTHERS_FINISH
        {
            return None;
        }
        self.timer_was_reset = true;
        self.clock.reset_timer(time)
    }
}
