//! What is too hot, too little, too long.

use serde::{Deserialize, Serialize};

/// From when on something is worth an event. Start from [`Thresholds::default`] and change fields.
///
/// Times are seconds of driving that were seen: pauses do not count. The defaults are our judgement, not the game's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Thresholds {
    /// What the game switches (pit lane, box, services, pit limiter, flags) counts after so many seconds. Default 0.3.
    pub hold_s: f64,
    /// The wrong way counts after so many seconds. Default 0.5.
    pub wrong_way_s: f64,
    /// All four tyres off the track count after so many seconds. Default 0.15.
    pub off_track_s: f64,
    /// Between two events of the rev limiter there are at least so many seconds. Default 10.
    pub rev_limiter_every_s: f64,
    /// Fuel is low below so many laps. Default 3.
    pub low_fuel_laps: f64,
    /// Fuel is critical below so many laps. Default 1.5.
    pub critical_fuel_laps: f64,
    /// Where nobody knows laps: fuel is low below so many litres. Default 8.
    pub low_fuel_l: f64,
    /// Where nobody knows laps: fuel is critical below so many litres. Default 4.
    pub critical_fuel_l: f64,
    /// Where nobody knows laps: charge of an electric car's battery that is low, 0..1. Default 0.15.
    pub low_charge: f64,
    /// Where nobody knows laps: charge of an electric car's battery that is critical, 0..1. Default 0.07.
    pub critical_charge: f64,
    /// Damage that is noticed, as a part of its scale. Default 0.05. The scale is taken for 1, and for 100 once more than 1.5 was seen
    /// (reported: 237), apart for body and suspension.
    pub damage_step: f64,
    /// Tyres are cold below this part of their ideal temperature. Default 0.85.
    pub cold_tyres: f64,
    /// Tyres are hot above this part of their ideal temperature. Default 1.15.
    pub hot_tyres: f64,
    /// Where the game does not tell the part of the ideal one: tyres are cold below this core temperature, °C. Default 65.
    pub cold_tyres_c: f64,
    /// Where the game does not tell the part of the ideal one: tyres are hot above this core temperature, °C. Default 110.
    pub hot_tyres_c: f64,
    /// A tyre's state counts after so many seconds. Default 3.
    pub tyres_s: f64,
    /// The coolant is too hot above this, °C. Default 110.
    pub hot_water_c: f64,
    /// The oil is too hot above this, °C. Default 140.
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
