//! The package `kerb` 0.4. It has one way to read: a frame of all three pages.

#![forbid(unsafe_code)]

#[cfg(not(windows))]
compile_error!("kerb reads on Windows only: build for x86_64-pc-windows-gnu");

use acevo_peers::arguments::Arguments;
use acevo_peers::page::Words;
use acevo_peers::reader::{self, Read, Reader, Way};
use acevo_peers::taken::Taken;
use anyhow::{Context, Result, bail};
use kerb::ac_evo::{AcEvoConnection, AcPhysicsData};
use kerb::{Connection, ReadResult, SimConnection};

struct Kerb(AcEvoConnection);

impl Kerb {
    /// A frame after as many milliseconds of sleep.
    fn take(&self, timeout: u32) -> Result<Taken> {
        match self.0.read_frame(timeout) {
            ReadResult::Frame(frame) => Ok(Taken::sure(words(&frame.physics))),
            ReadResult::NotReady => bail!("kerb is not ready"),
            ReadResult::Disconnected => bail!("kerb has lost the game"),
        }
    }
}

impl Reader for Kerb {
    fn reads(&self) -> Vec<Read<'_>> {
        vec![Read::new("read_frame(0)", "all three", || self.0.read_frame(0))]
    }

    fn ways(&self) -> Vec<Way<'_>> {
        vec![Way::new("read_frame(0)", || self.take(0))]
    }

    fn followers(&self) -> Vec<Way<'_>> {
        vec![
            Way::new("read_frame(16), as its documentation", || self.take(16)),
            Way::new("read_frame(1)", || self.take(1)),
        ]
    }
}

fn words(page: &AcPhysicsData) -> Words {
    acevo_peers::words!(page; packet_id, gas, brake, fuel, gear, rpms, steer_angle, speed_kmh, velocity, acc_g, wheel_slip, wheel_load, wheels_pressure, wheel_angular_speed, tyre_wear, tyre_dirty_level, tyre_core_temperature, camber_rad, suspension_travel, drs, tc, heading, pitch, roll, cg_height, car_damage, number_of_tyres_out, pit_limiter_on, abs, kers_charge, kers_input, auto_shifter_on, ride_height, turbo_boost, ballast, air_density, air_temp, road_temp, local_angular_vel, final_ff, performance_meter, engine_brake, ers_recovery_level, ers_power_level, ers_heat_charging, ers_is_charging, kers_current_kj, drs_available, drs_enabled, brake_temp, clutch, tyre_temp_i, tyre_temp_m, tyre_temp_o, is_ai_controlled, tyre_contact_point, tyre_contact_normal, tyre_contact_heading, brake_bias, local_velocity, p2p_activations, p2p_status, current_max_rpm, mz, fx, fy, slip_ratio, slip_angle, tcin_action, abs_in_action, suspension_damage, tyre_temp, water_temp, brake_torque, front_brake_compound, rear_brake_compound, pad_life, disc_life, ignition_on, starter_engine_on, is_engine_running, kerb_vibration, slip_vibrations, road_vibrations, abs_vibrations)
}

fn main() -> Result<()> {
    let Connection::AcEvo(connection) = SimConnection::connect().context("the producer's pages")? else {
        bail!("kerb has found another game")
    };
    reader::run("kerb 0.4.0", &Kerb(connection), &Arguments::of_this_process())
}
