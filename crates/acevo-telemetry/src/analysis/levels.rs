//! What is in the tank and in the battery.

use acevo_shared_memory::{ACEvoEngineType, Frame};

use super::clock::current_physics;

/// The largest tank, in litres.
const LARGEST_TANK_L: f32 = 1000.0;

/// What is left of fuel and charge. `None` for amounts that no car can have.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Levels {
    /// Litres of fuel.
    pub(crate) fuel_l: Option<f64>,
    /// Charge of the traction battery, 0..1. That `kersCharge` and `kers_charge_perc` are this is a guess.
    pub(crate) charge: Option<f64>,
}

impl Levels {
    /// The levels of a frame: by the physics page, or by the graphics page if physics is not current or has nothing. Measured: both
    /// have the same fuel to the last bit.
    pub(crate) fn of(frame: &Frame) -> Self {
        let (physics, graphics) = (current_physics(frame), frame.graphics.raw());
        let (fuel_l, charge) = physics.map(|physics| (physics.fuel, physics.kersCharge)).unzip();
        Self {
            fuel_l: level(fuel_l, graphics.fuel_liter_current_quantity, LARGEST_TANK_L),
            charge: level(charge, graphics.kers_charge_perc, 1.0),
        }
    }

    /// What the car is driven by: fuel, or charge if it has an electric motor only.
    pub(crate) fn of_drive(frame: &Frame) -> Option<f64> {
        let levels = Self::of(frame);
        if is_electric(frame) { levels.charge } else { levels.fuel_l }
    }
}

/// The first of two readings that is plausible and not 0; 0 if the first one is. A field that the game does not fill is 0, too.
fn level(first: Option<f32>, second: f32, most: f32) -> Option<f64> {
    let mut plausible = first.into_iter().chain([second]).filter(|value| (0.0..=most).contains(value));
    let level = plausible.next().filter(|level| *level > 0.0 || first.is_some())?;
    Some(if level > 0.0 { level } else { plausible.next().unwrap_or(level) }.into())
}

/// True for a car with an electric motor only.
pub(crate) fn is_electric(frame: &Frame) -> bool {
    frame.graphics.engine_type() == ACEvoEngineType::ElectricMotor
}
