//! Names that control a terminal, in the game's pages, in file names, in names of processes and on the command line. No command prints
//! them.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use acevo_simulator::{Options, Scenario};
use acevo_telemetry::is_unsafe_to_print;
use acevo_testkit::program::{acevo, output};
use acevo_testkit::recordings::changed;
use serde_json::Value;

/// Names with escape sequences of 7 and 8 bits, signs that change the direction, tags, and line breaks. All of them fit into the pages.
const NAMES: [&str; 7] = [
    "x\x1b]0;owned\x07\x1b[2J\x1b[31mX",
    "x\u{9b}31m\u{9d}0;t\u{9c}\u{90}q\u{7f}",
    "\u{202e}evil\u{2066}x\u{61c}\u{200f}",
    "x\u{e0041}\u{e0042}\u{feff}\u{200b}",
    "a\nb\r\nc\td\u{2028}e",
    "=cmd|' /C calc'!A0",
    "x\u{fdd0}\u{fdd2}y",
];

/// Records four seconds of a drive with these names: the name of the driver, then the others in turn.
fn record(path: &Path, names: &[&str]) {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    changed(path, options, Duration::from_secs(4), |_, pages| {
        let mut next = names.iter().copied().cycle();
        let mut name = || next.next().unwrap();
        let (session, graphics) = (&mut pages.session, &mut pages.graphics);
        graphics.driver_name = name().into();
        (session.track, graphics.car_model) = (name().into(), name().into());
        (session.track_configuration, session.session_name) = (name().into(), name().into());
        (graphics.driver_surname, graphics.session_state.phase_name) = (name().into(), name().into());
        (session.nation, graphics.tyre_lf.tyre_compound_front) = (name().into(), name().into());
    });
}

/// Checks that neither output has anything that controls a terminal. Returns stdout.
fn check(command: &mut Command) -> String {
    let done = output(command);
    for text in [&done.stdout, &done.stderr] {
        // Lines of CSV end in CR LF.
        let text = text.replace("\r\n", "\n");
        let found = text.find(|letter| is_unsafe_to_print(letter) && letter != '\n');
        let around = found.map(|at| text[at..].chars().take(40).collect::<String>());
        assert_eq!(around, None, "{command:?}");
    }
    assert!(matches!(done.status.code(), Some(0..=2)), "{command:?}: {done:?}");
    done.stdout
}

/// Checks the output of commands for a recording: with arguments before and after the file.
fn check_commands(file: &Path, folder: &Path) {
    for (before, after) in [
        (&["info"][..], &["--check"][..]),
        (&["info"], &["--json"]),
        (&["laps"], &[]),
        (&["laps"], &["--json"]),
        (&["events"], &[]),
        (&["events"], &["--json"]),
        (&["dump"], &[]),
        (&["dump"], &["--json"]),
        (&["channels", "--values", "--from"], &[]),
        (&["channels", "--values", "--json", "--from"], &[]),
        (&["watch", "--lines", "--count", "1", "--from"], &[]),
        (&["watch", "--json", "--count", "1", "--from"], &[]),
        (&["repair"], &[]),
        (&["diff"], &["missing.json"]),
        (&["cut", "--laps", "77"], &[]),
        (&["plot"], &[]),
        (&["corners"], &[]),
        (&["corners"], &["--json"]),
        (&["replay"], &["--verbose", "--dir", "/proc/none"]),
        (&["export", "--rate", "1", "--to", "csv", "-o", "-"], &[]),
        (&["export", "--rate", "1", "--to", "jsonl", "-o", "-"], &[]),
        (&["export", "--to", "motec"], &[]),
        (&["export", "--to", "mcap"], &[]),
        (&["export", "--to", "parquet"], &[]),
        // It exists now.
        (&["export", "--to", "mcap"], &[]),
        (&["nonsense"], &[]),
        (&["watch", "--every"], &[]),
    ] {
        let stdout = check(acevo().current_dir(folder).args(before).arg(file).args(after));
        let is_document = after.contains(&"--json") || before.contains(&"--json");
        let is_list = before[0] == "laps" || before[0] == "events";
        if is_document && !is_list && !stdout.is_empty() {
            serde_json::from_str::<Value>(&stdout).unwrap_or_else(|error| panic!("{before:?}: {error} in {stdout}"));
        }
    }
}

#[test]
fn names_of_the_game_never_control_the_terminal() {
    let directory = tempfile::tempdir().unwrap();
    for first in [0, 2, 5] {
        let file = directory.path().join(format!("{first}.acevo"));
        let names = [&NAMES[first..], &NAMES[..first]].concat();
        record(&file, &names);
        check_commands(&file, directory.path());
        let json = check(acevo().arg("dump").arg(&file).args(["--json", "driver_name"]));
        let json: Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["graphics"]["driver_name"]["value"], names[0], "JSON has the name of the game");
        for entry in fs::read_dir(directory.path()).unwrap() {
            let written = entry.unwrap().file_name();
            assert!(!written.to_str().unwrap().contains(is_unsafe_to_print), "{written:?}");
        }
    }
}

#[test]
fn export_prefixes_formulas_unless_raw_text_is_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let (file, formula) = (directory.path().join("drive.acevo"), "=cmd|' /C calc'!A0");
    record(&file, &[formula]);
    let table = |options: &[&str]| {
        let mut command = acevo();
        command.args(["export", "--to", "csv", "-o", "-", "--rate", "1", "--channels", "driver_name,g_lateral"]);
        check(command.args(options).arg(&file))
    };
    let cells = |text: &str| text.matches(&format!(",{formula},")).count();
    let (clean, raw) = (table(&[]), table(&["--raw-text"]));
    assert_eq!((cells(&clean), cells(&raw)), (0, raw.lines().count() - 1));
    assert_eq!(clean, raw.replace(formula, &format!("'{formula}")));
    let refused = output(acevo().args(["export", "--to", "jsonl", "--raw-text"]).arg(&file));
    assert!(refused.stderr.starts_with("error: --raw-text: only CSV has it"), "{}", refused.stderr);
}

/// Prefix of a file's name that clears the screen and sets the title of a window.
#[cfg(unix)]
const FILE_NAME: &str = "lap\x1b]0;owned\x07\x1b[2J\u{9b}31m\u{202e}\n";

#[cfg(unix)]
#[test]
fn names_of_files_never_control_the_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let drive = directory.path().join(format!("{FILE_NAME}drive.acevo"));
    record(&drive, &["Valdombra"]);
    let damaged = directory.path().join(format!("{FILE_NAME}damaged.acevo"));
    let mut bytes = fs::read(&drive).unwrap();
    bytes.truncate(bytes.len() * 2 / 3);
    fs::write(&damaged, bytes).unwrap();
    let broken = directory.path().join(format!("{FILE_NAME}broken.acevo"));
    fs::write(&broken, "no recording").unwrap();
    let missing = directory.path().join(format!("{FILE_NAME}missing.acevo"));
    let folder = directory.path().join(format!("{FILE_NAME}folder"));
    fs::create_dir(&folder).unwrap();
    for file in [&drive, &damaged, &broken, &missing, &folder] {
        check_commands(file, directory.path());
    }
    for format in ["csv", "motec", "parquet"] {
        let out = directory.path().join(format!("{FILE_NAME}{format}"));
        check(acevo().args(["export", "--to", format]).arg(directory.path()).arg("-o").arg(&out));
    }
    check(acevo().args(["record", "--demo", "--verbose", "--for", "1s", "-o"]).arg(&drive));
    check(acevo().args(["record", "--keep-last", "9s", "-o"]).arg(&drive));
    check(acevo().args(["dump", "--dir"]).arg(&folder));
    check(acevo().args(["doctor", "--dir"]).arg(&folder));
    check(acevo().args(["serve", "--lan", "--token-file"]).arg(&broken));
}

/// The recorder prints the path for scripts: they get the bytes of the name.
#[cfg(unix)]
#[test]
fn record_prints_the_path_unchanged_to_a_pipe() {
    use std::os::unix::ffi::OsStrExt;

    let directory = tempfile::tempdir().unwrap();
    let name = std::ffi::OsStr::from_bytes(b"caf\xc3\xa9 \x1b[2J \xff.acevo");
    let file = directory.path().join(name);
    let done = acevo().args(["record", "--demo", "--for", "1s", "-q", "-o"]).arg(&file).output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert_eq!(done.stdout, [file.as_os_str().as_bytes(), b"\n"].concat());
    assert!(file.is_file());
}

#[cfg(target_os = "linux")]
#[test]
fn names_of_processes_never_control_the_terminal() {
    use std::os::unix::process::CommandExt;

    let directory = tempfile::tempdir().unwrap();
    let link = directory.path().join("\x1b[2J\u{9b}1m\n");
    fs::copy("/bin/sleep", &link).unwrap();
    let mut process = Command::new(&link).arg0("\x1b[2JAssettoCorsaEVO.exe").arg("600").spawn().unwrap();
    let pid = process.id().to_string();
    for command in ["doctor", "dump"] {
        check(acevo().args([command, "--pid", &pid]));
    }
    check(acevo().args(["doctor", "--json", "--pid", &pid]));
    process.kill().unwrap();
    process.wait().unwrap();
}
