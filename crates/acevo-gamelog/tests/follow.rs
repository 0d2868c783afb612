//! Following real files.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, SystemTime};

use acevo_gamelog::{Follower, LogEventKind, Poll};
use tempfile::tempdir;

fn line(phase: &str) -> String {
    format!("[2026-05-01 20:00:00.000] [gameplay] [info] setSessionPhase {phase}\n")
}

fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// The file was modified this many seconds after a day of 2026.
fn set_modified(path: &Path, s: u64) {
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_777_000_000 + s);
    File::options().append(true).open(path).unwrap().set_modified(time).unwrap();
}

fn phases(follower: &mut Follower) -> Vec<String> {
    let name = |kind| match kind {
        LogEventKind::Phase { name } => Some(name),
        _ => None,
    };
    std::iter::from_fn(|| follower.next_event()).filter_map(|event| name(event.kind)).collect()
}

/// Polls until nothing more can be read.
fn poll(follower: &mut Follower, s: u64) -> Poll {
    follower.poll(Duration::from_secs(s), 1 << 20).unwrap()
}

#[test]
fn follower_reads_what_is_appended() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.txt");
    append(&path, &line("A"));
    let mut follower = Follower::open(&path);
    assert_eq!(poll(&mut follower, 0).bytes, line("A").len());
    assert_eq!(phases(&mut follower), ["A"]);
    let idle = poll(&mut follower, 0);
    assert_eq!((idle.bytes, idle.has_more, idle.has_restarted, idle.is_missing), (0, false, false, false));

    let second = line("B");
    let (beginning, end) = second.split_at(30);
    append(&path, beginning);
    poll(&mut follower, 0);
    assert_eq!(phases(&mut follower), [""; 0], "the line is not complete");
    append(&path, end);
    assert!(!poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["B"]);
    assert_eq!(follower.counts().understood, 2);
}

#[test]
fn follower_reads_at_most_the_given_number_of_bytes() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.txt");
    append(&path, &[line("A"), line("B")].concat());
    let mut follower = Follower::open(&path);
    let mut polls = 0;
    loop {
        let poll = follower.poll(Duration::ZERO, 7).unwrap();
        assert!(poll.bytes <= 7 && !poll.has_restarted);
        polls += 1;
        if !poll.has_more {
            break;
        }
    }
    assert_eq!(polls, (2 * line("A").len()).div_ceil(7));
    assert_eq!(phases(&mut follower), ["A", "B"]);
    assert_eq!(follower.poll(Duration::ZERO, 0).unwrap().bytes, 0);
}

#[test]
fn follower_waits_for_a_file_that_is_missing() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.txt");
    let mut follower = Follower::open(&path);
    assert!(poll(&mut follower, 0).is_missing);
    append(&path, &line("A"));
    let first = poll(&mut follower, 0);
    assert!(!first.is_missing && !first.has_restarted);
    fs::remove_file(&path).unwrap();
    assert!(poll(&mut follower, 0).is_missing);
    append(&path, &line("B"));
    assert!(poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["B"]);
}

#[test]
fn follower_begins_again_if_the_content_was_replaced() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.txt");
    append(&path, &[line("A"), line("B")].concat());
    let mut follower = Follower::open(&path);
    poll(&mut follower, 0);
    assert_eq!(phases(&mut follower), ["A", "B"]);
    // Shorter, then longer than before.
    fs::write(&path, line("C")).unwrap();
    assert!(poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["C"]);
    fs::write(&path, ["[2026-06-01 20:00:00.000] [ui] [info] other\n", &line("D"), &line("E")].concat()).unwrap();
    assert!(poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["D", "E"]);
    fs::write(&path, "").unwrap();
    assert!(poll(&mut follower, 0).has_restarted);
    assert!(!poll(&mut follower, 0).has_restarted);
}

#[test]
fn follower_reads_a_renamed_file_to_its_end() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("log.txt");
    append(&path, &line("A"));
    let mut follower = Follower::only(&path);
    poll(&mut follower, 0);
    append(&path, &line("B"));
    fs::rename(&path, folder.path().join("log-260501-200000.txt")).unwrap();
    append(&path, &line("C"));
    assert!(!poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["A", "B"]);
    assert!(poll(&mut follower, 0).has_restarted);
    assert_eq!(phases(&mut follower), ["C"]);
}

#[test]
fn follower_changes_to_a_newer_log_in_the_folder_and_not_back() {
    let folder = tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (first, second) = (file("log-260501-200000.txt"), file("log-260501-210000.txt"));
    append(&first, &line("A"));
    set_modified(&first, 10);
    let mut follower = Follower::open(&first);
    poll(&mut follower, 0);
    append(&file("notes.txt"), &line("X"));
    append(&second, &line("B"));
    set_modified(&second, 20);
    assert!(!poll(&mut follower, 1).has_restarted, "it looks every few seconds");
    assert!(poll(&mut follower, 5).has_restarted);
    assert_eq!(follower.path(), second);
    assert_eq!(phases(&mut follower), ["B"]);
    append(&first, &line("C"));
    set_modified(&first, 30);
    assert!(!poll(&mut follower, 10).has_restarted);
    assert_eq!(follower.path(), second);

    let third = file("log.txt");
    append(&third, &line("D"));
    set_modified(&third, 40);
    let mut only = Follower::only(&second);
    assert!(!poll(&mut only, 0).has_restarted && only.path() == second);
    fs::remove_file(&first).unwrap();
    assert!(poll(&mut follower, 15).has_restarted);
    assert_eq!(follower.path(), third);
}

#[test]
fn follower_reports_what_is_no_file() {
    let folder = tempdir().unwrap();
    let mut follower = Follower::open(folder.path());
    let error = follower.poll(Duration::ZERO, 1).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::IsADirectory);
}
