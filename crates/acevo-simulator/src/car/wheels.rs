//! The four wheels: loads, slip, forces, suspension, tyre and brake temperatures.

use super::{Car, STEP};
use crate::spec::{CarSpec, GRAVITY};
use crate::vector::Vec3;

/// One wheel. The order is front left, front right, rear left, rear right, as on the pages.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wheel {
    /// Vertical load in N.
    pub(crate) load: f64,
    /// Longitudinal and lateral force on the car in N, and the aligning moment in N·m.
    pub(crate) fx: f64,
    pub(crate) fy: f64,
    pub(crate) mz: f64,
    pub(crate) slip_ratio: f64,
    /// In rad.
    pub(crate) slip_angle: f64,
    /// Combined slip; 1 is the optimum of the tyre.
    pub(crate) slip: f64,
    /// In rad/s.
    pub(crate) angular_speed: f64,
    /// Temperatures of the left, middle and right part of the tread as seen from the car, in °C.
    pub(crate) faces_c: [f64; 3],
    pub(crate) core_c: f64,
    pub(crate) brake_c: f64,
    /// In N·m.
    pub(crate) brake_torque: f64,
    /// Suspension travel in m, positive when compressed.
    pub(crate) travel: f64,
    pub(crate) camber_rad: f64,
    pub(crate) dirt: f64,
    /// Remaining thickness of pad and disc in m.
    pub(crate) pad: f64,
    pub(crate) disc: f64,
    pub(crate) contact: Vec3,
    pub(crate) heading: Vec3,
}

/// The motion of the car, as input for the wheels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Motion {
    speed: f64,
    g: [f64; 3],
    yaw_rate: f64,
    steer: f64,
    position: Vec3,
    axes: super::Axes,
}

impl Motion {
    pub(super) fn of(car: &Car) -> Self {
        Self {
            speed: car.velocity.length(),
            g: car.g,
            yaw_rate: car.yaw_rate,
            steer: car.steer,
            position: car.position,
            axes: car.axes,
        }
    }
}

/// All four wheels.
#[derive(Debug, Clone)]
pub(crate) struct Wheels {
    pub(crate) each: [Wheel; 4],
    /// Total forces of engine and brakes, in N.
    pub(super) drive_force: f64,
    pub(super) brake_force: f64,
    /// In °C.
    pub(crate) air_c: f64,
    pub(crate) road_c: f64,
    /// Number of wheels off the track.
    pub(crate) off_track: u8,
}

impl Wheels {
    pub(super) fn new(spec: &CarSpec, air_c: f64) -> Self {
        let mut wheels = Self {
            each: [Wheel::default(); 4],
            drive_force: 0.0,
            brake_force: 0.0,
            air_c,
            road_c: air_c + 9.0,
            off_track: 0,
        };
        for (index, wheel) in wheels.each.iter_mut().enumerate() {
            wheel.load = spec.mass * GRAVITY / 4.0;
            wheel.brake_c = air_c + 60.0;
            wheel.pad = 0.029;
            wheel.disc = 0.032;
            wheel.camber_rad = resting_camber(spec, index);
        }
        wheels.fit_new_tyres(spec.ideal_tyre_c - 14.0);
        wheels
    }

    /// Fits new, preheated tyres.
    pub(crate) fn fit_new_tyres(&mut self, celsius: f64) {
        for wheel in &mut self.each {
            wheel.faces_c = [celsius; 3];
            wheel.core_c = celsius;
            wheel.dirt = 0.0;
        }
    }

    /// Heats all treads by a share of the difference to a high temperature. The cores follow.
    pub(crate) fn overheat(&mut self, celsius: f64, share: f64) {
        for wheel in &mut self.each {
            for face in &mut wheel.faces_c {
                *face += (celsius - *face).max(0.0) * share;
            }
            wheel.core_c += (celsius - 4.0 - wheel.core_c).max(0.0) * share / 4.0;
        }
    }

    /// Slip angles of the front and the rear axle in rad, with the sign of the bend.
    pub(super) fn axle_slip_angles(&self) -> [f64; 2] {
        [0, 2].map(|left| (self.each[left].slip_angle + self.each[left + 1].slip_angle) / 2.0)
    }

    pub(super) fn step(&mut self, spec: &CarSpec, motion: &Motion, road_noise: &[f64; 4]) {
        let loads = loads(spec, motion, road_noise);
        // Lateral slip reacts only weakly to load transfer by the pedals, or every use of a pedal would cause a slide.
        let [lateral, vertical, longitudinal] = motion.g;
        let calm = Motion { g: [lateral, vertical, 0.25 * longitudinal], ..*motion };
        let calm_loads = self::loads(spec, &calm, &[0.0; 4]);
        let calm_axle_load = [calm_loads[0] + calm_loads[1], calm_loads[2] + calm_loads[3]];
        let axle_load = [loads[0] + loads[1], loads[2] + loads[3]];
        let to_rear = spec.wheelbase - spec.cg_to_front;
        let axle_lateral = [
            spec.mass * motion.g[0] * GRAVITY * to_rear / spec.wheelbase,
            spec.mass * motion.g[0] * GRAVITY * spec.cg_to_front / spec.wheelbase,
        ];
        for (index, load) in loads.into_iter().enumerate() {
            let axle = index / 2;
            let left = index % 2 == 0;
            let wheel = &mut self.each[index];
            let share = load / axle_load[axle].max(1.0);
            let drive_part = if axle == 0 { spec.drive_front } else { 1.0 - spec.drive_front };
            let brake_part = if axle == 0 { spec.brake_front } else { 1.0 - spec.brake_front };
            // Both wheels of an axle have the same brake pressure, until the one with less load reaches its limit.
            let half = self.brake_force * brake_part / 2.0;
            let limit = |load: f64| spec.grip * load;
            let braking = half.min(limit(load)) + (half - limit(loads[index ^ 1])).max(0.0);
            wheel.load = load;
            wheel.fx = self.drive_force * drive_part * share - braking;
            wheel.fy = axle_lateral[axle] * share;
            wheel.brake_torque = braking * spec.wheel_radius;
            wheel.mz = -wheel.fy * 0.028;
            let grip = (spec.grip * load).max(1.0);
            let along = (wheel.fx / grip).clamp(-1.0, 1.0);
            let across = (axle_lateral[axle] / (spec.grip * calm_axle_load[axle]).max(1.0)).clamp(-1.0, 1.0);
            // Tyres are softer near their limit. The front is a little softer than the rear, which causes understeer.
            wheel.slip_ratio = along * 0.052 * (1.0 + 0.5 * along * along);
            wheel.slip_angle = across * [0.080, 0.062][axle] * (1.0 + 0.4 * across * across);
            wheel.slip = (along * along + across * across).sqrt();
            let aside = if left { -0.5 } else { 0.5 } * spec.track_width;
            let over_ground = (motion.speed - motion.yaw_rate * aside).max(0.0);
            wheel.angular_speed = over_ground * (1.0 + wheel.slip_ratio) / spec.wheel_radius;
            let rest = spec.mass * GRAVITY / 4.0;
            wheel.travel = (load - rest) / spec.spring[axle];
            // Compression adds camber, with opposite signs on the two sides.
            wheel.camber_rad = resting_camber(spec, index) + if left { -0.3 } else { 0.3 } * wheel.travel;
            wheel.heat(spec, motion.speed, self.air_c, self.road_c, axle, left);
            let steer = if axle == 0 { motion.steer } else { 0.0 };
            let ahead = if axle == 0 { spec.wheelbase / 2.0 } else { -spec.wheelbase / 2.0 };
            wheel.contact = motion.position + motion.axes.forward * ahead + motion.axes.right * aside;
            wheel.heading = (motion.axes.forward + motion.axes.right * steer).normalized();
        }
    }

    /// Counts the wheels off the track and updates their dirt, given the car's offset from the centre line.
    pub(crate) fn touch_ground(&mut self, spec: &CarSpec, offset: f64, half_width: f64, speed: f64) {
        self.off_track = 0;
        for (index, wheel) in self.each.iter_mut().enumerate() {
            let aside = if index % 2 == 0 { -0.5 } else { 0.5 } * spec.track_width;
            let off = (offset + aside).abs() > half_width;
            self.off_track += u8::from(off);
            let (target, time) = if off { (1.0, 0.8) } else { (0.0, 6.0) };
            wheel.dirt += (target - wheel.dirt) * (STEP / time) * (speed / (speed + 5.0));
        }
    }
}

fn resting_camber(spec: &CarSpec, index: usize) -> f64 {
    let camber = spec.camber_rad[index / 2];
    if index.is_multiple_of(2) { camber } else { -camber }
}

/// Loads of the four wheels in N: weight, downforce, longitudinal and lateral transfer, and bumps.
fn loads(spec: &CarSpec, motion: &Motion, road_noise: &[f64; 4]) -> [f64; 4] {
    let weight = spec.mass * GRAVITY * (1.0 + motion.g[1]).max(0.2);
    let front_share = (spec.wheelbase - spec.cg_to_front) / spec.wheelbase;
    let down = spec.downforce(motion.speed);
    let along = spec.mass * GRAVITY * motion.g[2] * spec.cg_height / spec.wheelbase;
    let across = spec.mass * GRAVITY * motion.g[0] * spec.cg_height / spec.track_width;
    let front = weight * front_share + down * 0.44 - along;
    let rear = weight * (1.0 - front_share) + down * 0.56 + along;
    let bumps = 0.05 * motion.speed / (motion.speed + 15.0);
    let mut loads = [0.0; 4];
    for (index, load) in loads.iter_mut().enumerate() {
        let (axle, roll_share) = if index < 2 { (front, 0.54) } else { (rear, 0.46) };
        // In a right-hand bend the left wheels carry more.
        let transfer = across * roll_share * if index % 2 == 0 { 1.0 } else { -1.0 };
        *load = ((axle / 2.0 + transfer) * (1.0 + bumps * road_noise[index])).max(60.0);
    }
    loads
}

impl Wheel {
    fn heat(&mut self, spec: &CarSpec, speed: f64, air_c: f64, road_c: f64, axle: usize, left: bool) {
        // Heat from sliding and rolling, in W.
        let sliding = (self.fx * self.slip_ratio * speed).abs() + (self.fy * self.slip_angle * speed).abs();
        let rolling = 0.010 * self.load * speed;
        let power = 0.42 * (sliding + rolling);
        // Camber loads the inner edge, and a bend loads the outer edge.
        let lean = (self.fy / self.load.max(1.0) * 0.028).clamp(-0.05, 0.05);
        let inner = 0.055;
        let (left_edge, right_edge) = if left { (-inner, inner) } else { (inner, -inner) };
        // In a right-hand bend the left side of each tread is loaded more.
        let shares = [0.333 + left_edge + lean, 0.334, 0.333 + right_edge - lean];
        let to_air = 3.0 + 0.31 * speed;
        for (face, share) in self.faces_c.iter_mut().zip(shares) {
            let flow = power * share - to_air * (*face - air_c) - 3.0 * (*face - road_c) - 45.0 * (*face - self.core_c);
            *face += flow * STEP / 900.0;
        }
        let mean = (self.faces_c[0] + self.faces_c[1] + self.faces_c[2]) / 3.0;
        let core_flow =
            135.0 * (mean - self.core_c) - 9.0 * (self.core_c - air_c) + 0.012 * (self.brake_c - self.core_c);
        self.core_c += core_flow * STEP / 9_000.0;
        let braking = self.brake_torque * self.angular_speed;
        let brake_to_air = 5.0 + 1.12 * speed;
        self.brake_c += (braking - brake_to_air * (self.brake_c - air_c)) * STEP / spec.disc_heat[axle];
        let wear = braking * STEP;
        self.pad = (self.pad - wear * 1.2e-13).max(0.001);
        self.disc = (self.disc - wear * 0.4e-13).max(0.001);
    }

    /// Pressure in psi of a closed volume of air that was filled at 20 °C.
    pub(crate) fn pressure_psi(&self, spec: &CarSpec) -> f64 {
        const ATMOSPHERE: f64 = 14.696;
        (spec.cold_psi + ATMOSPHERE) * (self.core_c + 273.15) / 293.15 - ATMOSPHERE
    }
}
