//! Hostile recordings: mutations of a simulated one, with valid checksums, and files that are large in one respect.

use std::time::Duration;

use acevo_recording::{Description, Record, RecordingWriter};
use acevo_shared_memory::PageKind;
use acevo_testkit::pages::Kept;
use fastrand::Rng;

use crate::blocks::{Block, Blocks, CHUNK, FIELDS, INDEX, MARK, SYNC};
use crate::hostile::{self, Malice, chance, integer, one_of, spoil};

/// Bytes that a block of zeros decompresses to: the maximum of a chunk.
const BOMB: u64 = 4 << 20;

/// Records of such a block. Few of them, because each is a packet that exports may write.
const BOMB_RECORDS: u64 = 64;

/// A recording with several mutations. `valid` is a finished recording.
pub(crate) fn mutated(rng: &mut Rng, valid: &[u8]) -> Vec<u8> {
    let mut blocks = Blocks::parse(valid);
    for _ in 0..rng.usize(1..5) {
        mutate(rng, &mut blocks);
    }
    match rng.u32(..10) {
        0 => blocks.blocks.retain(|block| block.kind() != INDEX),
        1..4 => {}
        4 => {
            blocks.reindex();
            if let Some(index) = blocks.blocks.last_mut() {
                scramble(rng, &mut index.payload);
            }
        }
        _ => blocks.reindex(),
    }
    let mut file = blocks.bytes();
    if chance(rng, 15) {
        scramble(rng, &mut file);
    }
    file
}

/// Changes a header, a payload, the order of the blocks, a mark or the description.
fn mutate(rng: &mut Rng, blocks: &mut Blocks) {
    let count = blocks.blocks.len();
    if count == 0 {
        return;
    }
    let at = rng.usize(..count);
    match rng.u32(..10) {
        0..3 => {
            let (offset, size) = one_of(rng, &FIELDS);
            let block = &mut blocks.blocks[at];
            let value = match rng.u32(..4) {
                0 => block.get(offset, size).wrapping_add(1),
                1 => block.get(offset, size).wrapping_sub(1),
                _ => integer(rng),
            };
            block.set(offset, size, value);
        }
        3 => scramble(rng, &mut blocks.blocks[at].payload),
        4 => {
            let columns = columns(rng);
            let block = &mut blocks.blocks[at];
            block.header[7] = 0;
            block.set(20, 4, columns.0);
            block.set(24, 4, columns.1.len() as u64);
            block.payload = columns.1;
        }
        5 => {
            let other = rng.usize(..count);
            blocks.blocks.swap(at, other);
        }
        6 => {
            let block = blocks.blocks[at].clone();
            blocks.blocks.insert(rng.usize(..=count), block);
        }
        7 => {
            blocks.blocks.remove(at);
        }
        8 => {
            let mut mark = Block::new(MARK, blocks.id(), mark(rng).into_bytes());
            mark.set(12, 4, blocks.blocks[at].get(12, 4));
            mark.set(32, 8, integer(rng));
            blocks.blocks.insert(at, mark);
        }
        _ => blocks.description = description(rng).into_bytes(),
    }
}

/// Changes, inserts, removes or repeats some bytes.
pub(crate) fn scramble(rng: &mut Rng, bytes: &mut Vec<u8>) {
    if bytes.is_empty() {
        return;
    }
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=bytes.len());
        let end = (at + rng.usize(1..64)).min(bytes.len());
        match rng.u32(..5) {
            0 => bytes.truncate(at.max(1)),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, hostile::bytes(rng, 16))),
            3 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << rng.u32(..8)),
        }
        if bytes.is_empty() {
            return;
        }
    }
}

/// A number of records and their stored columns, which hardly fit each other.
fn columns(rng: &mut Rng) -> (u64, Vec<u8>) {
    let records = rng.usize(1..200);
    let mut payload = hostile::bytes(rng, records);
    for _ in 0..records * 3 {
        varint(&mut payload, integer(rng));
    }
    let pages = rng.usize(..200_000);
    payload.resize(payload.len() + pages, rng.u8(..));
    (records as u64, payload)
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A mark with hostile times, numbers and texts.
fn mark(rng: &mut Rng) -> String {
    let kinds = ["attached", "detached", "session", "lap", "lost", "note", "future", ""];
    let text = serde_json::Value::from(hostile::name(rng)).to_string();
    let (at, to, number) = (integer(rng), integer(rng), integer(rng));
    match rng.u32(..12) {
        0 => "[".repeat(4000),
        1 => format!(r#"{{"at_us": -{at}, "kind": "note", "text": {text}}}"#),
        2 => format!(r#"{{"at_us": {at}e300, "kind": "note", "text": {text}}}"#),
        3 => format!(r#"{{"kind": "note", "text": {text}}}"#),
        _ => format!(
            r#"{{"at_us": {at}, "kind": "{}", "place": {text}, "reason": {text}, "name": {text}, "track": {text}, "car": {text},
                "text": {text}, "session": {}, "number": {}, "time_ms": {}, "counts": true, "to_us": {to}, "records":
                {{"physics": {number}, "graphics": {number}, "static": {number}}}}}"#,
            one_of(rng, &kinds),
            number as u32,
            number as u32,
            at as u32,
        ),
    }
}

fn description(rng: &mut Rng) -> String {
    let text = serde_json::Value::from(hostile::name(rng)).to_string();
    let (time, size) = (integer(rng), integer(rng));
    match rng.u32(..4) {
        0 => "{".repeat(rng.usize(1..60_000)),
        1 => String::new(),
        _ => format!(
            r#"{{"program": {text}, "library": {text}, "game_version": {text}, "os": {text}, "note": {text}, "unix_us": {time},
                "page_sizes": {{"physics": {}, "graphics": {}, "static": 0}}}}"#,
            size as u32, size as u32
        ),
    }
}

/// A recording whose pages are hostile.
pub(crate) fn hostile_pages(rng: &mut Rng, records: &[Kept]) -> Vec<u8> {
    let malice = one_of(rng, &Malice::ALL);
    let percent = one_of(rng, &[2, 30, 100]);
    written(records.iter().map(|record| {
        let mut record = record.clone();
        if chance(rng, percent) {
            spoil(rng, record.page, &mut record.bytes, malice);
        }
        record
    }))
}

/// A recording with pages of other sizes than this version knows. With larger pages all commands must work.
pub(crate) fn page_sizes(rng: &mut Rng, records: &[Kept], is_larger: bool) -> Vec<u8> {
    let sizes = PageKind::ALL.map(|page| match is_larger {
        true => page.size() + rng.usize(1..2000),
        false => rng.usize(1..page.size()),
    });
    written(records.iter().map(|record| {
        let mut record = record.clone();
        record.bytes.resize(sizes[record.page as usize], 7);
        record
    }))
}

/// A recording with gaps of hours or years.
pub(crate) fn gaps(rng: &mut Rng, records: &[Kept]) -> Vec<u8> {
    let places: Vec<_> = (0..rng.usize(1..4)).map(|_| rng.usize(..records.len())).collect();
    let gap = Duration::from_secs(one_of(rng, &[600, 37_800, 1_083_600, 40_000_000_000]));
    let mut shift = Duration::ZERO;
    written(records.iter().enumerate().map(|(at, record)| {
        let mut record = record.clone();
        if places.contains(&at) {
            shift += gap;
        }
        record.at += shift;
        record
    }))
}

fn written(records: impl Iterator<Item = Kept>) -> Vec<u8> {
    let description = Description::new("acevo-attack");
    let mut writer = RecordingWriter::new(Vec::new(), &description).expect("a writer in memory");
    for kept in records {
        let record: Record<'_> = kept.lend();
        // Some records are refused, for example if the time goes back.
        let _ = writer.record(&record);
    }
    writer.finish().expect("memory has room").0
}

/// A recording with many blocks of one kind. `count` is their number.
pub(crate) fn crowded(rng: &mut Rng, valid: &[u8], count: usize) -> Vec<u8> {
    let mut blocks = Blocks::parse(valid);
    blocks.blocks.retain(|block| block.kind() != INDEX);
    let (id, last) = (blocks.id(), blocks.blocks.last().map_or(0, |block| block.get(12, 4)));
    match rng.u32(..4) {
        0 => {
            let text = mark(rng).into_bytes();
            blocks.blocks.extend((0..count as u64).map(|number| {
                let mut block = Block::new(MARK, id, text.clone());
                block.set(12, 4, last + 1 + number);
                block
            }));
            blocks.reindex();
        }
        1 => {
            // Groups do not overlap.
            let end = blocks.blocks.iter().map(|block| block.get(40, 8)).max().unwrap_or(0);
            let bomb = lz4_bomb();
            blocks.blocks.extend((0..count as u64 / 40).map(|number| {
                let mut block = Block::new(CHUNK, id, bomb.clone());
                (block.header[6], block.header[7]) = (0, 1);
                // A record has three more bytes: flags, time, uncertainty.
                block.set(10, 2, BOMB / BOMB_RECORDS - 3);
                block.set(12, 4, last + 1 + number);
                block.set(16, 4, 1_000_000 + number);
                block.set(20, 4, BOMB_RECORDS);
                block.set(24, 4, BOMB);
                block.set(32, 8, end);
                block.set(40, 8, end);
                block
            }));
            blocks.reindex();
        }
        2 => {
            let entries = (0..count * 10).flat_map(|_| hostile::bytes(rng, 48)).collect();
            let offset = blocks.bytes().len() as u64;
            blocks.add_index(entries, offset);
        }
        _ => {
            let mut file = blocks.bytes();
            file.extend(SYNC.repeat(count * 50));
            return file;
        }
    }
    blocks.bytes()
}

/// An LZ4 block of 16 kilobytes that decompresses to [`BOMB`] zeros: one literal, a match that repeats it, and literals.
fn lz4_bomb() -> Vec<u8> {
    // A match has 4 bytes, 15 more by its token, and 255 more for each byte of its length. The last five bytes are literals.
    let rest = BOMB - 1 - 4 - 15 - 5;
    let (repeats, more) = (rest / 255, rest % 255);
    let literals = 5 + more;
    let mut bomb = vec![0x1f, 0, 1, 0];
    bomb.extend(vec![0xff; repeats as usize]);
    bomb.push(0);
    if literals < 15 {
        bomb.push((literals as u8) << 4);
    } else {
        bomb.extend([0xf0, (literals - 15) as u8]);
    }
    bomb.extend(vec![0; literals as usize]);
    bomb
}

#[cfg(test)]
mod tests {
    use acevo_recording::Recording;
    use acevo_simulator::Scenario;
    use acevo_testkit::pages::{drive, open, read_all, recorded};

    use super::*;

    #[test]
    fn larger_pages_are_undamaged() {
        let records = drive(Scenario::HotLaps, 2);
        let file = page_sizes(&mut Rng::with_seed(1), &records, true);
        let all = read_all(&mut open(&file));
        assert!(all.damage.is_empty() && all.records.len() == records.len());
        assert!(all.records.iter().all(|record| record.bytes.len() > record.page.size()));
    }

    #[test]
    fn bomb_is_a_valid_group() {
        let valid = recorded(&drive(Scenario::HotLaps, 2));
        let physics = open(&valid).info().records.physics;
        let mut rng = Rng::with_seed(1);
        let bombs = (0..30).map(|_| crowded(&mut rng, &valid, 400)).find(|file| {
            let recording = Recording::from_input(std::io::Cursor::new(file));
            recording.is_ok_and(|recording| recording.info().records.physics == physics + 10 * BOMB_RECORDS)
        });
        let all = read_all(&mut open(&bombs.expect("one of them")));
        assert!(all.damage.is_empty(), "{:?}", all.damage);
        let zeros = all.records.iter().filter(|record| record.bytes.len() as u64 == BOMB / BOMB_RECORDS - 3);
        assert_eq!(zeros.count() as u64, 10 * BOMB_RECORDS);
    }

    #[test]
    fn mutated_recordings_differ() {
        let valid = recorded(&drive(Scenario::HotLaps, 2));
        let mut rng = Rng::with_seed(3);
        let files: std::collections::HashSet<_> = (0..100).map(|_| mutated(&mut rng, &valid)).collect();
        assert!(files.len() > 90, "{}", files.len());
    }
}
