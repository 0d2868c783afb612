//! Channels of motion and position.

use super::channel::{Channel, Now};
use super::define::{number, on, raw, source};
use crate::units::Unit::{Metre, MetrePerSecond, Radian, RadianPerSecond, StandardGravity};

const WORLD: &str = "World axes, right-handed: Y is up; seen from above X points right and Z points down.";
/// Note of every acceleration with a direction.
macro_rules! resolved {
    ($sign:literal) => {
        concat!($sign, " The axes are the measured ones; a drive that shows others replaces them.")
    };
}

pub(super) const ACCELERATION: &[Channel] = &[
    number("g_lateral", "Lateral acceleration", &[source!(physics.accG)], |now| now.axes.lateral(now.physics.accG))
        .in_unit(StandardGravity, -5.0, 5.0, 3)
        .measured(
            on::V5,
            resolved!("Positive to the right, as in a bend to the right; the game's own sign is the opposite."),
        ),
    number("g_longitudinal", "Longitudinal acceleration", &[source!(physics.accG)], |now| {
        now.axes.longitudinal(now.physics.accG)
    })
    .in_unit(StandardGravity, -6.0, 3.0, 3)
    .measured(on::V5, resolved!("Positive when speeding up, about -1 when braking.")),
    number("g_vertical", "Vertical acceleration", &[source!(physics.accG)], |now| now.axes.vertical(now.physics.accG))
        .in_unit(StandardGravity, -4.0, 6.0, 3)
        .measured(on::V5_V6, resolved!("Positive upwards, without gravity: 0 at rest, -1 in free fall.")),
    raw!(number "acc_g_x", "Acceleration X, raw", physics.accG[0])
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .measured(on::V5, "Lateral, positive to the left."),
    raw!(number "acc_g_y", "Acceleration Y, raw", physics.accG[1])
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .measured(on::V5_V6, "Vertical, positive upwards, without gravity. The document calls it longitudinal."),
    raw!(number "acc_g_z", "Acceleration Z, raw", physics.accG[2])
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .measured(on::V5, "Longitudinal, positive when speeding up. The document calls it vertical."),
    raw!(number "g_force_x", "Displayed acceleration X, raw", graphics.g_forces_x)
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .reported("Supposed to be lateral, positive to the left, as on the physics page.")
        .repeating("acc_g_x"),
    raw!(number "g_force_y", "Displayed acceleration Y, raw", graphics.g_forces_y)
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .measured(on::V6, "Vertical, as on the physics page, one frame later. The document calls it longitudinal.")
        .repeating("acc_g_y"),
    raw!(number "g_force_z", "Displayed acceleration Z, raw", graphics.g_forces_z)
        .in_unit(StandardGravity, -6.0, 6.0, 3)
        .reported("Supposed to be longitudinal, as on the physics page. The document calls it vertical.")
        .repeating("acc_g_z"),
    number("yaw_rate", "Yaw rate", &[source!(physics.localAngularVel)], |now| {
        now.axes.yaw(now.physics.localAngularVel)
    })
    .in_unit(RadianPerSecond, -3.0, 3.0, 3)
    .measured(on::V5, resolved!("Positive to the right; the game's own sign is the opposite.")),
    raw!(number "rotation_x", "Rotation X, raw", physics.localAngularVel[0])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .guessed("Around the axis across the car. Its sign is unknown; as the game gives it."),
    raw!(number "rotation_y", "Rotation Y, raw", physics.localAngularVel[1])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .measured(on::V5, "Around the vertical axis, positive to the left."),
    raw!(number "rotation_z", "Rotation Z, raw", physics.localAngularVel[2])
        .in_unit(RadianPerSecond, -3.0, 3.0, 3)
        .guessed("Around the axis along the car. Its sign is unknown; as the game gives it."),
];

pub(super) const POSITION: &[Channel] = &[
    number("position_x", "Position X", POSITION_SOURCES, |now| position(now, 0))
        .in_unit(Metre, -20_000.0, 20_000.0, 2)
        .measured(on::V6, POSITION_NOTE),
    number("position_y", "Position Y", POSITION_SOURCES, |now| position(now, 1))
        .in_unit(Metre, -1_000.0, 5_000.0, 2)
        .measured(on::V6, POSITION_NOTE),
    number("position_z", "Position Z", POSITION_SOURCES, |now| position(now, 2))
        .in_unit(Metre, -20_000.0, 20_000.0, 2)
        .measured(on::V6, POSITION_NOTE),
    raw!(number "velocity_x", "Velocity X", physics.velocity[0])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, WORLD),
    raw!(number "velocity_y", "Velocity Y", physics.velocity[1])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, WORLD),
    raw!(number "velocity_z", "Velocity Z", physics.velocity[2])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, WORLD),
    raw!(number "local_velocity_x", "Velocity in the car X, raw", physics.localVelocity[0])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, "Lateral, positive to the left."),
    raw!(number "local_velocity_y", "Velocity in the car Y, raw", physics.localVelocity[1])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, "Vertical, positive upwards."),
    raw!(number "local_velocity_z", "Velocity in the car Z, raw", physics.localVelocity[2])
        .in_unit(MetrePerSecond, -150.0, 150.0, 2)
        .measured(on::V6, "Longitudinal, positive forwards."),
    raw!(number "heading", "Heading", physics.heading).in_unit(Radian, -6.3, 6.3, 3).measured(
        on::V5_V6,
        "From -π to π. Forward is -sin of it in X and cos of it in Z; it grows in bends to the right.",
    ),
    raw!(number "pitch", "Pitch", physics.pitch)
        .in_unit(Radian, -1.6, 1.6, 4)
        .measured(on::V5_V6, "Positive with the nose up."),
    raw!(number "roll", "Roll", physics.roll)
        .in_unit(Radian, -3.2, 3.2, 4)
        .measured(on::V5_V6, "Positive with the right side down."),
    raw!(number "cg_height", "Height of the centre of gravity", physics.cgHeight).in_unit(Metre, 0.0, 1.5, 3),
];

const POSITION_SOURCES: &[&str] = &[
    source!(graphics.car_coordinates),
    source!(graphics.car_ids),
    source!(graphics.player_car_id_a),
    source!(graphics.player_car_id_b),
    source!(physics.tyreContactPoint),
];
const POSITION_NOTE: &str = "World axes, right-handed: Y is up; seen from above X points right and Z points down. \
                             The player's car is found by its id; without ids (games before 0.6) it is the middle of \
                             the tyres' contact points.";

fn position(now: &Now<'_>, axis: usize) -> Option<f64> {
    if let Some(car) = now.frame.graphics.player_car() {
        return Some(car.coordinates[axis].into());
    }
    let points = &now.physics.tyreContactPoint;
    let middle = points.iter().map(|point| f64::from(point[axis])).sum::<f64>() / 4.0;
    points.as_flattened().iter().any(|part| *part != 0.0).then_some(middle)
}
