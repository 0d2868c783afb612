//! What a recording holds, at a glance.

use std::time::Duration;

use serde::Serialize;

use super::description::Description;
use super::mark::{Mark, Marked};
use super::reader::{Header, Table};
use super::record::{PageCounts, as_micros};

/// What a recording holds, as far as it can be told without reading a page.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Info {
    /// What it tells about itself; `None` where that is damaged.
    pub description: Option<Description>,
    /// Major and minor version of the format; `None` where the file's header is damaged.
    pub version: Option<(u16, u16)>,
    /// Bytes of the file.
    pub bytes: u64,
    /// It was finished and has its index. Where this is false the program that recorded was killed, or the end is lost.
    pub finished: bool,
    /// Time of the first record, since the recording's zero.
    #[serde(rename = "start_us", serialize_with = "as_micros::serialize")]
    pub start: Duration,
    /// Time of the last record.
    #[serde(rename = "end_us", serialize_with = "as_micros::serialize")]
    pub end: Duration,
    /// Records of each page.
    pub records: PageCounts,
    /// Groups of chunks, mostly one for each second.
    pub groups: usize,
    /// Sessions that were marked.
    pub sessions: usize,
    /// Laps that were marked.
    pub laps: usize,
    /// Records that were lost while recording, by the marks.
    pub lost: PageCounts,
    /// Places where something is missing from the file, as far as headers tell. [`Recording::check`](super::Recording::check) reads all.
    pub damaged: usize,
}

impl Info {
    /// From the first record to the last.
    pub fn duration(&self) -> Duration {
        self.end.saturating_sub(self.start)
    }

    pub(crate) fn new(header: &Header, table: &Table, marks: &[Mark], bytes: u64) -> Self {
        let (mut records, mut lost) = (PageCounts::default(), PageCounts::default());
        table.groups.iter().for_each(|entry| records.add_all(&entry.counts()));
        for mark in marks {
            if let Marked::Lost { records: Some(records), .. } = &mark.what {
                lost.add_all(records);
            }
        }
        let count = |is: fn(&Marked) -> bool| marks.iter().filter(|mark| is(&mark.what)).count();
        Self {
            description: header.description.clone(),
            version: header.version,
            bytes,
            finished: table.is_index,
            start: Duration::from_micros(table.groups.first().map_or(0, |entry| entry.first)),
            end: Duration::from_micros(table.groups.last().map_or(0, |entry| entry.last)),
            records,
            groups: table.groups.len(),
            sessions: count(|what| matches!(what, Marked::Session { .. })),
            laps: count(|what| matches!(what, Marked::Lap { .. })),
            lost,
            damaged: table.damage.len(),
        }
    }
}
