//! Brings the database up to date with the files.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf, absolute};
use std::time::{Duration, SystemTime};

use acevo_recording::{Contents, Recording, RecordingError};
use rusqlite::Connection;

use crate::stamp::{Stamp, signed};
use crate::trash::note_deleted;
use crate::walk::Found;
use crate::{Library, LibraryError, notes, store};

/// How a scan treats files.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ScanOptions {
    /// A file that was changed within this time is left for the next scan: it is probably still growing.
    pub settled_for: Duration,
    /// The file that this program is writing is left for the next scan, too.
    pub open_file: Option<PathBuf>,
}

/// How far a scan is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ScanProgress<'a> {
    /// The recording that is read.
    pub file: &'a Path,
    /// Recordings that were read before it.
    pub done: usize,
    /// Recordings that are new or have changed.
    pub total: usize,
    /// The time of the recording that was reached; `None` before it is opened.
    pub at: Option<Duration>,
}

/// What a scan has found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct ScanReport {
    /// Recordings in the folders.
    pub files: usize,
    /// Recordings that were read, because they are new or have changed.
    pub indexed: usize,
    /// Recordings that are not there any more.
    pub vanished: usize,
    /// The caller has stopped the scan.
    pub stopped: bool,
    /// Folders that cannot be read.
    pub problems: Vec<LibraryError>,
}

/// What the database knows about a file.
struct Known {
    stamp: Stamp,
    /// Track, layout and ends of sectors of its sessions.
    sectors: Vec<(String, String, String)>,
}

impl Library {
    /// Searches folders and their subfolders, reads recordings that are new or have changed, and drops those that have vanished. Folders
    /// named `trash` have deleted recordings. A folder that cannot be read is reported, and what is known about it stays. Each recording
    /// is written in a transaction of its own, so a scan that is stopped or killed goes on with the next one.
    ///
    /// `progress` is called before each recording and several times per recorded second; the scan stops if it returns false.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn scan(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &mut dyn FnMut(&ScanProgress<'_>) -> bool,
    ) -> Result<ScanReport, LibraryError> {
        self.refresh()?;
        match self.scan_once(folders, options, progress) {
            // A part of the database that was not read before is damaged.
            Err(error) if error.is_damage() => {
                self.rebuild()?;
                self.scan_once(folders, options, progress)
            }
            scanned => scanned,
        }
    }

    fn scan_once(
        &self,
        folders: &[PathBuf],
        options: &ScanOptions,
        progress: &mut dyn FnMut(&ScanProgress<'_>) -> bool,
    ) -> Result<ScanReport, LibraryError> {
        let mut found = Found::default();
        let mut searched = Vec::new();
        for folder in folders.iter().filter_map(|folder| absolute(folder).ok()) {
            if folder.is_dir() {
                found.search(&folder);
                self.remember_folder(&folder)?;
                searched.push(folder);
            } else if folder.parent().is_some_and(Path::is_dir) {
                // It was removed. If its disk is not there, what is known about it stays.
                self.forget_folder(&folder)?;
                searched.push(folder);
            }
        }
        let mut report = ScanReport { files: found.recordings.len(), ..ScanReport::default() };
        let known = self.known()?;
        report.vanished = self.drop_vanished(&known, &found, &searched)?;
        self.change(|change| Ok(note_deleted(change, &found.deleted, &searched)?))?;
        let changed: Vec<_> = found
            .recordings
            .iter()
            .filter_map(|path| Some((path, Stamp::of(path)?)))
            .filter(|(path, stamp)| !self.is_current(known.get(*path), *stamp) && is_settled(path, *stamp, options))
            .collect();
        report.problems = found.problems;
        let total = changed.len();
        for (done, (path, stamp)) in changed.into_iter().enumerate() {
            let mut goes_on = |at| progress(&ScanProgress { file: path, done, total, at });
            if !goes_on(None) {
                report.stopped = true;
                break;
            }
            // Another process may have been faster.
            if self.known_stamp(path)? == Some(stamp) && known.get(path).is_none_or(|known| known.stamp != stamp) {
                continue;
            }
            if !self.index(path, stamp, &mut |at| goes_on(Some(at)))? {
                report.stopped = true;
                break;
            }
            report.indexed += 1;
        }
        Ok(report)
    }

    /// Reads one recording. Returns the ids of its sessions.
    ///
    /// # Errors
    /// [`LibraryError::File`] if there is no such file; [`LibraryError::Database`]. A file that is no recording is listed by
    /// [`unreadable`](Self::unreadable).
    pub fn index_file(&self, path: &Path) -> Result<Vec<i64>, LibraryError> {
        let path = absolute(path).map_err(|error| LibraryError::file("read", path, error))?;
        let stamp =
            Stamp::of(&path).ok_or_else(|| LibraryError::file("read", &path, std::io::ErrorKind::NotFound.into()))?;
        self.index(&path, stamp, &mut |_| true)?;
        self.read(|database| {
            let mut ids = database.prepare_cached(
                "SELECT sessions.id FROM sessions JOIN files ON files.id = file_id WHERE path = ?1 ORDER BY number",
            )?;
            let ids = ids.query_map([text_of(&path)?], |row| row.get(0))?;
            Ok(ids.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The folders that scans have searched so far.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn folders(&self) -> Result<Vec<PathBuf>, LibraryError> {
        self.read(|database| {
            let mut folders = database.prepare_cached("SELECT path FROM folders")?;
            let folders = folders.query_map([], |row| Ok(PathBuf::from(row.get::<_, String>(0)?)))?;
            Ok(folders.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn remember_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        let Ok(path) = text_of(folder) else { return Ok(()) };
        let is_known = |database: &Connection| {
            Ok(database.prepare_cached("SELECT 1 FROM folders WHERE path = ?1")?.exists([path])?)
        };
        if self.read(is_known)? {
            return Ok(());
        }
        self.change(|change| {
            Ok(change.execute("INSERT OR IGNORE INTO folders (path) VALUES (?1)", [path]).map(drop)?)
        })
    }

    fn forget_folder(&self, folder: &Path) -> Result<(), LibraryError> {
        let Ok(path) = text_of(folder) else { return Ok(()) };
        self.change(|change| Ok(change.execute("DELETE FROM folders WHERE path = ?1", [path]).map(drop)?))
    }

    fn known(&self) -> Result<HashMap<PathBuf, Known>, LibraryError> {
        self.read(|database| {
            let mut known = HashMap::new();
            let mut files = database.prepare_cached(
                "SELECT path, bytes, modified_us, notes_modified_us, track, layout, sector_ends
                 FROM files LEFT JOIN sessions ON file_id = files.id",
            )?;
            let mut rows = files.query([])?;
            while let Some(row) = rows.next()? {
                let path = PathBuf::from(row.get::<_, String>(0)?);
                let file = known.entry(path).or_insert(Known { stamp: stamp(row, 1)?, sectors: Vec::new() });
                if let Some(track) = row.get::<_, Option<String>>(4)? {
                    file.sectors.push((track, row.get(5)?, row.get(6)?));
                }
            }
            Ok(known)
        })
    }

    fn known_stamp(&self, path: &Path) -> Result<Option<Stamp>, LibraryError> {
        let Ok(path) = text_of(path) else { return Ok(None) };
        self.read(|database| {
            let mut file =
                database.prepare_cached("SELECT bytes, modified_us, notes_modified_us FROM files WHERE path = ?1")?;
            let mut rows = file.query([path])?;
            Ok(rows.next()?.map(|row| stamp(row, 0)).transpose()?)
        })
    }

    /// True if a file has not changed, nor the sectors of its tracks.
    fn is_current(&self, known: Option<&Known>, stamp: Stamp) -> bool {
        let has_same_sectors = |(track, layout, ends): &(String, String, String)| {
            let known: Vec<f64> = serde_json::from_str(ends).unwrap_or_default();
            known.is_empty() || known == self.settings.sectors.lines(track, layout)
        };
        known.is_some_and(|known| known.stamp == stamp && known.sectors.iter().all(has_same_sectors))
    }

    fn drop_vanished(
        &self,
        known: &HashMap<PathBuf, Known>,
        found: &Found,
        searched: &[PathBuf],
    ) -> Result<usize, LibraryError> {
        let failed: Vec<_> = found.problems.iter().filter_map(LibraryError::path).collect();
        let is_gone = |path: &&PathBuf| {
            let was_searched = searched.iter().any(|folder| path.starts_with(folder));
            // One that has come back meanwhile is not gone.
            let is_missing = was_searched && !found.recordings.contains(*path) && !path.exists();
            is_missing && !failed.iter().any(|folder| path.starts_with(folder))
        };
        let gone: BTreeSet<_> = known.keys().filter(is_gone).filter_map(|path| path.to_str()).collect();
        if !gone.is_empty() {
            self.change(|change| Ok(gone.iter().try_for_each(|path| store::forget(change, path))?))?;
        }
        Ok(gone.len())
    }

    /// Reads a recording and stores what is in it, unless the file was moved or deleted meanwhile. Returns false if `keep_going` did.
    fn index(
        &self,
        path: &Path,
        stamp: Stamp,
        keep_going: &mut dyn FnMut(Duration) -> bool,
    ) -> Result<bool, LibraryError> {
        let Ok(name) = text_of(path) else {
            // It cannot be stored under its name, so it is listed under one that is similar.
            let problem = Some("its name is not Unicode: rename it".to_owned());
            self.put(&path.to_string_lossy(), stamp, &Contents::default(), problem, path)?;
            return Ok(true);
        };
        let read =
            Recording::open(path).and_then(|mut recording| Contents::read(&mut recording, &self.settings, keep_going));
        let Some(newest) = Stamp::of(path) else { return Ok(!matches!(read, Ok(None))) };
        // The notes are read later. A recording that has grown is read again by the next scan.
        let stamp = Stamp { notes_modified_us: newest.notes_modified_us, ..stamp };
        match read {
            Ok(None) => return Ok(false),
            Ok(Some(contents)) => {
                let damage = "parts of it cannot be read; `acevo repair` copies the rest into a new file";
                let problem = contents.is_damaged.then(|| damage.to_owned());
                self.put(name, stamp, &contents, problem, path)?;
            }
            Err(error) => {
                // What the system refuses now may be possible at the next scan.
                let stamp = match error {
                    RecordingError::Io(_) => Stamp { modified_us: -1, ..stamp },
                    _ => stamp,
                };
                self.put(name, stamp, &Contents::default(), Some(reason(&error)), path)?;
            }
        }
        Ok(true)
    }

    fn put(
        &self,
        name: &str,
        stamp: Stamp,
        contents: &Contents,
        problem: Option<String>,
        path: &Path,
    ) -> Result<(), LibraryError> {
        let (notes, problem) = match notes::read(path) {
            Ok(notes) => (notes, problem),
            Err(error) => (Default::default(), problem.or_else(|| Some(reason(&error)))),
        };
        self.change(|change| Ok(store::store(change, name, stamp, contents, &notes, problem.as_deref())?))
    }
}

impl LibraryError {
    /// The file or folder that cannot be read.
    fn path(&self) -> Option<&Path> {
        match self {
            Self::File { path, .. } => Some(path),
            _ => None,
        }
    }
}

/// An error with its causes, as one line.
fn reason(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

/// True if a file is not being written, as far as its time shows.
fn is_settled(path: &Path, stamp: Stamp, options: &ScanOptions) -> bool {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let age_us = signed(now.as_micros().try_into().unwrap_or(u64::MAX)).saturating_sub(stamp.modified_us);
    // A time in the future is that of a wrong clock.
    let is_young = (0..signed(options.settled_for.as_micros().try_into().unwrap_or(u64::MAX))).contains(&age_us);
    !is_young && options.open_file.as_deref() != Some(path)
}

fn stamp(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Stamp> {
    Ok(Stamp { bytes: row.get(first)?, modified_us: row.get(first + 1)?, notes_modified_us: row.get(first + 2)? })
}

/// A path as text.
pub(crate) fn text_of(path: &Path) -> Result<&str, LibraryError> {
    path.to_str().ok_or_else(|| LibraryError::NotUnicode(path.to_owned()))
}
