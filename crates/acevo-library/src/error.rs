//! The error type.

use std::io;
use std::path::{Path, PathBuf};

use acevo_recording::RecordingError;
use rusqlite::ErrorCode;

/// Why the library cannot do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LibraryError {
    /// The database cannot be opened, read or written.
    #[error("the database of the session library cannot be used")]
    Database(#[from] rusqlite::Error),
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What failed, as a verb: `read`, `write`, `move`, `remove`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// A file is not a recording that can be read.
    #[error("{} cannot be read as a recording", path.display())]
    Recording {
        /// The file.
        path: PathBuf,
        /// The error of the reader.
        source: RecordingError,
    },
    /// The file with notes beside a recording cannot be understood. It is not replaced, because it may have notes.
    #[error("{} has no notes that this program understands ({reason}): correct or remove it", path.display())]
    Notes {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Notes exceed a limit.
    #[error("{0}")]
    NotesTooLong(&'static str),
    /// The library has no session or deleted recording with this id.
    #[error("the session library has no {what} {id}; it may have been moved or removed meanwhile")]
    NotFound {
        /// `session`, `lap` or `deleted recording`.
        what: &'static str,
        /// The id.
        id: i64,
    },
    /// The name is taken by another file.
    #[error("{} exists already: rename or move it first", .0.display())]
    Taken(PathBuf),
    /// The path has characters that are no Unicode.
    #[error("{} has a name that is not Unicode: rename it", .0.display())]
    NotUnicode(PathBuf),
}

impl LibraryError {
    pub(crate) fn file(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::File { action, path: path.to_owned(), source }
    }

    /// True if the file of the database is damaged, or is no database.
    pub fn is_damage(&self) -> bool {
        let Self::Database(error) = self else { return false };
        matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
    }
}
