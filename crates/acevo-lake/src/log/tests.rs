//! Tests of logs: replay, conflicts, gaps.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::prelude::*;
use serde_json::json;

use super::action::{Add, Line, Remove, Txn, from_text, to_text};
use super::snapshot::Snapshot;
use super::*;

fn first_lines() -> Vec<Line> {
    let text = r#"{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}
{"metaData":{"id":"1","format":{"provider":"parquet","options":{}},"schemaString":"{}","partitionColumns":[],"configuration":{}}}"#;
    from_text(text.as_bytes()).unwrap()
}

fn add(path: &str) -> Line {
    let add = Add {
        path: path.to_owned(),
        partition_values: BTreeMap::new(),
        size: 1,
        modification_time: 0,
        data_change: true,
        stats: None,
        deletion_vector: None,
    };
    add.into()
}

fn remove(path: &str) -> Line {
    from_text(json!({ "remove": { "path": path, "dataChange": false } }).to_string().as_bytes()).unwrap().remove(0)
}

fn state(log: &Log) -> Result<Snapshot, LakeError> {
    let mut snapshot = Snapshot::default();
    log.refresh(&mut snapshot).map(|()| snapshot)
}

fn new_log(folder: &Path) -> Log {
    let log = Log::of(folder);
    fs::create_dir_all(log.folder()).unwrap();
    log
}

#[test]
fn log_is_replayed_in_order_and_only_new_commits_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    assert_eq!(state(&log).unwrap(), Snapshot::default());
    let mut lines = first_lines();
    lines.extend([add("track=a%20b/x.parquet"), add("y.parquet")]);
    assert!(log.commit(0, &lines).unwrap());
    let mut snapshot = state(&log).unwrap();
    assert!(log.commit(1, &[remove("track=a%20b/x.parquet"), add("z.parquet")]).unwrap());
    log.refresh(&mut snapshot).unwrap();
    assert_eq!(snapshot.files.keys().collect::<Vec<_>>(), ["y.parquet", "z.parquet"]);
    assert_eq!(snapshot.removed.keys().collect::<Vec<_>>(), ["track=a b/x.parquet"]);
    assert_eq!((snapshot.version, state(&log).unwrap()), (Some(1), snapshot));
}

#[test]
fn commit_of_a_taken_version_fails_unless_it_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    assert!(log.commit(0, &first_lines()).unwrap());
    assert!(log.commit(0, &first_lines()).unwrap(), "the answer to our own commit was lost");
    assert!(!log.commit(0, &[add("x.parquet")]).unwrap());
    assert_eq!(fs::read_dir(log.folder()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn log_with_a_gap_or_broken_lines_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    log.commit(0, &first_lines()).unwrap();
    log.commit(2, &[add("x.parquet")]).unwrap();
    let text = |log: &Log| state(log).unwrap_err().to_string();
    assert!(text(&log).contains("00000000000000000001.json is broken: it is missing"), "{}", text(&log));
    fs::write(log.commit_file(1), r#"{"add":{"path":"#).unwrap();
    assert!(text(&log).contains("00000000000000000001.json is broken"), "{}", text(&log));
    fs::write(log.commit_file(1), "\n\n").unwrap();
    assert_eq!(state(&log).unwrap().version, Some(2));
    // Names that are not those of commits.
    for name in
        ["1.json", "00000000000000000003.json.abc.part", "00000000000000000003.crc", "_last_checkpoint", "ü.json"]
    {
        fs::write(log.folder().join(name), "x").unwrap();
    }
    assert_eq!(state(&log).unwrap().version, Some(2));
}

#[test]
fn concurrent_commits_get_one_version_each() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    log.commit(0, &first_lines()).unwrap();
    let conflicts = AtomicUsize::new(0);
    thread::scope(|scope| {
        for writer in 0..4 {
            let (log, conflicts) = (&log, &conflicts);
            scope.spawn(move || {
                let mut snapshot = Snapshot::default();
                for number in 0..20 {
                    let txn = Txn { app_id: format!("{writer}-{number}"), version: 1, last_updated: None };
                    loop {
                        log.refresh(&mut snapshot).unwrap();
                        if log.commit(snapshot.next_version(), &[txn.clone().into()]).unwrap() {
                            break;
                        }
                        conflicts.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let snapshot = state(&log).unwrap();
    assert_eq!((snapshot.version, snapshot.transactions.len()), (Some(80), 80), "{conflicts:?} conflicts");
}

/// Writes a checkpoint with all that was removed.
fn write_checkpoint(log: &Log, snapshot: &Snapshot) {
    log.write_checkpoint(snapshot, |_, _| true).unwrap();
}

#[test]
fn checkpoint_replaces_the_commits_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    let mut lines = first_lines();
    let more = json!({ "add": { "path": "track=a%20b/date=2026-01-02/x.parquet", "partitionValues": { "track": "a b", "date": null },
        "size": 5, "modificationTime": 6, "dataChange": false, "stats": "{\"numRecords\":7}" } });
    lines.extend(from_text(more.to_string().as_bytes()).unwrap());
    lines.extend([remove("y.parquet"), Txn { app_id: "z".into(), version: 8, last_updated: None }.into()]);
    log.commit(0, &lines).unwrap();
    assert_eq!(log.commits_after_checkpoint().unwrap(), 1);
    let before = state(&log).unwrap();
    write_checkpoint(&log, &before);
    assert_eq!(log.commits_after_checkpoint().unwrap(), 0);
    log.commit(1, &[add("v.parquet")]).unwrap();
    fs::remove_file(log.commit_file(0)).unwrap();
    let mut after = state(&log).unwrap();
    assert_eq!((after.version, after.files.remove("v.parquet").is_some()), (Some(1), true));
    after.version = Some(0);
    assert_eq!(after, before);
    let newest = fs::read_to_string(log.folder().join("_last_checkpoint")).unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&newest).unwrap(), json!({ "version": 0, "size": 5 }));
}

#[test]
fn checkpoint_replaces_a_commit_that_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    log.commit(0, &first_lines()).unwrap();
    let mut early = state(&log).unwrap();
    log.commit(1, &[add("x.parquet")]).unwrap();
    log.commit(2, &[remove("x.parquet"), add("y.parquet")]).unwrap();
    write_checkpoint(&log, &state(&log).unwrap());
    fs::remove_file(log.commit_file(2)).unwrap();
    log.refresh(&mut early).unwrap();
    assert_eq!(early.version, Some(2));
    assert_eq!(early.files.keys().collect::<Vec<_>>(), ["y.parquet"]);
    // A state that is as new as the checkpoint needs neither.
    fs::write(log.checkpoint_file(2), "no checkpoint").unwrap();
    log.commit(3, &[add("z.parquet")]).unwrap();
    log.refresh(&mut early).unwrap();
    assert_eq!((early.version, early.files.len()), (Some(3), 2));
    let text = state(&log).unwrap_err().to_string();
    assert!(text.contains("00000000000000000002.checkpoint.parquet is broken"), "{text}");
}

#[test]
fn unneeded_are_old_files_before_an_old_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let log = new_log(folder.path());
    let mut snapshot = Snapshot::default();
    for version in 0..6 {
        let txn = Txn { app_id: version.to_string(), version: 1, last_updated: None };
        let mut lines = if version == 0 { first_lines() } else { Vec::new() };
        lines.push(txn.into());
        log.commit(version, &lines).unwrap();
        log.refresh(&mut snapshot).unwrap();
        if version % 2 == 0 {
            write_checkpoint(&log, &snapshot);
        }
    }
    assert_eq!(log.unneeded(|_| false).unwrap(), Vec::<PathBuf>::new());
    // Checkpoint 4 is new.
    let is_old = |path: &Path| path.file_name().unwrap().to_str().unwrap() < "00000000000000000003";
    let unneeded = log.unneeded(is_old).unwrap();
    assert_eq!(unneeded, [log.commit_file(0), log.commit_file(1), log.checkpoint_file(0)]);
    unneeded.iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(state(&log).unwrap(), snapshot);
    log.unneeded(|_| true).unwrap().iter().for_each(|path| fs::remove_file(path).unwrap());
    assert_eq!(fs::read_dir(log.folder()).unwrap().count(), 4, "two commits, a checkpoint and its name");
    assert_eq!(state(&log).unwrap(), snapshot);
}

/// A file as it is in a checkpoint.
fn without_change((path, add): (String, Add)) -> (String, Add) {
    (path, Add { data_change: false, ..add })
}

/// What a commit can have.
fn any_line() -> impl Strategy<Value = Line> {
    let path = "[a-c]{1}";
    prop_oneof![
        path.prop_map(|path| add(&path)),
        path.prop_map(|path| remove(&path)),
        path.prop_map(|app_id| Txn { app_id, version: 1, last_updated: Some(5) }.into()),
    ]
}

proptest! {
    #[test]
    fn lines_of_any_commit_are_read_again(lines in proptest::collection::vec(any_line(), 0..20)) {
        prop_assert_eq!(from_text(&to_text(&lines).unwrap()).unwrap(), lines);
    }

    #[test]
    fn replay_of_any_commits_is_the_last_action_of_each_path(lines in proptest::collection::vec(any_line(), 0..40)) {
        let mut snapshot = Snapshot::default();
        for (version, line) in (0..).zip(lines.clone()) {
            snapshot.apply(version, [line]);
        }
        let mut last = BTreeMap::new();
        for line in &lines {
            match line {
                Line { add: Some(Add { path, .. }), .. } => last.insert(path.clone(), true),
                Line { remove: Some(Remove { path, .. }), .. } => last.insert(path.clone(), false),
                _ => None,
            };
        }
        let there = last.iter().filter(|(_, is_there)| **is_there).map(|(path, _)| path);
        prop_assert!(snapshot.files.keys().eq(there));
        prop_assert!(snapshot.files.keys().all(|path| !snapshot.removed.contains_key(path)));
    }

    #[test]
    fn checkpoint_of_any_state_is_that_state(lines in proptest::collection::vec(any_line(), 0..40)) {
        let folder = tempfile::tempdir().unwrap();
        let log = new_log(folder.path());
        let mut snapshot = Snapshot::default();
        snapshot.apply(7, first_lines().into_iter().chain(lines));
        snapshot.files = std::mem::take(&mut snapshot.files).into_iter().map(without_change).collect();
        write_checkpoint(&log, &snapshot);
        prop_assert_eq!(state(&log).unwrap(), snapshot);
    }

    #[test]
    fn from_text_of_any_bytes_returns(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = from_text(&bytes);
    }
}
