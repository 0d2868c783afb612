//! The player's car: motion along a given path, and its effects on engine, tyres and brakes.

mod powertrain;
mod wheels;

pub(crate) use powertrain::Powertrain;
pub(crate) use wheels::{Wheel, Wheels};

use crate::spec::{CarSpec, GRAVITY};
use crate::vector::Vec3;

/// Physics steps per second.
pub(crate) const PHYSICS_RATE: u32 = 333;
/// Seconds per physics step.
pub(crate) const STEP: f64 = 1.0 / PHYSICS_RATE as f64;

/// Height from which the game drops a car into its box in metres, and the deceleration on landing in g.
const DROP_HEIGHT: f64 = 0.147;
const LANDING_G: f64 = 3.6;

/// Positions of the pedals, 0..1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pedals {
    pub(crate) throttle: f64,
    pub(crate) brake: f64,
}

/// The directions of the car's axes in the world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Axes {
    pub(crate) right: Vec3,
    pub(crate) up: Vec3,
    pub(crate) forward: Vec3,
}

impl Axes {
    fn along(forward: Vec3) -> Self {
        let right = forward.level_right();
        Self { right, up: right.cross(forward), forward }
    }

    /// The lateral, vertical and longitudinal parts of a world vector.
    pub(crate) fn local(&self, v: Vec3) -> [f64; 3] {
        [v.dot(self.right), v.dot(self.up), v.dot(self.forward)]
    }
}

/// The player's car.
#[derive(Debug, Clone)]
pub(crate) struct Car {
    pub(crate) spec: &'static CarSpec,
    /// Speed along the path in m/s.
    pub(crate) speed: f64,
    /// The point on the road below the centre of the wheelbase.
    pub(crate) position: Vec3,
    /// Velocity in world axes in m/s: exactly the last movement divided by the step.
    pub(crate) velocity: Vec3,
    /// The direction of travel.
    path: Vec3,
    /// The axes of the body, which differ from the direction of travel by the sideslip.
    pub(crate) axes: Axes,
    /// Lateral, vertical and longitudinal acceleration in the car's axes, in g; 0 at rest.
    pub(crate) g: [f64; 3],
    /// Yaw rate in rad/s, positive to the right.
    pub(crate) yaw_rate: f64,
    /// Pitch and roll of the body relative to the road in rad, and their rates.
    pub(crate) lean: [f64; 2],
    pub(crate) lean_rate: [f64; 2],
    /// Angle of the front wheels in rad, positive to the right.
    pub(crate) steer: f64,
    pub(crate) pedals: Pedals,
    pub(crate) powertrain: Powertrain,
    pub(crate) wheels: Wheels,
    /// Distance driven since the session began, in metres.
    pub(crate) odometer: f64,
    /// Height above the road in metres and downward speed in m/s, while the car falls.
    falling: Option<(f64, f64)>,
}

impl Car {
    pub(crate) fn new(spec: &'static CarSpec, air_c: f64) -> Self {
        Self {
            spec,
            speed: 0.0,
            position: Vec3::default(),
            velocity: Vec3::default(),
            path: Vec3::new(0.0, 0.0, 1.0),
            axes: Axes::along(Vec3::new(0.0, 0.0, 1.0)),
            g: [0.0; 3],
            yaw_rate: 0.0,
            lean: [0.0; 2],
            lean_rate: [0.0; 2],
            steer: 0.0,
            pedals: Pedals::default(),
            powertrain: Powertrain::new(spec, air_c),
            wheels: Wheels::new(spec, air_c),
            odometer: 0.0,
            falling: None,
        }
    }

    /// Places the car at a position, rolling at `speed`.
    pub(crate) fn place(&mut self, position: Vec3, forward: Vec3, speed: f64) {
        self.position = position;
        self.path = forward;
        self.axes = Axes::along(forward);
        self.speed = speed;
        self.velocity = forward * speed;
        self.powertrain.match_speed(self.spec, speed);
    }

    /// Lifts the car, so that it drops into its box as in the game.
    pub(crate) fn drop_from_above(&mut self) {
        self.falling = Some((DROP_HEIGHT, 0.0));
        self.position.y += DROP_HEIGHT;
    }

    /// One step of falling. Returns the height above the road in metres.
    pub(crate) fn fall(&mut self) -> f64 {
        let Some((height, speed)) = self.falling else { return 0.0 };
        // Free fall, until the suspension can just stop the car on the road.
        let stopping = speed * speed / (2.0 * LANDING_G * GRAVITY);
        let acceleration = if height > stopping { GRAVITY } else { -LANDING_G * GRAVITY };
        let speed = speed + acceleration * STEP;
        let height = height - speed * STEP;
        self.falling = (speed > 0.0 && height > 0.0).then_some((height, speed));
        self.falling.map_or(0.0, |(height, _)| height)
    }

    /// Force at the wheels with the throttle fully open, in N.
    pub(crate) fn full_throttle_force(&self) -> f64 {
        self.powertrain.full_force(self.spec, self.speed).min(self.traction())
    }

    /// Maximum force that the driven wheels transfer to the road, in N.
    fn traction(&self) -> f64 {
        let share = if self.spec.drive_front > 0.0 { 0.95 } else { 0.68 };
        share * self.grip_left()
    }

    /// Longitudinal grip that remains in addition to cornering, in N.
    fn grip_left(&self) -> f64 {
        let grip = self.spec.grip_at(self.speed);
        let used = (self.g[0] * GRAVITY / grip).clamp(-1.0, 1.0);
        // Never zero: a car that is a little too fast must be able to slow down.
        self.spec.mass * grip * (1.0 - used * used).sqrt().max(0.25)
    }

    /// Force at the wheels with the throttle closed, in N.
    pub(crate) fn engine_brake_force(&self) -> f64 {
        self.powertrain.coast_force(self.spec, self.speed)
    }

    /// One step of the longitudinal motion. Returns the distance in metres.
    pub(crate) fn drive(&mut self, wanted: Pedals, slope: f64) -> f64 {
        // Pedals move at a limited rate: full throttle in 0.15 s, full brake in 0.09 s.
        let toward = |now: f64, wanted: f64, rate: f64| now + (wanted - now).clamp(-rate * STEP, rate * STEP);
        self.pedals.throttle = toward(self.pedals.throttle, wanted.throttle, 6.5);
        self.pedals.brake = toward(self.pedals.brake, wanted.brake, 11.0);
        let drive = self.powertrain.step(self.spec, self.speed, self.pedals, self.traction());
        let brake_limit = self.grip_left();
        let brake = (self.pedals.brake * self.spec.max_brake_force).min(brake_limit);
        self.wheels.drive_force = drive;
        self.wheels.brake_force = if self.speed > 0.0 { brake } else { 0.0 };
        let resistance = self.spec.resistance(self.speed) + self.spec.mass * GRAVITY * slope;
        let acceleration = (drive - brake - resistance) / self.spec.mass;
        let before = self.speed;
        let mut after = before + acceleration * STEP;
        // Brakes hold the car, but never push it backwards.
        if after < 0.0 || (before == 0.0 && drive - resistance.max(0.0) <= brake) {
            after = 0.0;
        }
        self.speed = after;
        0.5 * (before + after) * STEP
    }

    /// Moves the car to its next position on the path, and derives everything that follows from the movement.
    pub(crate) fn move_to(&mut self, position: Vec3, road_noise: &[f64; 4]) {
        let velocity = (position - self.position) * (1.0 / STEP);
        let acceleration = (velocity - self.velocity) * (1.0 / STEP);
        if self.speed > 0.0 {
            self.odometer += (position - self.position).length();
        }
        self.position = position;
        self.velocity = velocity;
        let speed = velocity.length();
        let mut turn = 0.0;
        if self.speed > 1.0 {
            let path = velocity * (1.0 / speed);
            // The vertical part of (new × old) is the sine of the turn, positive to the right.
            turn = path.cross(self.path).y / STEP;
            self.path = path;
        }
        self.yaw_rate += (turn - self.yaw_rate) * (STEP / 0.012).min(1.0);
        let local = self.axes.local(acceleration);
        for (g, a) in self.g.iter_mut().zip(local) {
            *g += (a / GRAVITY - *g) * (STEP / 0.018);
        }
        self.turn_body(speed);
        self.lean_body();
        self.wheels.step(self.spec, &wheels::Motion::of(self), road_noise);
    }

    /// Updates sideslip and steering for the current bend.
    fn turn_body(&mut self, speed: f64) {
        let spec = self.spec;
        let curvature = if speed > 1.0 { self.yaw_rate / speed } else { 0.0 };
        let [front, rear] = self.wheels.axle_slip_angles();
        let to_rear = spec.wheelbase - spec.cg_to_front;
        let sideslip = curvature * to_rear - rear;
        let wheel = curvature * spec.wheelbase + front - rear;
        let limit = spec.steering_lock_deg.to_radians() / spec.steering_ratio;
        self.steer += (wheel.clamp(-limit, limit) - self.steer) * (STEP / 0.03);
        // At speed the nose points into the bend: in a right-hand bend the car travels to the left of its nose.
        let right = self.path.level_right();
        self.axes = Axes::along((self.path - right * sideslip.clamp(-0.2, 0.2)).normalized());
    }

    /// Updates pitch and roll of the body on its springs.
    fn lean_body(&mut self) {
        let spec = self.spec;
        let pitch = spec.mass * GRAVITY * spec.cg_height / (spec.wheelbase * spec.wheelbase);
        let roll = spec.mass * GRAVITY * spec.cg_height / (spec.track_width * spec.track_width);
        let stiffness = spec.spring[0] + spec.spring[1];
        // The nose rises under power, and the body leans to the outside of a bend.
        let wanted = [self.g[2] * pitch / stiffness, -self.g[0] * roll / stiffness];
        for (axis, wanted) in wanted.into_iter().enumerate() {
            let before = self.lean[axis];
            self.lean[axis] += (wanted - before) * (STEP / 0.06);
            self.lean_rate[axis] = (self.lean[axis] - before) / STEP;
        }
    }
}
