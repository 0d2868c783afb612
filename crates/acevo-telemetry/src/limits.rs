//! Plausibility limits: a value beyond its limit cannot be real, so it is treated as missing.
//!
//! The pages are read from shared memory and from files, so any bits can turn up in them.

use std::ops::{Range, RangeInclusive};

/// Maximum speed of a car, m/s.
pub(crate) const MAX_SPEED_M_S: f64 = 140.0;

/// Maximum acceleration of a car along its direction, m/s².
pub(crate) const MAX_ACCELERATION_M_S2: f64 = 20.0;

/// Raw lap positions. The game counts a little beyond 1 if the line is crossed before the lap ends, and a little below 0 on the grid.
pub(crate) const RAW_LAP_POSITIONS: Range<f64> = -0.5..1.5;

/// Maximum distance of a track from the origin of its world, metres.
pub(crate) const MAX_COORDINATE_M: f64 = 1e6;

/// Lengths of a lap, metres.
pub(crate) const TRACK_LENGTHS_M: Range<f64> = 100.0..100_000.0;

/// Maximum contents of a fuel tank, litres.
pub(crate) const MAX_FUEL_L: f64 = 1000.0;

/// Minimum size of a fuel tank, litres. The game writes 0 if it has none.
pub(crate) const MIN_TANK_L: f64 = 1.0;

/// Maximum amount by which a full tank exceeds its size, litres.
pub(crate) const TANK_TOLERANCE_L: f64 = 0.5;

/// Maximum charge of a battery: 1 is full.
pub(crate) const MAX_CHARGE: f64 = 1.0;

/// Maximum consumption, l/km. The game divides by distances of almost 0.
pub(crate) const MAX_L_PER_KM: f64 = 10.0;

/// Maximum range, km/l. The game divides by amounts of almost 0.
pub(crate) const MAX_KM_PER_L: f64 = 1_000.0;

/// Maximum number of laps that a tank lasts for, as estimated by the game.
pub(crate) const MAX_FUEL_LAPS: f64 = 1000.0;

/// Upper bound for amounts of fuel or charge, times and distances given to the fuel plan, in any unit.
pub(crate) const MAX_FUEL_INPUT: f64 = 1e6;

/// Minimum use of fuel or charge per lap, in any unit.
pub(crate) const MIN_USE_PER_LAP: f64 = 1e-6;

/// Maximum distance that a consumption is measured over, metres.
pub(crate) const MAX_CONSUMPTION_DISTANCE_M: f64 = 1e9;

/// Maximum number of laps in a race.
pub(crate) const MAX_RACE_LAPS: f64 = 10_000.0;

/// Exclusive upper bound for the number of completed laps.
pub(crate) const MAX_LAP_COUNT: u32 = 100_000;

/// Minimum lap time, milliseconds (reported rule of the game).
pub(crate) const MIN_LAP_MS: f64 = 5000.0;

/// Minimum lap time, seconds.
pub(crate) const MIN_LAP_S: f64 = MIN_LAP_MS / 1000.0;

/// Maximum lap time, milliseconds.
pub(crate) const MAX_LAP_MS: u32 = 3_600_000;

/// Maximum lap time, seconds.
pub(crate) const MAX_LAP_S: f64 = MAX_LAP_MS as f64 / 1000.0;

/// Exclusive upper bound for the number of sectors of a track whose boundaries are configured.
pub(crate) const MAX_SECTORS: usize = 30;

/// Upper bound for the number of sectors in the file of personal bests.
pub(crate) const MAX_STORED_SECTORS: usize = 20;

/// Maximum number of entries in the file of personal bests, one per car, track and layout.
pub(crate) const MAX_PERSONAL_BESTS: usize = 10_000;

/// Maximum length of a name in the file of personal bests, bytes. The game's own names have up to 33.
pub(crate) const MAX_NAME_BYTES: usize = 100;

/// Maximum distance between two positions on the track that are joined by a line, metres. A longer one was not driven.
pub(crate) const MAX_TRACK_STEP_M: f64 = 150.0;

/// The same in the pit lane, where cars are slow, metres.
pub(crate) const MAX_PIT_LANE_STEP_M: f64 = 50.0;

/// Maximum distance between two readings of the fuel level that count as driven, metres. Readings are rarer than positions.
pub(crate) const MAX_CONSUMPTION_STEP_M: f64 = 300.0;

/// Maximum part of a lap between two lap positions that follow each other.
pub(crate) const MAX_LAP_POSITION_STEP: f64 = 0.01;

/// Number of start lights.
pub(crate) const START_LIGHTS: RangeInclusive<i32> = 1..=20;

/// Exclusive upper bound for damage. 237 was reported.
pub(crate) const MAX_DAMAGE: f32 = 1e6;

/// Maximum damage in a channel, whose scale is unknown.
pub(crate) const MAX_CHANNEL_DAMAGE: f64 = 1e5;

/// Maximum magnitude of lap times and deltas in a channel, seconds: a day.
pub(crate) const MAX_CHANNEL_TIME_S: f64 = 86_400.0;

/// Upper bound for the magnitude of any quantity.
pub(crate) const MAX_MAGNITUDE: f64 = 1e9;

/// Temperatures of coolant and oil that are compared with thresholds, °C.
pub(crate) const FLUID_TEMPERATURES_C: Range<f64> = -60.0..400.0;

/// Temperatures of a tyre's core that are compared with thresholds, °C.
pub(crate) const TYRE_CORE_TEMPERATURES_C: Range<f32> = -60.0..400.0;

/// Ratios of a tyre's temperature to its ideal one, both bounds excluded.
pub(crate) const TYRE_TEMPERATURE_RATIOS: (f32, f32) = (0.0, 10.0);

/// Values that count in the statistics of a lap or stint.
pub(crate) mod stats {
    use std::ops::RangeInclusive;

    /// Surface of a tyre, °C.
    pub(crate) const TYRE_SURFACE_C: RangeInclusive<f32> = -60.0..=600.0;
    /// Core of a tyre, °C.
    pub(crate) const TYRE_CORE_C: RangeInclusive<f32> = -60.0..=400.0;
    /// Pressure of a tyre, psi.
    pub(crate) const TYRE_PRESSURE_PSI: RangeInclusive<f32> = 0.0..=200.0;
    /// Brake disc, °C.
    pub(crate) const BRAKE_C: RangeInclusive<f32> = -60.0..=2000.0;
    /// Coolant, °C.
    pub(crate) const WATER_C: RangeInclusive<f32> = -60.0..=300.0;
    /// Oil, °C.
    pub(crate) const OIL_C: RangeInclusive<f32> = -60.0..=400.0;
    /// Air, °C.
    pub(crate) const AIR_C: RangeInclusive<f32> = -60.0..=80.0;
    /// Road, °C.
    pub(crate) const ROAD_C: RangeInclusive<f32> = -60.0..=120.0;
}
