//! What can go wrong with a recording.

use std::fmt;
use std::io;

use acevo_shared_memory::PageKind;

/// Why a recording cannot be written or read.
///
/// Damage is no error: what is damaged is left out, and reading tells where.
#[derive(Debug)]
#[non_exhaustive]
pub enum RecordingError {
    /// The system says so. While recording, what could not be written is kept and tried again.
    Io(io::Error),
    /// There is no recording in this file.
    NotARecording,
    /// It was written in a newer version of the format.
    NewerVersion {
        /// The file's version.
        found: u16,
        /// The newest that is read here.
        known: u16,
    },
    /// It was packed in a way that this program was not built for.
    UnknownCodec(u8),
    /// A page with no bytes, or more than 65,535.
    PageSize {
        /// The page.
        page: PageKind,
        /// Its bytes.
        size: usize,
    },
}

impl fmt::Display for RecordingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(_) => f.write_str("the recording cannot be read or written"),
            Self::NotARecording => f.write_str("this is no recording of telemetry"),
            Self::NewerVersion { found, known } => write!(
                f,
                "the recording has version {found} of the format, and this program reads up to {known}: use a newer program"
            ),
            Self::UnknownCodec(super::layout::codec::ZSTD) => {
                f.write_str("the recording is packed with Zstandard, which this program was built without")
            }
            Self::UnknownCodec(codec) => {
                write!(f, "the recording is packed in a way that is not known here ({codec}): use a newer program")
            }
            Self::PageSize { page, size } => write!(f, "{size} bytes are no {page} page that can be recorded"),
        }
    }
}

impl std::error::Error for RecordingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<io::Error> for RecordingError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
