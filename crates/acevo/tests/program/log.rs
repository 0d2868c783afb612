//! The log of commands that run in the background, and `acevo log`.

use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

#[cfg(target_os = "linux")]
use acevo_testkit::disk::Disk;
#[cfg(target_os = "linux")]
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Signal, acevo, output, spawn};
use acevo_testkit::wait::until;
use tempfile::TempDir;

/// The program with a state folder of its own.
fn acevo_in(folder: &Path) -> Command {
    let mut command = acevo();
    command.env("XDG_STATE_HOME", folder).env_remove("ACEVO_LOG_LEVEL");
    command
}

fn log_in(folder: &Path) -> PathBuf {
    folder.join("acevo/acevo.log")
}

fn text_in(folder: &Path) -> String {
    fs::read_to_string(log_in(folder)).unwrap_or_default()
}

/// A folder with a log of these lines.
fn folder_with(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("acevo")).unwrap();
    fs::write(log_in(folder.path()), text).unwrap();
    folder
}

fn append(folder: &Path, text: &str) {
    OpenOptions::new().append(true).open(log_in(folder)).unwrap().write_all(text.as_bytes()).unwrap();
}

/// The status line of an answer.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn serve_logs_without_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = acevo_in(folder.path());
    let mut server = spawn(command.args(["serve", "--demo", "--lan", "--port", "0", "--log", "debug"]));
    let address = server.next_line();
    let (host, token) = address.strip_prefix("http://").unwrap().split_once("/?token=").unwrap();
    assert!(get(host, &format!("/api/snapshot?token={token}")).contains("200"));
    let elsewhere = host.replace("127.0.0.1", "127.0.0.2");
    assert!(get(&elsewhere, "/api/snapshot?token=0123456789abcdefghij").contains("401"));
    until(|| text_in(folder.path()).contains("request refused"));
    server.signal(Signal::TERM);
    let (status, messages) = server.wait();
    assert!(status.success() && messages.contains(token), "{messages}");
    let text = text_in(folder.path());
    let source = format!(" serve[{}] ", server.id());
    assert!(text.lines().all(|line| line.contains(&source) && line.as_bytes()[23] == b'Z'), "{text}");
    let (first, last) = (text.lines().next().unwrap(), text.lines().last().unwrap());
    assert!(
        first.contains("INFO ") && first.ends_with(concat!("acevo ", env!("CARGO_PKG_VERSION"), " begins")),
        "{text}"
    );
    assert!(last.ends_with("the program ends"), "{text}");
    assert!(text.contains("listening on") && text.contains("DEBUG"), "{text}");
    assert!(!text.contains(token) && !text.contains("0123456789abcdefghij"), "{text}");
    assert_eq!(fs::metadata(log_in(folder.path())).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn record_logs_its_messages_and_errors() {
    let folder = tempfile::tempdir().unwrap();
    let record = |options: &[&str]| {
        let mut command = acevo_in(folder.path());
        output(command.args(["record", "--demo", "--speed", "20", "--for", "5s"]).args(options).current_dir(&folder))
    };
    let recorded = record(&["-o", "evening.acevo"]);
    assert!(recorded.status.success(), "{}", recorded.stderr);
    let text = text_in(folder.path());
    assert!(text.contains("opened evening.acevo") && text.contains("closed evening.acevo"), "{text}");
    assert!(text.contains("attached"), "messages are logged, too: {text}");
    assert!(!record(&["-o", "evening.acevo"]).status.success());
    let text = text_in(folder.path());
    assert!(
        text.lines().any(|line| line.contains("ERROR") && line.contains("exists and is not overwritten")),
        "{text}"
    );
    fs::remove_dir_all(folder.path().join("acevo")).unwrap();
    assert!(record(&["-o", "off.acevo", "--log", "off"]).status.success());
    assert!(!folder.path().join("acevo").exists());
    assert!(record(&["-o", "quiet.acevo", "--log", "error", "--verbose"]).stderr.contains("opened"));
    assert_eq!(text_in(folder.path()), "");
}

#[test]
fn a_log_that_cannot_be_written_is_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("acevo"), "").unwrap();
    let record = |options: &[&str]| {
        let mut command = acevo_in(folder.path());
        let output = folder.path().join(format!("evening{}.acevo", options.len()));
        command.args(["record", "--demo", "--speed", "20", "--for", "2s"]).args(options).arg("-o").arg(output);
        acevo_testkit::program::output(&mut command)
    };
    let recorded = record(&[]);
    assert!(recorded.status.success(), "{}", recorded.stderr);
    assert_eq!(recorded.stderr.matches("nothing is logged").count(), 1, "{}", recorded.stderr);
    let recorded = record(&["--quiet"]);
    assert!(recorded.status.success() && recorded.stderr.is_empty(), "{}", recorded.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_of_the_log_does_not_stop_recording() {
    let Some(disk) = Disk::new(1 << 20) else {
        left_out("the log on a full disk, because mounting is not permitted");
        return;
    };
    disk.fill(0);
    let folder = tempfile::tempdir().unwrap();
    let mut command = acevo_in(disk.path());
    let mut recorder = spawn(command.args(["record", "--demo", "-o"]).arg(folder.path().join("evening.acevo")));
    recorder.message_with("nothing is logged until this succeeds");
    disk.make_room();
    recorder.message_with("attached");
    recorder.signal(Signal::TERM);
    assert!(recorder.wait().0.success());
    let text = text_in(disk.path());
    assert!(text.contains("lines of the log are lost: ") && text.contains("the program ends"), "{text}");
}

#[test]
fn log_prints_the_end_across_files() {
    let folder = folder_with("five\nsix\x1b[2J\u{202e}\nhalf");
    fs::write(folder.path().join("acevo/acevo.1.log"), "three\nfour\n").unwrap();
    fs::write(folder.path().join("acevo/acevo.2.log"), "one\ntwo\n").unwrap();
    let log = |options: &[&str]| output(acevo_in(folder.path()).arg("log").args(options)).stdout;
    assert_eq!(log(&["-n", "1"]), "six[2J\n", "a line that is being written has to wait");
    assert_eq!(log(&["--lines", "3"]), "four\nfive\nsix[2J\n");
    assert_eq!(log(&[]), "one\ntwo\nthree\nfour\nfive\nsix[2J\n");
    assert_eq!(log(&["-n", "0"]), "");
}

#[test]
fn log_without_a_log_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let log = |options: &[&str]| output(acevo_in(folder.path()).arg("log").args(options));
    let missing = log(&[]);
    assert!(missing.status.code() == Some(1) && missing.stdout.is_empty(), "{missing:?}");
    assert!(
        missing.stderr.contains("there is no log yet") && missing.stderr.contains("acevo serve"),
        "{}",
        missing.stderr
    );
    let path = log(&["--path"]);
    assert!(path.status.success(), "{path:?}");
    assert_eq!(path.stdout, format!("{}\n", log_in(folder.path()).display()));
    assert_eq!(log(&["--path", "--follow"]).status.code(), Some(2));
    fs::create_dir_all(log_in(folder.path())).unwrap();
    let refused = log(&[]);
    assert!(refused.status.code() == Some(1) && refused.stderr.contains("it is a folder"), "{refused:?}");
}

#[test]
fn log_follows_a_log_that_is_renamed_when_it_is_full() {
    let folder = folder_with("one\ntwo\n");
    let mut log = spawn(acevo_in(folder.path()).args(["log", "--follow", "-n", "1"]));
    assert_eq!(log.next_line(), "two");
    append(folder.path(), "three\n");
    assert_eq!(log.next_line(), "three");
    append(folder.path(), "four\n");
    fs::rename(log_in(folder.path()), folder.path().join("acevo/acevo.1.log")).unwrap();
    fs::write(log_in(folder.path()), "five\n").unwrap();
    assert_eq!((log.next_line(), log.next_line()), ("four".into(), "five".into()));
    log.signal(Signal::INT);
    assert!(log.wait().0.success());
}

/// A file that has nearly 1 MB is renamed by the real program.
#[test]
fn the_log_stays_small() {
    let folder = folder_with(&"old line\n".repeat(999_950 / 9));
    let file = folder.path().join("evening.acevo");
    let mut command = acevo_in(folder.path());
    let recorded = output(command.args(["record", "--demo", "--speed", "20", "--for", "5s", "-o"]).arg(&file));
    assert!(recorded.status.success(), "{}", recorded.stderr);
    let (new, old) = (text_in(folder.path()), fs::read_to_string(folder.path().join("acevo/acevo.1.log")).unwrap());
    assert!(old.len() <= 1_000_000 && old.contains("old line"), "{}", old.len());
    assert!(new.len() < 10_000 && new.contains("the program ends") && !new.contains("old line"), "{new}");
}
