//! Units of channels, and unit systems for display.

use std::fmt;
use std::str::FromStr;

/// Dimension of a quantity. Only units of the same dimension convert into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dimension {
    Number,
    Ratio,
    Speed,
    Temperature,
    Pressure,
    Volume,
    Angle,
    Rotation,
    Revolutions,
    Length,
    Time,
    Acceleration,
    Force,
    Torque,
    Power,
    Energy,
    Voltage,
    Consumption,
    FuelEconomy,
    Density,
    Mass,
}

/// Each unit: symbol, dimension, and `base = value * factor + offset`.
macro_rules! units {
    ($($(#[$meta:meta])+ $unit:ident: $symbol:literal, $dimension:ident, $factor:expr, $offset:expr;)+) => {
        /// Unit of a number.
        ///
        /// ```
        /// use acevo_telemetry::Unit;
        ///
        /// assert_eq!(Unit::Celsius.convert(100.0, Unit::Fahrenheit).map(f64::round), Some(212.0));
        /// assert_eq!(Unit::Celsius.convert(100.0, Unit::Metre), None);
        /// assert_eq!(Unit::Psi.symbol(), "psi");
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        #[non_exhaustive]
        pub enum Unit {
            $($(#[$meta])+ $unit,)+
        }

        impl Unit {
            /// Every unit.
            pub const ALL: &'static [Self] = &[$(Self::$unit,)+];

            /// Symbol; empty for plain numbers and shares.
            pub const fn symbol(self) -> &'static str {
                match self {
                    $(Self::$unit => $symbol,)+
                }
            }

            const fn scale(self) -> (Dimension, f64, f64) {
                match self {
                    $(Self::$unit => (Dimension::$dimension, $factor, $offset),)+
                }
            }
        }
    };
}

/// Pascals per psi.
const PSI: f64 = 6_894.757_293_168;
/// Degrees Celsius per degree Fahrenheit.
const FAHRENHEIT: f64 = 5.0 / 9.0;

units! {
    /// A plain number: a count, a level, a ratio to something ideal.
    #[default]
    None: "", Number, 1.0, 0.0;
    /// A share, 1 = all of it.
    Share: "", Ratio, 1.0, 0.0;
    /// A share, 100 = all of it.
    Percent: "%", Ratio, 0.01, 0.0;
    /// Kilometres per hour.
    KilometrePerHour: "km/h", Speed, 1.0 / 3.6, 0.0;
    /// Metres per second.
    MetrePerSecond: "m/s", Speed, 1.0, 0.0;
    /// Miles per hour.
    MilePerHour: "mph", Speed, 0.447_04, 0.0;
    /// Degrees Celsius.
    Celsius: "°C", Temperature, 1.0, 0.0;
    /// Degrees Fahrenheit.
    Fahrenheit: "°F", Temperature, FAHRENHEIT, -32.0 * FAHRENHEIT;
    /// Pounds per square inch.
    Psi: "psi", Pressure, PSI, 0.0;
    /// Bar.
    Bar: "bar", Pressure, 100_000.0, 0.0;
    /// Kilopascals.
    Kilopascal: "kPa", Pressure, 1_000.0, 0.0;
    /// Litres.
    Litre: "l", Volume, 1.0, 0.0;
    /// US gallons.
    Gallon: "gal", Volume, 3.785_411_784, 0.0;
    /// Radians.
    Radian: "rad", Angle, 1.0, 0.0;
    /// Degrees.
    Degree: "°", Angle, std::f64::consts::PI / 180.0, 0.0;
    /// Radians per second.
    RadianPerSecond: "rad/s", Rotation, 1.0, 0.0;
    /// Degrees per second.
    DegreePerSecond: "°/s", Rotation, std::f64::consts::PI / 180.0, 0.0;
    /// Revolutions per minute.
    RevolutionPerMinute: "rpm", Revolutions, 1.0, 0.0;
    /// Metres.
    Metre: "m", Length, 1.0, 0.0;
    /// Millimetres.
    Millimetre: "mm", Length, 0.001, 0.0;
    /// Kilometres.
    Kilometre: "km", Length, 1_000.0, 0.0;
    /// Inches.
    Inch: "in", Length, 0.025_4, 0.0;
    /// Feet.
    Foot: "ft", Length, 0.304_8, 0.0;
    /// Miles.
    Mile: "mi", Length, 1_609.344, 0.0;
    /// Seconds.
    Second: "s", Time, 1.0, 0.0;
    /// Milliseconds.
    Millisecond: "ms", Time, 0.001, 0.0;
    /// Standard gravity, 9.80665 m/s².
    StandardGravity: "g", Acceleration, 1.0, 0.0;
    /// Newtons.
    Newton: "N", Force, 1.0, 0.0;
    /// Newton metres.
    NewtonMetre: "N·m", Torque, 1.0, 0.0;
    /// Mechanical horsepower.
    Horsepower: "bhp", Power, 745.699_872, 0.0;
    /// Kilowatts.
    Kilowatt: "kW", Power, 1_000.0, 0.0;
    /// Kilojoules.
    Kilojoule: "kJ", Energy, 1.0, 0.0;
    /// Volts.
    Volt: "V", Voltage, 1.0, 0.0;
    /// Litres per kilometre.
    LitrePerKilometre: "l/km", Consumption, 1.0, 0.0;
    /// US gallons per mile.
    GallonPerMile: "gal/mi", Consumption, 3.785_411_784 / 1.609_344, 0.0;
    /// Kilometres per litre.
    KilometrePerLitre: "km/l", FuelEconomy, 1.0, 0.0;
    /// Miles per US gallon.
    MilePerGallon: "mpg", FuelEconomy, 1.609_344 / 3.785_411_784, 0.0;
    /// Kilograms per cubic metre.
    KilogramPerCubicMetre: "kg/m³", Density, 1.0, 0.0;
    /// Kilograms.
    Kilogram: "kg", Mass, 1.0, 0.0;
    /// Pounds.
    Pound: "lb", Mass, 0.453_592_37, 0.0;
}

impl Unit {
    /// Converts a value to another unit; `None` if that has another dimension.
    pub fn convert(self, value: f64, to: Self) -> Option<f64> {
        let ((dimension, factor, offset), (other, divisor, shift)) = (self.scale(), to.scale());
        (dimension == other).then(|| if self == to { value } else { (value * factor + offset - shift) / divisor })
    }

    /// Number of decimals to show in another unit if a number has `decimals` in this one.
    ///
    /// ```
    /// use acevo_telemetry::Unit;
    ///
    /// assert_eq!([Unit::Bar, Unit::Kilopascal].map(|unit| Unit::Psi.decimals_in(1, unit)), [2, 0]);
    /// ```
    pub fn decimals_in(self, decimals: usize, to: Self) -> usize {
        let fewer = (self.scale().1 / to.scale().1).log10().round();
        (decimals as f64 - fewer).clamp(0.0, 9.0) as usize
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.symbol())
    }
}

/// A set of units for display. Shares are in percent and angles in degrees in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum UnitSystem {
    /// The units of the game: km/h, °C, psi, litres.
    #[default]
    Game,
    /// km/h, °C, bar, litres.
    Metric,
    /// km/h, °C, kPa, litres.
    Kilopascal,
    /// mph, °F, psi, US gallons.
    Imperial,
}

impl UnitSystem {
    /// Every system.
    pub const ALL: [Self; 4] = [Self::Game, Self::Metric, Self::Kilopascal, Self::Imperial];

    /// The name used on command lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Game => "game",
            Self::Metric => "metric",
            Self::Kilopascal => "kpa",
            Self::Imperial => "imperial",
        }
    }

    /// Its main units, human-readable.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Game => "km/h, °C, psi, l",
            Self::Metric => "km/h, °C, bar, l",
            Self::Kilopascal => "km/h, °C, kPa, l",
            Self::Imperial => "mph, °F, psi, gal",
        }
    }

    /// The unit of this system for values in `unit`. It always has the same dimension.
    pub const fn display(self, unit: Unit) -> Unit {
        match (self, unit) {
            (_, Unit::Share) => Unit::Percent,
            (_, Unit::Radian) => Unit::Degree,
            (_, Unit::RadianPerSecond) => Unit::DegreePerSecond,
            (Self::Metric, Unit::Psi | Unit::Kilopascal) => Unit::Bar,
            (Self::Kilopascal, Unit::Psi | Unit::Bar) => Unit::Kilopascal,
            (Self::Imperial, Unit::KilometrePerHour | Unit::MetrePerSecond) => Unit::MilePerHour,
            (Self::Imperial, Unit::Celsius) => Unit::Fahrenheit,
            (Self::Imperial, Unit::Bar | Unit::Kilopascal) => Unit::Psi,
            (Self::Imperial, Unit::Litre) => Unit::Gallon,
            (Self::Imperial, Unit::Metre) => Unit::Foot,
            (Self::Imperial, Unit::Millimetre) => Unit::Inch,
            (Self::Imperial, Unit::Kilometre) => Unit::Mile,
            (Self::Imperial, Unit::LitrePerKilometre) => Unit::GallonPerMile,
            (Self::Imperial, Unit::KilometrePerLitre) => Unit::MilePerGallon,
            (Self::Imperial, Unit::Kilogram) => Unit::Pound,
            (_, unit) => unit,
        }
    }

    /// Converts a value to the unit of this system. Returns the value and its unit.
    pub fn show(self, value: f64, unit: Unit) -> (f64, Unit) {
        let to = self.display(unit);
        unit.convert(value, to).map_or((value, unit), |shown| (shown, to))
    }
}

impl fmt::Display for UnitSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for UnitSystem {
    type Err = UnknownUnitSystem;

    /// Reads the name that [`Display`](fmt::Display) writes; upper and lower case are the same.
    fn from_str(name: &str) -> Result<Self, UnknownUnitSystem> {
        Self::ALL.into_iter().find(|system| system.name().eq_ignore_ascii_case(name)).ok_or(UnknownUnitSystem)
    }
}

/// A name that is not the name of a [`UnitSystem`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown units, expected game, metric, kpa or imperial")]
#[non_exhaustive]
pub struct UnknownUnitSystem;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(value: f64, from: Unit, expected: f64, to: Unit) {
        let converted = from.convert(value, to).expect("of one dimension");
        assert!((converted / expected - 1.0).abs() < 1e-6, "{value} {from} are {converted} {to}, not {expected}");
    }

    #[test]
    fn convert_agrees_with_reference_values() {
        is(100.0, Unit::KilometrePerHour, 62.137_119, Unit::MilePerHour);
        is(36.0, Unit::KilometrePerHour, 10.0, Unit::MetrePerSecond);
        is(100.0, Unit::Celsius, 212.0, Unit::Fahrenheit);
        is(-40.0, Unit::Fahrenheit, -40.0, Unit::Celsius);
        is(27.0, Unit::Psi, 1.861_584_5, Unit::Bar);
        is(27.0, Unit::Psi, 186.158_45, Unit::Kilopascal);
        is(50.0, Unit::Litre, 13.208_603, Unit::Gallon);
        is(180.0, Unit::Degree, std::f64::consts::PI, Unit::Radian);
        is(1.0, Unit::Kilometre, 3_280.839_895, Unit::Foot);
        is(1.0, Unit::Mile, 1.609_344, Unit::Kilometre);
        is(25.4, Unit::Millimetre, 1.0, Unit::Inch);
        is(0.25, Unit::Share, 25.0, Unit::Percent);
        is(500.0, Unit::Horsepower, 372.849_936, Unit::Kilowatt);
        is(8.0, Unit::KilometrePerLitre, 18.817_166, Unit::MilePerGallon);
    }

    #[test]
    fn convert_is_reversible_within_a_dimension_only() {
        for from in Unit::ALL {
            for to in Unit::ALL {
                let there = from.convert(12.5, *to);
                assert_eq!(there.is_some(), from.scale().0 == to.scale().0, "{from:?} {to:?}");
                let back = there.and_then(|value| to.convert(value, *from));
                assert!(back.is_none_or(|back| (back - 12.5).abs() < 1e-9), "{from:?} {to:?} {back:?}");
            }
        }
    }

    #[test]
    fn display_returns_a_unit_of_the_same_dimension() {
        for system in UnitSystem::ALL {
            assert_eq!(system.name().to_uppercase().parse(), Ok(system));
            for unit in Unit::ALL {
                assert!(unit.convert(1.0, system.display(*unit)).is_some(), "{system} {unit:?}");
                assert_eq!(system.display(system.display(*unit)), system.display(*unit), "{system} {unit:?}");
            }
        }
        assert_eq!("stones".parse::<UnitSystem>(), Err(UnknownUnitSystem));
        assert_eq!(UnitSystem::Imperial.show(100.0, Unit::Celsius).1, Unit::Fahrenheit);
    }
}
