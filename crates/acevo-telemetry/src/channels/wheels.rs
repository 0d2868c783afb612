//! Channels of the wheels: tyres, brakes, suspension; and the ride height.

use super::channel::Channel;
use super::define::{number, on, raw, source, wheel, wheels};
use crate::units::Unit::{Celsius, Metre, Newton, NewtonMetre, Psi, Radian, RadianPerSecond};

const FACE: &str = "The game has the left and the right face as seen from the car: inner and outer swap between the \
                    sides.";
const NORMALIZED: &str = "1 is ideal; may exceed 1.";
const IDLE: &str = "1 is ideal; may exceed 1. On 0.6.2 it is 0 on the track.";
const ALWAYS_ZERO: &str = "The game always writes 0; the graphics page has the three faces.";
const THICKNESS: &str = "New pads have 0.029 and new discs 0.032.";

pub(super) const EACH: &[[Channel; 4]] = &[
    wheels!("wheel_speed", "Wheel speed", physics.wheelAngularSpeed.in_unit(RadianPerSecond, -50.0, 400.0, 1)),
    wheels!(
        "wheel_slip",
        "Wheel slip",
        physics.wheelSlip.plain(0.0, 10.0, 3).limited_to(-1e5, 1e5).noted("All slip together, 0 is rolling; 1600 has been seen in a spin.")
    ),
    wheels!("wheel_slip_displayed" repeats "wheel_slip", "Wheel slip as displayed",
        tyre.slip.plain(0.0, 10.0, 3).limited_to(-1e5, 1e5).measured(on::V6, "The value of the physics page.")),
    wheels!("slip_ratio", "Slip ratio", physics.slipRatio.plain(-1.0, 1.0, 4).limited_to(-1e4, 1e4)),
    wheels!("slip_angle", "Slip angle", physics.slipAngle.in_unit(Radian, -1.6, 1.6, 4)),
    [
        raw!(flag "wheel_locked_fl", "Wheel locked FL", graphics.tyre_lf.lock),
        raw!(flag "wheel_locked_fr", "Wheel locked FR", graphics.tyre_rf.lock),
        raw!(flag "wheel_locked_rl", "Wheel locked RL", graphics.tyre_lr.lock),
        raw!(flag "wheel_locked_rr", "Wheel locked RR", graphics.tyre_rr.lock),
    ],
    wheels!("wheel_load", "Wheel load", physics.wheelLoad.in_unit(Newton, 0.0, 20_000.0, 0)
        .measured(on::V6, "At rest the four are the weight of the car.")),
    wheels!("wheel_force_x", "Longitudinal wheel force", physics.fx.in_unit(Newton, -20_000.0, 20_000.0, 0)),
    wheels!("wheel_force_y", "Lateral wheel force", physics.fy.in_unit(Newton, -20_000.0, 20_000.0, 0)),
    wheels!("wheel_torque_z", "Self-aligning torque", physics.mz.in_unit(NewtonMetre, -1_000.0, 1_000.0, 1)),
    wheels!(
        "suspension_travel",
        "Suspension travel",
        physics.suspensionTravel.in_unit(Metre, -0.3, 0.3, 4).measured(on::V6, "Signed; its zero depends on the car.")
    ),
    wheels!("camber", "Camber",
        mirrored physics.camberRAD.in_unit(Radian, -0.3, 0.3, 4)
        .measured(on::V6, "Negative on both sides if the top leans inwards; the game has the opposite sign on the right.")),
    wheels!("tyre_pressure", "Tyre pressure", physics.wheelsPressure.in_unit(Psi, 0.0, 60.0, 1).measured(on::V6, "")),
    wheels!("tyre_pressure_displayed" repeats "tyre_pressure", "Tyre pressure as displayed",
        tyre.tyre_pression.in_unit(Psi, 0.0, 60.0, 1).measured(on::V6, "")),
    wheels!(
        "tyre_pressure_normalized",
        "Normalised tyre pressure",
        tyre.tyre_normalized_pressure.plain(0.0, 2.0, 3).reported("1 is ideal; the game clips it at 2.")
    ),
    wheels!("tyre_temp_core", "Tyre temperature core", physics.tyreCoreTemperature.in_unit(Celsius, 0.0, 200.0, 1)
        .measured(on::V6, "")),
    wheels!(
        "tyre_temp_inner",
        "Tyre temperature inner",
        tyre.tyre_temperature_right | tyre_temperature_left.in_unit(Celsius, 0.0, 250.0, 1).reported(FACE)
    ),
    wheels!(
        "tyre_temp_middle",
        "Tyre temperature middle",
        tyre.tyre_temperature_center.in_unit(Celsius, 0.0, 250.0, 1).measured(on::V6, "")
    ),
    wheels!(
        "tyre_temp_outer",
        "Tyre temperature outer",
        tyre.tyre_temperature_left | tyre_temperature_right.in_unit(Celsius, 0.0, 250.0, 1).reported(FACE)
    ),
    wheels!("tyre_temp", "Tyre temperature", physics.tyreTemp.in_unit(Celsius, 0.0, 250.0, 1)
        .measured(on::V6, "The core's temperature.")),
    wheels!("tyre_temp_displayed" repeats "tyre_temp", "Tyre temperature as displayed",
        tyre.tyre_temperature_c.in_unit(Celsius, 0.0, 250.0, 1).measured(on::V6, "The core's temperature.")),
    wheels!(
        "tyre_temp_core_normalized",
        "Normalised tyre temperature core",
        tyre.tyre_normalized_temperature_core.plain(0.0, 3.0, 3).reported(IDLE)
    ),
    wheels!(
        "tyre_temp_inner_normalized",
        "Normalised tyre temperature inner",
        tyre.tyre_normalized_temperature_right
            | tyre_normalized_temperature_left.plain(0.0, 3.0, 3).reported(IDLE)
    ),
    wheels!(
        "tyre_temp_middle_normalized",
        "Normalised tyre temperature middle",
        tyre.tyre_normalized_temperature_center.plain(0.0, 3.0, 3).reported(IDLE)
    ),
    wheels!(
        "tyre_temp_outer_normalized",
        "Normalised tyre temperature outer",
        tyre.tyre_normalized_temperature_left
            | tyre_normalized_temperature_right.plain(0.0, 3.0, 3).reported(IDLE)
    ),
    wheels!("tyre_dirt", "Dirt on the tyre", physics.tyreDirtyLevel.plain(0.0, 5.0, 3).noted("0 is clean.")),
    wheels!("brake_temp", "Brake temperature", physics.brakeTemp.in_unit(Celsius, 0.0, 1_200.0, 0).measured(on::V6, "")),
    wheels!("brake_temp_displayed" repeats "brake_temp", "Brake temperature as displayed",
        tyre.brake_temperature_c.in_unit(Celsius, 0.0, 1_200.0, 0).measured(on::V6, "")),
    wheels!(
        "brake_temp_normalized",
        "Normalised brake temperature",
        tyre.brake_normalized_temperature.plain(0.0, 3.0, 3).reported(NORMALIZED)
    ),
    wheels!(
        "brake_pressure",
        "Brake pressure",
        tyre.brake_pressure.plain(0.0, 200.0, 2).measured(
            on::V6,
            "Its unit is unknown: 112.0 in front and 74.7 in the rear at a fully pressed pedal and a brake bias of 0.6."
        )
    ),
    wheels!("brake_torque", "Brake torque", physics.brakeTorque.plain(0.0, 10_000.0, 3).measured(
        on::V6,
        "Not N·m, as the document states: 0.533 in front and 0.356 in the rear at a fully pressed pedal and a brake bias of 0.6."
    )),
    wheels!("brake_pad", "Brake pad thickness", physics.padLife.in_unit(Metre, 0.0, 0.05, 5).measured(on::V6, THICKNESS)),
    wheels!("brake_disc", "Brake disc thickness", physics.discLife.in_unit(Metre, 0.0, 0.05, 5).measured(on::V6, THICKNESS)),
    wheels!(
        "tyre_wear",
        "Tyre wear",
        physics.tyreWear.plain(0.0, 1.0, 3).dead("The game always writes 0; the pages do not contain wear.")
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
            .dead("The game always writes 0; the graphics page has the damage of the suspension.")
    ),
];

const HEIGHT: &str = "The game writes millimetres (0.6.2); some cars are reported to have metres: a value below 1 is taken for \
                      metres. 0, which 0.5 writes, is no value.";

pub(super) const BODY: &[Channel] = &[
    number("ride_height_front", "Ride height front", &[source!(physics.rideHeight[0])], |now| {
        height(now.physics.rideHeight[0])
    })
    .in_unit(Metre, -0.1, 0.5, 4)
    .measured(on::V6, HEIGHT),
    number("ride_height_rear", "Ride height rear", &[source!(physics.rideHeight[1])], |now| {
        height(now.physics.rideHeight[1])
    })
    .in_unit(Metre, -0.1, 0.5, 4)
    .measured(on::V6, HEIGHT),
    raw!(number "tyres_out", "Tyres outside the track", physics.numberOfTyresOut).plain(0.0, 4.0, 0),
    raw!(number "brake_bias", "Brake bias", physics.brakeBias).share().measured(on::V6, "Share of the front."),
];

/// Ride height in metres from the raw value.
fn height(raw: f32) -> Option<f64> {
    let raw = f64::from(raw);
    (raw != 0.0).then(|| if raw.abs() >= 1.0 { raw / 1000.0 } else { raw })
}
