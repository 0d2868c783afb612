//! Signals that the program inherits or gets from the system: a hang-up under `nohup`, and the limit of the file size.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_recording::Recording;
use acevo_testkit::program::{Running, Signal, binary, output, spawn, without_settings};
use acevo_testkit::wait::until;

/// Runs the program in a shell, after a shell command.
fn after(shell_command: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    let data = std::env::temp_dir().join("acevo-test-data");
    command.args(["-c", &format!("{shell_command}; exec \"$0\" \"$@\"")]).arg(binary()).args(arguments);
    without_settings(&mut command).env("XDG_DATA_HOME", data).stdin(std::process::Stdio::null());
    command
}

/// Sends a hang-up and then a termination, and returns whether the process got as far as the second one.
fn ends_by_hangup(mut running: Running) -> bool {
    let status = Path::new("/proc").join(running.id().to_string()).join("status");
    let mask = |name: &str| {
        let status = fs::read_to_string(&status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        u64::from_str_radix(line.trim(), 16).unwrap()
    };
    // The handlers are installed.
    until(|| mask("SigCgt:") & (1 << (Signal::TERM.as_raw() - 1)) != 0);
    let hangup = 1 << (Signal::HUP.as_raw() - 1);
    let is_ignored = mask("SigIgn:") & hangup != 0;
    assert_eq!(is_ignored, mask("SigCgt:") & hangup == 0);
    running.signal(Signal::HUP);
    if is_ignored {
        running.signal(Signal::TERM);
    }
    // It has ended by itself, though perhaps without a recording.
    assert!(running.wait().0.code().is_some());
    !is_ignored
}

#[test]
fn hangup_that_is_ignored_stays_ignored() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("hangup.acevo");
    for arguments in [
        &["serve", "--demo", "--port", "0"][..],
        &["record", "--demo", "-o", file.to_str().unwrap()],
        &["watch", "--demo", "--lines"],
    ] {
        // As nohup does.
        assert!(!ends_by_hangup(spawn(&mut after("trap '' HUP", arguments))), "{arguments:?}");
        fs::remove_file(&file).unwrap_or_default();
        assert!(ends_by_hangup(spawn(&mut after("true", arguments))), "{arguments:?}");
        fs::remove_file(&file).unwrap_or_default();
    }
}

#[test]
fn limit_of_the_file_size_is_reported_and_leaves_a_readable_recording() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("limited.acevo");
    let path = file.to_str().unwrap();
    let recorded =
        output(&mut after("ulimit -f 400", &["record", "--demo", "--speed", "20", "--for", "60s", "-o", path]));
    // Not killed by the signal.
    assert_eq!(recorded.status.code(), Some(1), "{recorded:?}");
    assert!(recorded.stderr.contains("File too large"), "{}", recorded.stderr);
    let mut recording = Recording::open(&file).unwrap();
    assert!(recording.check().unwrap().is_empty(), "whole blocks only");
    assert!(recording.info().records.physics > 0);
}
