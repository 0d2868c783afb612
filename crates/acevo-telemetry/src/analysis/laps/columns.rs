//! The statistics of a lap as columns of a table.

use acevo_shared_memory::Wheels;

use super::lap::LapStats;
use crate::analysis::summary::Summary;

/// Columns of the mean core temperatures of the tyres, °C: front left, front right, rear left, rear right.
pub const TYRE_CORE: [&str; 4] = ["tyre_core_fl_c", "tyre_core_fr_c", "tyre_core_rl_c", "tyre_core_rr_c"];
/// Columns of the mean surface temperatures of the tyres, °C.
pub const TYRE_SURFACE: [&str; 4] =
    ["tyre_surface_fl_c", "tyre_surface_fr_c", "tyre_surface_rl_c", "tyre_surface_rr_c"];
/// Columns of the mean tyre pressures, psi.
pub const TYRE_PRESSURE: [&str; 4] =
    ["tyre_pressure_fl_psi", "tyre_pressure_fr_psi", "tyre_pressure_rl_psi", "tyre_pressure_rr_psi"];
/// Columns of the mean brake temperatures, °C.
pub const BRAKE_MEAN: [&str; 4] = ["brake_mean_fl_c", "brake_mean_fr_c", "brake_mean_rl_c", "brake_mean_rr_c"];
/// Columns of the maximum brake temperatures, °C.
pub const BRAKE_MAX: [&str; 4] = ["brake_max_fl_c", "brake_max_fr_c", "brake_max_rl_c", "brake_max_rr_c"];

/// Columns of the four wheels, their statistics, and the value of each.
type WheelColumns = ([&'static str; 4], Wheels<Summary>, fn(&Summary) -> Option<f64>);

impl LapStats {
    /// The statistics by the names of columns, always in the same order.
    pub fn columns(&self) -> Vec<(&'static str, Option<f64>)> {
        let Self { speed_kmh, driving, air_c, road_c, water_c, oil_c, .. } = self;
        let mut columns = vec![
            ("speed_min_kmh", speed_kmh.min()),
            ("speed_mean_kmh", speed_kmh.mean()),
            ("speed_max_kmh", speed_kmh.max()),
            ("full_throttle", driving.full_throttle()),
            ("coasting", driving.coasting()),
            ("air_c", air_c.mean()),
            ("road_c", road_c.mean()),
            ("water_max_c", water_c.max()),
            ("oil_max_c", oil_c.max()),
        ];
        let wheels: [WheelColumns; 5] = [
            (TYRE_CORE, self.tyre_core_c, Summary::mean),
            (TYRE_SURFACE, self.tyre_surface_c, Summary::mean),
            (TYRE_PRESSURE, self.tyre_pressure_psi, Summary::mean),
            (BRAKE_MEAN, self.brake_c, Summary::mean),
            (BRAKE_MAX, self.brake_c, Summary::max),
        ];
        for (names, summaries, value) in wheels {
            columns
                .extend(names.into_iter().zip(summaries.into_array()).map(|(name, summary)| (name, value(&summary))));
        }
        columns
    }
}
