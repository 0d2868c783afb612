//! Encodes and decodes one page's records of a group.

mod bits;
mod columns;
mod second_difference;
mod transpose;

use acevo_shared_memory::{PageKind, SPageFilePhysics};

use self::columns::{Columns, Packer};
use self::transpose::{Pages, to_columns, words};
use super::batch::Column;
use super::codec::{Compression, Unpack, unpack};
use super::field_set::FieldSet;
use super::layout::{BLOCK_HEADER, BlockHeader, filter, kind};
use super::record::{CARRIED, MISSED, RESTARTED, Record, SETTLED};
use super::varint;

/// Columns before those of the pages: flags, times, uncertainties and missed packets.
const OWN_COLUMNS: usize = 4;

/// Encodes chunks. The memory is reused.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChunkEncoder {
    columns: Vec<u32>,
    packer: Packer,
    raw: Vec<u8>,
}

impl ChunkEncoder {
    /// Appends a chunk: header and payload.
    pub(crate) fn encode(
        &mut self,
        column: &Column,
        page: PageKind,
        compression: Compression,
        (id, sequence, group): (u32, u32, u32),
        out: &mut Vec<u8>,
    ) {
        let (Some(first), Some(last)) = (column.times.first().copied(), column.times.last().copied()) else { return };
        let records = column.len();
        let Self { columns, packer, raw } = self;
        columns.clear();
        columns.extend(column.flags.iter().map(|flags| u32::from(*flags)));
        // A group is shorter than a second, so times fit.
        columns.extend(column.times.iter().map(|time| time.wrapping_sub(first) as u32));
        columns.extend(column.uncertainties.iter().map(|us| u32::try_from(*us).unwrap_or(u32::MAX)));
        columns.extend_from_slice(&column.missed);
        columns.resize((OWN_COLUMNS + words(column.size)) * records, 0);
        to_columns(&column.pages, column.size, &mut columns[OWN_COLUMNS * records..]);
        raw.clear();
        packer.pack(columns, records, raw);
        let start = out.len();
        out.resize(start + BLOCK_HEADER, 0);
        let codec = compression.pack(raw, out);
        let payload = &out[start + BLOCK_HEADER..];
        let header = BlockHeader {
            kind: kind::PAGES,
            page: page as u8,
            codec,
            filter: filter::COLUMNS,
            page_size: column.size as u16,
            sequence,
            group,
            records: records as u32,
            raw: raw.len() as u32,
            stored: payload.len() as u32,
            first,
            last,
            crc: crc32fast::hash(payload),
            id,
        };
        out[start..start + BLOCK_HEADER].copy_from_slice(&header.to_bytes());
    }
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
    pages: Pages,
}

/// Memory for decoding. It is reused, also for other chunks.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The decompressed payload.
    raw: Vec<u8>,
    columns: Columns,
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
        record.bytes = &self.pages.bytes()[index * self.size..(index + 1) * self.size];
        record
    }

    /// Decodes a payload completely or not at all. Words of the pages that are not in `fields` may be zero.
    pub(crate) fn decode(
        &mut self,
        header: &BlockHeader,
        payload: &[u8],
        fields: &FieldSet,
        scratch: &mut Scratch,
    ) -> Result<(), Unpack> {
        let decoded = self.try_decode(header, payload, fields, scratch);
        if decoded.is_err() {
            self.clear();
        }
        decoded
    }

    fn try_decode(
        &mut self,
        header: &BlockHeader,
        payload: &[u8],
        fields: &FieldSet,
        Scratch { raw, columns }: &mut Scratch,
    ) -> Result<(), Unpack> {
        self.clear();
        if payload.len() != header.stored as usize || crc32fast::hash(payload) != header.crc {
            return Err(Unpack::Damaged);
        }
        // The header limits every length.
        raw.resize(header.raw as usize, 0);
        unpack(header.codec, payload, raw)?;
        self.size = usize::from(header.page_size);
        match header.filter {
            filter::COLUMNS => self.read_columns(header, fields, raw, columns),
            filter::NONE | filter::SECOND_DIFFERENCE => self.read_rows(header, raw),
            other => return Err(Unpack::Unknown(other)),
        }
        .ok_or(Unpack::Damaged)
    }

    fn read_columns(
        &mut self,
        header: &BlockHeader,
        fields: &FieldSet,
        raw: &[u8],
        columns: &mut Columns,
    ) -> Option<()> {
        let records = header.records as usize;
        let page = PageKind::ALL.into_iter().find(|page| *page as u8 == header.page)?;
        let count = OWN_COLUMNS + words(self.size);
        columns.unpack(raw, count, records, |column| {
            column.checked_sub(OWN_COLUMNS).is_none_or(|word| fields.has(page, word))
        })?;
        if page == PageKind::Physics && has_no_air(columns, records) {
            // Whether such a page is current depends on all of its bytes.
            columns.unpack(raw, count, records, |_| true)?;
        }
        let mut columns = columns.iter();
        let mut own = || columns.next().map(|column| (0..records).map(move |record| column.number(record)));
        self.flags.extend(own()?.map(|flags| flags as u8));
        self.times.extend(own()?.map(|time| header.first.saturating_add(time.into())));
        self.uncertainties.clear();
        self.uncertainties.extend(own()?.map(u64::from));
        self.missed.clear();
        self.missed.extend(own()?);
        self.pages.fill(columns, self.size, records);
        let is_ordered = self.times.is_sorted() && self.times.first() == Some(&header.first);
        (is_ordered && self.times.last() == Some(&header.last)).then_some(())
    }

    /// Chunks of version 1.
    fn read_rows(&mut self, header: &BlockHeader, raw: &[u8]) -> Option<()> {
        let (records, size) = (header.records as usize, self.size);
        let (flags, mut rest) = raw.split_at_checked(records)?;
        self.flags.extend_from_slice(flags);
        read_times(header, records, &mut rest, &mut self.times)?;
        self.uncertainties.clear();
        self.missed.clear();
        for _ in 0..records {
            self.uncertainties.push(varint::read(&mut rest)?);
        }
        for flags in &self.flags {
            let missed = if flags & MISSED != 0 { varint::read(&mut rest)? } else { 0 };
            self.missed.push(u32::try_from(missed).unwrap_or(u32::MAX));
        }
        if rest.len() != records * size {
            return None;
        }
        let pages = self.pages.room(size, records);
        match header.filter {
            filter::NONE => pages.copy_from_slice(rest),
            _ => second_difference::decode(rest, size, pages),
        }
        Some(())
    }
}

/// True if the air density of a record is zero: 0 or -0.
fn has_no_air(columns: &Columns, records: usize) -> bool {
    let column = columns.iter().nth(OWN_COLUMNS + std::mem::offset_of!(SPageFilePhysics, airDensity) / 4);
    column.is_none_or(|column| (0..records).any(|record| column.number(record) << 1 == 0))
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
