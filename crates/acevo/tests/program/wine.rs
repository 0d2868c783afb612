//! Simulated games under Wine, read by Windows and native readers: both get the same values, in any start order. Also the registry.
//!
//! Needs Wine and the Windows program; `.ci/run wine` installs both:
//!
//! ```text
//! eval "$(.ci/wine/setup)" && cargo build -p acevo --target x86_64-pc-windows-gnu
//! ACEVO_EXE=target/x86_64-pc-windows-gnu/debug/acevo.exe cargo test -p acevo --test program wine:: -- --nocapture
//! ```

use std::collections::{BTreeMap, HashSet};
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use acevo_recording::{Recording, RecordingItem};
use acevo_shared_memory::PageKind;
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState};
use acevo_testkit::follow::{until_detached, until_live, until_packets, until_state};
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Running, Signal, acevo, spawn};
use acevo_testkit::wait::PATIENCE;
use serde_json::Value;

use crate::relay::{address_of, recorded_pages};

/// Starts a program and reads its output.
fn start(mut command: Command) -> Running {
    spawn(command.stdin(Stdio::null()))
}

fn packet_id(object: &Value) -> i64 {
    object["packet_id"].as_i64().expect("a number")
}

/// Wine and the Windows program.
struct Environment {
    wine: OsString,
    exe: PathBuf,
    _prefix: MutexGuard<'static, ()>,
}

/// All tests share the prefix: its sections, its registry, and its server, which starts with the first program and ends with the last.
static PREFIX: Mutex<()> = Mutex::new(());

impl Environment {
    /// `None`, after a message, if the environment has no Windows program.
    fn new() -> Option<Self> {
        let Some(exe) = env::var_os("ACEVO_EXE") else {
            left_out("tests under Wine, because ACEVO_EXE is not set");
            return None;
        };
        // Tests run in the folder of their package; the path may be relative to the workspace.
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let exe = workspace.join(exe).canonicalize().expect("ACEVO_EXE is the Windows program");
        let wine =
            env::var_os("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER").expect("`.ci/wine/setup` prints the path of Wine");
        let prefix = PREFIX.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Self { wine, exe, _prefix: prefix })
    }

    fn windows(&self, exe: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.wine);
        command.arg(exe).args(arguments);
        command
    }

    fn acevo_exe(&self, arguments: &[&str]) -> Command {
        self.windows(&self.exe, arguments)
    }

    fn native(&self, arguments: &[&str]) -> Command {
        let mut command = acevo();
        command.args(arguments);
        command
    }
}

/// Runs a program to its end. Its output goes to files: other programs that Wine starts would keep a pipe open.
fn output(mut command: Command) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let [stdout, stderr] = ["stdout", "stderr"].map(|name| folder.path().join(name));
    let create = |path: &Path| File::create(path).expect("a file in a new folder");
    command.stdin(Stdio::null()).stdout(create(&stdout)).stderr(create(&stderr));
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let read = |path: &Path| fs::read(path).expect("the file is there");
    Output { status, stdout: read(&stdout), stderr: read(&stderr) }
}

fn json(command: Command) -> Value {
    let output = output(command);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// One test for all that publishes pages: the programs of a prefix share the names of sections.
#[test]
fn windows_and_native_readers_see_the_same_game() {
    let Some(world) = Environment::new() else { return };
    nothing_runs_yet(&world);
    readers_that_start_first_wait_and_see_the_same_packets(&world);
    readers_survive_a_crash_and_a_restart(&world);
    the_game_is_found_by_its_process_name(&world);
    a_second_publisher_is_refused(&world);
    of_two_games_the_moving_one_is_read(&world);
    the_connection_follows_the_game(&world);
    the_connection_changes_to_the_game_of_another_prefix(&world);
    recordings_have_a_name_and_a_default_folder(&world);
    the_last_seconds_are_saved_by_a_line(&world);
    recording_of_a_replay_has_the_same_pages(&world);
    a_paused_replay_can_be_read(&world);
    the_relay_publishes_a_native_game_on_windows(&world);
    the_relay_publishes_a_game_of_windows_natively(&world);
}

/// A path for Windows programs.
fn windows_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// The native path of a line that a Windows program printed.
fn native_path(line: &str) -> PathBuf {
    let path = line.trim().strip_prefix("Z:").unwrap_or_else(|| panic!("{line:?} is not a path on drive Z"));
    path.replace('\\', "/").into()
}

/// The bytes of all pages of a recording, which must be complete and undamaged.
fn pages(path: &Path) -> Vec<(PageKind, Vec<u8>)> {
    let mut recording = Recording::open(path).expect("a recording");
    assert!(recording.info().finished && recording.check().expect("it can be read").is_empty());
    let mut pages = Vec::new();
    while let Some(item) = recording.next_item().expect("it can be read") {
        if let RecordingItem::Record(record) = item {
            pages.push((record.page, record.bytes.to_vec()));
        }
    }
    pages
}

/// A file is renamed while it is open. Without `-o` it is created in the documents of the user.
fn recordings_have_a_name_and_a_default_folder(world: &Environment) {
    let home = tempfile::tempdir().expect("a folder");
    fs::create_dir(home.path().join("Documents")).expect("a folder");
    let exe = windows_path(&world.exe);
    // Wine sets the home folder of the first program, so a shell starts the second one.
    let line = format!("set USERPROFILE={}&&{exe} record --demo --speed 5 --for 10s", windows_path(home.path()));
    let mut shell = Command::new(&world.wine);
    shell.args(["cmd", "/c", &line]);
    let recorded = output(shell);
    let path = native_path(&String::from_utf8_lossy(&recorded.stdout));
    assert_eq!(path.parent(), Some(&*home.path().join("Documents/acevo")));
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(name.ends_with("_Valdombra_Velocita-GT3-R_Hot-Lap.acevo"), "{name}");
    assert!(pages(&path).len() > 300);
    assert_eq!(fs::read_dir(home.path().join("Documents/acevo")).expect("a folder").count(), 1);
}

/// Autostart writes, reads and removes a value of the registry, which starts `acevow.exe` from any folder.
#[test]
fn autostart_is_a_value_of_the_registry() {
    let Some(world) = Environment::new() else { return };
    const KEY: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
    let folder = tempfile::tempdir().expect("a folder");
    let programs = folder.path().join("J\u{fc}rgen's games");
    fs::create_dir(&programs).expect("a folder");
    for name in ["acevo.exe", "acevow.exe"] {
        fs::copy(world.exe.with_file_name(name), programs.join(name)).expect("cargo has built both programs");
    }
    let acevo = programs.join("acevo.exe");
    let run = |arguments: &[&str]| {
        let output = output(world.windows(&acevo, arguments));
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let reg = |arguments: &[&str]| {
        let mut command = Command::new(&world.wine);
        command.arg("reg").args(arguments);
        assert!(output(command).status.success(), "{arguments:?}");
    };
    let state = || serde_json::from_str::<Value>(&run(&["autostart", "status", "--json"]).1).expect("JSON");
    assert_eq!(run(&["autostart", "status"]).0, Some(1));
    let (code, message) = run(&["autostart", "on", "--no-start"]);
    assert_eq!(code, Some(0), "{message}");
    assert_eq!(run(&["autostart", "status"]).0, Some(0));
    let found = state();
    assert_eq!((&found["on"], &found["entries"][0]["mechanism"]), (&true.into(), &"registry".into()), "{found}");
    assert_eq!(found["entries"][0]["program"], windows_path(&programs.join("acevow.exe")), "{found}");
    assert_eq!(found["problems"], serde_json::json!([]));
    let other = output(world.acevo_exe(&["autostart", "status"]));
    assert!(String::from_utf8_lossy(&other.stdout).contains("is another program than this one"));
    assert_eq!(run(&["autostart", "off"]).0, Some(0));
    assert_eq!(state(), serde_json::json!({"on": false, "entries": [], "problems": []}));
    // The value of another program.
    reg(&["add", KEY, "/v", "acevo", "/d", "notepad.exe", "/f"]);
    for action in ["on", "off"] {
        let (code, message) = run(&["autostart", action]);
        assert!(code == Some(1) && message.contains("notepad.exe"), "{message}");
    }
    reg(&["delete", KEY, "/v", "acevo", "/f"]);
    // The program without a window passes on arguments and exit codes.
    for (argument, code) in [("--help", 0), ("--nonsense", 2)] {
        let launched = output(world.windows(&programs.join("acevow.exe"), &[argument]));
        assert_eq!(launched.status.code(), Some(code), "{argument}");
    }
}

fn the_last_seconds_are_saved_by_a_line(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let place = windows_path(folder.path());
    let mut recorder = world.acevo_exe(&["record", "--quiet", "--demo", "--keep-last", "5s", "-o", &place]);
    let mut recorder = spawn(recorder.stdin(Stdio::piped()));
    let mut packets = 0;
    let mut moments = 0;
    let start = Instant::now();
    while packets < 100 {
        assert!(start.elapsed() < PATIENCE, "{packets} packets in {moments} moments");
        recorder.type_line("");
        // Before the first packet the recorder saves and prints nothing.
        let is_moment = |entry: fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "acevo");
        if fs::read_dir(folder.path()).expect("a folder").flatten().map(is_moment).filter(|is| *is).count() == moments {
            thread::sleep(Duration::from_millis(100));
            continue;
        }
        packets = pages(&native_path(&recorder.next_line())).len();
        moments += 1;
    }
}

fn recording_of_a_replay_has_the_same_pages(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, native, windows] =
        ["first", "native", "windows"].map(|name| folder.path().join(name).with_extension("acevo"));
    let [first_there, windows_there] = [&first, &windows].map(|path| windows_path(path));
    let made =
        output(world.acevo_exe(&["record", "--quiet", "--demo", "--speed", "2", "--for", "5s", "-o", &first_there]));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let native_path = native.to_str().expect("text");
    let recorders = [world.acevo_exe(&["record", "-o", &windows_there]), world.native(&["record", "-o", native_path])]
        .map(|mut command| spawn(command.stdin(Stdio::null())));
    // Both start before the game.
    for recorder in &recorders {
        recorder.message_with("Waiting");
    }
    let replayed = output(world.acevo_exe(&["replay", &first_there, "--quiet"]));
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stderr));
    let original: HashSet<_> = pages(&first).into_iter().collect();
    for (recorder, path) in recorders.iter().zip([&windows, &native]) {
        let line = recorder.next_line();
        assert!(line.trim().ends_with(path.file_name().and_then(|name| name.to_str()).expect("text")), "{line}");
        let copies = pages(path);
        let physics = copies.iter().filter(|(page, _)| *page == PageKind::Physics).count();
        assert!(physics > 100, "{physics} of {}", original.len());
        // A page that is read while it is written may be torn: rare, as above.
        let strange = copies.iter().filter(|copy| !original.contains(*copy)).count();
        assert!(strange * 20 <= copies.len(), "{strange} of {} pages were never replayed", copies.len());
    }
}

fn a_paused_replay_can_be_read(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("short.acevo");
    let there = windows_path(&file);
    let made = output(world.acevo_exe(&["record", "--quiet", "--demo", "--for", "4s", "-o", &there]));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let mut recording = Recording::open(&file).expect("a recording");
    let place = recording.info().start + Duration::from_secs(2);
    recording.seek(place + Duration::from_micros(1)).expect("it can be read");
    let bytes = recording.opening(PageKind::Physics).expect("it drives").bytes;
    let expected = i32::from_le_bytes(bytes[..4].try_into().expect("four bytes"));

    let mut replay = world.acevo_exe(&["replay", &there, "--pause-at", "2s"]);
    let mut replay = spawn(replay.stdin(Stdio::piped()));
    replay.message_with("paused at 0:02");
    let fields = ["dump", "--json", "packetId", "--page", "physics"];
    for command in [world.acevo_exe(&fields), world.native(&fields)] {
        assert_eq!(json(command)["physics"]["packetId"]["value"].as_i64(), Some(expected.into()));
    }
    replay.type_line("");
    replay.message_with("end of recording");
    assert!(replay.wait_for_exit().success());
}

fn nothing_runs_yet(world: &Environment) {
    for command in [world.acevo_exe(&["dump"]), world.native(&["dump"])] {
        let output = output(command);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        let refused = !output.status.success() && output.stdout.is_empty() && message.contains("not running");
        assert!(refused, "{}: {message} {}", output.status, String::from_utf8_lossy(&output.stdout));
    }
    for command in [world.acevo_exe(&["doctor"]), world.native(&["doctor"])] {
        assert!(!output(command).status.success());
    }
}

fn readers_that_start_first_wait_and_see_the_same_packets(world: &Environment) {
    let watch = ["watch", "--json", "--quiet"];
    let [windows, native] = [start(world.acevo_exe(&watch)), start(world.native(&watch))];
    let _game = start(world.acevo_exe(&["simulate", "--scenario", "hot-laps", "--quiet"]));

    // Both readers poll at different times. Only packets that both have received are compared.
    let collect = |reader: &Running| -> BTreeMap<i64, Value> {
        reader.until_object(|object| packet_id(object) > 0);
        (0..600).map(|_| reader.next_object()).map(|object| (packet_id(&object), object["physics"].clone())).collect()
    };
    let (windows, native) = (collect(&windows), collect(&native));
    let both: Vec<_> = windows.keys().filter(|id| native.contains_key(id)).collect();
    assert!(both.len() >= 20, "only {} packets in common", both.len());
    // If the system suspends the producer in the middle of a page, readers get a torn page. That is rare; a reader that decodes a byte
    // wrongly does so in every packet.
    let torn: Vec<_> = both.iter().filter(|id| windows[id] != native[id]).collect();
    let example = torn.first().map(|id| differences(&windows[id], &native[id]));
    assert!(torn.len() * 20 <= both.len(), "{} of {} differ: {example:?}", torn.len(), both.len());
    assert!(native.values().any(|physics| physics["speedKmh"].as_f64() > Some(1.0)), "it drives");

    // The static page does not change: all its fields must be equal, and those of the simulator.
    let fields = ["dump", "--json", "--page", "static", "--all"];
    let (windows, native) = (json(world.acevo_exe(&fields)), json(world.native(&fields)));
    assert_eq!(windows, native);
    let demo = json(world.native(&["dump", "--demo", "--json", "--page", "static", "--all"]));
    assert_eq!(native, demo);

    for command in [world.acevo_exe(&["doctor"]), world.native(&["doctor"])] {
        let output = output(command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

fn readers_survive_a_crash_and_a_restart(world: &Environment) {
    let watch = ["watch", "--json", "--quiet"];
    let simulate =
        |seed: &str| start(world.acevo_exe(&["simulate", "--scenario", "hot-laps", "--quiet", "--seed", seed]));
    let mut game = simulate("1");
    let readers = [start(world.acevo_exe(&watch)), start(world.native(&watch))];
    // Each connection begins with the static page. Later that page is printed only if it changes.
    let begins = |object: &Value| object.get("static").is_some();
    for reader in &readers {
        reader.until_object(begins);
        reader.until_object(|object| packet_id(object) > 100);
    }

    game.kill();
    let mut game = simulate("2");
    for reader in &readers {
        let first = packet_id(&reader.until_object(begins));
        reader.until_object(|object| packet_id(object) > first + 100);
    }
    game.kill();
}

/// The kernel truncates the name of the process.
fn the_game_is_found_by_its_process_name(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let exe = folder.path().join("AssettoCorsaEVO.exe");
    fs::copy(&world.exe, &exe).expect("the program can be copied");
    let _game = start(world.windows(&exe, &["simulate", "--scenario", "hot-laps", "--quiet"]));

    let native = start(world.native(&["watch", "--json", "--quiet"]));
    native.until_object(|object| packet_id(object) > 10);
    let report = output(world.native(&["doctor"]));
    let text = String::from_utf8_lossy(&report.stdout);
    assert!(report.status.success() && text.contains("AssettoCorsaEVO"), "{text}");

    // A publisher never overwrites the pages of a running game.
    let refused = output(world.acevo_exe(&["simulate", "--quiet"]));
    let message = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && message.contains("in use"), "{message}");
}

fn a_second_publisher_is_refused(world: &Environment) {
    let mut first = start(world.acevo_exe(&["simulate", "--scenario", "hot-laps", "--quiet"]));
    let native = start(world.native(&["watch", "--json", "--quiet"]));
    native.until_object(|object| packet_id(object) > 10);
    let refused = output(world.acevo_exe(&["simulate", "--quiet"]));
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("in use"));
    let unharmed = packet_id(&native.next_object());
    native.until_object(|object| packet_id(object) > unharmed + 10);
    first.kill();
}

/// Two prefixes have a game each. The one that started last is stopped.
fn of_two_games_the_moving_one_is_read(world: &Environment) {
    let drive = ["simulate", "--scenario", "hot-laps", "--quiet"];
    let _first = start(world.acevo_exe(&drive));
    wait_for_packets(world);

    let prefix = tempfile::tempdir().expect("a folder");
    let mut elsewhere = world.acevo_exe(&drive);
    elsewhere.env("WINEPREFIX", prefix.path());
    let second = start(elsewhere);
    let pid = second.id().to_string();
    let other = start(world.native(&["watch", "--json", "--quiet", "--pid", &pid]));
    other.until_object(|object| packet_id(object) > 10);
    second.signal(Signal::STOP);

    wait_for_packets(world);
    // With its process id, the stopped one can still be read.
    let still = json(world.native(&["dump", "--json", "--pid", &pid, "packetId", "--page", "physics"]));
    assert!(still["physics"]["packetId"]["value"].as_i64() > Some(10), "{still}");
    drop(second);
    let server = Path::new(&world.wine).with_file_name("wineserver64");
    let _ = Command::new(server).arg("-k").env("WINEPREFIX", prefix.path()).status();
}

/// A native connection, and a Windows reader that keeps the sections of the old game: both change to the new game.
fn the_connection_follows_the_game(world: &Environment) {
    let drive = || start(world.acevo_exe(&["simulate", "--scenario", "hot-laps", "--quiet"]));
    let mut connection = Connection::new();
    assert!(connection.wait(Duration::from_millis(600)).is_none());
    assert!(connection.error().is_some_and(acevo_shared_memory::Error::is_absence), "{:?}", connection.error());
    let mut game = drive();
    until_live_in(&mut connection, &game);
    until_live_in(&mut Connection::new(), &game);

    let reader = start(world.acevo_exe(&["watch", "--json", "--quiet"]));
    reader.until_object(|object| packet_id(object) > 0);
    let ended = game.kill();
    until_detached(&mut connection, ended);
    assert!(
        connection
            .wait(Duration::from_secs(1))
            .is_none_or(|event| matches!(event, ConnectionEvent::StateChanged { .. }))
    );
    assert_eq!(connection.state(), ConnectionState::Waiting);
    game = drive();
    until_live_in(&mut connection, &game);
    reader.until_object(|object| object.get("static").is_some());
    reader.until_object(|object| packet_id(object) > 0);

    // A restart within 100 ms. Several attempts: a busy machine may not start a process in time.
    let mut is_quick = false;
    for _ in 0..10 {
        let ended = game.kill();
        game = drive();
        is_quick = ended.elapsed() < Duration::from_millis(100);
        until_detached(&mut connection, ended);
        until_live_in(&mut connection, &game);
        eprintln!("live again {:?} after a crash", ended.elapsed());
        if is_quick {
            break;
        }
    }
    assert!(is_quick, "no start within 100 ms");
    drop(reader);

    // The process hangs and continues.
    game.signal(Signal::STOP);
    let stopped = Instant::now();
    until_detached(&mut connection, stopped);
    until_state(&mut connection, ConnectionState::Frozen);
    game.signal(Signal::CONT);
    until_live_in(&mut connection, &game);
    game.kill();
}

fn the_connection_changes_to_the_game_of_another_prefix(world: &Environment) {
    let drive = ["simulate", "--scenario", "hot-laps", "--quiet"];
    let mut first = start(world.acevo_exe(&drive));
    let mut connection = Connection::new();
    until_live_in(&mut connection, &first);

    let prefix = tempfile::tempdir().expect("a folder");
    let mut elsewhere = world.acevo_exe(&drive);
    elsewhere.env("WINEPREFIX", prefix.path());
    let mut second = start(elsewhere);
    let other = start(world.native(&["watch", "--json", "--quiet", "--pid", &second.id().to_string()]));
    other.until_object(|object| packet_id(object) > 10);
    // The connection stays with the first game.
    let place = connection.mapper().expect("the first game runs").location(PageKind::Physics);
    until_packets(&mut connection, 100);
    assert_eq!(connection.mapper().map(|mapper| mapper.location(PageKind::Physics)), Some(place));

    let ended = first.kill();
    until_detached(&mut connection, ended);
    until_live_in(&mut connection, &second);
    eprintln!("the other prefix is live {:?} after a crash", ended.elapsed());
    // And back.
    let mut first = start(world.acevo_exe(&drive));
    let ended = second.kill();
    until_detached(&mut connection, ended);
    until_live_in(&mut connection, &first);
    first.kill();
    let server = Path::new(&world.wine).with_file_name("wineserver64");
    let _ = Command::new(server).arg("-k").env("WINEPREFIX", prefix.path()).status();
}

/// The sections of `acevo.exe receive` have the pages of a game on Linux, for Windows and native readers.
fn the_relay_publishes_a_native_game_on_windows(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let there = |name: &str| windows_path(&folder.path().join(name));
    let game = start(world.native(&[&HOT_LAPS[..], &["--dir", &path("pages")]].concat()));
    game.message_with("published as");
    let relay = start(world.native(&[&RELAY[..], &[&path("token"), "--dir", &path("pages")]].concat()));
    let receive =
        start(world.acevo_exe(&["receive", &address_of(&relay).to_string(), "--token-file", &there("token")]));
    receive.message_with("the pages are published");
    let recorders = [
        world.acevo_exe(&["record", "--for", "5s", "-o", &there("windows.acevo")]),
        world.native(&["record", "--for", "5s", "-o", &path("native.acevo")]),
    ]
    .map(start);
    for (mut recorder, name) in recorders.into_iter().zip(["windows.acevo", "native.acevo"]) {
        check_relayed(&mut recorder, &folder.path().join(name));
    }
}

/// The files of `acevo receive` on Linux have the pages of a game on Windows.
fn the_relay_publishes_a_game_of_windows_natively(world: &Environment) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let game = start(world.acevo_exe(&HOT_LAPS));
    game.message_with("published as");
    let relay = start(world.acevo_exe(&[&RELAY[..], &[&windows_path(&folder.path().join("token"))]].concat()));
    let address = address_of(&relay).to_string();
    // As the user does who copies it from Windows.
    fs::set_permissions(path("token"), fs::Permissions::from_mode(0o600)).expect("the relay has created it");
    let receive = start(world.native(&["receive", &address, "--token-file", &path("token"), "--dir", &path("pages")]));
    receive.message_with("the pages are published");
    let mut recorder =
        start(world.native(&["record", "--for", "5s", "--dir", &path("pages"), "-o", &path("native.acevo")]));
    check_relayed(&mut recorder, &folder.path().join("native.acevo"));
}

/// Slower than the game, for a busy machine.
const HOT_LAPS: [&str; 5] = ["simulate", "--scenario", "hot-laps", "--speed", "0.3"];

const RELAY: [&str; 4] = ["relay", "--listen", "127.0.0.1:0", "--token-file"];

/// Waits for the end of a recorder, and compares its pages with those of the simulator.
fn check_relayed(recorder: &mut Running, path: &Path) {
    let (status, messages) = recorder.wait();
    assert!(status.success(), "{messages}");
    let recorded = recorded_pages(path);
    // A page that is read while it is written may be torn: rare, as above.
    let strange = recorded.strange.len() as u64;
    assert!(recorded.packets >= 100 && strange * 20 <= recorded.packets, "{} pages: {messages}", recorded.packets);
}

/// Waits until the connection is live and reads this game.
fn until_live_in(connection: &mut Connection, game: &Running) {
    until_live(connection);
    let place = connection.mapper().expect("it is live").location(PageKind::Physics);
    let pid = format!("(pid {})", game.id());
    assert!(place.contains(&pid), "{place} is not in {pid}");
}

/// Waits until a new native reader receives packets of a moving car.
fn wait_for_packets(world: &Environment) {
    let reader = start(world.native(&["watch", "--json", "--quiet"]));
    let first = packet_id(&reader.until_object(|object| packet_id(object) > 0));
    reader.until_object(|object| packet_id(object) > first + 20);
}

/// Members that differ between two objects.
fn differences(a: &Value, b: &Value) -> Vec<String> {
    let members = a.as_object().expect("an object");
    let differs = members.iter().filter(|(name, value)| b.get(*name) != Some(*value));
    differs.map(|(name, value)| format!("{name}: {value} and {}", b[name])).collect()
}
