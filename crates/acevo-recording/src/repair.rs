//! Repairs damaged recordings.

use std::fs::File;
use std::path::Path;

use acevo_files::{PendingFile, open_file};

use super::chunk::{Chunk, Scratch};
use super::codec::Unpack;
use super::error::RecordingError;
use super::field_set::FieldSet;
use super::index::Entry;
use super::layout::{BLOCK_HEADER, BlockHeader, kind};
use super::mark::{Mark, Marked};
use super::reader::{Damage, Header, Source, Table, blocks, is_sound};
use super::writer::{Progress, RecordingWriter};

/// Result of a repair.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repaired {
    /// The new recording.
    pub progress: Progress,
    /// What could not be read. The new recording has a [mark](Marked::Lost) for each.
    pub damage: Vec<Damage>,
}

/// Copies everything that can be read into a new file, which has an index. Nothing is compressed again. The new
/// file has its name only when it is complete.
///
/// # Errors
/// As [`Recording::open`](super::Recording::open); [`RecordingError::Io`], also if the new file exists: it is not changed.
pub fn repair(from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<Repaired, RecordingError> {
    let mut source = Source::new(open_file(from)?)?;
    let header = Header::read(&mut source)?;
    let table = Table::scan(&mut source, header.blocks, header.id)?;
    let pending = PendingFile::create(to.as_ref())?;
    let writer = RecordingWriter::new(pending.file()?, &header.description.clone().unwrap_or_default())?;
    let repaired = copy_all(&mut source, &header, &table, writer)?;
    pending.publish()?;
    Ok(repaired)
}

fn copy_all(
    source: &mut Source<File>,
    header: &Header,
    table: &Table,
    mut writer: RecordingWriter<File>,
) -> Result<Repaired, RecordingError> {
    let mut damage: Vec<Damage> = table.damage.iter().map(|(_, damage)| *damage).collect();
    let mut entries = [&table.groups[..], &table.marks].concat();
    entries.sort_by_key(|entry| entry.offset);
    // All columns are checked, also those that are not selected.
    let fields = FieldSet::default();
    let (mut chunk, mut scratch) = (Chunk::default(), Scratch::default());
    let (mut packed, mut copy) = (Vec::new(), Vec::new());
    for entry in &entries {
        source.read_vec(entry.offset, entry.length.into(), &mut packed)?;
        copy.clear();
        let mut saved = Entry { offset: 0, length: 0, records: [0; 3], ..*entry };
        for block in blocks(&packed, header.id).filter(|(_, found, _)| found.kind == entry.kind) {
            let (_, found, payload) = block;
            let page = usize::from(found.page) % 3;
            // A payload with an unknown codec is kept: other readers may know it.
            let readable = match found.kind {
                kind::PAGES => {
                    let is_wanted = saved.records[page] == 0 && entry.holds(&found);
                    is_wanted && chunk.decode(&found, payload, &fields, &mut scratch) != Err(Unpack::Damaged)
                }
                _ => is_sound(&block),
            };
            if readable {
                saved.records[page] += found.records;
                renumber(writer.numbers(), found, payload, &mut copy);
            }
        }
        saved.length = copy.len() as u32;
        if saved.length > 0 {
            writer.copy_blocks(saved, &copy)?;
            writer.end_group();
        }
        if saved.records != entry.records {
            damage.push(Damage::new(entry.first, entry.last, Some(entry.counts().minus(&saved.counts()))));
        }
    }
    for Damage { from, to, records } in &damage {
        writer.mark(&Mark::new(*from, Marked::Lost { to: *to, records: *records }))?;
    }
    let (_, progress) = writer.finish()?;
    Ok(Repaired { progress, damage })
}

/// Appends a block, with the numbers of the new file.
fn renumber((id, sequence, group): (u32, u32, u32), header: BlockHeader, payload: &[u8], out: &mut Vec<u8>) {
    let header = BlockHeader { id, sequence, group, ..header };
    out.reserve(BLOCK_HEADER + payload.len());
    out.extend_from_slice(&header.to_bytes());
    out.extend_from_slice(payload);
}
