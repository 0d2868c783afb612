//! Encodes and decodes one page's records of a group.

use acevo_shared_memory::PageKind;

use super::batch::Column;
use super::codec::{Compression, Unpack, unpack};
use super::filter as filters;
use super::layout::{BLOCK_HEADER, BlockHeader, filter, kind};
use super::record::{CARRIED, MISSED, RESTARTED, Record, SETTLED};
use super::varint;

/// Appends a chunk: header and payload. `raw` is a buffer.
pub(crate) fn encode(
    column: &Column,
    page: PageKind,
    compression: Compression,
    (id, sequence, group): (u32, u32, u32),
    raw: &mut Vec<u8>,
    out: &mut Vec<u8>,
) {
    let (Some(first), Some(last)) = (column.times.first().copied(), column.times.last().copied()) else { return };
    raw.clear();
    raw.extend_from_slice(&column.flags);
    let mut before = first;
    for time in &column.times {
        varint::write(time.wrapping_sub(before), raw);
        before = *time;
    }
    column.uncertainties.iter().for_each(|uncertainty| varint::write(*uncertainty, raw));
    column.missed.iter().filter(|missed| **missed > 0).for_each(|missed| varint::write((*missed).into(), raw));
    filters::encode(&column.pages, column.size, raw);
    let start = out.len();
    out.resize(start + BLOCK_HEADER, 0);
    let codec = compression.pack(raw, out);
    let payload = &out[start + BLOCK_HEADER..];
    let header = BlockHeader {
        kind: kind::PAGES,
        page: page as u8,
        codec,
        filter: filter::DELTA2_TRANSPOSED,
        page_size: column.size as u16,
        sequence,
        group,
        records: column.len() as u32,
        raw: raw.len() as u32,
        stored: payload.len() as u32,
        first,
        last,
        crc: crc32fast::hash(payload),
        id,
    };
    out[start..start + BLOCK_HEADER].copy_from_slice(&header.to_bytes());
}

/// A decoded chunk. The memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    size: usize,
    flags: Vec<u8>,
    /// Times in microseconds.
    times: Vec<u64>,
    uncertainties: Vec<u64>,
    missed: Vec<u32>,
    pages: Vec<u8>,
    /// The decompressed payload.
    raw: Vec<u8>,
}

impl Chunk {
    pub(crate) fn len(&self) -> usize {
        self.flags.len()
    }

    pub(crate) fn clear(&mut self) {
        self.flags.clear();
        self.times.clear();
    }

    /// Times of the records, in microseconds, never descending.
    pub(crate) fn times(&self) -> &[u64] {
        &self.times
    }

    /// A record; `page` is the page of this chunk.
    pub(crate) fn record(&self, page: PageKind, index: usize) -> Record<'_> {
        let flags = self.flags[index];
        let mut record = Record::new(page, std::time::Duration::from_micros(self.times[index]), &[]);
        record.uncertainty = std::time::Duration::from_micros(self.uncertainties[index]);
        record.settled = flags & SETTLED != 0;
        record.restarted = flags & RESTARTED != 0;
        record.carried = flags & CARRIED != 0;
        record.missed = self.missed[index];
        record.bytes = &self.pages[index * self.size..(index + 1) * self.size];
        record
    }

    /// Decodes a payload completely or not at all.
    pub(crate) fn decode(&mut self, header: &BlockHeader, payload: &[u8]) -> Result<(), Unpack> {
        let decoded = self.try_decode(header, payload);
        if decoded.is_err() {
            self.clear();
        }
        decoded
    }

    fn try_decode(&mut self, header: &BlockHeader, payload: &[u8]) -> Result<(), Unpack> {
        self.clear();
        if payload.len() != header.stored as usize || crc32fast::hash(payload) != header.crc {
            return Err(Unpack::Damaged);
        }
        // The header limits every length.
        self.raw.resize(header.raw as usize, 0);
        unpack(header.codec, payload, &mut self.raw)?;
        let (records, size) = (header.records as usize, usize::from(header.page_size));
        let (flags, mut rest) = self.raw.split_at_checked(records).ok_or(Unpack::Damaged)?;
        self.size = size;
        self.flags.extend_from_slice(flags);
        read_times(header, records, &mut rest, &mut self.times).ok_or(Unpack::Damaged)?;
        self.uncertainties.clear();
        self.missed.clear();
        for _ in 0..records {
            self.uncertainties.push(varint::read(&mut rest).ok_or(Unpack::Damaged)?);
        }
        for flags in &self.flags {
            let missed = if flags & MISSED != 0 { varint::read(&mut rest).ok_or(Unpack::Damaged)? } else { 0 };
            self.missed.push(u32::try_from(missed).unwrap_or(u32::MAX));
        }
        if rest.len() != records * size {
            return Err(Unpack::Damaged);
        }
        self.pages.resize(rest.len(), 0);
        match header.filter {
            filter::NONE => self.pages.copy_from_slice(rest),
            filter::DELTA2_TRANSPOSED => filters::decode(rest, size, &mut self.pages),
            other => return Err(Unpack::Unknown(other)),
        }
        Ok(())
    }
}

/// Times increase from the first time in the header to the last.
fn read_times(header: &BlockHeader, records: usize, rest: &mut &[u8], times: &mut Vec<u64>) -> Option<()> {
    let mut time = header.first;
    for _ in 0..records {
        time = time.checked_add(varint::read(rest)?)?;
        times.push(time);
    }
    (times.first() == Some(&header.first) && time == header.last).then_some(())
}
