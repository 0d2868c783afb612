//! Any bytes can be read as a recording: reading ends, times never decrease, memory is limited, and selected fields give the same records.
#![no_main]

use std::io::Cursor;
use std::time::Duration;

use acevo_recording::{FieldSet, Recording, RecordingItem};
use libfuzzer_sys::fuzz_target;

/// Corrects the checksums of blocks, so that their content is read, too.
fn sign(file: &mut [u8]) {
    let mut at = 0;
    while let Some(found) = file[at..].windows(4).position(|word| word == [0xa7, b'E', b'V', 0x1b]) {
        at += found;
        let Some((header, rest)) = file[at..].split_at_mut_checked(64) else { return };
        let stored = u32::from_le_bytes([header[28], header[29], header[30], header[31]]) as usize;
        let payload = &rest[..stored.min(rest.len())];
        header[48..52].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
        let crc = crc32fast::hash(&header[..60]);
        header[60..].copy_from_slice(&crc.to_le_bytes());
        at += 64;
    }
}

fn read(file: &[u8]) {
    let Ok(mut recording) = Recording::from_input(Cursor::new(file)) else { return };
    let info = recording.info();
    let mut previous = Duration::ZERO;
    loop {
        match recording.next_item() {
            Ok(Some(RecordingItem::Record(record))) => {
                assert!(record.at >= previous && !record.bytes.is_empty(), "time never goes back");
                previous = record.at;
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            // For example, an unknown codec.
            Err(_) => {}
        }
    }
    let times = |recording: &mut Recording<Cursor<&[u8]>>| {
        let mut times = Vec::new();
        while let Ok(Some(step)) = recording.next_step() {
            times.push((step.at, step.physics, step.graphics, step.frame.validity));
        }
        times
    };
    recording.select(FieldSet::all());
    let all = times(&mut recording);
    recording.select(FieldSet::default());
    assert_eq!(times(&mut recording), all);
    for at in [info.start, info.end, previous / 2] {
        if recording.seek(at).is_ok() {
            while let Ok(Some(step)) = recording.next_step() {
                assert!(step.at >= at);
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    let mut signed = bytes.to_vec();
    sign(&mut signed);
    read(&signed);
});
