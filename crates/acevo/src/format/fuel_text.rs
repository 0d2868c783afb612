//! The stops for fuel to the finish of a race, as text.

use acevo_telemetry::Unit;
use acevo_telemetry::UnitSystem;
use acevo_telemetry::analysis::{NoStopPlan, StopPlan};

use crate::format::text::number;

/// What fuel is needed to finish a race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FuelToFinish {
    /// The fuel suffices, with the reserve or a part of it.
    Enough,
    /// The fuel does not last to the end of the running lap.
    RunsDry,
    /// Fuel to add if the size of the tank is unknown, or charge that is missing.
    Add(f64),
    /// Stops: their number, what the next one adds, and the first and the last lap of its window, from 1 for the running lap.
    Stops { count: usize, next: f64, window: (u32, u32) },
}

impl FuelToFinish {
    /// Reads a plan. `None` if something is unknown, such as the end of the race.
    pub(crate) fn of(plan: &Result<StopPlan, NoStopPlan>) -> Option<Self> {
        let plan = match plan {
            Ok(plan) => plan,
            Err(NoStopPlan::RunsDry) => return Some(Self::RunsDry),
            Err(_) => return None,
        };
        Some(match plan.stops.as_deref() {
            None => Self::Add(plan.to_add),
            Some([]) if plan.left_at_finish < 0.0 => Self::RunsDry,
            Some([]) => Self::Enough,
            Some([next, ..]) => Self::Stops {
                count: plan.stops.as_ref().map_or(0, Vec::len),
                next: next.add,
                window: (next.earliest, next.latest),
            },
        })
    }
}

/// An amount of fuel in these units, or a charge in percent, rounded up to a decimal: less would not suffice.
pub(crate) fn amount_to_add(amount: f64, is_electric: bool, units: UnitSystem) -> String {
    let (value, unit) = if is_electric {
        (amount * 100.0, "%".to_owned())
    } else {
        let (value, unit) = units.show(amount, Unit::Litre);
        (value, unit.to_string())
    };
    // The tolerance keeps 44.1 from becoming 44.2.
    format!("{} {unit}", number((value * 10.0 - 1e-6).ceil().max(0.0) / 10.0, 1))
}

/// Laps of a window as numbers, such as `12 to 15`. `running` is the number of the running lap.
pub(crate) fn laps_text((earliest, latest): (u32, u32), running: Option<u32>) -> String {
    let number = |lap: u32| running.map_or(lap, |running| running.saturating_add(lap).saturating_sub(1));
    let laps = if earliest == latest {
        number(earliest).to_string()
    } else {
        format!("{} to {}", number(earliest), number(latest))
    };
    if running.is_some() { laps } else { format!("{laps} from now") }
}

#[cfg(test)]
mod tests {
    use acevo_telemetry::analysis::{FuelPlanning, Race, RaceEnd, RaceFuel, RaceProgress};

    use super::*;

    fn of(laps: u32, amount: f64, tank: Option<f64>) -> Option<FuelToFinish> {
        let race = RaceFuel {
            race: Some(Race::new(RaceEnd::Laps(laps))),
            progress: RaceProgress::Running { amount, lap_position: 0.0 },
            per_lap: Some(2.0),
            lap_time_s: None,
            tank,
            is_electric: false,
        };
        FuelToFinish::of(&StopPlan::new(&race, &FuelPlanning::default()))
    }

    #[test]
    fn fuel_to_finish_counts_stops_and_omits_what_is_unknown() {
        assert_eq!(of(10, 30.0, None), Some(FuelToFinish::Enough));
        assert_eq!(of(10, 11.0, None), Some(FuelToFinish::Add(10.0)));
        let stop = FuelToFinish::Stops { count: 1, next: 10.0, window: (1, 5) };
        assert_eq!(of(10, 11.0, Some(60.0)), Some(stop));
        assert_eq!(of(10, 1.0, Some(60.0)), Some(FuelToFinish::RunsDry));
        assert_eq!(of(5000, 11.0, None), None, "a day without a known tank");
        assert_eq!(of(5000, 11.0, Some(60.0)), None, "more stops than are sensible");
        assert_eq!(FuelToFinish::of(&Err(NoStopPlan::UnknownEnd)), None);
    }

    #[test]
    fn amount_to_add_is_rounded_up_in_the_unit_of_the_driver() {
        let litres = |amount| amount_to_add(amount, false, UnitSystem::Game);
        assert_eq!([litres(44.1), litres(44.101), litres(0.0), litres(7.0)], ["44.1 l", "44.2 l", "0.0 l", "7.0 l"]);
        assert_eq!(amount_to_add(10.0, false, UnitSystem::Imperial), "2.7 gal");
        assert_eq!(amount_to_add(0.1234, true, UnitSystem::Game), "12.4 %");
    }

    #[test]
    fn laps_text_has_the_numbers_of_the_session() {
        assert_eq!([laps_text((3, 6), Some(10)), laps_text((1, 1), Some(10))], ["12 to 15", "10"]);
        assert_eq!(laps_text((3, 6), None), "3 to 6 from now");
    }
}
