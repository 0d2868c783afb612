//! The channels of a log: names, units, rates.

use acevo_telemetry::{Channel, ChannelKind, Unit, UpdateRate, channel};

use crate::Column;
use crate::resample::Method;

/// Decimals of coordinates, stored as integers of 10⁻⁷ degrees: 11 mm. An `f32` would be a metre off.
pub(super) const COORDINATE_DECIMALS: i16 = 7;

/// The names of the channels of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum MotecNames {
    /// The names of logs of Assetto Corsa Competizione (`SPEED`, `G_LAT`), so that workbooks made for them fit. Channels that those do
    /// not have are named as in logs of Assetto Corsa (`Tire Load FL`).
    #[default]
    Acc,
    /// The names of the circuit template of MoTeC i2 (`Ground Speed`, `G Force Lat`).
    Circuit,
}

impl MotecNames {
    /// All variants.
    pub const ALL: [Self; 2] = [Self::Acc, Self::Circuit];

    /// The name used on command lines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acc => "acc",
            Self::Circuit => "circuit",
        }
    }

    /// The channels with a name of their own. All other channels are named by their IDs.
    pub fn channels(self) -> impl Iterator<Item = &'static Channel> {
        let known = self.table().iter().flat_map(|named| named.each()).map(|(id, _)| id);
        known.chain(POSITION.map(Into::into)).filter_map(|id| channel(&id))
    }

    const fn table(self) -> &'static [Named] {
        match self {
            Self::Acc => ACC,
            Self::Circuit => CIRCUIT,
        }
    }
}

/// The channels that GPS positions are computed from, by [`to_map`](acevo_telemetry::to_map).
const POSITION: [&str; 2] = ["position_x", "position_z"];

/// A named channel, or four of them if `*` (FL, FR, RL, RR) or `#` (LF, RF, LR, RR) stands for the wheel.
struct Named {
    id: &'static str,
    name: &'static str,
    unit: Unit,
    rate: u16,
    method: Method,
}

const fn mean(id: &'static str, name: &'static str, unit: Unit, rate: u16) -> Named {
    Named { id, name, unit, rate, method: Method::Mean }
}

const fn held(id: &'static str, name: &'static str, unit: Unit, rate: u16) -> Named {
    Named { id, name, unit, rate, method: Method::Hold }
}

impl Named {
    /// IDs and names.
    fn each(&self) -> impl Iterator<Item = (String, String)> {
        let wheels = [("fl", "FL", "LF"), ("fr", "FR", "RF"), ("rl", "RL", "LR"), ("rr", "RR", "RR")];
        let count = if self.id.contains('*') { wheels.len() } else { 1 };
        wheels
            .into_iter()
            .take(count)
            .map(|(id, wheel, corner)| (self.id.replace('*', id), self.name.replace('*', wheel).replace('#', corner)))
    }
}

/// The pages do not have the temperature of the air in the tyres: `TYRE_TAIR` is that of the core. They do not have the radius of the
/// wheels either, so there is an angular speed instead of `WHEEL_SPEED` in m/s.
const ACC: &[Named] = &[
    mean("g_lateral", "G_LAT", Unit::StandardGravity, 20),
    mean("g_longitudinal", "G_LON", Unit::StandardGravity, 20),
    mean("yaw_rate", "ROTY", Unit::RadianPerSecond, 20),
    mean("steering_wheel", "STEERANGLE", Unit::Degree, 60),
    mean("speed", "SPEED", Unit::MetrePerSecond, 60),
    mean("throttle", "THROTTLE", Unit::Percent, 60),
    mean("brake", "BRAKE", Unit::Percent, 60),
    mean("clutch", "CLUTCH", Unit::Percent, 60),
    held("gear", "GEAR", Unit::None, 20),
    mean("rpm", "RPMS", Unit::RevolutionPerMinute, 60),
    held("tc_active", "TC", Unit::None, 20),
    held("abs_active", "ABS", Unit::None, 20),
    mean("suspension_travel_*", "SUS_TRAVEL_#", Unit::Millimetre, 200),
    mean("brake_temp_*", "BRAKE_TEMP_#", Unit::Celsius, 20),
    mean("tyre_pressure_*", "TYRE_PRESS_#", Unit::Psi, 20),
    mean("tyre_temp_core_*", "TYRE_TAIR_#", Unit::Celsius, 20),
    mean("wheel_speed_*", "Wheel Angular Speed *", Unit::RadianPerSecond, 200),
    mean("wheel_load_*", "Tire Load *", Unit::Newton, 200),
    mean("slip_angle_*", "Tire Slip Angle *", Unit::Degree, 200),
    mean("slip_ratio_*", "Tire Slip Ratio *", Unit::None, 200),
    mean("tyre_temp_inner_*", "Tire Temp Inner *", Unit::Celsius, 20),
    mean("tyre_temp_middle_*", "Tire Temp Middle *", Unit::Celsius, 20),
    mean("tyre_temp_outer_*", "Tire Temp Outer *", Unit::Celsius, 20),
    mean("camber_*", "Camber *", Unit::Degree, 100),
    mean("ride_height_front", "Ride Height F", Unit::Millimetre, 200),
    mean("ride_height_rear", "Ride Height R", Unit::Millimetre, 200),
    mean("g_vertical", "CG Accel Vertical", Unit::StandardGravity, 100),
    mean("position_x", "Car Coord X", Unit::Metre, 20),
    mean("position_y", "Car Coord Y", Unit::Metre, 20),
    mean("position_z", "Car Coord Z", Unit::Metre, 20),
    mean("lap_position", "Car Pos Norm", Unit::None, 60),
    mean("fuel", "Fuel Level", Unit::Litre, 10),
    mean("brake_bias", "Brake Bias", Unit::Percent, 10),
    mean("water_temp", "Engine Temp", Unit::Celsius, 10),
    mean("oil_temp", "Engine Oil Temp", Unit::Celsius, 10),
    mean("turbo_boost", "Turbo Boost", Unit::Bar, 60),
    mean("air_temp", "Air Temp", Unit::Celsius, 10),
    mean("road_temp", "Road Temp", Unit::Celsius, 10),
];

const CIRCUIT: &[Named] = &[
    mean("speed", "Ground Speed", Unit::KilometrePerHour, 100),
    mean("rpm", "Engine RPM", Unit::RevolutionPerMinute, 100),
    mean("throttle", "Throttle Pos", Unit::Percent, 100),
    mean("brake", "Brake Pos", Unit::Percent, 100),
    mean("clutch", "Clutch Pos", Unit::Percent, 100),
    mean("steering_wheel", "Steered Angle", Unit::Degree, 100),
    held("gear", "Gear", Unit::None, 20),
    mean("g_lateral", "G Force Lat", Unit::StandardGravity, 100),
    mean("g_longitudinal", "G Force Long", Unit::StandardGravity, 100),
    mean("g_vertical", "G Force Vert", Unit::StandardGravity, 100),
    mean("yaw_rate", "Gyro Yaw Velocity", Unit::DegreePerSecond, 100),
    held("tc_active", "TC Active", Unit::None, 20),
    held("abs_active", "ABS Active", Unit::None, 20),
    mean("wheel_speed_*", "Wheel Angular Speed *", Unit::RadianPerSecond, 200),
    mean("suspension_travel_*", "Susp Pos *", Unit::Millimetre, 200),
    mean("ride_height_front", "Ride Height F", Unit::Millimetre, 200),
    mean("ride_height_rear", "Ride Height R", Unit::Millimetre, 200),
    mean("wheel_load_*", "Tyre Load *", Unit::Newton, 200),
    mean("slip_angle_*", "Tyre Slip Angle *", Unit::Degree, 200),
    mean("slip_ratio_*", "Tyre Slip Ratio *", Unit::None, 200),
    mean("camber_*", "Camber *", Unit::Degree, 100),
    mean("tyre_temp_inner_*", "Tyre Temp * Inner", Unit::Celsius, 20),
    mean("tyre_temp_middle_*", "Tyre Temp * Centre", Unit::Celsius, 20),
    mean("tyre_temp_outer_*", "Tyre Temp * Outer", Unit::Celsius, 20),
    mean("tyre_temp_core_*", "Tyre Temp * Core", Unit::Celsius, 20),
    mean("tyre_pressure_*", "Tyre Pres *", Unit::Kilopascal, 20),
    mean("brake_temp_*", "Brake Temp *", Unit::Celsius, 20),
    mean("fuel", "Fuel Level", Unit::Litre, 10),
    mean("brake_bias", "Brake Bias", Unit::Percent, 10),
    mean("water_temp", "Engine Temp", Unit::Celsius, 10),
    mean("oil_temp", "Eng Oil Temp", Unit::Celsius, 10),
    mean("turbo_boost", "Boost Pres", Unit::Kilopascal, 100),
    mean("air_temp", "Air Temp Ambient", Unit::Celsius, 10),
    mean("road_temp", "Track Temp", Unit::Celsius, 10),
];

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Float,
    /// Degrees as integers.
    Coordinate,
}

/// The source of the values of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChannelSource {
    /// A column: its index, its unit and the unit in the log.
    Column(usize, Unit, Unit),
    Lap,
    /// Degrees north, or east.
    Latitude,
    Longitude,
}

/// One channel of a log.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) source: ChannelSource,
    pub(super) name: String,
    pub(super) unit: &'static str,
    pub(super) rate: u16,
    pub(super) method: Method,
    pub(super) encoding: Encoding,
    pub(super) decimals: u32,
}

/// The columns of the car's position: X and Z.
pub(super) fn position(columns: &[Column]) -> Option<(usize, usize)> {
    let find = |id| columns.iter().position(|column| column.channel.id() == id);
    let [x, z] = POSITION.map(find);
    x.zip(z)
}

/// The channels of a log with these columns, without texts.
pub(super) fn outputs(names: MotecNames, columns: &[Column]) -> Vec<Output> {
    let (name, rate) = match names {
        MotecNames::Acc => ("LAP_BEACON", 100),
        MotecNames::Circuit => ("Lap Number", 10),
    };
    let own = |source, name: &str, unit, rate, method, encoding, decimals| Output {
        source,
        name: name.into(),
        unit,
        rate,
        method,
        encoding,
        decimals,
    };
    let mut outputs = vec![own(ChannelSource::Lap, name, "", rate, Method::Hold, Encoding::Float, 0)];
    let mut taken = vec![false; columns.len()];
    for named in names.table() {
        for (id, name) in named.each() {
            let Some(index) = columns.iter().position(|column| column.channel.id() == id) else { continue };
            taken[index] = true;
            outputs.push(output(&columns[index], index, named.unit, name, named.rate, named.method));
        }
    }
    for (index, column) in columns.iter().enumerate() {
        if taken[index] || column.channel.kind() == ChannelKind::Text {
            continue;
        }
        let rate = match column.channel.rate() {
            UpdateRate::Physics => 100,
            UpdateRate::Graphics => 20,
            _ => 10,
        };
        let is_whole = column.channel.kind() != ChannelKind::Number || column.decimals() == 0;
        let method = if is_whole { Method::Hold } else { Method::Mean };
        outputs.push(output(column, index, column.unit, column.channel.id().into(), rate, method));
    }
    if position(columns).is_some() {
        let coordinate =
            |source, name| own(source, name, "deg", 20, Method::Mean, Encoding::Coordinate, COORDINATE_DECIMALS as u32);
        outputs.push(coordinate(ChannelSource::Latitude, "GPS Latitude"));
        outputs.push(coordinate(ChannelSource::Longitude, "GPS Longitude"));
    }
    outputs
}

fn output(column: &Column, index: usize, to: Unit, name: String, rate: u16, method: Method) -> Output {
    // Units that cannot be converted are kept.
    let to = column.unit.convert(0.0, to).map_or(column.unit, |_| to);
    // One more decimal than on a screen.
    let is_fractional = column.channel.kind() == ChannelKind::Number && column.channel.decimals_in(to) > 0;
    Output {
        source: ChannelSource::Column(index, column.unit, to),
        name,
        unit: label(to),
        rate,
        method,
        encoding: Encoding::Float,
        decimals: column.channel.decimals_in(to) as u32 + u32::from(is_fractional),
    }
}

/// A unit as written in genuine files, in ASCII.
fn label(unit: Unit) -> &'static str {
    match unit {
        Unit::StandardGravity => "G",
        Unit::Celsius => "C",
        Unit::Fahrenheit => "F",
        Unit::Degree => "deg",
        Unit::DegreePerSecond => "deg/s",
        Unit::NewtonMetre => "Nm",
        Unit::KilogramPerCubicMetre => "kg/m3",
        unit => unit.symbol(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use acevo_telemetry::channels;

    #[test]
    fn every_channel_has_one_unique_name_that_fits() {
        let columns: Vec<Column> = channels().iter().map(|channel| Column::new(channel, channel.unit())).collect();
        let texts = channels().iter().filter(|channel| channel.kind() == ChannelKind::Text).count();
        for names in MotecNames::ALL {
            let outputs = outputs(names, &columns);
            assert_eq!(outputs.len(), columns.len() - texts + 3);
            let unique: HashSet<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
            assert_eq!(unique.len(), outputs.len());
            for output in &outputs {
                assert!(output.name.len() < 32 && output.name.is_ascii(), "{}", output.name);
                assert!(output.unit.len() < 12 && output.unit.is_ascii(), "{}", output.unit);
                assert!(output.rate % 10 == 0 && (10..=200).contains(&output.rate));
                // Fuel is consumed by millilitres.
                assert!(output.name != "Fuel Level" || output.decimals >= 3, "{}", output.decimals);
            }
        }
    }

    #[test]
    fn every_named_channel_exists_and_converts_to_its_unit() {
        for names in MotecNames::ALL {
            for named in names.table() {
                for (id, _) in named.each() {
                    let channel = channel(&id).unwrap_or_else(|| panic!("{id}"));
                    assert!(channel.unit().convert(1.0, named.unit).is_some() || channel.unit() == Unit::Share, "{id}");
                }
            }
        }
    }
}
