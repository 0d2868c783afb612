//! The units the driver wants to see.

use crate::text::number;

const MPH_PER_KMH: f64 = 0.621_371;
const BAR_PER_PSI: f64 = 0.068_947_6;

/// A set of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Units {
    /// As the game has them: km/h, °C, psi.
    #[default]
    Game,
    /// km/h, °C, bar.
    Metric,
    /// mph, °F, psi.
    Imperial,
}

impl Units {
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Game => Self::Metric,
            Self::Metric => Self::Imperial,
            Self::Imperial => Self::Game,
        }
    }

    pub(super) fn speed(self, kmh: f32) -> f64 {
        if self == Self::Imperial { f64::from(kmh) * MPH_PER_KMH } else { kmh.into() }
    }

    pub(super) const fn speed_unit(self) -> &'static str {
        if matches!(self, Self::Imperial) { "mph" } else { "km/h" }
    }

    /// A temperature without its unit.
    pub(super) fn temperature(self, celsius: f32) -> String {
        let celsius = f64::from(celsius);
        number(if self == Self::Imperial { celsius * 1.8 + 32.0 } else { celsius }, 0)
    }

    pub(super) const fn temperature_unit(self) -> &'static str {
        if matches!(self, Self::Imperial) { "°F" } else { "°C" }
    }

    /// A pressure without its unit.
    pub(super) fn pressure(self, psi: f32) -> String {
        match self {
            Self::Metric => number(f64::from(psi) * BAR_PER_PSI, 2),
            _ => number(psi, 1),
        }
    }

    pub(super) const fn pressure_unit(self) -> &'static str {
        if matches!(self, Self::Metric) { "bar" } else { "psi" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_convert_and_go_round() {
        let [game, metric, imperial] = [Units::Game, Units::Game.next(), Units::Game.next().next()];
        assert_eq!(imperial.next(), game);
        assert_eq!([game, metric, imperial].map(|units| units.pressure(27.0)), ["27.0", "1.86", "27.0"]);
        assert_eq!([game, metric, imperial].map(|units| units.temperature(100.0)), ["100", "100", "212"]);
        assert_eq!(imperial.speed(100.0).round(), 62.0);
    }
}
