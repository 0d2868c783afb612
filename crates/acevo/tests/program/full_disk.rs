//! Recording to a full disk that later has room again. The disk is a small file system in memory.

use std::fs;
use std::process::Stdio;

use acevo_recording::{Marked, Recording};
use acevo_testkit::disk::Disk;
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Signal, acevo, output, spawn};
use acevo_testkit::recordings::packet_count;
use serde_json::Value;

/// Size of the file system in bytes.
const ROOM: usize = 24 << 20;

/// A small disk. `None`, after a message, if mounting is not permitted.
fn small_disk() -> Option<Disk> {
    let disk = Disk::new(ROOM);
    if disk.is_none() {
        left_out("tests of a full disk, because mounting is not permitted");
    }
    disk
}

#[test]
fn record_reports_losses_on_a_full_disk_and_continues() {
    let Some(disk) = small_disk() else { return };
    disk.fill(1 << 20);
    let file = disk.path().join("evening.acevo");
    // At twenty times the speed, the data that waits for room soon exceeds the limit.
    let mut recorder = spawn(acevo().args(["record", "--demo", "--speed", "20", "-o"]).arg(&file));
    let full = recorder.message_with("warning");
    assert!(full.contains("No space left") && full.contains("tried again"), "{full}");
    // The file is valid up to here.
    let info = Recording::open(&file).unwrap().check().map(|damage| damage.len());
    assert!(info.is_ok_and(|damage| damage <= 1), "a group that is being written at most");
    let lossy = recorder.next_message();
    assert!(lossy.contains("packets are lost"), "each is reported once: {lossy}");
    let bytes = fs::metadata(&file).unwrap().len();
    // Packets are lost for some time.
    std::thread::sleep(std::time::Duration::from_secs(3));
    disk.make_room();
    assert!(recorder.message_with("writing again").contains("packets are lost"));
    while fs::metadata(&file).unwrap().len() < bytes + (10 << 20) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    recorder.signal(Signal::INT);
    assert_eq!(recorder.next_line(), file.display().to_string(), "it is one recording");
    let (status, said) = recorder.wait();
    assert!(status.success() && !said.contains("warning"), "{said}");

    let info = output(acevo().args(["info", "--json", "--check"]).arg(&file));
    let info: Value = serde_json::from_str(&info.stdout).unwrap();
    assert_eq!((&info["finished"], &info["damage"]), (&Value::Bool(true), &Value::Array(Vec::new())));
    let lost = info["lost"]["physics"].as_u64().unwrap();
    assert!(lost > 100, "{lost}");
    let text = output(acevo().arg("info").arg(&file)).stdout;
    assert!(text.contains("because the disk was full"), "{text}");

    let recording = Recording::open(&file).unwrap();
    let gaps: Vec<_> = recording
        .marks()
        .iter()
        .filter_map(|mark| match &mark.what {
            Marked::Lost { to, records } => Some((mark.at.as_secs_f64(), to.as_secs_f64(), records.unwrap().physics)),
            _ => None,
        })
        .collect();
    let [(from, to, in_gap)] = gaps[..] else { panic!("{gaps:?}") };
    assert_eq!(in_gap, lost);
    let story = packet_count(&file);
    assert_eq!(story.recorded + story.missed, story.counted, "every packet is recorded or counted as missed");
    // Reading continued while nothing could be written: the rate of received packets stayed the same. The demo is irregular on a busy machine,
    // so half of the rate is enough; a reader that waits for the disk receives none.
    let rate = lost as f64 / (to - from);
    let usual_rate = story.recorded as f64 / (recording.info().duration().as_secs_f64() - (to - from));
    assert!(rate > usual_rate / 2.0, "{rate} packets a second were lost of {usual_rate}");
}

#[test]
fn keep_last_retries_saving_on_a_full_disk() {
    let Some(disk) = small_disk() else { return };
    let mut recorder = acevo();
    recorder.args(["record", "--demo", "--speed", "5", "--keep-last", "30s", "-o"]).arg(disk.path());
    let mut recorder = spawn(recorder.stdin(Stdio::piped()));
    recorder.message_with("attached");
    // Wait for some seconds, so that the data does not fit.
    while {
        recorder.type_line("s");
        fs::metadata(recorder.next_line()).unwrap().len() < 100_000
    } {}
    disk.fill(8192);
    let before = fs::read_dir(disk.path()).unwrap().count();
    recorder.type_line("s");
    let trouble = recorder.message_with("warning");
    assert!(trouble.contains("No space left") && trouble.contains("tried again"), "{trouble}");
    // A failed attempt leaves no file, or another attempt is running.
    assert!(fs::read_dir(disk.path()).unwrap().count() <= before + 1);
    disk.make_room();
    let mut saved = Recording::open(recorder.next_line()).unwrap();
    assert!(saved.info().finished && saved.check().unwrap().is_empty());
    recorder.signal(Signal::INT);
    assert!(recorder.wait().0.success());
}

/// An error when a file is created names its path. If there was a recording before, the recorder tries again.
#[test]
fn record_starts_a_file_when_a_full_disk_has_room_again() {
    let Some(disk) = small_disk() else { return };
    let pages = tempfile::tempdir().unwrap();
    let simulate = || spawn(acevo().args(["simulate", "--quiet", "--scenario", "hot-laps", "--dir"]).arg(pages.path()));
    let mut recorder = acevo();
    recorder.args(["record", "--dir"]).arg(pages.path()).arg("-o").arg(disk.path().join("evening.acevo"));
    let mut recorder = spawn(&mut recorder);
    let game = simulate();
    recorder.message_with("attached");
    game.signal(Signal::TERM);
    assert!(recorder.next_line().ends_with("evening.acevo"));
    disk.fill(0);
    let _game = simulate();
    let trouble = recorder.message_with("warning");
    assert!(trouble.contains("evening-2.acevo") && trouble.contains("No space left"), "{trouble}");
    disk.make_room();
    let second = disk.path().join("evening-2.acevo");
    while Recording::open(&second).map_or(0, |recording| recording.info().records.physics) < 100 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    recorder.signal(Signal::INT);
    assert_eq!(recorder.next_line(), second.display().to_string());
    assert!(recorder.wait().0.success());
}

/// Data that waited for room is lost with its file, which is reported; the recorder continues.
#[test]
fn record_continues_after_a_game_ends_on_a_full_disk() {
    let Some(disk) = small_disk() else { return };
    let pages = tempfile::tempdir().unwrap();
    let simulate = || spawn(acevo().args(["simulate", "--quiet", "--scenario", "hot-laps", "--dir"]).arg(pages.path()));
    let mut recorder = acevo();
    recorder.args(["record", "--dir"]).arg(pages.path()).arg("-o").arg(disk.path().join("evening.acevo"));
    let mut recorder = spawn(&mut recorder);
    let game = simulate();
    recorder.message_with("attached");
    disk.fill(0);
    recorder.message_with("No space left");
    game.signal(Signal::TERM);
    let trouble = recorder.message_with("cannot complete");
    assert!(trouble.contains("evening.acevo"), "{trouble}");
    disk.make_room();
    let _game = simulate();
    let second = disk.path().join("evening-2.acevo");
    while Recording::open(&second).map_or(0, |recording| recording.info().records.physics) < 100 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    recorder.signal(Signal::INT);
    assert_eq!(recorder.next_line(), second.display().to_string());
    let (status, said) = recorder.wait();
    assert_eq!(status.code(), Some(1), "one of the files is not whole: {said}");
    for file in ["evening.acevo", "evening-2.acevo"] {
        assert!(Recording::open(disk.path().join(file)).unwrap().check().unwrap().is_empty(), "{file}");
    }
}
