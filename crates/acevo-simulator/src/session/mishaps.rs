//! What goes wrong on the way: damage, wrong way, hot tyres, high revs; and DRS, which does not.

use super::Session;
use crate::car::STEP;
use crate::plan::What;
use crate::truth::Damage;

/// °C above the ideal that overheated treads reach.
const OVERHEATED: f64 = 32.0;

/// The state of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Mishaps {
    pub(crate) damage: Damage,
    pub(crate) wrong_way: bool,
    pub(crate) drs: bool,
}

impl Mishaps {
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
    /// What holds for a part of the lap and begins or ends at this place.
    pub(super) fn suffer(&mut self, npos: f64) {
        let (mut wrong_way, mut drs, mut hold_gear, mut hot) = (false, false, false, false);
        if self.clock.is_running() {
            for event in self.events() {
                let here = |from: f64, to: f64| (from..to).contains(&npos);
                match event.what {
                    What::WrongWay { from, to } => wrong_way |= here(from, to),
                    What::Drs { from, to } => drs |= here(from, to),
                    What::OverRev { from, to } => hold_gear |= here(from, to),
                    What::HotTyres { from, to } => hot |= here(from, to),
                    _ => {}
                }
            }
        }
        self.mishaps.wrong_way = wrong_way;
        self.mishaps.drs = drs;
        self.car.powertrain.hold_gear = hold_gear;
        if hot {
            self.car.wheels.overheat(self.car.spec.ideal_tyre_c + OVERHEATED, STEP / 2.5);
        }
    }
}
