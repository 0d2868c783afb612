//! Damage, wrong direction, hot tyres, high revs and DRS.

use super::Session;
use crate::car::STEP;
use crate::plan::EventKind;
use crate::truth::Damage;

/// Temperature of overheated treads above the ideal, in °C.
const OVERHEATED: f64 = 32.0;

/// The state of the incidents.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Incidents {
    pub(crate) damage: Damage,
    pub(crate) wrong_way: bool,
    pub(crate) drs: bool,
}

impl Incidents {
    pub(super) fn add(&mut self, damage: &Damage) {
        for (sum, more) in self.damage.body.iter_mut().zip(damage.body) {
            *sum += more;
        }
        for (sum, more) in self.damage.suspension.iter_mut().zip(damage.suspension) {
            *sum += more;
        }
    }

    pub(super) fn repair(&mut self) {
        self.damage = Damage::default();
    }
}

impl Session {
    /// Begins and ends the incidents that last for a part of the lap, given the lap position.
    pub(super) fn update_incidents(&mut self, npos: f64) {
        let (mut wrong_way, mut drs, mut hold_gear, mut hot) = (false, false, false, false);
        if self.clock.is_running() {
            for event in self.events() {
                let is_within = |from: f64, to: f64| (from..to).contains(&npos);
                match event.kind {
                    EventKind::WrongWay { from, to } => wrong_way |= is_within(from, to),
                    EventKind::Drs { from, to } => drs |= is_within(from, to),
                    EventKind::OverRev { from, to } => hold_gear |= is_within(from, to),
                    EventKind::HotTyres { from, to } => hot |= is_within(from, to),
                    _ => {}
                }
            }
        }
        self.incidents.wrong_way = wrong_way;
        self.incidents.drs = drs;
        self.car.powertrain.hold_gear = hold_gear;
        if hot {
            self.car.wheels.overheat(self.car.spec.ideal_tyre_c + OVERHEATED, STEP / 2.5);
        }
    }
}
