//! Event detectors: conditions in the pages that are worth an event.
//!
//! Each detector is fed every frame of driving. The state found at the beginning is no event, except if a user who has just connected
//! needs to know it: the name of the phase, a flag that is shown, the wrong way, low fuel. Menus, pauses and replays cause no events.
//! A value that flickers, or that oscillates around a threshold, is one event. The limiter bounds the number of events that garbage can
//! cause.

mod control;
mod damage;
mod debounce;
mod driving;
mod fuel;
mod heat;
mod pits;
mod thresholds;

use std::collections::VecDeque;

pub use thresholds::Thresholds;

use super::clock::{ClockedFrame, Continuity};
use super::event::SessionEventKind;
use super::session_key::Beginning;
use crate::limiter::Limiter;
use control::Control;
use damage::Damage;
use debounce::ObservedTime;
use driving::Driving;
use fuel::Fuel;
use heat::Heat;
use pits::Pits;

/// Number of events at once, and per second for long. No drive comes near the limit; garbage does.
const MAX_EVENTS: (f64, f64) = (30.0, 2.0);

/// All detectors.
#[derive(Debug, Clone)]
pub(crate) struct Detectors {
    time: ObservedTime,
    limiter: Limiter,
    control: Control,
    pits: Pits,
    driving: Driving,
    fuel: Fuel,
    damage: Damage,
    heat: Heat,
    /// Events of the newest frame, before the limiter.
    detected: Vec<SessionEventKind>,
    events: VecDeque<SessionEventKind>,
}

impl Default for Detectors {
    fn default() -> Self {
        Self {
            time: ObservedTime::default(),
            limiter: Limiter::new(MAX_EVENTS.0, MAX_EVENTS.1),
            control: Control::default(),
            pits: Pits::default(),
            driving: Driving::default(),
            fuel: Fuel::default(),
            damage: Damage::default(),
            heat: Heat::default(),
            detected: Vec::new(),
            events: VecDeque::new(),
        }
    }
}

impl Detectors {
    /// The oldest event that was not taken yet.
    pub(crate) fn next_event(&mut self) -> Option<SessionEventKind> {
        self.events.pop_front()
    }

    /// Takes a frame, and the number of laps that the fuel lasts for if it was measured.
    pub(crate) fn feed(&mut self, clocked: &ClockedFrame<'_>, limits: &Thresholds, laps_left: Option<f64>) {
        let now = self.time.at(clocked.time);
        if let Continuity::Begins(beginning) = clocked.continuity {
            self.begin(beginning);
        }
        let (frame, sample) = (clocked.frame, &clocked.sample);
        // Torn pages are skipped; the next ones come soon.
        if clocked.is_live() && frame.graphics.is_settled() && frame.physics.is_settled() {
            let out = &mut self.detected;
            self.driving.note(frame, sample, now, limits, out);
            // What these watch changes slowly, or with the frames of the game: five of six packets have nothing new for them.
            if clocked.has_graphics {
                self.control.note(frame, now, limits, out);
                self.pits.note(frame, sample, now, limits, out);
                self.fuel.note(frame, sample, laps_left, now, limits, out);
                self.damage.note(frame, now, limits, out);
                self.heat.note(frame, now, limits, out);
            }
        }
        let limiter = &mut self.limiter;
        self.events.extend(self.detected.drain(..).filter(|_| limiter.allows(now)));
    }

    fn begin(&mut self, beginning: Beginning) {
        if beginning == Beginning::First {
            self.control = Control::default();
        } else {
            self.control.begin_session();
        }
        self.reset_car();
    }

    /// The car was moved to its box with other fuel, other tyres and no damage: the state that is found next is no event.
    pub(crate) fn reset_car(&mut self) {
        self.pits = Pits::default();
        self.driving = Driving::default();
        self.fuel = Fuel::default();
        self.damage = Damage::default();
        self.heat = Heat::default();
    }
}

#[cfg(test)]
mod tests;
