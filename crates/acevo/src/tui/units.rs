//! Values in the selected units.

use acevo_telemetry::Unit;
pub(super) use acevo_telemetry::UnitSystem as Units;

use crate::format::text::number;

/// Formats values of the game in a system of units.
pub(super) trait UnitsExt {
    /// The system that the units key selects next.
    fn next(self) -> Self;
    fn speed(self, kmh: f32) -> f64;
    fn speed_unit(self) -> &'static str;
    /// A temperature without its unit.
    fn temperature(self, celsius: f32) -> String;
    fn temperature_unit(self) -> &'static str;
    /// A pressure without its unit.
    fn pressure(self, psi: f32) -> String;
    fn pressure_unit(self) -> &'static str;
}

impl UnitsExt for Units {
    fn next(self) -> Self {
        match self {
            Self::Game => Self::Metric,
            Self::Metric => Self::Imperial,
            _ => Self::Game,
        }
    }

    fn speed(self, kmh: f32) -> f64 {
        self.show(kmh.into(), Unit::KilometrePerHour).0
    }

    fn speed_unit(self) -> &'static str {
        self.display(Unit::KilometrePerHour).symbol()
    }

    fn temperature(self, celsius: f32) -> String {
        number(self.show(celsius.into(), Unit::Celsius).0, 0)
    }

    fn temperature_unit(self) -> &'static str {
        self.display(Unit::Celsius).symbol()
    }

    fn pressure(self, psi: f32) -> String {
        let (value, unit) = self.show(psi.into(), Unit::Psi);
        number(value, Unit::Psi.decimals_in(1, unit))
    }

    fn pressure_unit(self) -> &'static str {
        self.display(Unit::Psi).symbol()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_cycles_through_units_that_convert() {
        let [game, metric, imperial] = [Units::Game, Units::Game.next(), Units::Game.next().next()];
        assert_eq!(imperial.next(), game);
        assert_eq!([game, metric, imperial].map(|units| units.pressure(27.0)), ["27.0", "1.86", "27.0"]);
        assert_eq!([game, metric, imperial].map(|units| units.temperature(100.0)), ["100", "100", "212"]);
        assert_eq!(imperial.speed(100.0).round(), 62.0);
    }
}
