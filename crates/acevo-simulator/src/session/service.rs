//! Pit stops: work in the box.

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
    /// One step of a pit stop. It begins when the car has stopped in the box, and ends with new tyres, more fuel and repaired damage.
    pub(super) fn serve(&mut self, time: f64) {
        if self.driver.stop_ahead && self.car.speed == 0.0 {
            self.driver.stop_ahead = false;
            self.driver.holding = true;
            let spec = self.car.spec;
            let (capacity, per_second) = if spec.is_electric() { (spec.battery_kwh, 3.0) } else { (spec.tank_l, 2.8) };
            let missing = (0.6 - self.car.powertrain.level(spec)).max(0.0) * capacity;
            // A change of four tyres takes this time even if no fuel is needed; repairs take longer.
            let min_seconds = if self.incidents.damage.is_some() { 14.0 } else { 8.0 };
            let seconds = (missing / per_second).max(min_seconds);
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
            self.incidents.repair();
            self.car.wheels.fit_new_tyres(self.car.spec.ideal_tyre_c - 14.0);
        }
    }

    /// True while the crew works on the car.
    pub(crate) fn is_serviced(&self) -> bool {
        self.service.is_some()
    }
}
