//! Flags and start lights.

use acevo_shared_memory::ACEvoFlagType;

use super::Session;
use crate::plan::{EventKind, Start};

/// Session times on the grid in seconds: the five lights come on one after another from the first, and go out at the second.
pub(super) const LIGHTS_START: f64 = 4.0;
pub(crate) const GREEN_LIGHT: f64 = 10.0;

/// The flags that the marshals show.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marshals {
    yellow: bool,
    /// Any other planned flag.
    other: Option<ACEvoFlagType>,
    /// Session time until which the green flag is shown after a yellow one.
    green_until: f64,
}

impl Session {
    /// Updates the flags for this lap position.
    pub(super) fn show_flags(&mut self, npos: f64, time: f64) {
        let mut yellow = false;
        let mut other = None;
        for event in self.events() {
            match event.kind {
                EventKind::Yellow { from, to } => yellow |= (from..to).contains(&npos),
                EventKind::Flag { flag, from, to } if self.clock.is_running() && (from..to).contains(&npos) => {
                    other = Some(flag);
                }
                _ => {}
            }
        }
        if self.marshals.yellow && !yellow {
            self.marshals.green_until = time + 3.0;
        }
        self.marshals.yellow = yellow;
        self.marshals.other = other;
        self.driver.intent.careful = yellow;
    }

    /// The flag shown to the player.
    pub(crate) fn flag(&self) -> ACEvoFlagType {
        if self.is_chequered() {
            ACEvoFlagType::CheckeredFlag
        } else if self.marshals.yellow {
            ACEvoFlagType::YellowFlag
        } else if let Some(flag) = self.marshals.other {
            flag
        } else if self.time() < self.marshals.green_until || self.just_started() {
            ACEvoFlagType::GreenFlag
        } else {
            ACEvoFlagType::NoFlag
        }
    }

    fn just_started(&self) -> bool {
        self.plan.start == Start::Grid && (GREEN_LIGHT..GREEN_LIGHT + 3.0).contains(&self.time())
    }

    /// Number of red start lights that are on, 0..5.
    pub(crate) fn lights_on(&self) -> i32 {
        let time = self.time();
        if self.plan.start == Start::Grid && time < GREEN_LIGHT {
            ((time - LIGHTS_START) as i32 + 1).clamp(0, 5) * i32::from(time >= LIGHTS_START)
        } else {
            0
        }
    }

    /// Time until a race starts, in seconds; 0 afterwards and in other sessions.
    pub(crate) fn to_start(&self) -> f64 {
        if self.plan.start == Start::Grid { (GREEN_LIGHT - self.time()).max(0.0) } else { 0.0 }
    }
}
