//! The fuel that is needed to finish a race, as text.

use acevo_telemetry::analysis::FuelPlan;

/// Stops beyond which a plan is not shown: the session has no sensible end.
const MAX_STOPS: f64 = 99.0;

/// Litres beyond which an amount is not shown while the size of the tank is unknown. No tank is larger.
const MAX_LITRES: f64 = 200.0;

/// What to add to finish a race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FuelToFinish {
    /// The fuel suffices.
    Enough,
    /// Litres to add, and pit stops for that if the size of the tank is known.
    Add { litres: f64, stops: Option<u32> },
}

impl FuelToFinish {
    /// Reads the plan. `tank_l` is the size of the tank in litres, if it is known. `None` if the end of the race or the consumption
    /// is unknown, or if the result is not sensible, as for a session of a day.
    pub(crate) fn of(plan: &FuelPlan, tank_l: Option<f32>) -> Option<Self> {
        let litres = plan.to_add?;
        if litres <= 0.0 {
            return Some(Self::Enough);
        }
        match tank_l.map(f64::from).filter(|tank| *tank >= 1.0) {
            Some(tank) => {
                let stops = (litres / tank).ceil();
                (stops <= MAX_STOPS).then_some(Self::Add { litres, stops: Some(stops as u32) })
            }
            None => (litres <= MAX_LITRES).then_some(Self::Add { litres, stops: None }),
        }
    }

    /// The stops as `, 2 stops`; empty if they are unknown.
    pub(crate) fn stops_text(self) -> String {
        match self {
            Self::Add { stops: Some(1), .. } => ", 1 stop".into(),
            Self::Add { stops: Some(stops), .. } => format!(", {stops} stops"),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(to_add: Option<f64>) -> FuelPlan {
        let mut plan = FuelPlan::default();
        plan.to_add = to_add;
        plan
    }

    #[test]
    fn fuel_to_finish_counts_stops_and_omits_endless_sessions() {
        let of = |to_add, tank| FuelToFinish::of(&plan(to_add), tank);
        assert_eq!(of(None, Some(100.0)), None);
        assert_eq!(of(Some(0.0), None), Some(FuelToFinish::Enough));
        assert_eq!(of(Some(7.0), None), Some(FuelToFinish::Add { litres: 7.0, stops: None }));
        let race = of(Some(2297.4), Some(120.0)).unwrap();
        assert_eq!(race, FuelToFinish::Add { litres: 2297.4, stops: Some(20) });
        assert_eq!(race.stops_text(), ", 20 stops");
        assert_eq!(of(Some(2297.4), None), None);
        assert_eq!(of(Some(1e6), Some(60.0)), None);
        assert_eq!(of(Some(60.0), Some(f32::NAN)), Some(FuelToFinish::Add { litres: 60.0, stops: None }));
        assert_eq!(of(Some(7.0), Some(60.0)).unwrap().stops_text(), ", 1 stop");
    }
}
