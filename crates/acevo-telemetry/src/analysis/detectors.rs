//! What the pages show, watched for what is worth an event.
//!
//! Each watcher is fed every moment of driving. The state that is found at the beginning is no event, except where somebody who has
//! just come would want to know: the name of the phase, a flag that is shown, the wrong way, fuel that is low. Nothing happens in menus,
//! pauses and replays. A value that flickers or comes and goes around a threshold is one event, and of garbage
//! there is no more than the limiter lets through.

mod control;
mod damage;
mod driving;
mod fuel;
mod heat;
mod held;
mod pits;
mod thresholds;

use std::collections::VecDeque;

pub use thresholds::Thresholds;

use super::clock::{Beginning, Flow, Moment};
use super::event::SessionEventKind;
use control::Control;
use damage::Damage;
use driving::Driving;
use fuel::Fuel;
use heat::Heat;
use held::{Limiter, SeenTime};
use pits::Pits;

/// All watchers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch {
    time: SeenTime,
    limiter: Limiter,
    control: Control,
    pits: Pits,
    driving: Driving,
    fuel: Fuel,
    damage: Damage,
    heat: Heat,
    /// What has happened with this moment.
    happened: Vec<SessionEventKind>,
    news: VecDeque<SessionEventKind>,
}

impl Watch {
    /// What has happened, oldest first.
    pub(crate) fn take(&mut self) -> Option<SessionEventKind> {
        self.news.pop_front()
    }

    /// Takes a moment, and how many laps the fuel lasts for where that was measured.
    pub(crate) fn feed(&mut self, moment: &Moment<'_>, limits: &Thresholds, laps_left: Option<f64>) {
        let now = self.time.at(moment.time);
        if let Flow::Begins(beginning) = moment.flow {
            self.begin(beginning);
        }
        // A page that may mix two packets is left alone; the next one is near.
        if moment.is_live() && moment.frame.graphics.is_settled() && moment.frame.physics.is_settled() {
            let (frame, out) = (moment.frame, &mut self.happened);
            self.control.note(frame, now, limits, out);
            self.pits.note(frame, now, limits, out);
            self.driving.note(frame, now, limits, out);
            self.fuel.note(frame, laps_left, now, limits, out);
            self.damage.note(frame, now, limits, out);
            self.heat.note(frame, now, limits, out);
        }
        let limiter = &mut self.limiter;
        self.news.extend(self.happened.drain(..).filter(|_| limiter.allows(now)));
    }

    fn begin(&mut self, beginning: Beginning) {
        if beginning == Beginning::First {
            self.control = Control::default();
        } else {
            self.control.begin();
        }
        self.put_elsewhere();
    }

    /// The car was put into its box with other fuel, other tyres and no damage: what is found next is no event.
    pub(crate) fn put_elsewhere(&mut self) {
        (self.pits, self.driving, self.fuel) = Default::default();
        (self.damage, self.heat) = Default::default();
    }
}

#[cfg(test)]
mod tests;
