//! Whether a file is still the same.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};

/// What distinguishes a file from another one at the same path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId(u64, u64);

impl FileId {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;

        Self(metadata.dev(), metadata.ino())
    }

    /// The time of creation: numbers of files need a system call that Rust does not have yet.
    #[cfg(windows)]
    pub(super) fn of(metadata: &Metadata) -> Self {
        use std::os::windows::fs::MetadataExt;

        Self(metadata.creation_time(), 0)
    }

    #[cfg(not(any(unix, windows)))]
    pub(super) fn of(_: &Metadata) -> Self {
        Self(0, 0)
    }
}

/// Bytes at the beginning of a file that are remembered. The first line of a log has the time and the version.
const LENGTH: usize = 128;

/// The first bytes of a file. If they change, the file was written again, even if it is not shorter.
#[derive(Debug, Default)]
pub(super) struct Beginning(Vec<u8>);

impl Beginning {
    /// Remembers bytes that follow those that were added before.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let missing = LENGTH.saturating_sub(self.0.len());
        self.0.extend(bytes.iter().take(missing));
    }

    /// True if the file still begins so. Changes the position in the file.
    pub(super) fn is_in(&self, file: &mut File) -> io::Result<bool> {
        let mut bytes = [0; LENGTH];
        let Some(bytes) = bytes.get_mut(..self.0.len()) else { return Ok(false) };
        file.seek(SeekFrom::Start(0))?;
        match file.read_exact(bytes) {
            Ok(()) => Ok(bytes == self.0),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }
}
