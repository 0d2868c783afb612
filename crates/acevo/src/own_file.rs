//! Files that acevo has written for other programs, recognised by a mark at their beginning. Other files are never replaced.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use acevo_files::{TooLarge, read_limited};
use anyhow::Context;

use crate::output::{create_pending, name_of};

/// Maximum size of a file that is read, in bytes.
const MAX_BYTES: u64 = 1 << 20;

/// What a path leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// A file with the mark; its content.
    Own(Vec<u8>),
    /// A file without the mark, a link, a folder or a device.
    Foreign,
}

/// Looks for a file that begins with a mark. Links are not followed.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn find(path: &Path, mark: &str) -> anyhow::Result<Found> {
    let read = || match path.symlink_metadata() {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Found::Nothing)
        }
        Err(error) => Err(error),
        Ok(found) if !found.is_file() => Ok(Found::Foreign),
        Ok(_) => match read_limited(path, MAX_BYTES) {
            Ok(bytes) if bytes.starts_with(mark.as_bytes()) => Ok(Found::Own(bytes)),
            Ok(_) => Ok(Found::Foreign),
            Err(error) if TooLarge::of(&error).is_some() => Ok(Found::Foreign),
            Err(error) => Err(error),
        },
    };
    read().with_context(|| format!("cannot read {}", name_of(path)))
}

/// Writes a file with a mark, and creates its folder. Readers see either the old file or the new one. The caller has checked that the path
/// leads to no foreign file.
///
/// # Errors
/// If the folder or the file cannot be written.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
    }
    let mut file = create_pending(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.replace());
    written.with_context(|| format!("cannot write {}", name_of(path)))
}
