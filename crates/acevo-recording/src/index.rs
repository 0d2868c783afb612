//! The index of a file: one entry for each group of chunks, and one for each mark.

use super::layout::{BLOCK_HEADER, BlockHeader, END, LARGEST_STORED, LONGEST_MARK, MOST_CHUNKS, MOST_ENTRIES, TRAILER};
use super::layout::{kind, u32_at, u64_at};
use super::record::PageCounts;

/// Bytes of an entry in the file.
const ENTRY: usize = 48;

/// Maximum bytes of a group.
pub(crate) const LARGEST_GROUP: usize = MOST_CHUNKS * (BLOCK_HEADER + LARGEST_STORED);

/// A group of chunks, or a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Offset of its first block, and the bytes of its blocks.
    pub(crate) offset: u64,
    pub(crate) length: u32,
    /// Kind of its blocks.
    pub(crate) kind: u8,
    /// Time of the first and the last record, in microseconds since the recording's zero.
    pub(crate) first: u64,
    pub(crate) last: u64,
    /// Number of records of each page.
    pub(crate) records: [u32; 3],
}

impl Entry {
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(self.length.into())
    }

    pub(crate) fn counts(&self) -> PageCounts {
        let [physics, graphics, static_data] = self.records.map(u64::from);
        PageCounts { physics, graphics, static_data }
    }

    /// True if a chunk belongs to this group. One with times of another group is misplaced, and lies among its blocks by mistake.
    pub(crate) fn holds(&self, chunk: &BlockHeader) -> bool {
        chunk.kind == kind::PAGES && chunk.first >= self.first && chunk.last <= self.last
    }

    fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..8].copy_from_slice(&self.offset.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.length.to_le_bytes());
        bytes[12] = self.kind;
        bytes[16..24].copy_from_slice(&self.first.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.last.to_le_bytes());
        for (room, records) in bytes[32..44].chunks_exact_mut(4).zip(self.records) {
            room.copy_from_slice(&records.to_le_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        Self {
            offset: u64_at(bytes, 0),
            length: u32_at(bytes, 8),
            kind: bytes[12],
            first: u64_at(bytes, 16),
            last: u64_at(bytes, 24),
            records: [u32_at(bytes, 32), u32_at(bytes, 36), u32_at(bytes, 40)],
        }
    }

    fn is_possible(&self) -> bool {
        let largest = if self.kind == kind::PAGES { LARGEST_GROUP } else { BLOCK_HEADER + LONGEST_MARK };
        (BLOCK_HEADER..=largest).contains(&(self.length as usize)) && self.first <= self.last
    }
}

/// The payload of an index at `offset`; `None` if it has more entries than readers accept.
pub(crate) fn encode(entries: &[Entry], offset: u64) -> Option<Vec<u8>> {
    if entries.len() > MOST_ENTRIES {
        return None;
    }
    let mut payload = Vec::with_capacity(entries.len() * ENTRY + TRAILER);
    entries.iter().for_each(|entry| payload.extend_from_slice(&entry.to_bytes()));
    payload.extend_from_slice(&offset.to_le_bytes());
    payload.extend_from_slice(&crc32fast::hash(&offset.to_le_bytes()).to_le_bytes());
    payload.extend_from_slice(&END);
    Some(payload)
}

/// The offset of the index, from the last bytes of a file.
pub(crate) fn offset(trailer: &[u8; TRAILER]) -> Option<u64> {
    let sound = trailer.ends_with(&END) && u32_at(trailer, 8) == crc32fast::hash(&trailer[..8]);
    sound.then(|| u64_at(trailer, 0))
}

/// The entries of an index; `None` if they are not in the order of offset and time, or do not end before `end`.
pub(crate) fn decode(payload: &[u8], end: u64) -> Option<Vec<Entry>> {
    let (entries, _) = payload.split_at_checked(payload.len().checked_sub(TRAILER)?)?;
    if entries.len() % ENTRY != 0 || entries.len() / ENTRY > MOST_ENTRIES {
        return None;
    }
    let entries: Vec<Entry> = entries.chunks_exact(ENTRY).map(Entry::from_bytes).collect();
    let mut last = (0, 0);
    for entry in &entries {
        if !entry.is_possible() || entry.offset < last.0 || entry.offset.checked_add(entry.length.into())? > end {
            return None;
        }
        last.0 = entry.end();
        if entry.kind == kind::PAGES {
            if entry.first < last.1 {
                return None;
            }
            last.1 = entry.last;
        }
    }
    Some(entries)
}
