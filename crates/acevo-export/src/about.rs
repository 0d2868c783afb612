//! Names, track and date of what is exported.

use acevo_recording::RecordedNames;

/// Names, track and date of what is exported, known before the first row.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct About {
    /// Names in the pages, and the track's length and place.
    pub names: RecordedNames,
    /// Start of the export in seconds since 1970 (UTC).
    pub unix_s: f64,
}

impl About {
    /// The names in the pages of a recording, and the start in seconds since 1970 (UTC).
    pub fn new(names: RecordedNames, unix_s: f64) -> Self {
        Self { names, unix_s }
    }
}
