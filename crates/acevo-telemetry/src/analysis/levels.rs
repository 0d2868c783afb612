//! What is in the tank and in the battery.

use acevo_shared_memory::{ACEvoEngineType, Frame};

use super::moment::current_physics;

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
    /// The levels of a frame: by the physics page, or by the graphics page while physics is not current. Measured: both have the
    /// same fuel to the last bit.
    pub(crate) fn of(frame: &Frame) -> Self {
        let (physics, graphics) = (current_physics(frame), frame.graphics.raw());
        let fuel_l = physics.map_or(graphics.fuel_liter_current_quantity, |physics| physics.fuel);
        let charge = physics.map_or(graphics.kers_charge_perc, |physics| physics.kersCharge);
        let plausible = |value: f32, most: f32| Some(f64::from(value)).filter(|_| (0.0..=most).contains(&value));
        Self { fuel_l: plausible(fuel_l, LARGEST_TANK_L), charge: plausible(charge, 1.0) }
    }

    /// What the car is driven by: fuel, or charge if it has an electric motor only.
    pub(crate) fn of_drive(frame: &Frame) -> Option<f64> {
        let levels = Self::of(frame);
        if is_electric(frame) { levels.charge } else { levels.fuel_l }
    }
}

/// True for a car with an electric motor only.
pub(crate) fn is_electric(frame: &Frame) -> bool {
    frame.graphics.engine_type() == ACEvoEngineType::ElectricMotor
}
