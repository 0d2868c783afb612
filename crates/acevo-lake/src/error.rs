//! The error type.

use std::io;
use std::path::{Path, PathBuf};

use acevo_export::ExportError;
use acevo_recording::RecordingError;

use crate::TableName;

/// Why something failed in a lake.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// A file or folder cannot be read or written.
    #[error("cannot {what} {}", path.display())]
    File {
        /// What failed, such as `read`.
        what: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The folder has no table.
    #[error("there is no lake in {}: `acevo lake add` makes one", .0.display())]
    NoLake(PathBuf),
    /// A part of the log of a table cannot be understood.
    #[error("{} is broken: {reason}; restore it from a backup, or make the lake again from the recordings", path.display())]
    BrokenLog {
        /// The file of the log, or its folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another program has given the table a feature that acevo does not have.
    #[error("the table {} needs {feature}, which acevo does not support; another program has changed it", path.display())]
    Unsupported {
        /// The folder of the table.
        path: PathBuf,
        /// The feature.
        feature: String,
    },
    /// A column has another type in the table.
    #[error(
        "the column {column} of the table {table} is of the type {known} there, and of the type {new} here: leave the channel out with --channels, or make another lake"
    )]
    OtherType {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// The type in the table.
        known: String,
        /// The type that was to be written.
        new: String,
    },
    /// Other programs have added to the table each time.
    #[error("other programs add to {} all the time; try again later", .0.display())]
    Contended(PathBuf),
    /// A recording cannot be opened.
    #[error("cannot read {}", path.display())]
    Recording {
        /// The recording.
        path: PathBuf,
        /// The error of the reader.
        source: RecordingError,
    },
    /// Parts of a recording are damaged, so that rows would be missing.
    #[error(
        "{parts} {} damaged: `acevo repair FILE NEW` makes a recording of what can be read",
        if *parts == 1 { "part of it is" } else { "parts of it are" }
    )]
    Damaged {
        /// Number of parts.
        parts: usize,
    },
    /// A file of an old data set cannot be used.
    #[error("{} {reason}", path.display())]
    OldFile {
        /// The file.
        path: PathBuf,
        /// Why, as the end of a sentence.
        reason: String,
    },
    /// Rows cannot be read or written.
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl LakeError {
    pub(crate) fn file(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { what, path: path.to_owned(), source }
    }

    pub(crate) fn broken(path: &Path, reason: impl ToString) -> Self {
        Self::BrokenLog { path: path.to_owned(), reason: reason.to_string() }
    }

    /// True if the caller has stopped the work.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Export(ExportError::Cancelled))
    }
}
