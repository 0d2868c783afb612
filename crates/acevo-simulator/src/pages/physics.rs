//! Fills the physics page.

use acevo_shared_memory::SPageFilePhysics;

use crate::car::Wheel;
use crate::options::{AccGOrder, Options, World};
use crate::pit_path::PIT_SPEED;
use crate::session::Session;
use crate::setting::Setting;
use crate::spec::{AIR_DENSITY, CarSpec};
use crate::track::PitZone;
use crate::vector::Vec3;

/// `brakeTorque` at full pedal divided by the axle's share of the brakes: 0.533 and 0.356 at a bias of 0.6. Its unit is
/// unknown.
const BRAKE_TORQUE: f64 = 8.0 / 9.0;
const MM: f64 = 1000.0;

/// Fills the page with the state of the car after a step, except for the counter. `tyreWear`, `tyreTempI/M/O`, `suspensionDamage`,
/// `tcinAction` and `absInAction` stay 0, as they do in the game.
pub(crate) fn fill_physics(page: &mut SPageFilePhysics, session: &Session, setting: &Setting, options: &Options) {
    motion(page, session, options);
    controls(page, session, setting);
    drivetrain(page, session);
    wheels(page, session, options.world);
    environment(page, session);
}

/// 1 if values to the right are positive, -1 if they are negative.
fn right_sign(world: World) -> f64 {
    match world {
        World::RightHanded => -1.0,
        World::LeftHanded => 1.0,
    }
}

/// World coordinates as published.
pub(crate) fn coordinates(v: Vec3, world: World) -> [f32; 3] {
    let [x, y, z] = v.to_f32();
    match world {
        World::RightHanded => [x, y, z],
        World::LeftHanded => [x, y, -z],
    }
}

/// Converts accelerations (right, up, forward) to the signs and the order of the options.
pub(super) fn ordered(g: [f64; 3], options: &Options) -> [f32; 3] {
    let [right, vertical, longitudinal] = g;
    let lateral = (right * right_sign(options.world)) as f32;
    let (vertical, longitudinal) = (vertical as f32, longitudinal as f32);
    match options.acc_g {
        AccGOrder::Measured => [lateral, vertical, longitudinal],
        AccGOrder::Documented => [lateral, longitudinal, vertical],
    }
}

/// Activity of the anti-lock brakes, 0..1.
pub(super) fn abs_intervention(session: &Session) -> f32 {
    let car = &session.car;
    if car.pedals.brake < 0.05 || car.speed < 3.0 {
        return 0.0;
    }
    let slip = car.wheels.each.iter().map(|wheel| -wheel.slip_ratio).fold(0.0, f64::max);
    ((slip - 0.056) / 0.02).clamp(0.0, 1.0) as f32
}

/// True while the pit limiter limits the engine.
pub(super) fn is_limiting(session: &Session, setting: &Setting) -> bool {
    session.pit_zone(&setting.track) == PitZone::Limit && session.car.speed > PIT_SPEED - 1.0
}

/// Force feedback as the game publishes it, -1..1.
pub(super) fn force_feedback(session: &Session) -> f32 {
    let aligning = session.car.wheels.each[0].mz + session.car.wheels.each[1].mz;
    (aligning / 650.0).clamp(-1.0, 1.0) as f32
}

/// Angle of the steering wheel relative to its stop, -1..1, positive to the right.
pub(super) fn steering_share(session: &Session) -> f64 {
    let spec = session.car.spec;
    (session.car.steer.to_degrees() * spec.steering_ratio / spec.steering_lock_deg).clamp(-1.0, 1.0)
}

fn motion(page: &mut SPageFilePhysics, session: &Session, options: &Options) {
    let car = &session.car;
    let right = right_sign(options.world);
    page.velocity = coordinates(car.velocity, options.world);
    let [lateral, vertical, longitudinal] = car.axes.local(car.velocity);
    page.localVelocity = [lateral * right, vertical, longitudinal].map(|part| part as f32);
    page.speedKmh = (car.velocity.length() * 3.6) as f32;
    page.accG = ordered(car.g, options);
    // Right-handed rotation about the axes left, up, forward.
    page.localAngularVel = [car.lean_rate[0] * right, car.yaw_rate * right, car.lean_rate[1]].map(|rate| rate as f32);
    let forward = car.axes.forward;
    let level = (forward.x * forward.x + forward.z * forward.z).sqrt();
    page.heading = match options.world {
        World::RightHanded => (-forward.x).atan2(forward.z),
        World::LeftHanded => forward.x.atan2(-forward.z),
    } as f32;
    page.pitch = (forward.y.atan2(level) + car.lean[0]) as f32;
    page.roll = car.lean[1] as f32;
    page.cgHeight = car.spec.cg_height as f32;
    // In millimetres, and equal for both axles.
    let travel = car.wheels.each.iter().map(|wheel| wheel.travel).sum::<f64>() / 4.0;
    let height = (car.spec.ride_height[0] + car.spec.ride_height[1]) / 2.0 - travel;
    page.rideHeight = [(height.max(0.006) * MM) as f32; 2];
}

fn controls(page: &mut SPageFilePhysics, session: &Session, setting: &Setting) {
    let car = &session.car;
    page.gas = car.pedals.throttle as f32;
    page.brake = car.pedals.brake as f32;
    page.clutch = car.powertrain.clutch as f32;
    page.steerAngle = (car.spec.steer_angle_scale * steering_share(session)) as f32;
    page.brakeBias = car.spec.brake_front as f32;
    page.abs = abs_intervention(session);
    page.tc = car.powertrain.tc as f32;
    page.pitLimiterOn = i32::from(is_limiting(session, setting));
    page.autoShifterOn = 1;
    page.isAIControlled = 0;
    page.finalFF = force_feedback(session);
    page.carDamage = session.incidents.damage.body;
    page.drsAvailable = i32::from(session.incidents.drs);
    page.drsEnabled = page.drsAvailable;
    page.drs = if session.incidents.drs { 1.0 } else { 0.0 };
    page.performanceMeter = session.clock.delta_ms().map_or(0.0, |ms| ms as f32 / 1000.0);
}

fn drivetrain(page: &mut SPageFilePhysics, session: &Session) {
    let (spec, powertrain) = (session.car.spec, &session.car.powertrain);
    page.fuel = powertrain.fuel_l as f32;
    page.gear = powertrain.gear;
    page.rpms = powertrain.rpm.round() as i32;
    page.currentMaxRpm = spec.max_rpm as i32;
    page.turboBoost = powertrain.boost_bar as f32;
    page.waterTemp = powertrain.water_c as f32;
    page.ignitionOn = i32::from(powertrain.running || powertrain.cranking);
    page.starterEngineOn = i32::from(powertrain.cranking);
    page.isEngineRunning = i32::from(powertrain.running);
    page.engineBrake = 3;
    if spec.is_electric() {
        page.kersCharge = powertrain.charge(spec) as f32;
        page.kersInput = (powertrain.power / 480_000.0).clamp(0.0, 1.0) as f32;
        page.kersCurrentKJ = (powertrain.energy_used_kwh.max(0.0) * 3600.0) as f32;
        page.ersRecoveryLevel = 5;
        page.ersPowerLevel = 5;
        page.ersIsCharging = i32::from(powertrain.power < 0.0);
    }
}

fn wheels(page: &mut SPageFilePhysics, session: &Session, world: World) {
    let car = &session.car;
    let each = &car.wheels.each;
    let all = |value: fn(&Wheel) -> f64| std::array::from_fn(|index| value(&each[index]) as f32);
    page.wheelSlip = all(|wheel| wheel.slip);
    page.wheelLoad = all(|wheel| wheel.load);
    page.wheelAngularSpeed = all(|wheel| wheel.angular_speed);
    page.wheelsPressure = std::array::from_fn(|index| each[index].pressure_psi(car.spec) as f32);
    page.tyreDirtyLevel = all(|wheel| wheel.dirt);
    page.tyreCoreTemperature = all(|wheel| wheel.core_c);
    page.tyreTemp = all(|wheel| (wheel.faces_c[0] + wheel.faces_c[1] + wheel.faces_c[2]) / 3.0);
    page.camberRAD = all(|wheel| wheel.camber_rad);
    page.suspensionTravel = all(|wheel| wheel.travel);
    page.brakeTemp = all(|wheel| wheel.brake_c);
    page.brakeTorque =
        std::array::from_fn(|index| (car.pedals.brake * brake_share(car.spec, index / 2) * BRAKE_TORQUE) as f32);
    page.padLife = all(|wheel| wheel.pad);
    page.discLife = all(|wheel| wheel.disc);
    page.mz = all(|wheel| wheel.mz);
    page.fx = all(|wheel| wheel.fx);
    page.fy = all(|wheel| wheel.fy);
    page.slipRatio = all(|wheel| wheel.slip_ratio);
    page.slipAngle = all(|wheel| wheel.slip_angle);
    page.tyreContactPoint = std::array::from_fn(|index| coordinates(each[index].contact, world));
    page.tyreContactNormal = [coordinates(car.axes.up, world); 4];
    page.tyreContactHeading = std::array::from_fn(|index| coordinates(each[index].heading, world));
    page.numberOfTyresOut = i32::from(car.wheels.off_track);
}

/// The share of an axle (0 front, 1 rear) of the braking force.
pub(super) fn brake_share(spec: &CarSpec, axle: usize) -> f64 {
    if axle == 0 { spec.brake_front } else { 1.0 - spec.brake_front }
}

fn environment(page: &mut SPageFilePhysics, session: &Session) {
    let car = &session.car;
    page.airDensity = AIR_DENSITY as f32;
    page.airTemp = car.wheels.air_c as f32;
    page.roadTemp = car.wheels.road_c as f32;
    let rolling = car.speed / (car.speed + 30.0);
    page.roadVibrations = (0.06 * rolling) as f32;
    page.kerbVibration = (0.25 * f64::from(car.wheels.off_track) * rolling) as f32;
    let max_slip = car.wheels.each.iter().map(|wheel| wheel.slip).fold(0.0, f64::max);
    page.slipVibrations = ((max_slip - 0.85).max(0.0) * rolling) as f32;
    page.absVibrations = 0.2 * page.abs;
}
