//! Consumption over the distance driven.

use crate::limits;

/// Consumption of fuel or charge, and the distance it was measured over.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ConsumptionByDistance {
    /// Amount and distance at the last reading.
    last: Option<(f64, f64)>,
    /// Amount used, in the unit of the readings.
    pub(crate) used: f64,
    /// Distance, metres.
    pub(crate) distance_m: f64,
}

impl ConsumptionByDistance {
    /// Takes the amount that is left and the distance driven so far, metres. Changes while the car stands (refuelling) or is moved
    /// are ignored. What an electric car recovers while driving is subtracted.
    pub(crate) fn note(&mut self, amount: f64, distance_m: f64) {
        if !(amount.is_finite() && distance_m.is_finite()) {
            return;
        }
        if let Some((amount_before, distance_before)) = self.last {
            let (used, distance) = (amount_before - amount, distance_m - distance_before);
            if distance > 0.0
                && distance <= limits::MAX_CONSUMPTION_STEP_M
                && used.abs() <= limits::MAX_FUEL_INPUT
                && self.distance_m <= limits::MAX_CONSUMPTION_DISTANCE_M
            {
                self.used += used;
                self.distance_m += distance;
            }
        }
        self.last = Some((amount, distance_m));
    }
}
