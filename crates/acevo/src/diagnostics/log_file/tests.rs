//! Tests of the log file.

use std::sync::Mutex;
use std::time::Duration;

use acevo_testkit::wait::PATIENCE;

use super::super::rotated::{Follower, log_files, tail};
use super::*;

fn start(path: &Path, limits: Limits) -> LogFile {
    LogFile::start(path.to_owned(), limits, "test", |_| {}).unwrap()
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// All lines, the oldest first.
fn all_lines(path: &Path) -> Vec<String> {
    let files = log_files(path).into_iter().rev();
    files.flat_map(|path| text(&path).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn rotation_limits_the_size_and_keeps_the_newest_lines() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/acevo.log");
    let log = start(&path, Limits { max_bytes: 100, files: 3 });
    for number in 0..100 {
        log.write(format!("line {number:03} 3456789"));
    }
    assert!(log.flush(PATIENCE));
    let names: Vec<_> = log_files(&path).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names, ["acevo.log", "acevo.1.log", "acevo.2.log"]);
    let lines = all_lines(&path);
    let expected: Vec<_> = (100 - lines.len()..100).map(|number| format!("line {number:03} 3456789")).collect();
    assert_eq!(lines, expected);
    for file in log_files(&path) {
        assert!(fs::metadata(&file).unwrap().len() <= 100, "{}", file.to_string_lossy());
    }
    assert!(lines.len() >= 10, "{lines:?}");
}

/// Two writers as in two processes: no line is torn, and files stay small. Wine does not replace files that are open.
#[cfg(unix)]
#[test]
fn several_writers_share_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acevo.log");
    let limits = Limits { max_bytes: 2000, files: 2 };
    let logs = [start(&path, limits), start(&path, limits)];
    let write = |number: usize| {
        for (writer, log) in logs.iter().enumerate() {
            log.write(format!("writer {writer} line {number:03}"));
        }
    };
    (0..499).for_each(write);
    assert!(logs.iter().all(|log| log.flush(PATIENCE)));
    // If one writer is faster, the lines of the other one have replaced all of its lines.
    write(499);
    assert!(logs.iter().all(|log| log.flush(PATIENCE)));
    let lines = all_lines(&path);
    assert!(lines.iter().all(|line| line.len() == "writer 0 line 000".len()), "{lines:?}");
    // A writer that finds another one renaming appends once more.
    assert!(log_files(&path).iter().all(|path| fs::metadata(path).unwrap().len() < 3000));
    for writer in 0..2 {
        assert!(lines.contains(&format!("writer {writer} line 499")), "{lines:?}");
    }
}

#[test]
fn lines_that_cannot_be_written_are_counted_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acevo.log");
    fs::create_dir(&path).unwrap();
    let problems = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&problems);
    let warn = move |problem: &str| seen.lock().unwrap().push(problem.to_owned());
    let log = LogFile::start(path.clone(), Limits::default(), "test", warn).unwrap();
    for _ in 0..3 {
        log.write("lost".into());
    }
    assert!(log.flush(PATIENCE));
    {
        let problems = problems.lock().unwrap();
        assert!(problems.len() == 1 && problems[0].contains("it is a folder"), "once: {problems:?}");
    }
    fs::remove_dir(&path).unwrap();
    log.write("written".into());
    assert!(log.flush(PATIENCE));
    let text = text(&path);
    assert!(text.contains("WARN") && text.contains("3 lines of the log are lost: it is a folder"), "{text}");
    assert!(text.ends_with("\nwritten\n"), "{text}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, target) = (folder.path().join("acevo.log"), folder.path().join("target"));
    fs::write(&target, "mine").unwrap();
    std::os::unix::fs::symlink(&target, &path).unwrap();
    let log = start(&path, Limits::default());
    log.write("line".into());
    assert!(log.flush(PATIENCE));
    assert_eq!(text(&target), "mine");
}

/// The queue is full while the writer thread waits, here for the warning.
#[test]
fn write_never_waits_and_drops_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acevo.log");
    fs::create_dir(&path).unwrap();
    let blocked = Arc::new(Mutex::new(()));
    let guard = blocked.lock().unwrap();
    let (reached, is_reached) = channel();
    let waiting = Arc::clone(&blocked);
    let warn = move |_: &str| {
        reached.send(()).unwrap();
        drop(waiting.lock());
    };
    let log = LogFile::start(path.clone(), Limits::default(), "test", warn).unwrap();
    log.write("lost".into());
    is_reached.recv_timeout(PATIENCE).unwrap();
    for number in 0..QUEUE + 10 {
        log.write(format!("line {number}"));
    }
    assert!(!log.flush(Duration::from_millis(20)), "the thread hangs");
    fs::remove_dir(&path).unwrap();
    drop(guard);
    assert!(log.flush(PATIENCE));
    let text = text(&path);
    assert!(text.contains("11 lines of the log are lost"), "{}", text.lines().next().unwrap());
    assert!(text.ends_with(&format!("line {}\n", QUEUE - 1)));
}

#[test]
fn tail_and_follower_read_whole_lines_across_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acevo.log");
    fs::write(&path, "first\nsecond\nbeg").unwrap();
    let tail = tail(&path).unwrap();
    assert_eq!(tail.text, "first\nsecond\n");
    let mut follower = Follower::new(path.clone(), tail);
    assert_eq!(follower.lines().unwrap(), "");
    open_append(&path).unwrap().write_all(b"un\nthi").unwrap();
    assert_eq!(follower.lines().unwrap(), "begun\n");
    open_append(&path).unwrap().write_all(b"rd\n").unwrap();
    fs::rename(&path, numbered(&path, 1)).unwrap();
    assert_eq!(follower.lines().unwrap(), "third\n", "there is no new file yet");
    fs::write(&path, "new\n").unwrap();
    assert_eq!(follower.lines().unwrap(), "new\n");
}
