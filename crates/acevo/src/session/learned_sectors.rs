//! The file with the game's own sectors of each track, and those that were drawn in the page.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use acevo_files::UserFolder;
use acevo_telemetry::LearnedSectors;
use acevo_telemetry::analysis::Analysis;
use acevo_telemetry::field::Field;
use tracing::{info, warn};

use super::announced::{Announced, Taken};
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
    if let Err(error) = change(|learned| {
        learned.set(track, configuration, ends);
        Ok(())
    }) {
        warn!("cannot save the game's sectors: {error}");
    }
}

/// Changes the file. Does nothing if the environment names no folder for data.
fn change(change: impl FnOnce(&mut LearnedSectors) -> io::Result<()>) -> io::Result<()> {
    static WRITING: Mutex<()> = Mutex::new(());
    let Some(path) = path() else { return Ok(()) };
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut learned = LearnedSectors::load(&path)?;
    change(&mut learned)?;
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    learned.save(&path)
}

/// Sectors that were drawn since the program started.
static DRAWN: Announced<Drawn> = Announced::new();

/// Sectors that were drawn for a track; `None` if they were removed.
#[derive(Debug, Clone)]
struct Drawn {
    track: String,
    configuration: String,
    ends: Option<Vec<f64>>,
}

/// Saves sectors that were drawn for a track, or removes them. Running sessions use them from the next lap on.
///
/// # Errors
/// If the positions are impossible ([`io::ErrorKind::InvalidInput`]), or the file cannot be written.
pub(crate) fn draw(track: &str, configuration: &str, ends: Option<&[f64]>) -> io::Result<()> {
    change(|learned| {
        let set = learned.set_custom(track, configuration, ends);
        set.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
    })?;
    let (track, configuration) = (track.to_owned(), configuration.to_owned());
    DRAWN.push(Drawn { track, configuration, ends: ends.map(<[f64]>::to_vec) });
    Ok(())
}

/// Takes sectors that were drawn while a session runs.
#[derive(Debug)]
pub(crate) struct DrawnSectors(Taken);

impl Default for DrawnSectors {
    fn default() -> Self {
        Self(Taken::from_now(&DRAWN))
    }
}

impl DrawnSectors {
    /// Uses new ones from the next lap on. Sectors that an option or the settings have set are replaced, too: they were drawn later.
    pub(crate) fn take(&mut self, analysis: &mut Analysis) {
        self.0.take(&DRAWN, |Drawn { track, configuration, ends }| {
            // They were checked when they were saved.
            let _ = analysis.set_sectors(track, configuration, ends.as_deref());
        });
    }
}
