//! Marks are read from the copy of all of them, or one by one.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::rc::Rc;
use std::time::Duration;

use acevo_recording::{
    Description, Mark, Marked, Record, Recording, RecordingItem, RecordingWriter, Ring, cut, repair,
};
use acevo_shared_memory::PageKind;
use acevo_testkit::pages::{open, read_all, without_index};

const MARKS: u64 = 40;

fn note(number: u64) -> Mark {
    // Some are about an earlier time.
    let at = Duration::from_millis(100 * (number - number % 3));
    Mark::new(at, Marked::Note { text: format!("note {number}") })
}

fn record(number: u64) -> Record<'static> {
    Record::new(PageKind::Physics, Duration::from_millis(100 * number), &[7; 40])
}

fn file() -> Vec<u8> {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    for number in 0..MARKS {
        writer.record(&record(number)).unwrap();
        writer.mark(&note(number)).unwrap();
    }
    writer.finish().unwrap().0
}

fn notes() -> Vec<Mark> {
    let mut notes: Vec<_> = (0..MARKS).map(note).collect();
    notes.sort_by_key(|mark| mark.at);
    notes
}

/// The places of the blocks of a kind, by the format's description.
fn blocks(file: &[u8], kind: u8) -> Vec<Range<usize>> {
    let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut found) = (32 + number(12), Vec::new());
    while at < file.len() {
        let end = at + 64 + number(at + 28);
        if file[at + 5] == kind {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// The place of the copy of all marks. The index follows it.
fn copy_of_marks(file: &[u8]) -> Range<usize> {
    let [place] = &blocks(file, 4)[..] else { panic!("one block has all marks") };
    assert_eq!(vec![place.end..file.len()], blocks(file, 3));
    place.clone()
}

/// Corrects the checksums of a block after a change.
fn sign(block: &mut [u8]) {
    let payload = crc32fast::hash(&block[64..]);
    block[48..52].copy_from_slice(&payload.to_le_bytes());
    let header = crc32fast::hash(&block[..60]);
    block[60..64].copy_from_slice(&header.to_le_bytes());
}

#[test]
fn marks_are_the_same_without_their_copy() {
    let file = file();
    let place = copy_of_marks(&file);
    assert_eq!(open(&file).marks(), notes());
    // As a killed program leaves it, and with an index as of earlier versions.
    assert_eq!(open(&file[..place.start]).marks(), notes());
    assert_eq!(open(without_index(&file)).marks(), notes());
    let mut old = [&file[..place.start], &file[place.end..]].concat();
    let trailer = old.len() - 16;
    let offset = (place.start as u64).to_le_bytes();
    old[trailer..trailer + 8].copy_from_slice(&offset);
    old[trailer + 8..trailer + 12].copy_from_slice(&crc32fast::hash(&offset).to_le_bytes());
    sign(&mut old[place.start..]);
    let mut recording = open(&old);
    assert!(recording.info().finished);
    assert_eq!(read_all(&mut recording).marks, notes());
    assert_eq!(read_all(&mut recording).records, read_all(&mut open(&file)).records);
}

#[test]
fn marks_are_the_same_if_their_copy_is_damaged() {
    let whole = file();
    let place = copy_of_marks(&whole);
    for at in place.clone() {
        let mut file = whole.clone();
        file[at] ^= 0x21;
        let recording = open(&file);
        assert!(recording.info().finished);
        assert_eq!(recording.marks(), notes(), "byte {at}");
    }
    // Wrong, with right checksums: another length of the first mark, and a mark less.
    let mut file = whole.clone();
    file[place.start + 64] ^= 1;
    sign(&mut file[place.clone()]);
    assert_eq!(open(&file).marks(), notes());
    let first = 4 + usize::from(whole[place.start + 64]);
    let mut file = whole.clone();
    file.drain(place.start + 64..place.start + 64 + first);
    let length = (place.len() - 64 - first) as u32;
    for at in [24, 28] {
        file[place.start + at..place.start + at + 4].copy_from_slice(&length.to_le_bytes());
    }
    sign(&mut file[place.start..place.end - first]);
    assert_eq!(open(&file).marks(), notes());
}

#[test]
fn marks_whose_blocks_are_damaged_are_read_from_their_copy() {
    let mut file = file();
    for place in blocks(&file, 2) {
        file[place.end - 3] ^= 0x10;
    }
    assert_eq!(open(&file).marks(), notes());
    let place = copy_of_marks(&file);
    file[place.start + 70] ^= 1;
    assert!(open(&file).marks().is_empty(), "both are damaged");
}

#[test]
fn repair_cut_and_ring_write_a_copy_of_the_marks() {
    let file = file();
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("killed"), &file[..copy_of_marks(&file).start]).unwrap();
    repair(path("killed"), path("whole")).unwrap();
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    cut(&mut open(&file), &[Duration::ZERO..=Duration::MAX], &mut writer, |_| true).unwrap();
    let mut ring = Ring::new(Duration::from_secs(100));
    for number in 0..MARKS {
        ring.record(&record(number)).unwrap();
        ring.mark(&note(number));
    }
    let saved = ring.snapshot().write(Vec::new(), &Description::new("test")).unwrap().0;
    for file in [std::fs::read(path("whole")).unwrap(), writer.finish().unwrap().0, saved] {
        let mut bare = file.clone();
        for place in blocks(&file, 2) {
            bare[place.end - 3] ^= 0x10;
        }
        copy_of_marks(&file);
        assert_eq!((open(&file).marks(), open(&bare).marks()), (&notes()[..], &notes()[..]));
    }
}

#[test]
fn recording_without_marks_has_no_copy_of_them() {
    let mut writer = RecordingWriter::new(Vec::new(), &Description::new("test")).unwrap();
    writer.record(&record(1)).unwrap();
    let file = writer.finish().unwrap().0;
    assert!(blocks(&file, 4).is_empty() && open(&file).marks().is_empty());
}

#[test]
fn seek_continues_with_the_first_mark_of_its_time() {
    let file = file();
    let mut recording = open(&file);
    recording.seek(Duration::from_millis(2500)).unwrap();
    let expected: Vec<_> = notes().into_iter().filter(|mark| mark.at >= Duration::from_millis(2500)).collect();
    let mut found = Vec::new();
    while let Some(item) = recording.next_item().unwrap() {
        if let RecordingItem::Mark(mark) = item {
            found.push(mark.clone());
        }
    }
    assert_eq!(found, expected);
}

/// A file that counts reads. A part of it cannot be read.
struct Disk {
    bytes: Cursor<Vec<u8>>,
    reads: Rc<Cell<usize>>,
    bad: Range<usize>,
}

impl Disk {
    fn new(bytes: Vec<u8>, bad: Range<usize>) -> Self {
        Self { bytes: Cursor::new(bytes), reads: Rc::default(), bad }
    }
}

impl Read for Disk {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reads.set(self.reads.get() + 1);
        let at = self.bytes.position() as usize;
        if at < self.bad.end && at + buffer.len() > self.bad.start {
            return Err(io::Error::other("bad sector"));
        }
        self.bytes.read(buffer)
    }
}

impl Seek for Disk {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

#[test]
fn opening_does_not_read_every_mark() {
    let disk = Disk::new(file(), 0..0);
    let reads = Rc::clone(&disk.reads);
    let recording = Recording::from_input(disk).unwrap();
    assert_eq!(recording.marks().len() as u64, MARKS);
    assert!(reads.get() < 10, "{} reads", reads.get());
}

#[test]
fn marks_are_the_same_if_their_copy_cannot_be_read() {
    let file = file();
    let place = copy_of_marks(&file);
    for bad in [place.start..place.start + 1, place.end - 1..place.end] {
        let recording = Recording::from_input(Disk::new(file.clone(), bad)).unwrap();
        assert_eq!(recording.marks(), notes());
    }
}
