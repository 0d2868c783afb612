//! Overview of a recording from its header, table and marks.

use std::time::Duration;

use super::{Header, Table};
use crate::info::Info;
use crate::mark::{Mark, Marked};
use crate::record::PageCounts;

/// The overview of a recording from its header, table and marks.
pub(crate) fn info(header: &Header, table: &Table, marks: &[Mark], bytes: u64) -> Info {
    let (mut records, mut lost) = (PageCounts::default(), PageCounts::default());
    table.groups.iter().for_each(|entry| records.add_all(&entry.counts()));
    for mark in marks {
        if let Marked::Lost { records: Some(records), .. } = &mark.what {
            lost.add_all(records);
        }
    }
    let count = |is: fn(&Marked) -> bool| marks.iter().filter(|mark| is(&mark.what)).count();
    Info {
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
