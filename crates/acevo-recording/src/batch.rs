//! Collects records for a group of chunks.

use std::time::Duration;

use acevo_shared_memory::PageKind;

use super::error::RecordingError;
use super::layout::{LARGEST_CHUNK, MOST_RECORDS};
use super::record::{PageCounts, Record, micros};
use super::varint;

/// Time that a group covers: a program that is killed loses at most this.
const SPAN: Duration = Duration::from_secs(1);

/// Maximum bytes of a chunk. Far more than a second of frames.
const ENOUGH: usize = LARGEST_CHUNK / 2;

/// Maximum bytes of a record besides its page: flags, time, uncertainty, missed packets.
const OVERHEAD: usize = 1 + 3 * varint::LONGEST;

/// Collected records of the three pages. The memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    columns: [Column; 3],
    /// Time of the first and the last record, in microseconds.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Number of records that were lost before the first one of each page.
    pub(crate) debt: PageCounts,
}

/// Collected values of one page, one column per value.
#[derive(Debug, Default)]
pub(crate) struct Column {
    /// Bytes of each page.
    pub(crate) size: usize,
    pub(crate) flags: Vec<u8>,
    pub(crate) times: Vec<u64>,
    pub(crate) uncertainties: Vec<u64>,
    pub(crate) missed: Vec<u32>,
    pub(crate) pages: Vec<u8>,
}

impl Column {
    pub(crate) fn len(&self) -> usize {
        self.flags.len()
    }

    fn has_room_for(&self, size: usize) -> bool {
        let records = self.len();
        records == 0
            || (self.size == size && records < MOST_RECORDS && (records + 1) * (size + OVERHEAD) <= ENOUGH.max(size))
    }

    /// The newest page.
    pub(crate) fn newest(&self) -> Option<&[u8]> {
        self.pages.get(self.pages.len().checked_sub(self.size)?..).filter(|page| !page.is_empty())
    }
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.iter().all(|column| column.len() == 0)
    }

    pub(crate) fn column(&self, page: PageKind) -> &Column {
        &self.columns[page as usize]
    }

    pub(crate) fn counts(&self) -> PageCounts {
        let mut counts = PageCounts::default();
        PageKind::ALL.into_iter().for_each(|page| counts.add(page, self.column(page).len() as u64));
        counts
    }

    /// Number of packets missed before its records, including those not yet written to a record.
    pub(crate) fn missed(&self) -> PageCounts {
        let mut counts = self.debt;
        for page in PageKind::ALL {
            counts.add(page, self.column(page).missed.iter().map(|missed| u64::from(*missed)).sum());
        }
        counts
    }

    /// Refuses pages of a size that cannot be recorded.
    pub(crate) fn check(record: &Record<'_>) -> Result<(), RecordingError> {
        let size = record.bytes.len();
        if size == 0 || size > usize::from(u16::MAX) {
            return Err(RecordingError::PageSize { page: record.page, size });
        }
        Ok(())
    }

    /// True if the record still fits into this group.
    pub(crate) fn has_room_for(&self, record: &Record<'_>) -> bool {
        let in_time = self.is_empty() || micros(record.at).saturating_sub(self.first) < micros(SPAN);
        in_time && self.columns[record.page as usize].has_room_for(record.bytes.len())
    }

    /// Adds a record. A time before the last one is replaced by the last one, also after [`clear`](Self::clear).
    pub(crate) fn push(&mut self, record: &Record<'_>) {
        let at = micros(record.at).max(self.last);
        if self.is_empty() {
            self.first = at;
        }
        self.last = at;
        let column = &mut self.columns[record.page as usize];
        column.size = record.bytes.len();
        column.flags.push(record.flags());
        column.times.push(at);
        column.uncertainties.push(micros(record.uncertainty));
        column.missed.push(record.missed);
        column.pages.extend_from_slice(record.bytes);
    }

    /// Number of chunks of the group.
    pub(crate) fn chunks(&self) -> u32 {
        self.columns.iter().filter(|column| column.len() > 0).count() as u32
    }

    /// Adds lost records to the missed packets of the first record of each page. Pages without a record keep theirs in `owed`.
    pub(crate) fn owe(&mut self, owed: &mut PageCounts) {
        owed.add_all(&std::mem::take(&mut self.debt));
        for (page, column) in PageKind::ALL.into_iter().zip(&mut self.columns) {
            if let (Some(missed), Some(flags)) = (column.missed.first_mut(), column.flags.first_mut()) {
                *missed = missed.saturating_add(u32::try_from(owed.of(page)).unwrap_or(u32::MAX));
                if *missed > 0 {
                    *flags |= super::record::MISSED;
                }
                owed.clear(page);
            }
        }
    }

    /// Removes all records; keeps the memory and the last time.
    pub(crate) fn clear(&mut self) {
        for column in &mut self.columns {
            column.flags.clear();
            column.times.clear();
            column.uncertainties.clear();
            column.missed.clear();
            column.pages.clear();
        }
        self.debt = PageCounts::default();
    }
}
