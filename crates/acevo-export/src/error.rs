//! The error type.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use acevo_files::NotAFile;
use acevo_recording::{LapError, RecordingError};
use thiserror::Error as ThisError;

/// Why an export failed.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ExportError {
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file or folder cannot be created.
    #[error("cannot create {}", path.display())]
    Create {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file of a data set is outdated and cannot be removed.
    #[error("cannot remove {}, which is outdated", path.display())]
    RemoveOutdated {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A stream cannot be written to.
    #[error("cannot write the export")]
    Stream(#[from] io::Error),
    /// A recording cannot be opened.
    #[error("cannot read {}", path.display())]
    Open {
        /// The recording.
        path: PathBuf,
        /// The error of the reader.
        source: RecordingError,
    },
    /// A recording cannot be read to its end.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The selected laps cannot be found.
    #[error(transparent)]
    Laps(LapError),
    /// The path is a folder, a pipe or a device.
    #[error("{} is {}; expected a recording (.acevo)", path.display(), found.name())]
    NotAFile {
        /// The path.
        path: PathBuf,
        /// What it leads to.
        found: NotAFile,
    },
    /// The file exists and is not overwritten.
    #[error("{} exists and is not overwritten: name another file, or remove it", .0.display())]
    Exists(PathBuf),
    /// The folder contains no recordings.
    #[error("there are no recordings (*.{}) in {}", crate::recordings::EXTENSION, .0.display())]
    NoRecordings(PathBuf),
    /// An option of the [plan](crate::ExportPlan) has no effect or contradicts another one.
    #[error("{option}: {reason}")]
    InvalidOption {
        /// The field of the plan.
        option: &'static str,
        /// Why it is invalid.
        reason: &'static str,
    },
    /// The recording has no pages.
    #[error("the recording is empty")]
    EmptyRecording,
    /// The data set was exported with other columns, units, laps or another rate.
    #[error(
        "{} was made with other columns, units, laps or another rate, and one data set has the same in all files: \
         name another folder, or remove it",
        .0.display()
    )]
    OtherDataset(PathBuf),
    /// Another process exports into the data set.
    #[error("another export is at work in {}", .0.display())]
    DatasetInUse(PathBuf),
    /// The values do not fit into this kind of file.
    #[error("{0}")]
    Unfit(String),
    /// [`Progress::is_cancelled`](crate::Progress::is_cancelled) returned true.
    #[error("stopped; nothing was kept")]
    Cancelled,
    /// The library that writes the format failed.
    #[error("cannot write the export")]
    Format(#[source] Box<dyn Error + Send + Sync>),
}

impl ExportError {
    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    pub(crate) fn create(path: &Path, source: io::Error) -> Self {
        Self::Create { path: path.to_owned(), source }
    }

    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}
