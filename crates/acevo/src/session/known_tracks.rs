//! Outlines of tracks from earlier drives: with them, all cars have lap positions from the first lap on.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use acevo_files::{PendingFile, UserFolder, read_limited};
use acevo_telemetry::analysis::Outline;
use tracing::warn;

use crate::output::name_of;

/// The folder in the folder of data.
const FOLDER: &str = "tracks";

/// Maximum size of a file, bytes. An outline takes about 60 kB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Number of laps after which an outline that has become better is saved again.
const LAPS_BETWEEN_SAVES: u32 = 5;

/// Loads and saves the outline of the track that is driven. Files are read and written on threads of their own.
#[derive(Debug, Default)]
pub(crate) struct KnownTracks {
    /// Track and layout that were looked for last.
    track: (String, String),
    loading: Option<Receiver<Outline>>,
    /// Number of laps of the outline that was saved last.
    saved_laps: u32,
}

impl KnownTracks {
    /// Follows the track. Returns the outline of an earlier drive once, when it is loaded.
    pub(crate) fn follow(&mut self, track: &str, configuration: &str, outline: &Outline) -> Option<Outline> {
        if !track.is_empty() && (self.track.0.as_str(), self.track.1.as_str()) != (track, configuration) {
            self.track = (track.to_owned(), configuration.to_owned());
            self.saved_laps = 0;
            self.loading = self.load();
        }
        let enough = if self.saved_laps == 0 { 1 } else { self.saved_laps + LAPS_BETWEEN_SAVES };
        if outline.is_known() && outline.laps() >= enough && outline.is_of_track(&self.track.0, &self.track.1) {
            self.saved_laps = outline.laps();
            self.save(outline.clone());
        }
        let loaded = self.loading.as_ref()?.try_recv().ok()?;
        self.loading = None;
        Some(loaded)
    }

    fn path(&self) -> Option<PathBuf> {
        Some(UserFolder::Data.path()?.join(FOLDER).join(file_name(&self.track.0, &self.track.1)))
    }

    fn load(&self) -> Option<Receiver<Outline>> {
        let (path, (track, configuration)) = (self.path()?, self.track.clone());
        let (sender, receiver) = sync_channel(1);
        thread::spawn(move || match read(&path) {
            // Two names may have the same file.
            Ok(outline) if outline.is_of_track(&track, &configuration) => {
                let _ = sender.send(outline);
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                warn!("cannot read the outline of the track in {}: {error}", name_of(&path));
            }
            _ => {}
        });
        Some(receiver)
    }

    fn save(&self, outline: Outline) {
        let Some(path) = self.path() else { return };
        thread::spawn(move || {
            if let Err(error) = write(&path, &outline) {
                warn!("cannot save the outline of the track in {}: {error}", name_of(&path));
            }
        });
    }
}

fn read(path: &Path) -> io::Result<Outline> {
    Ok(serde_json::from_slice(&read_limited(path, MAX_BYTES)?)?)
}

fn write(path: &Path, outline: &Outline) -> io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    let mut file = PendingFile::create(path)?;
    file.write_all(&serde_json::to_vec(outline)?)?;
    file.replace()
}

/// Name of the file of a track and layout: letters and digits of the names; everything else is `_`.
pub(crate) fn file_name(track: &str, configuration: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() { letter } else { '_' };
    let name: String = format!("{track} {configuration}").trim().chars().take(60).map(safe).collect();
    format!("{name}.json")
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use acevo_telemetry::analysis::Road;

    use super::*;

    #[test]
    fn read_returns_what_write_was_given() {
        let mut outline = Outline::default();
        outline.set_track("Ring", "GP/1", Some(628.0));
        for frame in 0..=1300 {
            let turns = f64::from(frame) / 600.0;
            outline.note(turns.fract(), [100.0 * (turns * TAU).sin(), 0.0, 100.0 * (turns * TAU).cos()], Road::Track);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks").join(file_name("Ring", "GP/1"));
        assert!(path.ends_with("Ring_GP_1.json"));
        write(&path, &outline).unwrap();
        let read = read(&path).unwrap();
        assert!(read.is_known() && read.is_of_track("Ring", "GP/1") && !read.is_of_track("Ring", ""));
        let place = read.project([100.0, 0.0, 0.0]).unwrap().lap_position;
        assert!((place - 0.25).abs() < 1e-3, "{place}");
    }

    #[test]
    fn read_refuses_anything_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        for text in [
            "",
            "{}",
            "[1]",
            r#"{"track":"a","configuration":"","track_length_m":null,"points":[[1,2,3]],"pit_lane":null,"laps":1}"#,
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(read(&path).is_err(), "{text}");
        }
    }
}
