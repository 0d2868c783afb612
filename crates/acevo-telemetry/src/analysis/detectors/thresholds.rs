//! Thresholds of events.

use serde::{Deserialize, Serialize};

/// Thresholds of events. Start from [`Thresholds::default`] and change fields.
///
/// Times are driving time that was seen, seconds: pauses do not count. The game does not define the defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Thresholds {
    /// Seconds for which a state (pit lane, box, services, pit limiter, flags) must persist before it is reported. Default: 0.3.
    pub hold_s: f64,
    /// Seconds after which driving the wrong way is reported. Default: 0.5.
    pub wrong_way_s: f64,
    /// Seconds after which four tyres off the track are reported. Default: 0.15.
    pub off_track_s: f64,
    /// Minimum time between two events of the rev limiter, seconds. Default: 10.
    pub rev_limiter_every_s: f64,
    /// Laps left below which fuel is low. Default: 3.
    pub low_fuel_laps: f64,
    /// Laps left below which fuel is critical. Default: 1.5.
    pub critical_fuel_laps: f64,
    /// Low-fuel threshold in litres, used while consumption per lap is unknown. Default: 8.
    pub low_fuel_l: f64,
    /// Critical-fuel threshold in litres, used while consumption per lap is unknown. Default: 4.
    pub critical_fuel_l: f64,
    /// Low-charge threshold of an electric car, 0..1, used while consumption per lap is unknown. Default: 0.15.
    pub low_charge: f64,
    /// Critical-charge threshold of an electric car, 0..1, used while consumption per lap is unknown. Default: 0.07.
    pub critical_charge: f64,
    /// Minimum change of damage that is reported, as a part of its scale. Default: 0.05. The scale is 1, or 100 once a value above 1.5
    /// was seen (237 was reported), separately for body and suspension.
    pub damage_step: f64,
    /// Part of the ideal temperature below which tyres are cold. Default: 0.85.
    pub cold_tyres: f64,
    /// Part of the ideal temperature above which tyres are hot. Default: 1.15.
    pub hot_tyres: f64,
    /// Core temperature below which tyres are cold, °C, used if the game does not write the ratio to the ideal one. Default: 65.
    pub cold_tyres_c: f64,
    /// Core temperature above which tyres are hot, °C, used if the game does not write the ratio to the ideal one. Default: 110.
    pub hot_tyres_c: f64,
    /// Seconds after which the state of a tyre is reported. Default: 3.
    pub tyres_s: f64,
    /// Coolant temperature above which it is too hot, °C. Default: 110.
    pub hot_water_c: f64,
    /// Oil temperature above which it is too hot, °C. Default: 140.
    pub hot_oil_c: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            hold_s: 0.3,
            wrong_way_s: 0.5,
            off_track_s: 0.15,
            rev_limiter_every_s: 10.0,
            low_fuel_laps: 3.0,
            critical_fuel_laps: 1.5,
            low_fuel_l: 8.0,
            critical_fuel_l: 4.0,
            low_charge: 0.15,
            critical_charge: 0.07,
            damage_step: 0.05,
            cold_tyres: 0.85,
            hot_tyres: 1.15,
            cold_tyres_c: 65.0,
            hot_tyres_c: 110.0,
            tyres_s: 3.0,
            hot_water_c: 110.0,
            hot_oil_c: 140.0,
        }
    }
}
