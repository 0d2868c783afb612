//! The file with the game's own sectors of each track.

use std::path::PathBuf;
use std::thread;

use acevo_files::UserFolder;
use acevo_telemetry::LearnedSectors;
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::field::Field;
use tracing::{info, warn};

use crate::output::name_of;

/// Name of the file in the folder of data.
const FILE: &str = "sectors.json";

/// Difference between two ends of a sector that mean the same, as a part of a lap. It is 4 m on a track of 4 km.
const SAME: f64 = 0.001;

/// Path of the file; `None` if the environment names no folder for data.
fn path() -> Option<PathBuf> {
    Some(UserFolder::Data.path()?.join(FILE))
}

/// The sectors that are known. A file that cannot be read is reported in the log, and has none.
pub(crate) fn load() -> LearnedSectors {
    let Some(path) = path() else { return LearnedSectors::default() };
    LearnedSectors::load(&path).unwrap_or_else(|error| {
        warn!("cannot read the game's sectors in {}: {error}", name_of(&path));
        LearnedSectors::default()
    })
}

/// Uses the sectors that the field has learned from the next lap on, if they are new. With `keeps` they are kept for later drives.
pub(crate) fn learn(field: &Field, analysis: &mut Analysis, (track, configuration): (&str, &str), keeps: bool) {
    let Some(ends) = field.sector_ends() else { return };
    if track.is_empty() || analysis.sectors().knows(track, configuration, &ends, SAME) {
        return;
    }
    if analysis.learn_sectors(track, configuration, &ends).is_err() {
        return;
    }
    info!(track, configuration, ?ends, "the game's sectors are known");
    if keeps {
        let (track, configuration) = (track.to_owned(), configuration.to_owned());
        // The disk may be slow.
        thread::spawn(move || save(&track, &configuration, &ends));
    }
}

fn save(track: &str, configuration: &str, ends: &[f64]) {
    let Some(path) = path() else { return };
    let saved = LearnedSectors::load(&path).and_then(|mut learned| {
        learned.set(track, configuration, ends);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        learned.save(&path)
    });
    if let Err(error) = saved {
        warn!("cannot save the game's sectors in {}: {error}", name_of(&path));
    }
}
