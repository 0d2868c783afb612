//! Overview of a recording.

use std::time::Duration;

use serde::Serialize;

use super::description::Description;
use super::record::{PageCounts, as_micros};

/// Overview of a recording, read without reading a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Info {
    /// The description; `None` if it is damaged.
    pub description: Option<Description>,
    /// Major and minor version of the format; `None` if the header of the file is damaged.
    pub version: Option<(u16, u16)>,
    /// Bytes of the file.
    pub bytes: u64,
    /// The recording was finished and has its index. False if the program that recorded was killed, or the end of the file is missing.
    pub finished: bool,
    /// Time of the first record, since the recording's zero.
    #[serde(rename = "start_us", serialize_with = "as_micros::serialize")]
    pub start: Duration,
    /// Time of the last record.
    #[serde(rename = "end_us", serialize_with = "as_micros::serialize")]
    pub end: Duration,
    /// Number of records of each page.
    pub records: PageCounts,
    /// Number of groups of chunks; most cover one second.
    pub groups: usize,
    /// Number of session marks.
    pub sessions: usize,
    /// Number of lap marks.
    pub laps: usize,
    /// Number of records that were lost while recording, from the marks.
    pub lost: PageCounts,
    /// Number of gaps in the file that are known from headers. [`Recording::check`](super::Recording::check) reads everything.
    pub damaged: usize,
}

impl Info {
    /// Time from the first record to the last.
    pub fn duration(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }
}
