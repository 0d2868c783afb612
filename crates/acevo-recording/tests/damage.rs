//! Damaged and hostile files: undamaged parts are read, and nothing else.

use std::collections::HashSet;
use std::io::Cursor;
use std::time::Duration;

use acevo_recording::{Description, Mark, Marked, Record, Recording, RecordingError, RecordingWriter, repair};
use acevo_shared_memory::PageKind;
use acevo_simulator::Scenario;
use acevo_testkit::pages::{Kept, drive, open, read_all};
use allocation_counter::measure;
use proptest::prelude::*;

/// A short recording of small pages, with marks, and what was in it: the ends of its blocks with the records up to there.
fn small() -> (Vec<u8>, Vec<Kept>) {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    let mut records = Vec::new();
    for ms in (0..4600).step_by(20) {
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if ms % (20 * (1 + 7 * page as u64)) == 0 {
                let bytes: Vec<u8> = (0..24).map(|byte| (ms * 7 + byte * (1 + page as u64)) as u8).collect();
                let record = Record::new(page, Duration::from_millis(ms), &bytes);
                writer.record(&record).unwrap();
                records.push(Kept::new(record));
            }
        }
        if ms % 1000 == 500 {
            let text = format!("at {ms}");
            writer.mark(&Mark::new(Duration::from_millis(ms), Marked::Note { text })).unwrap();
        }
    }
    (writer.finish().unwrap().0, records)
}

/// Where each chunk ends, by the format's description: a header of 32 bytes and the description; blocks with a header of 64
/// bytes, the page at 6, the number of records at 20, the length of the payload at 28.
fn chunks(file: &[u8]) -> Vec<(usize, usize, usize)> {
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut chunks) = (32 + number(12), Vec::new());
    while at < file.len() {
        assert_eq!(file[at..at + 4], [0xa7, b'E', b'V', 0x1b]);
        let end = at + 64 + number(at + 28);
        if file[at + 5] == 1 {
            chunks.push((end, usize::from(file[at + 6]), number(at + 20)));
        }
        at = end;
    }
    chunks
}

/// Everything up to the last complete chunk, and nothing more.
fn assert_cut(file: &[u8], records: &[Kept], length: usize, chunks: &[(usize, usize, usize)]) {
    let read = match Recording::from_input(Cursor::new(&file[..length])) {
        Ok(mut recording) => read_all(&mut recording).records,
        Err(error) => {
            assert!(length < 32 && matches!(error, RecordingError::NotARecording), "{length}: {error}");
            return;
        }
    };
    for page in PageKind::ALL {
        let whole =
            chunks.iter().filter(|chunk| chunk.0 <= length && chunk.1 == page as usize).map(|chunk| chunk.2).sum();
        let expected: Vec<&Kept> = records.iter().filter(|record| record.page == page).take(whole).collect();
        let found: Vec<&Kept> = read.iter().filter(|record| record.page == page).collect();
        assert_eq!(found, expected, "cut at {length}");
    }
}

#[test]
fn truncated_file_is_read_to_its_last_complete_chunk() {
    let (file, records) = small();
    let chunks = chunks(&file);
    assert!(chunks.len() > 10);
    (0..=file.len()).for_each(|length| assert_cut(&file, &records, length, &chunks));
}

#[test]
fn truncated_drive_is_read_to_its_last_complete_chunk() {
    let records = drive(Scenario::Race, 6);
    let file = acevo_testkit::pages::recorded(&records);
    let chunks = chunks(&file);
    let tail = chunks[chunks.len() - 3].0 - 2000;
    let places = (tail..file.len()).step_by(97).chain((0..file.len()).step_by(7919));
    places.for_each(|length| assert_cut(&file, &records, length, &chunks));
}

/// Reads everything with all functions, and returns the records.
fn read_hostile(file: &[u8]) -> Vec<Kept> {
    let Ok(mut recording) = Recording::from_input(Cursor::new(file)) else { return Vec::new() };
    let all = read_all(&mut recording);
    for ms in [0, 1500, 4000, 1 << 40] {
        recording.seek(Duration::from_millis(ms)).unwrap();
        for _ in 0..30 {
            let _ = recording.next_step().unwrap();
        }
    }
    recording.check().unwrap();
    all.records
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]
    #[test]
    fn flipped_bits_never_give_a_record_that_was_not_written(
        flips in prop::collection::vec((any::<prop::sample::Index>(), 0..8_u8), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        moved in prop::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>())),
    ) {
        let (mut file, written) = FILE.with(Clone::clone);
        for (place, bit) in flips {
            let place = place.index(file.len());
            file[place] ^= 1 << bit;
        }
        // Parts that were moved in the file.
        if let Some((from, to)) = moved {
            let (from, to) = (from.index(file.len() - 600), to.index(file.len() - 600));
            file.copy_within(from..from + 600, to);
        }
        file.truncate(cut.map_or(file.len(), |cut| cut.index(file.len())));
        let read = read_hostile(&file);
        prop_assert!(read.iter().all(|record| written.contains(record)));
        prop_assert!(read.windows(2).all(|pair| pair[0].at <= pair[1].at), "time never goes back");
        let different: HashSet<&Kept> = read.iter().collect();
        prop_assert_eq!(different.len(), read.len(), "nothing comes twice");
    }

    #[test]
    fn bytes_that_are_no_recording_are_read_without_harm(bytes in prop::collection::vec(any::<u8>(), 0..400), keep in 0..200_usize) {
        let (mut file, _) = FILE.with(Clone::clone);
        file.truncate(keep);
        file.extend(bytes);
        read_hostile(&file);
    }
}

thread_local! {
    static FILE: (Vec<u8>, HashSet<Kept>) = {
        let (file, records) = small();
        (file, records.into_iter().collect())
    };
}

/// Corrects checksums after a change, as an attacker would.
fn sign(block: &mut [u8]) {
    let stored = u32::from_le_bytes(block[28..32].try_into().unwrap()) as usize;
    let end = block.len().min(64_usize.saturating_add(stored));
    let payload = crc32fast::hash(&block[64..end]);
    block[48..52].copy_from_slice(&payload.to_le_bytes());
    let header = crc32fast::hash(&block[..60]);
    block[60..64].copy_from_slice(&header.to_le_bytes());
}

#[test]
fn reader_does_not_trust_lengths() {
    let (file, _) = small();
    let first = 32 + u32::from_le_bytes(file[12..16].try_into().unwrap()) as usize;
    for index in [file.len(), file.len() - 1] {
        for field in [5, 6, 7, 8, 10, 12, 16, 20, 24, 28, 32, 36, 40, 44] {
            for value in [0, 1, 3, 0x7f, 0xff, 0xffff, 0x7fff_ffff, u32::MAX] {
                let mut file = file[..index].to_vec();
                let width = if field < 10 { 1 } else { 4 };
                file[first + field..first + field + width].copy_from_slice(&value.to_le_bytes()[..width]);
                sign(&mut file[first..]);
                let memory = measure(|| {
                    if let Ok(mut recording) = Recording::from_input(Cursor::new(&file[..])) {
                        // A codec that is not known is the only error.
                        while !matches!(recording.next_item(), Ok(None)) {}
                    }
                });
                assert!(memory.bytes_max < 8 << 20, "field {field} = {value:x}: {} bytes", memory.bytes_max);
            }
        }
    }
}

/// A wrong index with a correct checksum does not lead to a wrong record.
#[test]
fn wrong_index_gives_no_wrong_record() {
    let (file, records) = small();
    let written: HashSet<Kept> = records.into_iter().collect();
    let index = u64::from_le_bytes(file[file.len() - 16..file.len() - 8].try_into().unwrap()) as usize;
    for place in (index + 64..file.len() - 16).step_by(7) {
        for value in [0, 1, 0x80, 0xff] {
            let mut file = file.clone();
            file[place] = value;
            sign(&mut file[index..]);
            assert!(read_hostile(&file).iter().all(|record| written.contains(record)));
        }
    }
}

#[test]
fn damage_is_reported_with_its_time_and_the_rest_is_read() {
    let (file, records) = small();
    let ends = chunks(&file);
    // In the payload of the second group's physics.
    let second = ends.iter().filter(|chunk| chunk.1 == PageKind::Physics as usize).nth(1).unwrap();
    for file in [&file[..], acevo_testkit::pages::without_index(&file)] {
        let mut file = file.to_vec();
        file[second.0 - 3] ^= 4;
        let mut recording = open(&file);
        let all = read_all(&mut recording);
        assert_eq!(all.records.len(), records.len() - second.2);
        assert_eq!(all.marks.len(), 5);
        let [damage] = all.damage[..] else { panic!("{:?}", all.damage) };
        let lost = damage.records.unwrap();
        assert_eq!((lost.total(), lost.physics), (second.2 as u64, second.2 as u64));
        assert!(damage.from >= Duration::from_secs(1) && damage.to < Duration::from_millis(2100), "{damage:?}");
        assert_eq!(recording.check().unwrap(), all.damage);
    }
    // A missing header hides its chunk, and the gap in the numbers shows it.
    let mut file = acevo_testkit::pages::without_index(&file).to_vec();
    file[second.0 + 1] ^= 4;
    let all = read_all(&mut open(&file));
    assert!(!all.damage.is_empty() && all.records.len() < records.len());
}

#[test]
fn repaired_file_is_complete_and_marks_what_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (file, records) = small();
    let ends = chunks(&file);
    let hit = &ends[ends.len() / 2];
    let mut broken = file.clone();
    broken[hit.0 - 2] ^= 0x10;
    broken.truncate(ends[ends.len() - 1].0 - 5);
    std::fs::write(path("broken"), &broken).unwrap();

    let before = read_all(&mut Recording::open(path("broken")).unwrap());
    let repaired = repair(path("broken"), path("whole")).unwrap();
    assert_eq!(repaired.damage.len(), 2, "{:?}", repaired.damage);
    let mut recording = Recording::open(path("whole")).unwrap();
    let all = read_all(&mut recording);
    assert_eq!(all.records, before.records);
    assert_eq!(repaired.progress.records.total(), (records.len() - hit.2 - ends[ends.len() - 1].2) as u64);
    assert!(all.damage.is_empty() && recording.info().finished);
    assert_eq!(recording.description().unwrap().program, "test");
    let lost = all.marks.iter().filter(|mark| matches!(mark.what, Marked::Lost { .. })).count();
    assert_eq!((lost, all.marks.len()), (2, before.marks.len() + 2));
    assert!(repair(path("broken"), path("whole")).is_err(), "nothing is overwritten");

    // A file without its header, too.
    std::fs::write(path("headless"), &broken[20..]).unwrap();
    assert_eq!(read_all(&mut Recording::open(path("headless")).unwrap()).records, before.records);
    assert!(Recording::open(path("headless")).unwrap().description().is_none());
    repair(path("headless"), path("whole again")).unwrap();
    assert_eq!(read_all(&mut Recording::open(path("whole again")).unwrap()).records, before.records);
}

/// The misplaced chunk comes before the right one of its page.
#[test]
fn repair_leaves_out_a_chunk_of_another_group() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    let (file, records) = small();
    let ends = chunks(&file);
    let last = |page: PageKind| ends.iter().rfind(|chunk| chunk.1 == page as usize).unwrap().0;
    let first_graphics = ends.iter().find(|chunk| chunk.1 == PageKind::Graphics as usize).unwrap().0;
    let start = file[..first_graphics].windows(4).rposition(|word| word == [0xa7, b'E', b'V', 0x1b]).unwrap();
    let mut broken = acevo_testkit::pages::without_index(&file).to_vec();
    let place = last(PageKind::Physics);
    assert!(place < last(PageKind::Graphics), "graphics follows physics in a group");
    broken.splice(place..place, file[start..first_graphics].iter().copied());
    std::fs::write(path("broken"), &broken).unwrap();
    assert_eq!(read_all(&mut Recording::open(path("broken")).unwrap()).records, records);

    repair(path("broken"), path("whole")).unwrap();
    let all = read_all(&mut Recording::open(path("whole")).unwrap());
    assert!(all.damage.is_empty(), "{:?}", all.damage);
    assert_eq!(all.records, records);
}
