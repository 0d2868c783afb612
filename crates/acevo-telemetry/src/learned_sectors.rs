//! The game's own sectors of each track and those that the user has drawn, and their file.

use std::io::{self, Write as _};
use std::path::Path;

use acevo_files::{PendingFile, read_limited};
use serde::{Deserialize, Serialize};

use crate::analysis::{BadSectors, Sectors};
use crate::limits;

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// Maximum number of tracks.
const MAX_TRACKS: usize = 2000;

/// The sectors of a track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LearnedTrack {
    track: String,
    #[serde(default)]
    configuration: String,
    /// Ends of all sectors but the last, as lap positions.
    sector_ends: Vec<f64>,
}

/// The game's own sectors, as learned from split times of its log, and the user's, by track and layout.
///
/// ```
/// use acevo_telemetry::LearnedSectors;
/// use acevo_telemetry::analysis::{SectorKind, Sectors};
///
/// let mut learned = LearnedSectors::default();
/// learned.set("Monza", "GP", &[0.31, 0.68]);
/// let mut sectors = Sectors::default();
/// learned.apply(&mut sectors);
/// assert_eq!((sectors.lines("Monza", "GP"), sectors.kind("Monza", "GP")), (&[0.31, 0.68][..], SectorKind::Game));
///
/// learned.set_custom("Monza", "GP", Some(&[0.2, 0.4, 0.6, 0.8]))?;
/// learned.apply(&mut sectors);
/// assert_eq!((sectors.lines("Monza", "GP").len(), sectors.kind("Monza", "GP")), (4, SectorKind::Custom));
/// # Ok::<(), acevo_telemetry::analysis::BadSectors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LearnedSectors {
    tracks: Vec<LearnedTrack>,
    /// Sectors that the user has drawn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    custom: Vec<LearnedTrack>,
}

impl LearnedSectors {
    /// Reads a file. One that does not exist has no tracks.
    ///
    /// # Errors
    /// If it cannot be read, or is not such a file.
    pub fn load(path: &Path) -> io::Result<Self> {
        let bytes = match read_limited(path, MAX_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        let mut learned: Self = serde_json::from_slice(&bytes)?;
        learned.tracks.truncate(MAX_TRACKS);
        learned.custom.truncate(MAX_TRACKS);
        Ok(learned)
    }

    /// Writes the file, all of it or nothing.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut file = PendingFile::create(path)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.replace()
    }

    /// Sets the sectors of a track: ends of all but the last, as lap positions. Names that are empty or too long are ignored.
    pub fn set(&mut self, track: &str, configuration: &str, ends: &[f64]) {
        set(&mut self.tracks, track, configuration, Some(ends));
    }

    /// Sets the sectors that the user has drawn for a track, or removes them. Names as in [`set`](Self::set).
    ///
    /// # Errors
    /// [`BadSectors`] for lap positions that are not in ascending order, or not between 0 and 1.
    pub fn set_custom(&mut self, track: &str, configuration: &str, ends: Option<&[f64]>) -> Result<(), BadSectors> {
        if let Some(ends) = ends {
            Sectors::default().set(track, configuration, ends)?;
        }
        set(&mut self.custom, track, configuration, ends);
        Ok(())
    }

    /// Adds the sectors to those of the settings. Impossible ones are left out.
    pub fn apply(&self, sectors: &mut Sectors) {
        for drawn in &self.custom {
            let _ = sectors.set(&drawn.track, &drawn.configuration, &drawn.sector_ends);
        }
        for known in &self.tracks {
            let _ = sectors.learn(&known.track, &known.configuration, &known.sector_ends);
        }
    }
}

/// Replaces the sectors of a track in a list, or removes them. With too many tracks the oldest one is forgotten.
fn set(tracks: &mut Vec<LearnedTrack>, track: &str, configuration: &str, ends: Option<&[f64]>) {
    let is_name = |name: &str| name.len() <= limits::MAX_NAME_BYTES;
    if track.is_empty() || !is_name(track) || !is_name(configuration) {
        return;
    }
    tracks.retain(|known| known.track != track || known.configuration != configuration);
    let Some(ends) = ends else { return };
    if tracks.len() >= MAX_TRACKS {
        tracks.remove(0);
    }
    let (track, configuration) = (track.to_owned(), configuration.to_owned());
    tracks.push(LearnedTrack { track, configuration, sector_ends: ends.to_vec() });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::SectorKind;

    #[test]
    fn load_returns_what_save_was_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sectors.json");
        assert_eq!(LearnedSectors::load(&path).unwrap(), LearnedSectors::default());
        let mut learned = LearnedSectors::default();
        learned.set("Ring", "GP", &[0.3, 0.6]);
        learned.set("Ring", "", &[0.5]);
        learned.set("Ring", "GP", &[0.31, 0.61]);
        learned.set("", "GP", &[0.5]);
        learned.save(&path).unwrap();
        let loaded = LearnedSectors::load(&path).unwrap();
        assert_eq!(loaded, learned);
        let mut sectors = Sectors::default();
        loaded.apply(&mut sectors);
        assert_eq!((sectors.lines("Ring", "GP"), sectors.lines("Ring", "")), (&[0.31, 0.61][..], &[0.5][..]));
    }

    #[test]
    fn custom_sectors_replace_those_of_the_game_until_they_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sectors.json");
        let mut learned = LearnedSectors::default();
        learned.set("Ring", "GP", &[0.3, 0.6]);
        learned.set_custom("Ring", "GP", Some(&[0.2, 0.4, 0.6, 0.8])).unwrap();
        assert_eq!(learned.set_custom("Ring", "GP", Some(&[0.8, 0.2])), Err(BadSectors));
        learned.save(&path).unwrap();
        let mut loaded = LearnedSectors::load(&path).unwrap();
        let sectors = |learned: &LearnedSectors| {
            let mut sectors = Sectors::default();
            learned.apply(&mut sectors);
            (sectors.lines("Ring", "GP").to_vec(), sectors.kind("Ring", "GP"))
        };
        assert_eq!(sectors(&loaded), (vec![0.2, 0.4, 0.6, 0.8], SectorKind::Custom));
        loaded.set_custom("Ring", "GP", None).unwrap();
        assert_eq!(sectors(&loaded), (vec![0.3, 0.6], SectorKind::Game));
    }

    #[test]
    fn apply_leaves_out_impossible_sectors() {
        let text = r#"{"tracks":[{"track":"A","sector_ends":[0.6,0.3]},{"track":"B","sector_ends":[0.4,2]}]}"#;
        let learned: LearnedSectors = serde_json::from_str(text).unwrap();
        let mut sectors = Sectors::default();
        learned.apply(&mut sectors);
        assert_eq!(sectors, Sectors::default());
    }

    proptest! {
        #[test]
        fn load_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sectors.json");
            std::fs::write(&path, bytes).unwrap();
            let _ = LearnedSectors::load(&path);
        }
    }
}
