//! Playback of unusual recordings: pages of other sizes than known, and recordings that cannot be played to their end.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::time::Duration;

use acevo_recording::{Description, Record, RecordingWriter};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, PageDirectory, PageKind};
use acevo_simulator::{Options, Scenario, Simulator};
use acevo_testkit::program::{Running, Signal, acevo, output, spawn};
use acevo_testkit::wait::until;

/// Records a drive, with pages of these sizes in bytes: physics and graphics. Bytes beyond the known layout are 0xa5.
fn recorded(path: &Path, seconds: u64, [physics, graphics]: [usize; 2]) {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    let mut simulator = Simulator::new(options);
    while simulator.time() < Duration::from_secs(60) {
        simulator.step();
    }
    let mut writer = RecordingWriter::create(path, &Description::new("test")).unwrap();
    let start = simulator.time();
    let mut record = |at, page, bytes: &[u8], size| {
        let mut bytes = bytes.to_vec();
        bytes.resize(size, 0xa5);
        writer.record(&Record::new(page, at, &bytes)).unwrap();
    };
    record(Duration::ZERO, PageKind::Static, simulator.static_data().as_bytes(), PageKind::Static.size());
    while simulator.time() - start < Duration::from_secs(seconds) {
        let changed = simulator.step();
        let at = simulator.time() - start;
        if changed.graphics {
            record(at, PageKind::Graphics, simulator.graphics().as_bytes(), graphics);
        }
        if changed.physics {
            record(at, PageKind::Physics, simulator.physics().as_bytes(), physics);
        }
    }
    writer.finish().unwrap();
}

const SIZES: [[usize; 2]; 6] = [[799, 4900], [801, 4900], [804, 5000], [800, 100], [60_000, 65_535], [4, 4]];

#[test]
fn recordings_with_pages_of_other_sizes_are_played() {
    let directory = tempfile::tempdir().unwrap();
    for sizes in SIZES {
        let path = directory.path().join(format!("{}-{}.acevo", sizes[0], sizes[1]));
        recorded(&path, 1, sizes);
        let watched = output(acevo().args(["watch", "--json", "--speed", "10"]).arg(&path));
        assert!(watched.status.success() && watched.stderr.contains("End of recording"), "{sizes:?} {watched:?}");
        // The page of a live game; without its status a shorter one is that of a menu.
        assert!(sizes[1] < 8 || watched.stdout.lines().count() > 10, "{sizes:?} {}", watched.stdout);
        for command in [&["events"][..], &["laps"], &["info", "--check"]] {
            let read = output(acevo().args(command).arg(&path));
            assert!(read.status.success(), "{sizes:?} {read:?}");
        }
    }
}

#[test]
fn replay_publishes_pages_of_other_sizes() {
    let directory = tempfile::tempdir().unwrap();
    for (index, sizes) in SIZES.into_iter().enumerate() {
        let (path, pages) = (directory.path().join(format!("{index}.acevo")), directory.path().join(index.to_string()));
        recorded(&path, 1, sizes);
        let options = ["--speed", "5", "--pause-at", "0:00.9", "--dir"];
        let mut replay = spawn(acevo().arg("replay").arg(&path).args(options).arg(&pages));
        replay.message_with("paused");
        let mapper = ACEvoSharedMemoryMapper::open_source(PageDirectory::open(&pages).unwrap()).unwrap();
        for (page, size) in [PageKind::Physics, PageKind::Graphics].into_iter().zip(sizes) {
            // Missing bytes are zero, additional ones are kept.
            let raw = mapper.raw_page(page).unwrap().bytes;
            assert_eq!(raw.len(), size.max(page.size()), "{sizes:?}");
            let (known, beyond) = (size.min(page.size()), if size > page.size() { 0xa5 } else { 0 });
            assert!(raw[..known].iter().any(|byte| *byte != 0), "{sizes:?}");
            assert!(raw[size.min(page.size())..].iter().all(|byte| *byte == beyond), "{sizes:?} {page}");
        }
        replay.signal(Signal::INT);
        let (status, messages) = replay.wait();
        assert!(status.success() && messages.contains("stopped"), "{messages}");
    }
}

/// The checksum of recordings.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// Gives all chunks after the first group a codec that does not exist. Their checksums are right.
fn break_codec(path: &Path) {
    const KIND: usize = 5;
    const CODEC: usize = 7;
    let mut bytes = fs::read(path).unwrap();
    let word = |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut at = 32 + word(&bytes, 12) as usize;
    let first = word(&bytes, at + 16);
    while at + 64 <= bytes.len() && bytes[at..at + 4] == [0xa7, 0x45, 0x56, 0x1b] {
        let (group, length) = (word(&bytes, at + 16), word(&bytes, at + 28) as usize);
        if bytes[at + KIND] == 1 && group != first {
            bytes[at + CODEC] = 77;
            let crc = crc32(&bytes[at..at + 60]);
            bytes[at + 60..at + 64].copy_from_slice(&crc.to_le_bytes());
        }
        at += 64 + length;
    }
    fs::write(path, bytes).unwrap();
}

#[test]
fn failure_of_the_player_is_reported_and_fails_the_command() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broken.acevo");
    recorded(&path, 4, [800, 4900]);
    break_codec(&path);
    for arguments in [&["watch", "--lines"][..], &["watch", "--json", "-q"], &["watch", "--json", "--every", "10s"]] {
        let watched = output(acevo().args(arguments).args(["--speed", "5"]).arg(&path));
        assert_eq!(watched.status.code(), Some(1), "{arguments:?} {watched:?}");
        assert!(watched.stderr.contains("to its end") && watched.stderr.contains("77"), "{}", watched.stderr);
        assert!(!watched.stdout.is_empty() || arguments.contains(&"10s"), "it was played as far as possible");
    }
    let replayed = output(acevo().arg("replay").arg(&path).arg("--dir").arg(directory.path().join("pages")));
    assert_eq!(replayed.status.code(), Some(1), "{replayed:?}");
    assert!(replayed.stderr.contains("77"), "{}", replayed.stderr);

    let mut server: Running = spawn(acevo().args(["serve", "--port", "0"]).arg(&path));
    let address = server.next_line();
    // The recording is played without a client.
    server.message_with("to its end");
    assert!(address.starts_with("http://"));
    server.signal(Signal::TERM);
    let (status, messages) = server.wait();
    assert!(status.code() == Some(1) && messages.contains("77"), "{messages}");
}

#[test]
fn replay_of_a_very_short_recording_repeats_without_keeping_the_processor_busy() {
    let directory = tempfile::tempdir().unwrap();
    let (path, pages) = (directory.path().join("short.acevo"), directory.path().join("pages"));
    let mut writer = RecordingWriter::create(&path, &Description::new("test")).unwrap();
    for page in PageKind::ALL {
        writer.record(&Record::new(page, Duration::ZERO, &vec![1; page.size()])).unwrap();
    }
    writer.finish().unwrap();
    let mut replay = spawn(acevo().args(["replay", "--loop", "-q"]).arg(&path).arg("--dir").arg(&pages));
    until(|| PageDirectory::open(&pages).is_ok());
    #[cfg(target_os = "linux")]
    {
        // It sleeps after each pass: a loop without a sleep never gives the processor up voluntarily.
        let status = Path::new("/proc").join(replay.id().to_string()).join("status");
        let switches = || {
            let status = fs::read_to_string(&status).unwrap();
            let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")).unwrap();
            line.trim().parse::<u64>().unwrap()
        };
        let before = switches();
        until(|| switches() > before + 20);
    }
    replay.signal(Signal::INT);
    assert!(replay.wait().0.success());
}
