//! A lap of the library as the reference lap of its car and track.

use acevo_telemetry::personal::{CarAndTrack, ReferenceLap};
use anyhow::Context;

use super::Recorded;
use super::share::traced;
use crate::session::reference_laps;

/// Stores a lap as the reference lap.
pub(super) fn choose(lap: &Recorded) -> anyhow::Result<()> {
    let (traces, _) = traced(&lap.lap, &[])?;
    let file = lap.lap.file.file_name().unwrap_or_default().to_string_lossy();
    let source = format!("lap {} of {file}", lap.about.number);
    let reference = ReferenceLap::of(&traces, car_of(lap), source);
    reference_laps::choose_lap(reference.context("it has gaps or no time: choose another lap")?)
}

/// Removes the reference lap of the car and the track of a lap.
pub(super) fn remove(lap: &Recorded) -> anyhow::Result<()> {
    reference_laps::remove(car_of(lap))
}

fn car_of(Recorded { about, .. }: &Recorded) -> CarAndTrack {
    CarAndTrack { track: about.track.clone(), configuration: about.layout.clone(), car: about.car.clone() }
}
