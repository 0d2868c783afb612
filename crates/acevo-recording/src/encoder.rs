//! Encodes records and marks as blocks of a file, for all writers.

use std::hash::{BuildHasher, RandomState};

use acevo_shared_memory::PageKind;

use super::batch::Batch;
use super::chunk::ChunkEncoder;
use super::codec::Compression;
use super::description::Description;
use super::index::{self, Entry};
use super::joined_marks::JoinedMarks;
use super::layout::{BlockHeader, FileHeader, LONGEST_MARK, MAJOR, MINOR, codec, filter, kind};
use super::mark::Mark;
use super::record::micros;

/// Encodes blocks.
#[derive(Debug, Clone)]
pub(crate) struct Encoder {
    pub(crate) id: u32,
    /// Numbers of the next block and the next group.
    pub(crate) sequence: u32,
    pub(crate) group: u32,
    pub(crate) compression: Compression,
    chunks: ChunkEncoder,
}

impl Encoder {
    pub(crate) fn new(compression: Compression) -> Self {
        // A number that other recordings are unlikely to have.
        Self::with_id(RandomState::new().hash_one(0) as u32, compression)
    }

    pub(crate) fn with_id(id: u32, compression: Compression) -> Self {
        Self { id, sequence: 0, group: 0, compression, chunks: ChunkEncoder::default() }
    }

    /// The header of the file, and the description.
    pub(crate) fn file_header(&self, description: &Description) -> Vec<u8> {
        let json = description.to_json();
        let header = FileHeader {
            major: MAJOR,
            minor: MINOR,
            description: json.len() as u32,
            id: self.id,
            crc: crc32fast::hash(&json),
        };
        [&header.to_bytes()[..], &json].concat()
    }

    /// Appends a group to `out`. The offset of the entry is relative to `out`.
    pub(crate) fn group(&mut self, batch: &Batch, out: &mut Vec<u8>) -> Entry {
        let start = out.len();
        for page in PageKind::ALL {
            let column = batch.column(page);
            if column.len() > 0 {
                let numbers = (self.id, self.sequence, self.group);
                self.chunks.encode(column, page, self.compression, numbers, out);
                self.sequence = self.sequence.wrapping_add(1);
            }
        }
        self.group = self.group.wrapping_add(1);
        Entry {
            offset: start as u64,
            length: (out.len() - start) as u32,
            kind: kind::PAGES,
            first: batch.first,
            last: batch.last,
            records: PageKind::ALL.map(|page| batch.column(page).len() as u32),
        }
    }

    /// Appends a mark to `out`; `None` if it is too long. The offset of the entry is relative to `out`.
    pub(crate) fn mark(&mut self, mark: &Mark, out: &mut Vec<u8>) -> Option<Entry> {
        let json = serde_json::to_vec(mark).ok().filter(|json| json.len() <= LONGEST_MARK)?;
        let (start, at) = (out.len(), micros(mark.at));
        self.block(kind::MARK, at, &json, out);
        let (offset, length) = (start as u64, (out.len() - start) as u32);
        Some(Entry { offset, length, kind: kind::MARK, first: at, last: at, records: [0; 3] })
    }

    /// Appends a copy of all marks to `out`.
    pub(crate) fn joined_marks(&mut self, marks: &JoinedMarks, at: u64, out: &mut Vec<u8>) {
        self.block(kind::MARKS, at, marks.as_bytes(), out);
    }

    /// Appends the index to `out`; `offset` is its offset in the file.
    pub(crate) fn index(&mut self, entries: &[Entry], offset: u64, out: &mut Vec<u8>) {
        let last = entries.last().map_or(0, |entry| entry.last);
        if let Some(payload) = index::encode(entries, offset) {
            self.block(kind::INDEX, last, &payload, out);
        }
    }

    fn block(&mut self, kind: u8, at: u64, payload: &[u8], out: &mut Vec<u8>) {
        let header = BlockHeader {
            kind,
            page: 0,
            codec: codec::STORED,
            filter: filter::NONE,
            page_size: 0,
            sequence: self.sequence,
            group: self.group,
            records: 0,
            raw: payload.len() as u32,
            stored: payload.len() as u32,
            first: at,
            last: at,
            crc: crc32fast::hash(payload),
            id: self.id,
        };
        self.sequence = self.sequence.wrapping_add(1);
        out.extend_from_slice(&header.to_bytes());
        out.extend_from_slice(payload);
    }
}
