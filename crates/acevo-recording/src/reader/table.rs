//! Finds groups and marks in a file: by its index, or by scanning the headers.

use std::io::{Read, Seek};
use std::time::Duration;

use serde::Serialize;

use super::source::{Source, blocks};
use crate::error::RecordingError;
use crate::index::{self, Entry, LARGEST_GROUP};
use crate::joined_marks::JoinedMarks;
use crate::layout::{BLOCK_HEADER, BlockHeader, MOST_ENTRIES, MOST_MARK_BYTES, TRAILER, kind};
use crate::record::{PageCounts, as_micros};

/// A part of a file that cannot be read: bytes were changed or are missing. Its content is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Damage {
    /// The last known time before it, since the recording's zero.
    #[serde(rename = "from_us", serialize_with = "as_micros::serialize")]
    pub from: Duration,
    /// The first known time after it.
    #[serde(rename = "to_us", serialize_with = "as_micros::serialize")]
    pub to: Duration,
    /// Number of records that are lost, if it is known.
    pub records: Option<PageCounts>,
}

impl Damage {
    pub(crate) fn new(from: u64, to: u64, records: Option<PageCounts>) -> Self {
        Self { from: Duration::from_micros(from), to: Duration::from_micros(to), records }
    }
}

/// Groups and marks of a file, in the order of their offsets. Groups are also in the order of time, and do not overlap.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) groups: Vec<Entry>,
    pub(crate) marks: Vec<Entry>,
    /// Offset and length of the block that may have a copy of all marks.
    joined_marks: Option<(u64, u64)>,
    /// Damage between groups, with the index of the group after it.
    pub(crate) damage: Vec<(usize, Damage)>,
    /// True if this is from the index of the file.
    pub(crate) is_index: bool,
}

impl Table {
    /// Reads the index at the end of the file; `None` if it is missing or damaged.
    pub(crate) fn from_index<R: Read + Seek>(source: &mut Source<R>, id: u32) -> Result<Option<Self>, RecordingError> {
        let mut trailer = [0; TRAILER];
        let Some(place) = source.length.checked_sub(TRAILER as u64) else { return Ok(None) };
        source.read_at(place, &mut trailer)?;
        let Some(offset) = index::offset(&trailer) else { return Ok(None) };
        let header = source.header_at(offset, Some(id))?;
        let Some(header) = header
            .filter(|header| header.kind == kind::INDEX && offset.checked_add(header.length()) == Some(source.length))
        else {
            return Ok(None);
        };
        let mut block = Vec::new();
        source.read_vec(offset, header.length(), &mut block)?;
        let Some((_, _, payload)) = blocks(&block, id).next().filter(|block| block.0 == 0 && is_sound(block)) else {
            return Ok(None);
        };
        let Some(entries) = index::decode(payload, offset) else { return Ok(None) };
        // It is the only block between those of the index and the index.
        let after = entries.last().map_or(offset, Entry::end);
        let is_all_marks = |header: &BlockHeader| header.kind == kind::MARKS && after + header.length() == offset;
        // If it cannot be read, each mark is.
        let header = if after < offset { source.header_at(after, Some(id)).ok().flatten() } else { None };
        let joined_marks = header.filter(is_all_marks).map(|header| (after, header.length()));
        let (groups, others) = entries.into_iter().partition::<Vec<_>, _>(|entry| entry.kind == kind::PAGES);
        let marks = others.into_iter().filter(|entry| entry.kind == kind::MARK).collect();
        Ok(Some(Self { groups, marks, joined_marks, damage: Vec::new(), is_index: true }))
    }

    /// Scans the headers of all blocks, from `offset`.
    pub(crate) fn scan<R: Read + Seek>(source: &mut Source<R>, offset: u64, id: u32) -> Result<Self, RecordingError> {
        let mut scan = Scan { table: Self::default(), last: None, open: None, hurt: false };
        let mut at = offset;
        while let Some((place, header)) = source.find_block(at, u64::MAX, Some(id))? {
            scan.hurt |= place > at;
            at = place + header.length();
            if !scan.take(place, &header) {
                scan.hurt = true;
                break;
            }
        }
        scan.hurt |= at < source.length;
        scan.close();
        let end = scan.table.groups.last().map_or(0, |entry| entry.last);
        if scan.hurt {
            scan.table.damage.push((scan.table.groups.len(), Damage::new(end, end, None)));
        }
        Ok(scan.table)
    }

    /// Reads the marks: the copy of all of them, or else each of them.
    pub(crate) fn read_marks<R: Read + Seek>(
        &self,
        source: &mut Source<R>,
        id: u32,
    ) -> Result<JoinedMarks, RecordingError> {
        if let Some(marks) = self.read_joined_marks(source, id) {
            return Ok(marks);
        }
        let (mut marks, mut block) = (JoinedMarks::default(), Vec::new());
        for entry in &self.marks {
            source.read_vec(entry.offset, entry.length.into(), &mut block)?;
            let found = blocks(&block, id).next().filter(is_sound);
            if found.is_some_and(|(_, _, json)| !marks.push(json)) {
                break;
            }
        }
        Ok(marks)
    }

    /// Reads the copy of all marks; `None` if it is missing, cannot be read, is damaged, or does not have as many marks as the index.
    fn read_joined_marks<R: Read + Seek>(&self, source: &mut Source<R>, id: u32) -> Option<JoinedMarks> {
        let is_short = |(_, length): &(u64, u64)| *length <= (BLOCK_HEADER + MOST_MARK_BYTES) as u64;
        let (offset, length) = self.joined_marks.filter(is_short)?;
        let mut block = Vec::new();
        source.read_vec(offset, length, &mut block).ok()?;
        let is_read = blocks(&block, id).next().is_some_and(|block| block.0 == 0 && is_sound(&block));
        if !is_read {
            return None;
        }
        block.drain(..BLOCK_HEADER);
        JoinedMarks::from_bytes(block).filter(|marks| marks.count() == self.marks.len())
    }
}

/// True if the payload has the right checksum.
pub(crate) fn is_sound((_, header, payload): &(usize, BlockHeader, &[u8])) -> bool {
    crc32fast::hash(payload) == header.crc
}

/// State of the scan.
struct Scan {
    table: Table,
    /// Number of the block before.
    last: Option<u32>,
    /// The group of the last blocks, and its number.
    open: Option<(Entry, u32)>,
    /// Something is missing since the last group.
    hurt: bool,
}

impl Scan {
    /// Takes a block; false if there are more blocks than any recording has.
    fn take(&mut self, offset: u64, header: &BlockHeader) -> bool {
        if let Some(last) = self.last {
            let step = header.sequence.wrapping_sub(last);
            // A block that was read already, or is older, is misplaced.
            if step == 0 || step > u32::MAX / 2 {
                self.hurt = true;
                return true;
            }
            self.hurt |= step > 1;
        }
        self.last = Some(header.sequence);
        match header.kind {
            kind::PAGES => self.take_chunk(offset, header),
            kind::MARK if self.table.marks.len() < MOST_ENTRIES => {
                let (first, length) = (header.first, header.length() as u32);
                self.table.marks.push(Entry { offset, length, kind: kind::MARK, first, last: first, records: [0; 3] });
            }
            _ => {}
        }
        self.table.groups.len() < MOST_ENTRIES
    }

    fn take_chunk(&mut self, offset: u64, header: &BlockHeader) {
        let page = usize::from(header.page);
        if let Some((entry, number)) = &mut self.open {
            let length = offset + header.length() - entry.offset;
            if *number == header.group && entry.records[page] == 0 && length <= LARGEST_GROUP as u64 {
                entry.length = length as u32;
                (entry.first, entry.last) = (entry.first.min(header.first), entry.last.max(header.last));
                entry.records[page] = header.records;
                return;
            }
        }
        self.close();
        let mut records = [0; 3];
        records[page] = header.records;
        let (length, first, last) = (header.length() as u32, header.first, header.last);
        let entry = Entry { offset, length, kind: kind::PAGES, first, last, records };
        if self.hurt {
            let before = self.table.groups.last().map_or(0, |entry| entry.last);
            self.table.damage.push((self.table.groups.len(), Damage::new(before, first.max(before), None)));
            self.hurt = false;
        }
        self.open = Some((entry, header.group));
    }

    /// Completes the group. Writers never write times that go back.
    fn close(&mut self) {
        let Some((entry, _)) = self.open.take() else { return };
        if self.table.groups.last().is_some_and(|before| entry.first < before.last) {
            self.hurt = true;
        } else {
            self.table.groups.push(entry);
        }
    }
}
