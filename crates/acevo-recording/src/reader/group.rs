//! The decoded records of one group.

use std::io::{Read, Seek};
use std::sync::{Mutex, PoisonError};

use acevo_shared_memory::PageKind;

use super::source::{Source, blocks};
use crate::chunk::{Chunk, Scratch};
use crate::codec::Unpack;
use crate::error::RecordingError;
use crate::field_set::FieldSet;
use crate::index::Entry;
use crate::record::{PageCounts, Record};

/// The decoded chunks of a group, and how far they were read. The memory is reused.
#[derive(Debug, Default)]
pub(crate) struct Group {
    chunks: [Chunk; 3],
    next: [usize; 3],
}

/// Memory for loading groups. It is reused: what a loaded group needs no more stays in the cache of the processor.
#[derive(Debug, Default)]
pub(crate) struct LoadBuffer {
    /// The group as it is in the file.
    packed: Vec<u8>,
    scratch: Scratch,
}

/// Order of records of the same time: physics, the most frequent page, completes the frame.
pub(crate) const ORDER: [PageKind; 3] = [PageKind::Static, PageKind::Graphics, PageKind::Physics];

impl Group {
    /// Loads a group, and returns the number of records that are lost. The source is locked while it is read, not while the group is
    /// decoded.
    pub(crate) fn load<R: Read + Seek>(
        &mut self,
        source: &Mutex<Source<R>>,
        entry: &Entry,
        id: u32,
        fields: &FieldSet,
        LoadBuffer { packed, scratch }: &mut LoadBuffer,
    ) -> Result<PageCounts, RecordingError> {
        self.clear();
        // Every read begins with a seek, so a panic in another thread leaves nothing wrong.
        let mut locked = source.lock().unwrap_or_else(PoisonError::into_inner);
        locked.read_vec(entry.offset, entry.length.into(), packed)?;
        drop(locked);
        for (_, header, payload) in blocks(packed, id) {
            let chunk = &mut self.chunks[usize::from(header.page) % 3];
            if entry.holds(&header) && chunk.len() == 0 {
                match chunk.decode(&header, payload, fields, scratch) {
                    Ok(()) | Err(Unpack::Damaged) => {}
                    Err(Unpack::Unknown(code)) => return Err(RecordingError::UnknownCodec(code)),
                }
            }
        }
        let mut lost = PageCounts::default();
        for (page, records) in PageKind::ALL.into_iter().zip(entry.records) {
            lost.add(page, u64::from(records).saturating_sub(self.chunks[page as usize].len() as u64));
        }
        Ok(lost)
    }

    pub(crate) fn clear(&mut self) {
        self.chunks.iter_mut().for_each(Chunk::clear);
        self.next = [0; 3];
    }

    /// Time of the next record, in microseconds.
    pub(crate) fn time(&self) -> Option<u64> {
        PageKind::ALL.into_iter().filter_map(|page| self.time_of(page)).min()
    }

    fn time_of(&self, page: PageKind) -> Option<u64> {
        self.chunks[page as usize].times().get(self.next[page as usize]).copied()
    }

    /// Takes the next record: the page, and its index in the chunk.
    pub(crate) fn take(&mut self) -> Option<(PageKind, usize)> {
        let time = self.time()?;
        let page = ORDER.into_iter().find(|page| self.time_of(*page) == Some(time))?;
        Some((page, self.take_of(page)))
    }

    /// Takes the next record of a page if it has this time.
    pub(crate) fn take_at(&mut self, page: PageKind, time: u64) -> Option<Record<'_>> {
        (self.time_of(page) == Some(time)).then(|| self.take_of(page)).map(|index| self.record(page, index))
    }

    fn take_of(&mut self, page: PageKind) -> usize {
        let next = &mut self.next[page as usize];
        *next += 1;
        *next - 1
    }

    pub(crate) fn record(&self, page: PageKind, index: usize) -> Record<'_> {
        self.chunks[page as usize].record(page, index)
    }

    /// Moves to the first records that are not before `time`.
    pub(crate) fn seek(&mut self, time: u64) {
        for (next, chunk) in self.next.iter_mut().zip(&self.chunks) {
            *next = chunk.times().partition_point(|at| *at < time);
        }
    }

    /// Moves after the last record.
    pub(crate) fn skip(&mut self) {
        self.next = PageKind::ALL.map(|page| self.chunks[page as usize].len());
    }

    /// The record before the next one.
    pub(crate) fn before(&self, page: PageKind) -> Option<Record<'_>> {
        Some(self.record(page, self.next[page as usize].checked_sub(1)?))
    }
}
