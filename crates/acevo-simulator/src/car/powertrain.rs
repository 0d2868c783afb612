//! The powertrain: engine or motor, gearbox, tank and battery.

use super::{Pedals, STEP};
use crate::spec::CarSpec;

/// Efficiency of the driveline.
const DRIVELINE: f64 = 0.93;
/// Fuel in litres per joule at the crankshaft: 0.285 kg/kWh of a fuel with 0.745 kg/l.
const FUEL_PER_JOULE: f64 = 0.285 / 0.745 / 3.6e6;

/// The state of engine or motor, gearbox, tank and battery.
#[derive(Debug, Clone)]
pub(crate) struct Powertrain {
    pub(crate) running: bool,
    /// The starter motor is turning.
    pub(crate) cranking: bool,
    pub(crate) rpm: f64,
    /// Gear as on the pages: 0 reverse, 1 neutral, 2 first.
    pub(crate) gear: i32,
    /// 1 is engaged.
    pub(crate) clutch: f64,
    shift_left: f64,
    /// The driver does not shift up.
    pub(crate) hold_gear: bool,
    next_gear: i32,
    /// Torque at the crankshaft in N·m, negative when coasting.
    pub(crate) torque: f64,
    /// Power in W, negative when coasting or charging.
    pub(crate) power: f64,
    /// Activity of the traction control, 0..1.
    pub(crate) tc: f64,
    pub(crate) boost_bar: f64,
    pub(crate) water_c: f64,
    pub(crate) oil_c: f64,
    pub(crate) exhaust_c: f64,
    pub(crate) fuel_l: f64,
    pub(crate) fuel_used_l: f64,
    /// Current fuel flow in litres per second.
    pub(crate) fuel_flow: f64,
    /// Energy in the battery in kWh.
    pub(crate) battery_kwh: f64,
    /// Energy taken since the session began minus regeneration, in kWh.
    pub(crate) energy_used_kwh: f64,
    pub(crate) battery_c: f64,
}

impl Powertrain {
    /// A cold engine that is off, with an empty tank and battery.
    const OFF: Self = Self {
        running: false,
        cranking: false,
        rpm: 0.0,
        gear: 1,
        clutch: 0.0,
        shift_left: 0.0,
        hold_gear: false,
        next_gear: 1,
        torque: 0.0,
        power: 0.0,
        tc: 0.0,
        boost_bar: 0.0,
        water_c: 0.0,
        oil_c: 0.0,
        exhaust_c: 0.0,
        fuel_l: 0.0,
        fuel_used_l: 0.0,
        fuel_flow: 0.0,
        battery_kwh: 0.0,
        energy_used_kwh: 0.0,
        battery_c: 0.0,
    };

    pub(super) fn new(spec: &CarSpec, air_c: f64) -> Self {
        Self {
            water_c: if spec.is_electric() { air_c + 8.0 } else { 78.0 },
            oil_c: if spec.is_electric() { air_c + 12.0 } else { 82.0 },
            exhaust_c: air_c,
            fuel_l: spec.tank_l * 0.5,
            battery_kwh: spec.battery_kwh * 0.92,
            battery_c: air_c + 9.0,
            ..Self::OFF
        }
    }

    /// Sets the level of the tank or the battery, 0..1.
    pub(crate) fn fill(&mut self, spec: &CarSpec, level: f64) {
        self.fuel_l = spec.tank_l * level;
        self.battery_kwh = spec.battery_kwh * level;
    }

    /// A copy with the engine off. Temperatures, levels and consumption are kept.
    pub(crate) fn parked(&self) -> Self {
        Self {
            water_c: self.water_c,
            oil_c: self.oil_c,
            exhaust_c: self.exhaust_c,
            fuel_l: self.fuel_l,
            fuel_used_l: self.fuel_used_l,
            battery_kwh: self.battery_kwh,
            energy_used_kwh: self.energy_used_kwh,
            battery_c: self.battery_c,
            ..Self::OFF
        }
    }

    /// Restores the initial levels of tank and battery, and resets the consumption.
    pub(crate) fn refill(&mut self, (fuel_l, battery_kwh): (f64, f64)) {
        (self.fuel_l, self.battery_kwh) = (fuel_l, battery_kwh);
        (self.fuel_used_l, self.energy_used_kwh) = (0.0, 0.0);
    }

    /// True while the rev limiter is active.
    pub(crate) fn on_limiter(&self, spec: &CarSpec) -> bool {
        self.rpm >= spec.max_rpm - 5.0
    }

    fn ratio_index(&self, spec: &CarSpec) -> usize {
        (self.gear - 2).clamp(0, spec.ratios.len() as i32 - 1) as usize
    }

    /// Starts the engine and selects the right gear for a car that is rolling.
    pub(super) fn match_speed(&mut self, spec: &CarSpec, speed: f64) {
        if speed > 0.0 {
            let fitting = (0..spec.ratios.len()).find(|&g| speed * spec.rpm_per_speed(g) < spec.shift_up_rpm * 0.9);
            self.running = true;
            self.gear = fitting.unwrap_or(spec.ratios.len() - 1) as i32 + 2;
            self.next_gear = self.gear;
            self.clutch = 1.0;
            self.rpm = speed * spec.rpm_per_speed(self.ratio_index(spec));
        }
    }

    /// Engine speed that matches the road speed, with a slipping clutch at walking pace.
    fn engine_speed(&self, spec: &CarSpec, speed: f64) -> f64 {
        (speed * spec.rpm_per_speed(self.ratio_index(spec))).max(spec.idle_rpm * 1.8)
    }

    pub(super) fn full_force(&self, spec: &CarSpec, speed: f64) -> f64 {
        let rpm = self.engine_speed(spec, speed);
        if rpm > spec.max_rpm {
            return 0.0;
        }
        spec.torque_at(rpm) * spec.ratios[self.ratio_index(spec)] / spec.wheel_radius * DRIVELINE
    }

    pub(super) fn coast_force(&self, spec: &CarSpec, speed: f64) -> f64 {
        if self.clutch < 0.5 || speed < 4.0 {
            return 0.0;
        }
        if spec.is_electric() {
            let room = if self.battery_kwh < spec.battery_kwh * 0.99 { 1.0 } else { 0.0 };
            return spec.regeneration * room * (speed / (speed + 6.0));
        }
        let drag = 18.0 + 0.0085 * self.rpm;
        drag * spec.ratios[self.ratio_index(spec)] / spec.wheel_radius * DRIVELINE
    }

    /// One step. Returns the force at the wheels in N.
    pub(super) fn step(&mut self, spec: &CarSpec, speed: f64, pedals: Pedals, traction: f64) -> f64 {
        self.change_gear(spec, speed, pedals);
        let coast = self.coast_force(spec, speed);
        let full = self.full_force(spec, speed);
        let mut force = 0.0;
        let mut limited = 0.0;
        if self.running && self.gear >= 2 && self.shift_left <= 0.0 {
            force = pedals.throttle * full - (1.0 - pedals.throttle) * coast;
            if force > traction {
                limited = (force - traction) / force;
                force = traction;
            }
        }
        self.tc += (limited * 2.5 - self.tc) * (STEP / 0.03);
        self.tc = self.tc.clamp(0.0, 1.0);
        let per_torque = spec.ratios[self.ratio_index(spec)] / spec.wheel_radius * DRIVELINE;
        self.torque = if self.running { force / per_torque } else { 0.0 };
        self.turn_engine(spec, speed, pedals);
        self.power = self.torque * self.rpm * (std::f64::consts::TAU / 60.0);
        self.consume(spec, force, speed);
        self.heat(spec, speed, pedals);
        force
    }

    fn change_gear(&mut self, spec: &CarSpec, speed: f64, pedals: Pedals) {
        if self.shift_left > 0.0 {
            self.shift_left -= STEP;
            if self.shift_left < spec.shift_time * 0.5 {
                self.gear = self.next_gear;
            }
            return;
        }
        if !self.running {
            self.next_gear = 1;
            self.gear = 1;
            return;
        }
        let top = spec.ratios.len() as i32 + 1;
        let wanted = if self.gear < 2 {
            if pedals.throttle > 0.0 { 2 } else { 1 }
        } else if speed == 0.0 && pedals.throttle == 0.0 {
            1
        } else {
            let rpm = speed * spec.rpm_per_speed(self.ratio_index(spec));
            let below = self.gear > 2 && {
                let lower = speed * spec.rpm_per_speed(self.ratio_index(spec) - 1);
                // Late enough that the lower gear does not shift up again at once.
                lower < spec.shift_up_rpm * if pedals.brake > 0.05 { 0.90 } else { 0.78 }
            };
            if rpm > spec.shift_up_rpm && self.gear < top && pedals.brake == 0.0 && !self.hold_gear {
                self.gear + 1
            } else if below {
                self.gear - 1
            } else {
                self.gear
            }
        };
        if wanted != self.gear {
            self.next_gear = wanted;
            self.shift_left = spec.shift_time;
        }
    }

    fn turn_engine(&mut self, spec: &CarSpec, speed: f64, pedals: Pedals) {
        let coupled = speed * spec.rpm_per_speed(self.ratio_index(spec));
        let (target, time) = if !self.running {
            (if self.cranking { 260.0 } else { 0.0 }, 0.12)
        } else if self.gear < 2 {
            // The engine approaches its idle speed slowly.
            (spec.idle_rpm, 0.25)
        } else {
            let launch = spec.idle_rpm * (1.0 + 1.4 * pedals.throttle);
            (coupled.max(launch), if self.shift_left > 0.0 { 0.035 } else { 0.015 })
        };
        self.rpm += (target.min(spec.max_rpm) - self.rpm) * (STEP / time);
        let engaged = if self.gear < 2 || self.shift_left > 0.0 {
            0.0
        } else if spec.is_electric() || coupled >= spec.idle_rpm {
            1.0
        } else {
            (coupled / spec.idle_rpm).clamp(0.05, 1.0)
        };
        self.clutch += (engaged - self.clutch) * (STEP / 0.02);
    }

    fn consume(&mut self, spec: &CarSpec, force: f64, speed: f64) {
        if spec.is_electric() {
            let wheel = force * speed;
            let motor = if wheel >= 0.0 { wheel / 0.90 } else { wheel * 0.82 };
            // Auxiliary consumers use power whenever the car is on.
            let electric = if self.running { motor + 1_800.0 } else { 0.0 };
            let kwh = (electric * STEP / 3.6e6).min(self.battery_kwh);
            self.battery_kwh -= kwh;
            self.energy_used_kwh += kwh;
        } else {
            let idle = if self.running { 0.00035 } else { 0.0 };
            self.fuel_flow = idle + self.power.max(0.0) * FUEL_PER_JOULE;
            let burned = (self.fuel_flow * STEP).min(self.fuel_l);
            self.fuel_l -= burned;
            self.fuel_used_l += burned;
        }
    }

    fn heat(&mut self, spec: &CarSpec, speed: f64, pedals: Pedals) {
        let load = (self.power / 350_000.0).clamp(0.0, 1.5);
        let cooling = speed / (speed + 20.0);
        let on = if self.running { 1.0 } else { 0.0 };
        if spec.is_electric() {
            self.water_c += (34.0 + 28.0 * load - 6.0 * cooling - self.water_c) * (STEP / 90.0);
            self.oil_c += (42.0 + 40.0 * load - 6.0 * cooling - self.oil_c) * (STEP / 120.0);
            let current = self.power / 400_000.0;
            self.battery_c += (30.0 + 22.0 * current * current - self.battery_c) * (STEP / 240.0);
            return;
        }
        self.water_c += (86.0 + 16.0 * load - 8.0 * cooling - self.water_c) * (STEP / 60.0);
        self.oil_c += (92.0 + 28.0 * load - 10.0 * cooling - self.oil_c) * (STEP / 100.0);
        let exhaust = on * (280.0 + 560.0 * load + 60.0 * pedals.throttle);
        self.exhaust_c += (exhaust.max(30.0) - self.exhaust_c) * (STEP / 4.0);
        let boost = spec.max_boost_bar * pedals.throttle * ((self.rpm - 1200.0) / 1800.0).clamp(0.0, 1.0) * on;
        let spool = if boost > self.boost_bar { 0.35 } else { 0.12 };
        self.boost_bar += (boost - self.boost_bar) * (STEP / spool);
    }

    /// Battery voltage in V: of the traction battery of an electric car, of the 12 V battery of other cars.
    pub(crate) fn battery_volts(&self, spec: &CarSpec) -> f64 {
        if spec.is_electric() {
            690.0 + 130.0 * self.charge(spec) - 0.000_06 * self.power
        } else if self.running {
            13.9
        } else {
            12.4
        }
    }

    /// Charge of the traction battery, 0..1.
    pub(crate) fn charge(&self, spec: &CarSpec) -> f64 {
        if spec.battery_kwh > 0.0 { self.battery_kwh / spec.battery_kwh } else { 0.0 }
    }

    /// Level of the tank or of the traction battery, 0..1.
    pub(crate) fn level(&self, spec: &CarSpec) -> f64 {
        if spec.is_electric() { self.charge(spec) } else { self.fuel_l / spec.tank_l }
    }
}
