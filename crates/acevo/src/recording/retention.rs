//! Deletes recordings that the settings do not keep. Without limits nothing is deleted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_library::has_notes;
use acevo_recording::{Mark, Marked, Recording};
use acevo_settings::{BestLap, RecordedFile, RetentionLimits, deletable};
use anyhow::Context;
use tracing::{info, warn};

use super::free_space::free_bytes;
use crate::output::name_of;

/// Time between two cleanings.
const INTERVAL: Duration = Duration::from_secs(600);

/// Finds out whether a recording has to be uploaded, and the store does not have it yet.
pub(crate) type IsAwaited = Arc<dyn Fn(&Path) -> bool + Send + Sync>;

/// Cleans a folder from time to time, on a thread of its own.
#[derive(Default)]
pub(crate) struct Cleaner {
    is_awaited: Option<IsAwaited>,
    running: Option<JoinHandle<usize>>,
    /// When the next cleaning is due; `None` for now.
    due: Option<Instant>,
}

impl Cleaner {
    /// `is_awaited` is `None` if nothing is uploaded.
    pub(crate) fn new(is_awaited: Option<IsAwaited>) -> Self {
        Self { is_awaited, ..Self::default() }
    }

    /// The next update starts a cleaning.
    pub(crate) fn start_soon(&mut self) {
        self.due = None;
    }

    /// Starts a cleaning if one is due. Returns the number of recordings that the last one has deleted, once. `open` is being written.
    pub(crate) fn update(&mut self, folder: &Path, limits: &RetentionLimits, open: Option<&Path>) -> usize {
        let deleted = match self.running.take_if(|running| running.is_finished()) {
            // A panic is in the log.
            Some(ended) => ended.join().unwrap_or(0),
            None => 0,
        };
        let now = Instant::now();
        if self.running.is_some() || !limits.is_set() || self.due.is_some_and(|due| now < due) {
            return deleted;
        }
        self.due = Some(now + INTERVAL);
        let (folder, limits, open) = (folder.to_owned(), *limits, open.map(Path::to_owned));
        let is_awaited = self.is_awaited.clone();
        let clean = move || {
            let is_awaited = |path: &Path| is_awaited.as_ref().is_some_and(|is_awaited| is_awaited(path));
            clean(&folder, &limits, open.as_deref(), is_awaited).unwrap_or_else(|error| {
                warn!("old recordings cannot be deleted: {error:#}");
                0
            })
        };
        match thread::Builder::new().name("cleaner".into()).spawn(clean) {
            Ok(thread) => self.running = Some(thread),
            Err(error) => warn!("old recordings cannot be deleted: {error}"),
        }
        deleted
    }
}

/// Deletes the recordings of a folder that the limits do not keep. Returns their number.
fn clean(
    folder: &Path,
    limits: &RetentionLimits,
    open: Option<&Path>,
    is_awaited: impl Fn(&Path) -> bool,
) -> anyhow::Result<usize> {
    let cannot = || format!("cannot read the folder {}", name_of(folder));
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.extension().is_some_and(|extension| extension == "acevo") && path.symlink_metadata()?.is_file() {
            paths.push(path);
        }
    }
    let describe = |path: &PathBuf| RecordedFile { is_awaited: is_awaited(path), ..describe(path, open == Some(path)) };
    let recordings: Vec<_> = paths.iter().map(describe).collect();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut deleted = 0;
    for index in deletable(&recordings, limits, now, free_bytes(folder)) {
        let path = &paths[index];
        match fs::remove_file(path) {
            Ok(()) if recordings[index].is_awaited => {
                warn!(
                    "deleted {} before it was uploaded: the disk has less free space than recording.min_free",
                    name_of(path)
                );
                deleted += 1;
            }
            Ok(()) => {
                info!(
                    "deleted {}: the settings limit the age, the size or the free space of recordings",
                    name_of(path)
                );
                deleted += 1;
            }
            Err(error) => warn!("cannot delete {}: {error}", name_of(path)),
        }
    }
    Ok(deleted)
}

/// What decides about a recording. One that cannot be read completely has unknown laps: it is kept.
fn describe(path: &Path, is_open: bool) -> RecordedFile {
    let bytes = path.metadata().map_or(0, |metadata| metadata.len());
    let mut file = RecordedFile::default();
    (file.bytes, file.is_open) = (bytes, is_open);
    let Ok(recording) = Recording::open(path) else { return file };
    let info = recording.info();
    let Some(description) = info.description.as_ref().filter(|description| description.unix_us > 0) else {
        return file;
    };
    file.ended = Duration::from_micros(description.unix_us).saturating_add(info.end);
    let has_mark = recording.marks().iter().any(|mark| matches!(mark.what, Marked::Note { .. }));
    file.is_marked = has_mark || has_notes(path);
    // A recording that is written by another program is not finished, too.
    if info.finished && info.damaged == 0 && info.sessions > 0 {
        file.best_laps = Some(best_laps(recording.marks()));
    }
    file
}

/// The laps that count, with car and track of their session.
fn best_laps(marks: &[Mark]) -> Vec<BestLap> {
    let mut car_and_track = Default::default();
    let mut laps = Vec::new();
    for mark in marks {
        match &mark.what {
            Marked::Session { track, configuration, car, .. } => {
                car_and_track = (track.clone(), configuration.clone(), car.clone());
            }
            Marked::Lap { time_ms: Some(time_ms), counts: true, .. } => {
                laps.push(BestLap { car_and_track: car_and_track.clone(), time_ms: *time_ms });
            }
            _ => {}
        }
    }
    laps
}

#[cfg(test)]
mod tests {
    use acevo_library::notes_path;
    use acevo_recording::{Description, RecordingWriter};

    use super::*;

    /// A recording that ended a number of days ago, with these lap times in milliseconds.
    fn record(folder: &Path, name: &str, days: u64, laps: &[u32], note: bool) -> PathBuf {
        let path = folder.join(name);
        let mut description = Description::new("test");
        description.unix_us -= days * 86_400_000_000;
        let mut writer = RecordingWriter::create(&path, &description).unwrap();
        let session = Marked::Session {
            session: 1,
            name: "".into(),
            track: "Monza".into(),
            configuration: "".into(),
            car: "A".into(),
        };
        let laps = laps.iter().map(|ms| Marked::Lap { session: 1, number: 1, time_ms: Some(*ms), counts: true });
        let notes = note.then(|| Marked::Note { text: "look".into() });
        for what in [session].into_iter().chain(laps).chain(notes) {
            writer.mark(&Mark::new(Duration::ZERO, what)).unwrap();
        }
        writer.finish().unwrap();
        path
    }

    #[test]
    fn clean_keeps_best_laps_notes_open_files_the_trash_and_what_it_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let old = record(folder, "old.acevo", 40, &[100_000], false);
        let best = record(folder, "best.acevo", 50, &[90_000], false);
        let marked = record(folder, "marked.acevo", 60, &[], true);
        let open = record(folder, "open.acevo", 60, &[], false);
        let young = record(folder, "young.acevo", 10, &[], false);
        let broken = folder.join("broken.acevo");
        fs::write(&broken, b"not a recording").unwrap();
        let noted = record(folder, "noted.acevo", 60, &[], false);
        fs::write(notes_path(&noted), r#"{"version":1,"sessions":{"1":{"tags":["league"]}}}"#).unwrap();
        fs::create_dir_all(folder.join("trash/10")).unwrap();
        let deleted = record(&folder.join("trash/10"), "deleted.acevo", 60, &[], false);
        let other = folder.join("notes.txt");
        fs::write(&other, b"mine").unwrap();
        let mut limits = RetentionLimits::default();
        assert_eq!(clean(folder, &limits, None, |_| false).unwrap(), 0);
        limits.max_age = Some(Duration::from_secs(30 * 86_400));
        assert_eq!(clean(folder, &limits, Some(&open), |_| true).unwrap(), 0, "nothing is uploaded yet");
        assert_eq!(clean(folder, &limits, Some(&open), |_| false).unwrap(), 1);
        assert!(!old.exists());
        for kept in [best, marked, noted, deleted, open, young, broken, other] {
            assert!(kept.exists(), "{}", name_of(&kept));
        }
    }
}
