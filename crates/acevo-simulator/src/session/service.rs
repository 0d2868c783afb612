//! Work in the box.

use super::Session;
use crate::car::STEP;

/// A stop in the box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Service {
    until: f64,
    /// Litres, or kWh for an electric car, per second.
    refill: f64,
}

impl Session {
    /// Begins when the car has come to rest in the box, ends with new tyres, a fuller tank, and nothing broken.
    pub(super) fn serve(&mut self, time: f64) {
        if self.driver.stop_ahead && self.car.speed == 0.0 {
            self.driver.stop_ahead = false;
            self.driver.holding = true;
            let spec = self.car.spec;
            let (capacity, per_second) = if spec.is_electric() { (spec.battery_kwh, 3.0) } else { (spec.tank_l, 2.8) };
            let missing = (0.6 - self.car.powertrain.level(spec)).max(0.0) * capacity;
            // Four tyres take their time even when nothing is missing; so do repairs.
            let least = if self.mishaps.damage.is_some() { 14.0 } else { 8.0 };
            let seconds = (missing / per_second).max(least);
            self.service = Some(Service { until: time + seconds, refill: missing / seconds });
        }
        let Some(service) = self.service else { return };
        let refilled = service.refill * STEP;
        if self.car.spec.is_electric() {
            self.car.powertrain.battery_kwh += refilled;
        } else {
            self.car.powertrain.fuel_l += refilled;
        }
        if time >= service.until {
            self.service = None;
            self.driver.holding = false;
            self.clock.stint += 1;
            self.mishaps.repair();
            self.car.wheels.fit_new_tyres(self.car.spec.ideal_tyre_c - 14.0);
        }
    }

    /// Work on the car is going on in the box.
    pub(crate) fn is_serviced(&self) -> bool {
        self.service.is_some()
    }
}
