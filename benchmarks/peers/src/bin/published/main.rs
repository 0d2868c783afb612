//! The package `acevo-shared-memory` 0.2.0 as it is published.

#![forbid(unsafe_code)]

#[cfg(not(windows))]
compile_error!("the published package reads on Windows only: build for x86_64-pc-windows-gnu");

use std::thread::sleep;
use std::time::Duration;

use acevo_peers::arguments::Arguments;
use acevo_peers::page::Words;
use acevo_peers::reader::{self, Read, Reader, Way};
use acevo_peers::taken::Taken;
use anyhow::{Context, Result};
use published::{ACEvoSharedMemoryMapper, SPageFilePhysics};

/// What its example `dashboard` sleeps between two looks.
const AS_ITS_DASHBOARD: Duration = Duration::from_millis(100);

struct Published(ACEvoSharedMemoryMapper);

impl Reader for Published {
    fn reads(&self) -> Vec<Read<'_>> {
        let Self(mapper) = self;
        let all = || (mapper.physics().snapshot(), mapper.graphics().snapshot(), mapper.static_data().snapshot());
        vec![
            Read::new("snapshot", "physics", || mapper.physics().snapshot()),
            Read::new("snapshot", "graphics", || mapper.graphics().snapshot()),
            Read::new("snapshots", "all three", all),
            Read::new("live view, every field read", "physics", || words(mapper.physics().raw())),
        ]
    }

    fn ways(&self) -> Vec<Way<'_>> {
        vec![
            Way::new("snapshot", || Ok(Taken::sure(words(self.0.physics().snapshot().raw())))),
            Way::new("live view, every field read", || Ok(Taken::sure(words(self.0.physics().raw())))),
        ]
    }

    fn followers(&self) -> Vec<Way<'_>> {
        vec![
            Way::new("live view each 100 ms, as its example", || {
                sleep(AS_ITS_DASHBOARD);
                Ok(Taken::sure(words(self.0.physics().raw())))
            }),
            Way::new("snapshot each 1 ms", || {
                sleep(Duration::from_millis(1));
                Ok(Taken::sure(words(self.0.physics().snapshot().raw())))
            }),
        ]
    }
}

fn words(page: &SPageFilePhysics) -> Words {
    acevo_peers::words!(page; packetId, gas, brake, fuel, gear, rpms, steerAngle, speedKmh, velocity, accG, wheelSlip, wheelLoad, wheelsPressure, wheelAngularSpeed, tyreWear, tyreDirtyLevel, tyreCoreTemperature, camberRAD, suspensionTravel, drs, tc, heading, pitch, roll, cgHeight, carDamage, numberOfTyresOut, pitLimiterOn, abs, kersCharge, kersInput, autoShifterOn, rideHeight, turboBoost, ballast, airDensity, airTemp, roadTemp, localAngularVel, finalFF, performanceMeter, engineBrake, ersRecoveryLevel, ersPowerLevel, ersHeatCharging, ersIsCharging, kersCurrentKJ, drsAvailable, drsEnabled, brakeTemp, clutch, tyreTempI, tyreTempM, tyreTempO, isAIControlled, tyreContactPoint, tyreContactNormal, tyreContactHeading, brakeBias, localVelocity, P2PActivations, P2PStatus, currentMaxRpm, mz, fx, fy, slipRatio, slipAngle, tcinAction, absInAction, suspensionDamage, tyreTemp, waterTemp, brakeTorque, frontBrakeCompound, rearBrakeCompound, padLife, discLife, ignitionOn, starterEngineOn, isEngineRunning, kerbVibration, slipVibrations, roadVibrations, absVibrations)
}

fn main() -> Result<()> {
    let mapper = ACEvoSharedMemoryMapper::open().context("the producer's pages")?;
    reader::run("acevo-shared-memory 0.2.0", &Published(mapper), &Arguments::of_this_process())
}
