//! The result of an export.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::ExportError;

/// The result of exporting one recording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// These files were written.
    Written {
        /// The files.
        files: Vec<PathBuf>,
        /// What the user should know about them.
        notes: Vec<Note>,
    },
    /// The file exists and was kept; in a data set, the folder.
    Exists(PathBuf),
    /// The recording has no rows, or none of the laps to export.
    Empty,
}

/// Something the user should know about an exported file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A MoTeC log has GPS positions although the game has no coordinates of the track.
    NoCoordinates,
    /// Gaps without rows were shortened in a MoTeC log: pauses, lost packets, and laps that are not exported.
    ShortenedGaps {
        /// Number of gaps.
        count: usize,
        /// What was removed from all of them together.
        removed: Duration,
        /// Length of each of them in the log.
        to: Duration,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCoordinates => {
                f.write_str("the game gave no coordinates of the track: GPS positions count from 0° N 0° E")
            }
            Self::ShortenedGaps { count, removed, to } => {
                let gaps = if *count == 1 { "1 gap".to_owned() } else { format!("{count} gaps") };
                let (removed, to) = (removed.as_secs_f64(), to.as_secs_f64());
                write!(
                    f,
                    "{gaps} without rows, such as pauses, shortened to {to} s: {removed:.1} s are left out of the log"
                )
            }
        }
    }
}

/// The result for one recording.
#[derive(Debug)]
#[non_exhaustive]
pub struct RecordingReport {
    /// The recording.
    pub path: PathBuf,
    /// The result.
    pub outcome: Result<Outcome, ExportError>,
}

/// The result of [`run`](crate::run).
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// One entry per recording, in their order.
    pub recordings: Vec<RecordingReport>,
    /// Folders that could not be searched for recordings.
    pub unreadable: Vec<ExportError>,
}

impl Report {
    /// All files that were written, or the first error. A file that exists is an error here.
    ///
    /// # Errors
    /// The first error of a folder or recording; [`ExportError::Exists`].
    pub fn into_files(self) -> Result<Vec<PathBuf>, ExportError> {
        if let Some(error) = self.unreadable.into_iter().next() {
            return Err(error);
        }
        let mut written = Vec::new();
        for recording in self.recordings {
            match recording.outcome? {
                Outcome::Written { files, .. } => written.extend(files),
                Outcome::Exists(path) => return Err(ExportError::Exists(path)),
                Outcome::Empty => {}
            }
        }
        Ok(written)
    }
}
