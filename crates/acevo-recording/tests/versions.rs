//! Recordings of earlier versions stay readable.

use acevo_recording::{Recording, RecordingItem};

/// Seven tenths of a second of the simulator's hot laps, written by version 1.0 of the format.
const VERSION_1: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/version-1.acevo");

/// A checksum of all records as the program read them that wrote the file.
const CHECKSUM: u32 = 0xd998_46e2;

#[test]
fn recordings_of_version_1_are_read_as_the_program_that_wrote_them_did() {
    let mut recording = Recording::open(VERSION_1).unwrap();
    assert_eq!(recording.marks().len(), 63);
    let (mut hasher, mut records) = (crc32fast::Hasher::new(), 0);
    while let Some(item) = recording.next_item().unwrap() {
        let RecordingItem::Record(record) = item else { continue };
        records += 1;
        let flags = [record.settled, record.restarted, record.carried].map(u8::from);
        let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap().to_le_bytes();
        hasher.update(&[record.page as u8]);
        hasher.update(&flags);
        hasher.update(&micros(record.at));
        hasher.update(&micros(record.uncertainty));
        hasher.update(&record.missed.to_le_bytes());
        hasher.update(record.bytes);
    }
    assert_eq!((records, hasher.finalize()), (279, CHECKSUM));
}
