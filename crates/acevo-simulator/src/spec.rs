//! The data sheets of the cars.

use crate::options::CarModel;

/// Air density at the circuit in kg/m³.
pub(crate) const AIR_DENSITY: f64 = 1.184;
/// Gravity in m/s².
pub(crate) const GRAVITY: f64 = 9.806_65;

/// Type of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drive {
    Combustion,
    Electric,
}

/// The constant properties of a car, in SI units unless a name says otherwise. Pairs are front, rear.
#[derive(Debug)]
pub(crate) struct CarSpec {
    pub(crate) name: &'static str,
    pub(crate) performance_mode: &'static str,
    pub(crate) compound: [&'static str; 2],
    pub(crate) drive: Drive,
    pub(crate) mass: f64,
    pub(crate) wheelbase: f64,
    /// From the centre of gravity to the front axle.
    pub(crate) cg_to_front: f64,
    pub(crate) track_width: f64,
    pub(crate) cg_height: f64,
    pub(crate) wheel_radius: f64,
    /// Tyre grip on the dry road.
    pub(crate) grip: f64,
    /// Drag area and downforce area in m².
    pub(crate) drag_area: f64,
    pub(crate) lift_area: f64,
    /// Full-throttle torque over rpm.
    pub(crate) torque: &'static [(f64, f64)],
    pub(crate) idle_rpm: f64,
    pub(crate) shift_up_rpm: f64,
    pub(crate) max_rpm: f64,
    /// Total ratios of gearbox and final drive.
    pub(crate) ratios: &'static [f64],
    /// Duration of a gear change in seconds.
    pub(crate) shift_time: f64,
    /// Front share of the drive force.
    pub(crate) drive_front: f64,
    pub(crate) max_brake_force: f64,
    /// Front share of the braking force.
    pub(crate) brake_front: f64,
    /// Maximum brake force of regeneration, in N.
    pub(crate) regeneration: f64,
    pub(crate) tank_l: f64,
    pub(crate) battery_kwh: f64,
    pub(crate) max_boost_bar: f64,
    pub(crate) cold_psi: f64,
    pub(crate) ideal_psi: f64,
    pub(crate) ideal_tyre_c: f64,
    pub(crate) ideal_brake_c: f64,
    /// N/m per wheel.
    pub(crate) spring: [f64; 2],
    pub(crate) ride_height: [f64; 2],
    /// At rest, left side; the right side has the opposite sign.
    pub(crate) camber_rad: [f64; 2],
    /// Steering wheel angle divided by road wheel angle.
    pub(crate) steering_ratio: f64,
    /// Angle of the steering wheel from the centre to its stop, in degrees.
    pub(crate) steering_lock_deg: f64,
    /// `steerAngle` as a multiple of `steering_percent`.
    pub(crate) steer_angle_scale: f64,
    /// Heat capacity of a disc and its pads in J/K, front and rear.
    pub(crate) disc_heat: [f64; 2],
    pub(crate) has_tc: bool,
    pub(crate) max_tc: i8,
}

const GT3: CarSpec = CarSpec {
    name: "Velocita GT3 R",
    performance_mode: "Race",
    compound: ["Slick Medium", "Slick Medium"],
    drive: Drive::Combustion,
    mass: 1370.0,
    wheelbase: 2.65,
    cg_to_front: 1.43,
    track_width: 1.68,
    cg_height: 0.42,
    wheel_radius: 0.345,
    grip: 1.55,
    drag_area: 1.15,
    lift_area: 2.9,
    torque: &[
        (1000.0, 240.0),
        (3000.0, 370.0),
        (5000.0, 440.0),
        (6500.0, 480.0),
        (7500.0, 475.0),
        (8500.0, 445.0),
        (9250.0, 395.0),
        (9600.0, 330.0),
    ],
    idle_rpm: 1850.0,
    shift_up_rpm: 8900.0,
    max_rpm: 9250.0,
    ratios: &[11.0, 8.7, 7.0, 5.8, 4.9, 4.2],
    shift_time: 0.06,
    drive_front: 0.0,
    max_brake_force: 24_500.0,
    brake_front: 0.64,
    regeneration: 0.0,
    tank_l: 110.0,
    battery_kwh: 0.0,
    max_boost_bar: 0.0,
    cold_psi: 20.5,
    ideal_psi: 26.5,
    ideal_tyre_c: 84.0,
    ideal_brake_c: 500.0,
    spring: [190_000.0, 170_000.0],
    ride_height: [0.062, 0.074],
    camber_rad: [-0.061, -0.050],
    steering_ratio: 12.5,
    steering_lock_deg: 270.0,
    steer_angle_scale: 0.9375,
    disc_heat: [5_000.0, 3_600.0],
    has_tc: true,
    max_tc: 11,
};

const ROAD: CarSpec = CarSpec {
    name: "Corsaro 3.0 Turbo",
    performance_mode: "Sport",
    compound: ["Sport", "Sport"],
    drive: Drive::Combustion,
    mass: 1560.0,
    wheelbase: 2.70,
    cg_to_front: 1.35,
    track_width: 1.60,
    cg_height: 0.49,
    wheel_radius: 0.335,
    grip: 1.14,
    drag_area: 0.72,
    lift_area: 0.25,
    torque: &[
        (900.0, 180.0),
        (1800.0, 420.0),
        (2500.0, 550.0),
        (5000.0, 550.0),
        (6200.0, 490.0),
        (7000.0, 420.0),
        (7500.0, 330.0),
    ],
    idle_rpm: 820.0,
    shift_up_rpm: 6750.0,
    max_rpm: 7200.0,
    ratios: &[14.2, 9.4, 6.9, 5.3, 4.3, 3.5, 2.9],
    shift_time: 0.13,
    drive_front: 0.0,
    max_brake_force: 21_000.0,
    brake_front: 0.70,
    regeneration: 0.0,
    tank_l: 64.0,
    battery_kwh: 0.0,
    max_boost_bar: 1.25,
    cold_psi: 30.0,
    ideal_psi: 36.0,
    ideal_tyre_c: 78.0,
    ideal_brake_c: 380.0,
    spring: [62_000.0, 70_000.0],
    ride_height: [0.118, 0.126],
    camber_rad: [-0.024, -0.029],
    steering_ratio: 14.2,
    steering_lock_deg: 450.0,
    steer_angle_scale: 1.0,
    disc_heat: [5_600.0, 3_200.0],
    has_tc: true,
    max_tc: 3,
};

const ELECTRIC: CarSpec = CarSpec {
    name: "Aurel E-Sport",
    performance_mode: "Track",
    compound: ["Trofeo", "Trofeo"],
    drive: Drive::Electric,
    mass: 2010.0,
    wheelbase: 2.90,
    cg_to_front: 1.47,
    track_width: 1.66,
    cg_height: 0.44,
    wheel_radius: 0.35,
    grip: 1.22,
    drag_area: 0.66,
    lift_area: 0.35,
    torque: &[
        (0.0, 740.0),
        (5500.0, 740.0),
        (7000.0, 600.0),
        (9000.0, 470.0),
        (12000.0, 345.0),
        (15000.0, 260.0),
        (16500.0, 190.0),
    ],
    idle_rpm: 0.0,
    shift_up_rpm: 16_200.0,
    max_rpm: 16_500.0,
    ratios: &[8.2],
    shift_time: 0.05,
    drive_front: 0.40,
    max_brake_force: 27_500.0,
    brake_front: 0.67,
    regeneration: 5_200.0,
    tank_l: 0.0,
    battery_kwh: 84.0,
    max_boost_bar: 0.0,
    cold_psi: 33.0,
    ideal_psi: 39.0,
    ideal_tyre_c: 78.0,
    ideal_brake_c: 360.0,
    spring: [88_000.0, 92_000.0],
    ride_height: [0.121, 0.124],
    camber_rad: [-0.026, -0.028],
    steering_ratio: 13.6,
    steering_lock_deg: 420.0,
    steer_angle_scale: 1.0,
    disc_heat: [6_200.0, 4_000.0],
    has_tc: true,
    max_tc: 5,
};

const GT3_TURBO: CarSpec = CarSpec {
    name: "Falken RS Biturbo GT3",
    mass: 1395.0,
    wheelbase: 2.72,
    cg_to_front: 1.39,
    track_width: 1.70,
    torque: &[
        (1000.0, 210.0),
        (2500.0, 480.0),
        (3500.0, 620.0),
        (5500.0, 625.0),
        (6500.0, 560.0),
        (7200.0, 480.0),
        (7600.0, 380.0),
    ],
    idle_rpm: 1500.0,
    shift_up_rpm: 7000.0,
    max_rpm: 7400.0,
    ratios: &[8.9, 6.9, 5.6, 4.7, 4.0, 3.45, 3.05],
    brake_front: 0.60,
    tank_l: 117.0,
    max_boost_bar: 1.4,
    camber_rad: [-0.066, -0.052],
    steering_ratio: 13.2,
    steering_lock_deg: 270.0,
    ..GT3
};

const HATCH: CarSpec = CarSpec {
    name: "Piccolina 1.6 S",
    performance_mode: "Normal",
    compound: ["Street", "Street"],
    mass: 1080.0,
    wheelbase: 2.46,
    cg_to_front: 0.98,
    track_width: 1.46,
    cg_height: 0.52,
    wheel_radius: 0.30,
    grip: 1.05,
    drag_area: 0.66,
    lift_area: 0.08,
    torque: &[(900.0, 90.0), (2500.0, 135.0), (4500.0, 162.0), (6000.0, 152.0), (6900.0, 132.0), (7300.0, 100.0)],
    idle_rpm: 780.0,
    shift_up_rpm: 6700.0,
    max_rpm: 7100.0,
    ratios: &[13.9, 8.2, 5.7, 4.3, 3.5],
    shift_time: 0.22,
    drive_front: 1.0,
    max_brake_force: 14_000.0,
    brake_front: 0.74,
    tank_l: 45.0,
    max_boost_bar: 0.0,
    spring: [34_000.0, 30_000.0],
    ride_height: [0.132, 0.138],
    camber_rad: [-0.014, -0.018],
    steering_ratio: 15.4,
    disc_heat: [3_900.0, 2_600.0],
    has_tc: false,
    max_tc: 0,
    ..ROAD
};

const ELECTRIC_COUPE: CarSpec = CarSpec {
    name: "Aurel E-GT",
    performance_mode: "Race",
    mass: 1830.0,
    wheelbase: 2.80,
    cg_to_front: 1.40,
    cg_height: 0.41,
    grip: 1.32,
    lift_area: 0.70,
    torque: &[
        (0.0, 900.0),
        (5200.0, 900.0),
        (7000.0, 700.0),
        (9000.0, 545.0),
        (12000.0, 405.0),
        (15000.0, 310.0),
        (16500.0, 240.0),
    ],
    drive_front: 0.45,
    max_brake_force: 26_500.0,
    regeneration: 6_800.0,
    battery_kwh: 92.0,
    steering_lock_deg: 360.0,
    ..ELECTRIC
};

impl CarSpec {
    pub(crate) fn of(model: CarModel) -> &'static Self {
        match model {
            CarModel::Gt3 => &GT3,
            CarModel::Road => &ROAD,
            CarModel::Electric => &ELECTRIC,
            CarModel::Gt3Turbo => &GT3_TURBO,
            CarModel::Hatch => &HATCH,
            CarModel::ElectricCoupe => &ELECTRIC_COUPE,
        }
    }

    pub(crate) fn is_electric(&self) -> bool {
        self.drive == Drive::Electric
    }

    /// Full-throttle torque in Nm at `rpm`.
    pub(crate) fn torque_at(&self, rpm: f64) -> f64 {
        let curve = self.torque;
        match curve.iter().position(|&(at, _)| at > rpm) {
            Some(0) => curve[0].1,
            Some(index) => {
                let ((from, low), (to, high)) = (curve[index - 1], curve[index]);
                low + (high - low) * (rpm - from) / (to - from)
            }
            None => curve[curve.len() - 1].1,
        }
    }

    /// Engine rpm per m/s of road speed in the forward gear `index` (0 is first).
    pub(crate) fn rpm_per_speed(&self, index: usize) -> f64 {
        self.ratios[index] / self.wheel_radius * (60.0 / std::f64::consts::TAU)
    }

    /// Full-throttle force at the wheels in N, in the best gear for `speed`.
    pub(crate) fn best_drive_force(&self, speed: f64) -> f64 {
        (0..self.ratios.len())
            .map(|gear| {
                let rpm = speed * self.rpm_per_speed(gear);
                if rpm > self.max_rpm {
                    return 0.0;
                }
                // At low speed the clutch slips, and the engine stays at a speed with torque.
                self.torque_at(rpm.max(self.idle_rpm * 1.8)) * self.ratios[gear] / self.wheel_radius
            })
            .fold(0.0, f64::max)
            * 0.93
    }

    /// Air drag and rolling resistance in N.
    pub(crate) fn resistance(&self, speed: f64) -> f64 {
        0.5 * AIR_DENSITY * self.drag_area * speed * speed + 0.012 * self.mass * GRAVITY * (speed / (speed + 1.0))
    }

    /// Aerodynamic load in N.
    pub(crate) fn downforce(&self, speed: f64) -> f64 {
        0.5 * AIR_DENSITY * self.lift_area * speed * speed
    }

    /// The maximum acceleration that the tyres allow in any direction, in m/s².
    pub(crate) fn grip_at(&self, speed: f64) -> f64 {
        self.grip * (GRAVITY + self.downforce(speed) / self.mass)
    }
}
