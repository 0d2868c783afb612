//! How the car moves, and where it is.

use super::Channel;
use super::define::{Now, number, raw, source};
use crate::units::Unit::{Gravity, Metre, MetrePerSecond, Radian, RadianPerSecond};

const WORLD: &str = "World axes, Y is up.";
/// Said of every acceleration with a direction.
macro_rules! resolved {
    ($sign:literal) => {
        concat!(
            $sign,
            " The order of the axes is disputed: it is found out while the car drives; no value before that."
        )
    };
}
const SIGN: &str = "Which sign is which is not told; as the game gives it.";
const CAR_AXES: &str = "Which component is which is not told; as the game gives it.";

pub(super) const ACCELERATION: &[Channel] = &[
    number("g_lateral", "Lateral acceleration", &[source!(physics.accG)], |now| now.axes.lateral(now.physics.accG))
        .in_unit(Gravity, -5.0, 5.0, 3)
        .disputed(resolved!("Positive to the right, as in a bend to the right.")),
    number("g_longitudinal", "Longitudinal acceleration", &[source!(physics.accG)], |now| {
        now.axes.longitudinal(now.physics.accG)
    })
    .in_unit(Gravity, -6.0, 3.0, 3)
    .disputed(resolved!("Positive when speeding up.")),
    number("g_vertical", "Vertical acceleration", &[source!(physics.accG)], |now| now.axes.vertical(now.physics.accG))
        .in_unit(Gravity, -4.0, 6.0, 3)
        .disputed(resolved!("Positive upwards, gravity included or not as the game has it.")),
    raw!(number "acc_g_x", "Acceleration X, raw", physics.accG[0])
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Lateral by document and measurements. As the game gives it."),
    raw!(number "acc_g_y", "Acceleration Y, raw", physics.accG[1])
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Longitudinal by the document, vertical as three readers measured. As the game gives it."),
    raw!(number "acc_g_z", "Acceleration Z, raw", physics.accG[2])
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Vertical by the document, longitudinal as three readers measured. As the game gives it."),
    raw!(number "g_force_x", "Displayed acceleration X, raw", graphics.g_forces_x)
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Axes as disputed as those of the physics page.")
        .repeating("acc_g_x"),
    raw!(number "g_force_y", "Displayed acceleration Y, raw", graphics.g_forces_y)
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Axes as disputed as those of the physics page.")
        .repeating("acc_g_y"),
    raw!(number "g_force_z", "Displayed acceleration Z, raw", graphics.g_forces_z)
        .in_unit(Gravity, -6.0, 6.0, 3)
        .disputed("Axes as disputed as those of the physics page.")
        .repeating("acc_g_z"),
    number("yaw_rate", "Yaw rate", &[source!(physics.localAngularVel)], |now| {
        now.axes.yaw(now.physics.localAngularVel)
    })
    .in_unit(RadianPerSecond, -3.0, 3.0, 3)
    .guessed(
        "Positive to the right. Component and sign are found out while the car drives; there is no value before that.",
    ),
    raw!(number "rotation_x", "Rotation X, raw", physics.localAngularVel[0])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .guessed(CAR_AXES),
    raw!(number "rotation_y", "Rotation Y, raw", physics.localAngularVel[1])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .guessed(CAR_AXES),
    raw!(number "rotation_z", "Rotation Z, raw", physics.localAngularVel[2])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .guessed(CAR_AXES),
];

pub(super) const POSITION: &[Channel] = &[
    number("position_x", "Position X", POSITION_SOURCES, |now| position(now, 0))
        .in_unit(Metre, -20_000.0, 20_000.0, 2)
        .noted(POSITION_NOTE),
    number("position_y", "Position Y", POSITION_SOURCES, |now| position(now, 1))
        .in_unit(Metre, -1_000.0, 5_000.0, 2)
        .noted(POSITION_NOTE),
    number("position_z", "Position Z", POSITION_SOURCES, |now| position(now, 2))
        .in_unit(Metre, -20_000.0, 20_000.0, 2)
        .noted(POSITION_NOTE),
    raw!(number "velocity_x", "Velocity X", physics.velocity[0]).in_unit(MetrePerSecond, -150.0, 150.0, 2).noted(WORLD),
    raw!(number "velocity_y", "Velocity Y", physics.velocity[1]).in_unit(MetrePerSecond, -150.0, 150.0, 2).noted(WORLD),
    raw!(number "velocity_z", "Velocity Z", physics.velocity[2]).in_unit(MetrePerSecond, -150.0, 150.0, 2).noted(WORLD),
    raw!(number "local_velocity_x", "Velocity in the car X", physics.localVelocity[0])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .guessed(CAR_AXES),
    raw!(number "local_velocity_y", "Velocity in the car Y", physics.localVelocity[1])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .guessed(CAR_AXES),
    raw!(number "local_velocity_z", "Velocity in the car Z", physics.localVelocity[2])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .guessed(CAR_AXES),
    raw!(number "heading", "Heading", physics.heading).in_unit(Radian, -6.3, 6.3, 3).noted(SIGN),
    raw!(number "pitch", "Pitch", physics.pitch).in_unit(Radian, -1.6, 1.6, 4).noted(SIGN),
    raw!(number "roll", "Roll", physics.roll).in_unit(Radian, -3.2, 3.2, 4).noted(SIGN),
    raw!(number "cg_height", "Height of the centre of gravity", physics.cgHeight).in_unit(Metre, 0.0, 1.5, 3),
];

const POSITION_SOURCES: &[&str] = &[
    source!(graphics.car_coordinates),
    source!(graphics.car_ids),
    source!(graphics.player_car_id_a),
    source!(graphics.player_car_id_b),
    source!(physics.tyreContactPoint),
];
const POSITION_NOTE: &str = "World axes, Y is up. The player's car is found by its id; without ids (games before 0.6) \
                             it is the middle of the tyres' contact points.";

fn position(now: &Now<'_>, axis: usize) -> Option<f64> {
    if let Some(car) = now.frame.graphics.player_car() {
        return Some(car.coordinates[axis].into());
    }
    let points = &now.physics.tyreContactPoint;
    let middle = points.iter().map(|point| f64::from(point[axis])).sum::<f64>() / 4.0;
    points.as_flattened().iter().any(|part| *part != 0.0).then_some(middle)
}
