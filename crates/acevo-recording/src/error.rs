//! Errors of recordings.

use std::io;

use acevo_files::NotAFile;
use acevo_shared_memory::PageKind;

use super::layout::codec;

/// Why a recording cannot be written or read.
///
/// Damage is not an error: readers skip damaged parts and report their positions.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordingError {
    /// The operating system reported an error. A writer keeps what it could not write and tries again.
    #[error("the recording cannot be read or written")]
    Io(#[from] io::Error),
    /// The file is not a recording.
    #[error("not an acevo recording")]
    NotARecording,
    /// The file has a newer version of the format.
    #[error(
        "the recording has version {found} of the format, and this program reads up to {known}: use a newer program"
    )]
    NewerVersion {
        /// Version of the file.
        found: u16,
        /// Newest version that this crate reads.
        known: u16,
    },
    /// The recording is compressed with a codec that this program was built without.
    #[error("{}", unknown_codec(*.0))]
    UnknownCodec(u8),
    /// A page without bytes, or with more than 65,535 bytes.
    #[error("a {page} page with {size} bytes cannot be recorded")]
    PageSize {
        /// The page.
        page: PageKind,
        /// Its size in bytes.
        size: usize,
    },
}

impl RecordingError {
    /// What the path leads to if it was refused because it is not a regular file.
    pub fn not_a_file(&self) -> Option<NotAFile> {
        match self {
            Self::Io(error) => NotAFile::of(error),
            _ => None,
        }
    }
}

fn unknown_codec(codec: u8) -> String {
    match codec {
        codec::ZSTD => "the recording is compressed with Zstandard, and this program was built without it".into(),
        codec => format!("the recording has an unknown compression ({codec}): use a newer program"),
    }
}
