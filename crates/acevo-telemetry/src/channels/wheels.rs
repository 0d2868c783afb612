//! What is measured per wheel: tyres, brakes, suspension; and the ride height.

use super::Channel;
use super::define::{number, raw, source, wheel, wheels};
use crate::units::Unit::{Celsius, Metre, Newton, NewtonMetre, Psi, Radian, RadianPerSecond};

const FACE: &str = "The game tells the left and the right face as seen from the car: \
                    inner and outer swap between the sides.";
const NORMALIZED: &str = "1 is ideal; may exceed 1.";
const ALWAYS_ZERO: &str = "The game always writes 0; the three faces are told by the graphics page.";
const THICKNESS: &str = "About 0.029 when new where the game shows 29, so metres are supposed.";

pub(super) const EACH: &[[Channel; 4]] = &[
    wheels!("wheel_speed", "Wheel speed", physics.wheelAngularSpeed.in_unit(RadianPerSecond, -50.0, 400.0, 1)),
    wheels!(
        "wheel_slip",
        "Wheel slip",
        physics.wheelSlip.plain(0.0, 10.0, 3).noted("All slip together, 0 is rolling.")
    ),
    wheels!("wheel_slip_displayed" repeats "wheel_slip", "Wheel slip as displayed",
        tyre.slip.plain(0.0, 10.0, 3)),
    wheels!("slip_ratio", "Slip ratio", physics.slipRatio.plain(-1.0, 1.0, 4)),
    wheels!("slip_angle", "Slip angle", physics.slipAngle.in_unit(Radian, -1.6, 1.6, 4)),
    [
        raw!(flag "wheel_locked_fl", "Wheel locked FL", graphics.tyre_lf.lock),
        raw!(flag "wheel_locked_fr", "Wheel locked FR", graphics.tyre_rf.lock),
        raw!(flag "wheel_locked_rl", "Wheel locked RL", graphics.tyre_lr.lock),
        raw!(flag "wheel_locked_rr", "Wheel locked RR", graphics.tyre_rr.lock),
    ],
    wheels!("wheel_load", "Wheel load", physics.wheelLoad.in_unit(Newton, 0.0, 20_000.0, 0)),
    wheels!("wheel_force_x", "Longitudinal wheel force", physics.fx.in_unit(Newton, -20_000.0, 20_000.0, 0)),
    wheels!("wheel_force_y", "Lateral wheel force", physics.fy.in_unit(Newton, -20_000.0, 20_000.0, 0)),
    wheels!("wheel_torque_z", "Self-aligning torque", physics.mz.in_unit(NewtonMetre, -1_000.0, 1_000.0, 1)),
    wheels!(
        "suspension_travel",
        "Suspension travel",
        physics.suspensionTravel.in_unit(Metre, -0.3, 0.3, 4).reported("Signed; its zero depends on the car.")
    ),
    wheels!("camber", "Camber",
        mirrored physics.camberRAD.in_unit(Radian, -0.3, 0.3, 4)
        .reported("Negative on both sides where the top leans inwards; the game negates the right wheels.")),
    wheels!("tyre_pressure", "Tyre pressure", physics.wheelsPressure.in_unit(Psi, 0.0, 60.0, 1)),
    wheels!("tyre_pressure_displayed" repeats "tyre_pressure", "Tyre pressure as displayed",
        tyre.tyre_pression.in_unit(Psi, 0.0, 60.0, 1)),
    wheels!(
        "tyre_pressure_normalized",
        "Normalised tyre pressure",
        tyre.tyre_normalized_pressure.plain(0.0, 2.0, 3).reported("1 is ideal; the game clips it at 2.")
    ),
    wheels!("tyre_temp_core", "Tyre temperature core", physics.tyreCoreTemperature.in_unit(Celsius, 0.0, 200.0, 1)),
    wheels!(
        "tyre_temp_inner",
        "Tyre temperature inner",
        tyre.tyre_temperature_right | tyre_temperature_left.in_unit(Celsius, 0.0, 250.0, 1).reported(FACE)
    ),
    wheels!(
        "tyre_temp_middle",
        "Tyre temperature middle",
        tyre.tyre_temperature_center.in_unit(Celsius, 0.0, 250.0, 1)
    ),
    wheels!(
        "tyre_temp_outer",
        "Tyre temperature outer",
        tyre.tyre_temperature_left | tyre_temperature_right.in_unit(Celsius, 0.0, 250.0, 1).reported(FACE)
    ),
    wheels!("tyre_temp", "Tyre temperature", physics.tyreTemp.in_unit(Celsius, 0.0, 250.0, 1)),
    wheels!("tyre_temp_displayed" repeats "tyre_temp", "Tyre temperature as displayed",
        tyre.tyre_temperature_c.in_unit(Celsius, 0.0, 250.0, 1)),
    wheels!(
        "tyre_temp_core_normalized",
        "Normalised tyre temperature core",
        tyre.tyre_normalized_temperature_core.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!(
        "tyre_temp_inner_normalized",
        "Normalised tyre temperature inner",
        tyre.tyre_normalized_temperature_right
            | tyre_normalized_temperature_left.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!(
        "tyre_temp_middle_normalized",
        "Normalised tyre temperature middle",
        tyre.tyre_normalized_temperature_center.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!(
        "tyre_temp_outer_normalized",
        "Normalised tyre temperature outer",
        tyre.tyre_normalized_temperature_left
            | tyre_normalized_temperature_right.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!("tyre_dirt", "Dirt on the tyre", physics.tyreDirtyLevel.plain(0.0, 5.0, 3).noted("0 is clean.")),
    wheels!("brake_temp", "Brake temperature", physics.brakeTemp.in_unit(Celsius, 0.0, 1_200.0, 0)),
    wheels!("brake_temp_displayed" repeats "brake_temp", "Brake temperature as displayed",
        tyre.brake_temperature_c.in_unit(Celsius, 0.0, 1_200.0, 0)),
    wheels!(
        "brake_temp_normalized",
        "Normalised brake temperature",
        tyre.brake_normalized_temperature.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!(
        "brake_pressure",
        "Brake pressure",
        tyre.brake_pressure.plain(0.0, 200.0, 2).guessed("In a unit that nobody tells.")
    ),
    wheels!("brake_torque", "Brake torque", physics.brakeTorque.in_unit(NewtonMetre, 0.0, 10_000.0, 0)),
    wheels!("brake_pad", "Brake pad thickness", physics.padLife.in_unit(Metre, 0.0, 0.05, 5).guessed(THICKNESS)),
    wheels!("brake_disc", "Brake disc thickness", physics.discLife.in_unit(Metre, 0.0, 0.05, 5).guessed(THICKNESS)),
    wheels!(
        "tyre_wear",
        "Tyre wear",
        physics.tyreWear.plain(0.0, 1.0, 3).dead("The game always writes 0; wear is nowhere in the pages.")
    ),
    wheels!("tyre_temp_i", "Tyre temperature I", physics.tyreTempI.in_unit(Celsius, 0.0, 250.0, 1).dead(ALWAYS_ZERO)),
    wheels!("tyre_temp_m", "Tyre temperature M", physics.tyreTempM.in_unit(Celsius, 0.0, 250.0, 1).dead(ALWAYS_ZERO)),
    wheels!("tyre_temp_o", "Tyre temperature O", physics.tyreTempO.in_unit(Celsius, 0.0, 250.0, 1).dead(ALWAYS_ZERO)),
    wheels!(
        "suspension_damage_physics",
        "Suspension damage by the physics page",
        physics
            .suspensionDamage
            .plain(0.0, 1.0, 3)
            .dead("The game always writes 0; the graphics page tells the suspension's damage.")
    ),
];

const HEIGHT: &str = "Metres, or millimetres with some cars: a value of 1 or more is taken for millimetres.";

pub(super) const BODY: &[Channel] = &[
    number("ride_height_front", "Ride height front", &[source!(physics.rideHeight[0])], |now| {
        height(now.physics.rideHeight[0])
    })
    .in_unit(Metre, -0.1, 0.5, 4)
    .disputed(HEIGHT),
    number("ride_height_rear", "Ride height rear", &[source!(physics.rideHeight[1])], |now| {
        height(now.physics.rideHeight[1])
    })
    .in_unit(Metre, -0.1, 0.5, 4)
    .disputed(HEIGHT),
    raw!(number "tyres_out", "Tyres outside the track", physics.numberOfTyresOut).plain(0.0, 4.0, 0),
    raw!(number "brake_bias", "Brake bias", physics.brakeBias).share().noted("Share of the front."),
];

fn height(raw: f32) -> Option<f64> {
    let raw = f64::from(raw);
    Some(if raw.abs() >= 1.0 { raw / 1000.0 } else { raw })
}
