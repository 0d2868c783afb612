//! Errors of the file of personal bests.

use std::io;
use std::path::PathBuf;

/// Maximum size of the file, bytes: room for some thousand laps. A larger one is neither read nor written.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;

/// Why personal bests could not be read or saved. The file is unchanged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PersonalError {
    /// The system reported an error.
    #[error("personal bests, {}: {source}", .path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The file does not contain personal bests, or is damaged.
    #[error("{} has no readable personal bests ({source}); it was left unchanged; move it away to begin a new one", .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The file was written by a newer version of this program.
    #[error(
        "{} was written by a newer version of this program (format {version}); update the program, or move it away to begin a \
         new one",
        .path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its format.
        version: u32,
    },
    /// The file is, or would become, too large.
    #[error("{} is larger than {} MB; it was left unchanged; move it away to begin a new one", .path.display(), MAX_FILE_BYTES >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Another program has kept the file locked for seconds.
    #[error("another program keeps {} locked; end it and try again", .path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// The writer thread could not be started, or has ended.
    #[error("the thread that saves personal bests does not run: {reason}")]
    NoWriter {
        /// Why.
        reason: String,
    },
}
