//! `acevo settings`, and settings as defaults of other commands: option, then environment, then file.
//!
//! Each test has folders of its own for settings, data and state.

use std::fs;
use std::path::{Path, PathBuf};

use acevo_testkit::program::{Output, output, spawn};
use acevo_testkit::user::User;
use serde_json::Value;

/// The settings that are in effect for a user with these variables.
fn json(user: &User, variables: &[(&str, &str)]) -> Value {
    let run = output(user.command(&["settings", "--json"]).envs(variables.iter().copied()));
    assert!(run.status.success(), "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

fn assert_fails(run: &Output, parts: &[&str]) {
    assert_eq!(run.status.code(), Some(1), "{run:?}");
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    parts.iter().for_each(|part| assert!(run.stderr.contains(part), "{part}: {}", run.stderr));
}

#[test]
fn settings_prints_the_path_and_defaults_without_a_file() {
    let user = User::new();
    let run = user.run(&["settings"]);
    assert!(run.status.success() && run.stderr.is_empty(), "{run:?}");
    let first = run.stdout.lines().next().unwrap();
    assert!(first.starts_with(&format!("# {}", user.file().display())) && first.contains("--init"), "{first}");
    assert!(run.stdout.contains("\n[server]\nport = 7333") && run.stdout.contains("# default"), "{}", run.stdout);
    assert!(!user.file().parent().unwrap().exists(), "reading creates nothing");
    let printed = User::with(&run.stdout);
    assert!(printed.run(&["settings", "--check"]).status.success(), "the output is a valid file");
}

#[test]
fn init_writes_a_commented_default_once() {
    let user = User::new();
    let run = user.run(&["settings", "--init"]);
    assert!(run.status.success(), "{run:?}");
    assert_eq!(run.stdout.trim_end(), user.file().to_str().unwrap());
    let text = fs::read_to_string(user.file()).unwrap();
    assert!(text.contains("#max_age = \"none\"") && text.contains("[thresholds]"), "{text}");
    let entries = fs::read_dir(user.file().parent().unwrap()).unwrap().count();
    assert_eq!(entries, 1, "no temporary file stays");
    assert!(user.run(&["settings", "--check"]).status.success());
    fs::write(user.file(), "units = \"metric\"\n").unwrap();
    assert_fails(&user.run(&["settings", "--init"]), &["exists and is not overwritten"]);
    assert_eq!(fs::read_to_string(user.file()).unwrap(), "units = \"metric\"\n");
}

#[test]
fn check_prints_every_error_with_its_line_and_a_suggestion() {
    let user =
        User::with("untis = \"metric\"\n[server]\n# a comment\nport = 70000\n[recording]\nmax_age = \"3 months\"\n");
    let run = user.run(&["settings", "--check"]);
    assert_eq!((run.status.code(), run.stderr.as_str()), (Some(1), ""));
    let file = user.file().display().to_string();
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines[0], format!("{file}:1: untis: unknown key; did you mean units?"));
    assert_eq!(lines[1], format!("{file}:4: server.port: expected 0 to 65535, found 70000"));
    assert!(lines[2].starts_with(&format!("{file}:6: recording.max_age: expected 1h to 100y")), "{}", lines[2]);
    assert_eq!(lines.len(), 3);

    let other = user.folder.path().join("other.toml");
    fs::write(&other, "rig = \"left\"\n").unwrap();
    let run = user.run(&["settings", "--check", "other.toml"]);
    assert!(run.status.success() && run.stdout == "other.toml: no errors\n", "{run:?}");
    assert_fails(&user.run(&["settings", "--check", "missing.toml"]), &["missing.toml does not exist"]);
}

#[test]
fn check_reports_addresses_that_would_be_refused() {
    let user = User::with(
        "[mqtt]\nbroker = \"192.168.1.5\"\n[influx]\nurl = \"192.168.1.5:8428\"\n[upload]\nurl = \"collect.example\"\n",
    );
    let run = user.run(&["settings", "--check"]);
    assert_eq!((run.status.code(), run.stderr.as_str()), (Some(1), ""), "{}", run.stdout);
    let file = user.file().display().to_string();
    let lines: Vec<_> = run.stdout.lines().collect();
    for (line, (number, key, value)) in lines.iter().zip([
        (2, "mqtt.broker", "192.168.1.5"),
        (4, "influx.url", "192.168.1.5:8428"),
        (6, "upload.url", "collect.example"),
    ]) {
        let (start, end) = (format!("{file}:{number}: {key}: "), format!("found {value:?}"));
        assert!(line.starts_with(&start) && line.ends_with(&end), "{line}");
    }
    assert_eq!(lines.len(), 3);

    let both = User::with("[upload]\nfolder = \"/srv\"\nurl = \"http://host\"\n");
    let run = both.run(&["settings", "--check"]);
    assert!(run.status.code() == Some(1) && run.stdout.contains("both set"), "{run:?}");
    let by_variable = output(User::new().command(&["settings", "--check"]).env("ACEVO_MQTT_BROKER", "mqtt://a:b@c"));
    assert_eq!(by_variable.status.code(), Some(1));
    let text = by_variable.stdout;
    assert!(text.starts_with("ACEVO_MQTT_BROKER: ") && !text.contains("a:b@c"), "no secrets: {text}");
}

#[test]
fn check_reports_variables_that_are_wrong_or_misspelt() {
    let user = User::new();
    let mut command = user.command(&["settings", "--check"]);
    let run = output(command.env("ACEVO_SERVER_PORT", "web").env("ACEVO_UNIT", "metric"));
    assert_eq!(run.status.code(), Some(1));
    assert!(run.stdout.contains("ACEVO_SERVER_PORT: expected 0 to 65535, found \"web\"\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("ACEVO_UNIT: unknown environment variable; did you mean ACEVO_UNITS?"),
        "{}",
        run.stdout
    );
}

#[test]
fn json_has_effective_settings_and_their_origins() {
    let user = User::with("units = \"metric\"\n[server]\nport = 8000\n[sectors]\n\"Monza\" = [0.25, 0.5]\n");
    let all = json(&user, &[("ACEVO_SERVER_PORT", "9000"), ("ACEVO_THRESHOLDS_LOW_FUEL_LAPS", "5"), ("ACEVO_RIG", "")]);
    assert_eq!(all["path"], user.file().to_str().unwrap());
    let settings = &all["settings"];
    assert_eq!((&settings["units"], &settings["server"]["port"]), (&"metric".into(), &9000.into()));
    assert_eq!(settings["thresholds"]["low_fuel_laps"], 5.0);
    assert_eq!(settings["sectors"]["tracks"]["Monza"], serde_json::json!([0.25, 0.5]));
    let origins = &all["origins"];
    assert_eq!([&origins["units"], &origins["server.port"], &origins["rig"]], ["file", "environment", "default"]);
}

/// Commands that take defaults from the settings. None of them needs a game before it reads them.
const USERS: [&[&str]; 8] = [
    &["--demo", "--json", "--count", "1"],
    &["watch", "--demo", "--lines", "--count", "1"],
    &["events", "--demo", "--count", "1"],
    &["laps", "--demo", "--count", "1"],
    &["serve", "--demo", "--port", "0"],
    &["record", "--demo", "--for", "1s", "-o", "."],
    &["export", "missing.acevo", "--to", "csv"],
    &["channels"],
];

#[test]
fn broken_file_is_an_error_of_every_command_that_uses_it() {
    let user = User::with("rig = \"left\"\n\nunits = \"imperal\"\n");
    let file = user.file().display().to_string();
    for args in USERS {
        assert_fails(&user.run(args), &[&file, "line 3: units:", "did you mean imperial?", "correct or remove"]);
    }
    assert_fails(&user.run(&["settings"]), &["line 3"]);
    // Commands without settings still help to find the cause.
    for args in [&["--version"][..], &["help"], &["simulate", "--help"], &["info", "--help"]] {
        assert!(user.run(args).status.success(), "{args:?}");
    }
}

#[test]
fn wrong_variable_is_an_error_that_names_it() {
    let user = User::new();
    for args in USERS {
        let run = output(user.command(args).env("ACEVO_ANALYSIS_REFERENCE", "bset"));
        assert_fails(&run, &["environment", "ACEVO_ANALYSIS_REFERENCE", "did you mean best?"]);
    }
}

#[test]
fn unreadable_files_are_errors_and_never_panics() {
    let user = User::with("");
    let bytes: [&[u8]; 7] =
        [b"\xff\xfeu\0n\0", b"a = 1\n\0", b"[", b"[[[[[[", b"x = [[[[[[[[1]]]]]]]]", b"\x1b[31m = 1", &[b'#'; 300_000]];
    for text in bytes {
        fs::write(user.file(), text).unwrap();
        let run = user.run(&["channels"]);
        assert_fails(&run, &["acevo.toml"]);
        assert!(!run.stderr.contains("panicked") && !run.stderr.contains('\x1b'), "{}", run.stderr);
    }
    fs::remove_file(user.file()).unwrap();
    fs::create_dir(user.file()).unwrap();
    assert_fails(&user.run(&["channels"]), &["acevo.toml", "a folder"]);
}

#[test]
fn units_of_channels_and_exports_follow_option_environment_and_file() {
    let user = User::with("units = \"imperial\"\n");
    let recording = user.folder.path().join("a.acevo");
    let made = user.run(&["simulate", "--scenario", "hot-laps", "--for", "5s", "-q", "-o", "a.acevo"]);
    assert!(made.status.success() && recording.exists(), "{made:?}");
    let unit = |args: &[&str], variables: &[(&str, &str)]| {
        let run = output(user.command(args).envs(variables.iter().copied()));
        assert!(run.status.success(), "{}", run.stderr);
        run.stdout
    };
    let speed = |options: &[&str], variables: &[(&str, &str)]| {
        unit(&[&["channels", "a.acevo", "speed", "--json"], options].concat(), variables)
    };
    assert!(speed(&[], &[]).contains("mph"));
    assert!(speed(&[], &[("ACEVO_UNITS", "metric")]).contains("km/h"));
    assert!(speed(&["--units", "imperial"], &[("ACEVO_UNITS", "metric")]).contains("mph"));
    let table = |options: &[&str], variables: &[(&str, &str)]| {
        let args = ["export", "a.acevo", "--to", "csv", "-o", "-", "--channels", "speed", "--units-row"];
        unit(&[&args, options].concat(), variables)
    };
    assert!(table(&[], &[]).contains("mph"));
    assert!(table(&[], &[("ACEVO_UNITS", "game")]).contains("km/h"));
    assert!(table(&["--units", "imperial"], &[("ACEVO_UNITS", "game")]).contains("mph"));
}

/// The address that `acevo serve` prints.
fn address(user: &User, args: &[&str], variables: &[(&str, &str)]) -> String {
    let mut command = user.command(&[&["serve", "--demo", "--quiet"], args].concat());
    spawn(command.envs(variables.iter().copied())).next_line()
}

#[test]
fn serve_follows_the_file_for_lan_and_keeps_its_token() {
    let user = User::with("[server]\nport = 0\nlan = true\n");
    let query = |address: String| address.split_once('?').map(|(_, query)| query.to_owned());
    let first = query(address(&user, &[], &[])).expect("a token");
    assert_eq!(query(address(&user, &[], &[])), Some(first.clone()));
    let kept = fs::read_to_string(user.folder.path().join("data/acevo/token")).unwrap();
    assert_eq!(first, format!("token={}", kept.trim()));
    assert_ne!(query(address(&user, &[], &[("ACEVO_SERVER_KEEP_TOKEN", "false")])), Some(first.clone()));
    assert_eq!(query(address(&user, &[], &[("ACEVO_SERVER_LAN", "false")])), None);
    assert_eq!(query(address(&user, &["--lan=false"], &[])), None);
    assert_eq!(query(address(&user, &["--lan"], &[("ACEVO_SERVER_LAN", "false")])), Some(first));
}

#[test]
fn record_writes_into_the_folder_of_the_settings() {
    // The name looks like that of a file.
    let user = User::with("[recording]\nfolder = \"~/my.races\"\n");
    let record = |args: &[&str], variable: Option<&Path>| {
        let mut command = user.command(&[&["record", "--demo", "--for", "1s", "--quiet"], args].concat());
        let run = output(command.envs(variable.map(|folder| ("ACEVO_RECORDING_FOLDER", folder))));
        assert!(run.status.success(), "{}", run.stderr);
        PathBuf::from(run.stdout.trim_end()).parent().unwrap().to_owned()
    };
    let folder = |name: &str| user.folder.path().join(name);
    assert_eq!(record(&[], None), folder("my.races"));
    assert_eq!(record(&[], Some(&folder("variable"))), folder("variable"));
    assert_eq!(record(&["-o", "option"], Some(&folder("variable"))), Path::new("option"));
}

#[test]
fn events_take_thresholds_from_the_file() {
    let user = User::with(
        "[thresholds]\nlow_fuel_l = 900\ncritical_fuel_l = 800\nlow_fuel_laps = 900\ncritical_fuel_laps = 800\n",
    );
    let run = user.run(&[
        "events",
        "--demo",
        "--scenario",
        "hot-laps",
        "--only",
        "fuel",
        "--count",
        "1",
        "--json",
        "--quiet",
    ]);
    let event: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&event["event"], &event["is_critical"]), (&"low_fuel".into(), &true.into()), "{event}");
}

/// The full-screen view on a pseudo-terminal.
#[cfg(target_os = "linux")]
mod screen {
    use std::ffi::OsStr;
    use std::fs::{File, OpenOptions};
    use std::io::{Read, Write};
    use std::os::unix::ffi::OsStrExt;
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::thread;

    use acevo_testkit::wait::PATIENCE;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    use super::*;

    /// Starts the screen, presses keys once it is drawn, and waits for its end.
    fn press(user: &User, keys: &str) {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&keyboard, size).unwrap();
        let name = ptsname(&keyboard, Vec::new()).unwrap();
        let terminal = OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
        let program = user.command(&["--demo"]);
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(program.get_program()).args(program.get_args()).env("TERM", "xterm");
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let output = || Stdio::from(terminal.try_clone().unwrap());
        let mut running = command.stdin(output()).stdout(output()).stderr(output()).spawn().unwrap();
        drop((command, terminal));
        let mut keyboard = File::from(keyboard);
        let mut screen = keyboard.try_clone().unwrap();
        let (sender, drawn) = channel();
        // Reads to the end, so that the program never blocks.
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            while screen.read(&mut buffer).is_ok_and(|length| length > 0) {
                let _ = sender.send(());
            }
        });
        drawn.recv_timeout(PATIENCE).expect("the screen is drawn");
        keyboard.write_all(keys.as_bytes()).unwrap();
        assert!(running.wait().unwrap().success());
        reader.join().unwrap();
    }

    #[test]
    fn screen_remembers_tab_and_units_and_ignores_a_broken_file() {
        let user = User::new();
        let file = user.folder.path().join("state/acevo/screen.json");
        let state = || serde_json::from_slice::<Value>(&fs::read(&file).unwrap()).unwrap();
        press(&user, "3uq");
        assert_eq!((&state()["tab"], &state()["units"]), (&"Laps".into(), &"metric".into()));
        press(&user, "uq");
        assert_eq!((&state()["tab"], &state()["units"]), (&"Laps".into(), &"imperial".into()));
        let before = fs::read(&file).unwrap();
        press(&user, "q");
        assert_eq!(fs::read(&file).unwrap(), before);
        fs::write(&file, "{\"tab\": [").unwrap();
        press(&user, "q");
        press(&user, "2q");
        assert_eq!((&state()["tab"], &state()["units"]), (&"Tyres".into(), &"game".into()));
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1, "no temporary file stays");
    }
}
