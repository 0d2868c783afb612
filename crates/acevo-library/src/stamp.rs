//! What shows that a file has changed.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::notes::notes_path;

/// Size and time of a recording, and the time of its notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) bytes: i64,
    /// Microseconds since 1970.
    pub(crate) modified_us: i64,
    /// The same of its notes; 0 if it has none.
    pub(crate) notes_modified_us: i64,
}

impl Stamp {
    /// The stamp of a file now; `None` if it is no file, or not there.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let metadata = path.metadata().ok().filter(Metadata::is_file)?;
        let notes_modified_us = notes_path(path).metadata().map_or(0, |metadata| modified_us(&metadata));
        Some(Self { bytes: signed(metadata.len()), modified_us: modified_us(&metadata), notes_modified_us })
    }
}

fn modified_us(metadata: &Metadata) -> i64 {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// A number as SQLite stores it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
