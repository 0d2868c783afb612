//! Playback of recordings: control over HTTP, pages of other sizes than known, and recordings that cannot be played to their end.

use std::fs;
use std::path::Path;
use std::time::Duration;

use acevo_recording::{Description, Record, RecordingWriter};
use acevo_shared_memory::{ACEvoSharedMemoryMapper, Page, PageDirectory, PageKind};
use acevo_simulator::{Options, Scenario, Simulator, TrackName};
use acevo_testkit::client::serve;
use acevo_testkit::program::{Running, Signal, acevo, output, spawn};
use acevo_testkit::wait::until;
use serde_json::{Value, json};

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

/// A recording with some laps of the simulator.
fn driven(path: &Path) {
    let mut options = Options::default();
    (options.scenario, options.track, options.laps) = (Scenario::HotLaps, TrackName::Karsthafen, Some(3));
    acevo_testkit::recordings::changed(path, options, Duration::MAX, |_, _| {});
}

#[test]
fn server_seeks_backwards_and_forwards_without_wrong_laps() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("laps.acevo");
    driven(&path);
    let listed = output(acevo().args(["laps", "--json"]).arg(&path)).stdout;
    let listed: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let site = serve(&[path.to_str().unwrap()]);
    until(|| site.json("/api/playback")["has_laps"] == true);
    let timeline = site.json("/api/playback");
    let timeline = timeline["laps"].as_array().unwrap().clone();
    assert_eq!(timeline.len(), listed.len());
    let act = |action: Value| site.send("POST", "/api/playback", &action.to_string());
    let state = || site.json("/api/playback");
    assert_eq!(act(json!({"action": "pause"})).status, 204);
    // The times of the laps that have ended, as acevo laps lists them; the seek is done when the server shows them.
    let numbers =
        |laps: &[Value]| laps.iter().map(|lap| [lap["number"].clone(), lap["time_ms"].clone()]).collect::<Vec<_>>();
    let shows = |count: usize| {
        let laps = site.json("/api/laps");
        let laps = laps.as_array().unwrap();
        laps.len() == count && numbers(laps) == numbers(&listed[..count])
    };
    for (index, count) in [(2, 2), (0, 0), (1, 1), (2, 2), (1, 1)] {
        let lap = &timeline[index];
        assert_eq!(act(json!({"action": "seek", "lap": lap["id"]})).status, 204);
        // A lap is listed soon after it has ended: half of the next one is later than that.
        let middle = (lap["from_s"].as_f64().unwrap() + lap["to_s"].as_f64().unwrap()) / 2.0;
        assert!((state()["position_s"].as_f64().unwrap() - lap["from_s"].as_f64().unwrap()).abs() < 0.002);
        assert_eq!(act(json!({"action": "seek", "at_s": middle})).status, 204);
        until(|| shows(count));
        let now = state();
        assert!((now["position_s"].as_f64().unwrap() - middle).abs() < 0.1 && now["paused"] == true, "{now}");
        let position = || site.json("/api/snapshot?channels=speed");
        until(|| position()["lap"]["number"] == lap["number"]);
    }
    // From the middle of the second lap to its end, as fast as possible: it is counted once, with its time.
    assert_eq!(act(json!({"action": "speed", "factor": 16})).status, 204);
    assert_eq!(act(json!({"action": "play"})).status, 204);
    until(|| shows(2));
    // At the end it stays there, and begins again.
    assert_eq!(act(json!({"action": "seek", "at_s": 1e9})).status, 204);
    until(|| state()["ended"] == true);
    assert_eq!(state()["position_s"], state()["length_s"]);
    until(|| shows(listed.len()));
    assert_eq!(act(json!({"action": "play"})).status, 204);
    until(|| shows(0));
    assert_eq!(state()["ended"], false);
}

#[test]
fn requests_that_control_playback_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("short.acevo");
    recorded(&path, 1, [800, 4900]);
    let site = serve(&[path.to_str().unwrap()]);
    let act = |action: &str| site.send("POST", "/api/playback", action).status;
    assert_eq!(act(r#"{"action":"seek","at_s":0.5}"#), 204);
    for wrong in [
        r#"{"action":"seek"}"#,
        r#"{"action":"seek","at_s":1,"lap":"1"}"#,
        r#"{"action":"seek","at_s":-1}"#,
        r#"{"action":"seek","at_s":1e300}"#,
        r#"{"action":"seek","lap":"x"}"#,
        r#"{"action":"seek","lap":"9/9"}"#,
        r#"{"action":"speed","factor":0}"#,
        r#"{"action":"speed","factor":17}"#,
        r#"{"action":"rewind"}"#,
        "",
    ] {
        assert_eq!(act(wrong), 400, "{wrong}");
    }
    let demo = serve(&["--demo"]);
    assert_eq!(demo.get("/api/playback").status, 404);
    assert_eq!(demo.send("POST", "/api/playback", r#"{"action":"pause"}"#).status, 404);
}
