//! The files of reference laps that the user has chosen, one for each car and track.

use std::path::{Path, PathBuf};
use std::{fs, io};

use acevo_files::UserFolder;
use acevo_recording::{LapSelector, TracedLaps};
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::format_lap_time;
use acevo_telemetry::personal::{CarAndTrack, ReferenceLap, ReferenceLaps};
use anyhow::{Context, ensure};
use tracing::warn;

use super::announced::{Announced, Taken};
use super::known_tracks::file_name;
use crate::format::text::{clean, milliseconds};
use crate::output::{name_of, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

/// The folder in the folder of data.
const FOLDER: &str = "references";

/// Maximum number of files that are read.
const MAX_FILES: usize = 1000;

fn folder() -> Option<PathBuf> {
    Some(UserFolder::Data.path()?.join(FOLDER))
}

/// All reference laps. A file that cannot be read is reported in the log, and left out.
pub(crate) fn load() -> ReferenceLaps {
    let mut laps = ReferenceLaps::default();
    let Some(entries) = folder().and_then(|folder| fs::read_dir(folder).ok()) else { return laps };
    let paths = entries.flatten().map(|entry| entry.path());
    let is_json = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json");
    for path in paths.filter(is_json).take(MAX_FILES) {
        match ReferenceLap::load(&path) {
            Ok(lap) => laps.insert(lap),
            Err(error) => warn!("cannot read the reference lap in {}: {error}", name_of(&path)),
        }
    }
    laps
}

/// The file of the reference lap with a car on a track.
fn path_of(car: &CarAndTrack) -> anyhow::Result<PathBuf> {
    let folder = folder().context("there is no folder for data: set HOME or XDG_DATA_HOME")?;
    Ok(folder.join(file_name(&format!("{} {}", car.track, car.configuration), &car.car)))
}

/// Stores a reference lap, and returns its file.
fn store(lap: &ReferenceLap) -> anyhow::Result<PathBuf> {
    let path = path_of(&lap.car_and_track)?;
    lap.save(&path).with_context(|| format!("cannot write {}", name_of(&path)))?;
    Ok(path)
}

/// Reference laps that were chosen or removed in the page since the program started.
static CHANGES: Announced<Change> = Announced::new();

#[derive(Debug, Clone)]
enum Change {
    Chosen(ReferenceLap),
    Removed(CarAndTrack),
}

/// Stores a reference lap. Running sessions use it at once.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn choose_lap(lap: ReferenceLap) -> anyhow::Result<()> {
    store(&lap)?;
    CHANGES.push(Change::Chosen(lap));
    Ok(())
}

/// Removes the reference lap of a car on a track, if there is one, also from running sessions.
///
/// # Errors
/// If the file cannot be removed.
pub(crate) fn remove(car: CarAndTrack) -> anyhow::Result<()> {
    let path = path_of(&car)?;
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", name_of(&path)));
        }
        _ => CHANGES.push(Change::Removed(car)),
    }
    Ok(())
}

/// Takes reference laps that are chosen or removed while a session runs.
#[derive(Debug)]
pub(crate) struct ReferenceChanges(Taken);

impl Default for ReferenceChanges {
    fn default() -> Self {
        Self(Taken::from_now(&CHANGES))
    }
}

impl ReferenceChanges {
    pub(crate) fn take(&mut self, analysis: &mut Analysis) {
        self.0.take(&CHANGES, |change| {
            let laps = &mut analysis.context_mut().reference_laps;
            match change {
                Change::Chosen(lap) => laps.insert(lap.clone()),
                Change::Removed(car) => laps.remove(car),
            }
        });
    }
}

/// Stores a lap of a recording as the reference lap of its car and track.
///
/// # Errors
/// If the recording has no such lap, the lap is not complete, or the file cannot be written.
pub(crate) fn choose(file: &Path, selector: LapSelector) -> anyhow::Result<()> {
    let stop = Stop::on_signal()?;
    let cannot = || format!("cannot use a lap of {} as the reference lap", name_of(file));
    let laps = TracedLaps::read(&mut open(file)?, &[selector], &[], |_| !stop.is_requested()).with_context(cannot)?;
    let (recorded, traces) = laps.find(selector).with_context(cannot)?;
    ensure!(
        recorded.lap.incomplete.is_none(),
        "lap {selector} of {} is not complete: choose another one, `acevo laps FILE` lists them",
        name_of(file)
    );
    let source = format!("lap {} of {}", recorded.lap.number, name_of(file));
    let reference = ReferenceLap::of(traces, recorded.car_and_track.clone(), source)
        .with_context(|| format!("lap {selector} of {} has gaps or no time: choose another one", name_of(file)))?;
    let path = store(&reference)?;
    let time = format_lap_time(milliseconds(Some(reference.time_ms)));
    say(format_args!(
        "acevo: the reference lap of {} is now {time}, {}, stored in {}; delete that file to remove it",
        clean(&traces.subtitle()),
        reference.source,
        name_of(&path)
    ));
    Ok(())
}
