//! A simulated game that publishes page files in a directory, and the commands that read it.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;

use acevo_testkit::program::{Running, Signal, acevo, output, send_signal, spawn};
use serde_json::Value;
use tempfile::TempDir;

/// Starts a simulator and waits until it publishes.
fn simulate(dir: &Path, scenario: &str) -> Running {
    let simulator = spawn(acevo().arg("simulate").arg("--dir").arg(dir).args(["--scenario", scenario]));
    let message = simulator.next_message();
    assert!(message.contains(&dir.display().to_string()), "{message}");
    let hint = simulator.next_message();
    assert!(hint.contains("acevo --dir"), "{hint}");
    simulator
}

fn in_dir(dir: &TempDir, args: &[&str]) -> Command {
    let mut command = acevo();
    command.args(args).arg("--dir").arg(dir.path());
    command
}

fn id(object: &Value) -> i64 {
    object["packet_id"].as_i64().unwrap()
}

#[test]
fn dump_doctor_and_watch_read_a_simulated_game() {
    let dir = TempDir::new().unwrap();
    let mut simulator = simulate(dir.path(), "hot-laps");

    let doctor = output(&mut in_dir(&dir, &["doctor"]));
    assert!(doctor.status.success() && doctor.stdout.contains("Telemetry flows."), "{}", doctor.stdout);
    assert!(!doctor.stdout.contains('\x1b'));

    let dump = output(&mut in_dir(&dir, &["dump", "--wait", "speedKmh", "status"]));
    assert!(dump.status.success() && dump.stdout.contains("km/h") && dump.stdout.contains("2 (Live)"), "{dump:?}");

    let channels = output(&mut in_dir(&dir, &["channels", "--wait", "speed", "status"]));
    assert!(channels.status.success() && channels.stdout.contains("2 (Live)"), "{channels:?}");

    let doctor = output(&mut in_dir(&dir, &["doctor", "--json"]));
    let doctor: Value = serde_json::from_str(&doctor.stdout).unwrap();
    assert_eq!(doctor["flowing"], true);

    let watch = output(&mut in_dir(&dir, &["watch", "--json", "--count", "200"]));
    assert!(watch.status.success());
    let ids: Vec<_> = watch.stdout.lines().map(|line| id(&serde_json::from_str(line).unwrap())).collect();
    assert_eq!(ids.len(), 200);
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");

    let second = output(acevo().arg("simulate").arg("--dir").arg(dir.path()));
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stderr.contains("in use by"), "{}", second.stderr);

    // After a signal it removes its pages.
    send_signal(simulator.id(), Signal::TERM);
    let (status, messages) = simulator.wait();
    assert!(status.success() && messages.contains("removed"), "{status} {messages}");
    assert!(!dir.path().join("acevo_pmf_physics").exists());
}

#[test]
fn watch_waits_for_the_game_and_reconnects() {
    let dir = TempDir::new().unwrap();
    let watch = spawn(&mut in_dir(&dir, &["watch", "--json"]));
    let message = watch.next_message();
    assert!(message.contains("Waiting for Assetto Corsa EVO: ") && !message.contains("acevo_pmf"), "{message}");
    // Diagnostics have where it was looked for.
    let verbose = spawn(&mut in_dir(&dir, &["watch", "--json", "--verbose"]));
    verbose.message_with("acevo_pmf_physics");
    drop(verbose);

    let mut first = simulate(dir.path(), "hot-laps");
    while !watch.next_message().contains("attached") {}
    let before: Vec<_> = (0..50).map(|_| id(&watch.next_object())).collect();
    assert!(before.is_sorted_by(|a, b| a < b), "{before:?}");

    send_signal(first.id(), Signal::TERM);
    assert!(first.wait().0.success());
    let _second = simulate(dir.path(), "race");
    while !watch.next_message().contains("attached") {}
    // The first object of the second game has all pages.
    while watch.next_object()["static"]["session_name"].as_str().is_none_or(|name| !name.contains("Race")) {}
    let after: Vec<_> = (0..50).map(|_| id(&watch.next_object())).collect();
    assert!(after.is_sorted_by(|a, b| a <= b) && after.last() > after.first(), "{after:?}");
}

#[test]
fn watch_reports_frozen_pages_of_a_killed_game_and_reconnects() {
    let dir = TempDir::new().unwrap();
    let mut first = simulate(dir.path(), "hot-laps");
    let watch = spawn(&mut in_dir(&dir, &["watch", "--lines", "--every", "1m"]));
    assert!(watch.next_message().contains("attached"));
    first.kill();
    while !watch.next_message().contains("has stopped") {}
    let doctor = output(&mut in_dir(&dir, &["doctor"]));
    assert_eq!(doctor.status.code(), Some(1));
    assert!(doctor.stdout.contains("no packets"), "{}", doctor.stdout);
    let dump = output(&mut in_dir(&dir, &["dump", "speedKmh"]));
    assert!(dump.status.success() && dump.stderr.contains("sends nothing"), "{dump:?}");
    let _second = simulate(dir.path(), "hot-laps");
    while !watch.next_message().contains("attached") {}
}

#[test]
fn doctor_and_dump_fail_without_pages() {
    let dir = TempDir::new().unwrap();
    let doctor = output(&mut in_dir(&dir, &["doctor"]));
    assert_eq!(doctor.status.code(), Some(1));
    assert!(doctor.stdout.contains("no pages"), "{}", doctor.stdout);
    let dump = output(&mut in_dir(&dir, &["dump"]));
    assert_eq!(dump.status.code(), Some(1));
    assert!(dump.stderr.contains("acevo_pmf_physics") && dump.stdout.is_empty(), "{}", dump.stderr);
}

#[test]
fn doctor_and_watch_report_the_menu() {
    let dir = TempDir::new().unwrap();
    let _simulator = simulate(dir.path(), "menu");
    let doctor = output(&mut in_dir(&dir, &["doctor"]));
    assert_eq!(doctor.status.code(), Some(1));
    assert!(doctor.stdout.contains("in its menu"), "{}", doctor.stdout);
    let lines = output(&mut in_dir(&dir, &["--lines", "--count", "1"]));
    assert!(lines.stdout.starts_with("OFF") && lines.stdout.contains("menu"), "{}", lines.stdout);
}

#[test]
fn garbage_pages_give_valid_json_and_text_without_control_characters() {
    let dir = TempDir::new().unwrap();
    for (page, size) in [("physics", 800), ("graphics", 4900), ("static", 208)] {
        // Every float is NaN; texts consist of DEL and incomplete characters.
        let bytes: Vec<u8> = std::iter::repeat_n([0x1b, 0x7f, 0xc0, 0x7f], size / 4).flatten().collect();
        let path = dir.path().join(format!("acevo_pmf_{page}"));
        let file = OpenOptions::new().write(true).create_new(true).open(path).unwrap();
        file.write_all_at(&bytes, 0).unwrap();
    }
    let dump = output(&mut in_dir(&dir, &["dump"]));
    assert!(dump.status.success() && !dump.stdout.chars().any(|letter| letter.is_control() && letter != '\n'));
    let json = output(&mut in_dir(&dir, &["dump", "--json"]));
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(json["physics"]["speedKmh"]["value"].is_null());
    let watch = output(&mut in_dir(&dir, &["watch", "--json", "--count", "1"]));
    let watch: Value = serde_json::from_str(&watch.stdout).unwrap();
    assert!(watch["physics"]["speedKmh"].is_null());
    let lines = output(&mut in_dir(&dir, &["watch", "--lines", "--count", "1"]));
    assert!(!lines.stdout.trim_end().chars().any(char::is_control), "{:?}", lines.stdout);
    let doctor = output(&mut in_dir(&dir, &["doctor"]));
    assert_eq!(doctor.status.code(), Some(1));
    assert!(doctor.stdout.contains("plausible range is"), "{}", doctor.stdout);
}
