//! The files of the corners of each track and layout.

use std::path::{Path, PathBuf};

use acevo_files::UserFolder;
use acevo_recording::{RecordedLap, TracedLaps};
use acevo_simulator::TrackName;
use acevo_telemetry::analysis::Outline;
use acevo_telemetry::corners::{Corner, Corners};
use acevo_telemetry::traces::LapTraces;
use anyhow::{Context, ensure};
use tracing::warn;

use super::known_tracks::file_name;
use crate::output::name_of;

/// The folder in the folder of data.
const FOLDER: &str = "corners";

/// The file of the corners of a track and layout; `None` if the environment names no folder for data.
pub(crate) fn path_of(track: &str, configuration: &str) -> Option<PathBuf> {
    Some(UserFolder::Data.path()?.join(FOLDER).join(file_name(track, configuration)))
}

/// The corners of a track and layout in a file, by default in their own one; `None` if it does not exist.
///
/// # Errors
/// If the file cannot be read, is wrong, or has the corners of another track.
pub(crate) fn load(track: &str, configuration: &str, file: Option<&Path>) -> anyhow::Result<Option<Corners>> {
    let Some(path) = file.map(Path::to_owned).or_else(|| path_of(track, configuration)) else { return Ok(None) };
    let cannot =
        || format!("cannot use the corners in {}; correct the file, or delete it to detect them again", name_of(&path));
    let Some(corners) = Corners::load(&path).with_context(cannot)? else { return Ok(None) };
    // Two names may have the same file.
    if file.is_none() && !corners.is_of_track(track, configuration) {
        return Ok(None);
    }
    ensure!(
        corners.is_of_track(track, configuration),
        "{} has the corners of another track: {}",
        name_of(&path),
        format!("{} {}", corners.track, corners.configuration).trim()
    );
    Ok(Some(corners))
}

/// The corners of the track of a lap: those of the file, or else detected ones, which are not stored. A file that cannot be used is reported in
/// the log; without corners the list is empty.
pub(crate) fn find(laps: &TracedLaps, of: &RecordedLap) -> Vec<Corner> {
    let track = &of.car_and_track;
    match load(&track.track, &track.configuration, None) {
        Ok(Some(corners)) => return corners.corners,
        Ok(None) => {}
        Err(error) => warn!("{error:#}"),
    }
    let outline = laps.outline();
    let detected = outline
        .is_of_track(&track.track, &track.configuration)
        .then(|| Corners::detect(outline, &evidence(laps, of)))
        .flatten();
    detected.map_or_else(Vec::new, |corners| corners.corners)
}

/// The laps of the track of a lap that count.
pub(crate) fn evidence(laps: &TracedLaps, of: &RecordedLap) -> Vec<LapTraces> {
    let track = |lap: &RecordedLap| (lap.car_and_track.track.clone(), lap.car_and_track.configuration.clone());
    let counting = laps.laps().filter(|(lap, _)| lap.lap.counts() && track(lap) == track(of));
    counting.map(|(_, traces)| traces.clone()).collect()
}

/// Corners that were loaded or detected.
pub(crate) struct Found {
    pub(crate) corners: Corners,
    /// They were detected, and may be [stored](store).
    pub(crate) is_detected: bool,
}

/// The corners of the track of an outline: those of the file, otherwise those that laps show; `None` without corners.
///
/// # Errors
/// As [`load`].
pub(crate) fn load_or_detect(
    outline: &Outline,
    laps: &[LapTraces],
    file: Option<&Path>,
) -> anyhow::Result<Option<Found>> {
    let loaded = load(outline.track(), outline.configuration(), file)?;
    if let Some(corners) = loaded {
        return Ok(Some(Found { corners, is_detected: false }));
    }
    let detected = Corners::detect(outline, laps).filter(|corners| !corners.corners.is_empty());
    Ok(detected.map(|corners| Found { corners, is_detected: true }))
}

/// Stores corners that these laps have shown, so that their numbers stay: in the file that is named, or in the track's own one. Without a name,
/// corners of the simulator's tracks are not stored, nor those of the outline alone. Returns the path if it was written.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn store(corners: &Corners, laps: &[LapTraces], file: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    let is_simulated = corners.track.parse::<TrackName>().is_ok();
    // Another track may have the file: it keeps it.
    let may_store = |path: &PathBuf| !is_simulated && !laps.is_empty() && !path.exists();
    let own = || path_of(&corners.track, &corners.configuration).filter(may_store);
    let Some(path) = file.map(Path::to_owned).or_else(own) else { return Ok(None) };
    corners.save(&path).with_context(|| format!("cannot write the corners into {}", name_of(&path)))?;
    Ok(Some(path))
}
