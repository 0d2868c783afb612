//! `acevo record --keep-last`: saving with lines, signals and keys. And keys of `acevo replay`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use acevo_recording::{Marked, Recording, RecordingItem};
#[cfg(unix)]
use acevo_testkit::program::Signal;
use acevo_testkit::program::{Running, acevo, output, spawn};

fn keeper(directory: &Path, options: &[&str]) -> Command {
    let mut command = acevo();
    command.args(["record", "-o"]).arg(directory).arg("--keep-last").args(options).stdin(Stdio::piped());
    command
}

/// Requests saving, and waits for the saved file.
fn save(recorder: &mut Running) -> PathBuf {
    recorder.type_line("");
    recorder.next_line().into()
}

/// Checks that a saved file is complete from its first frame on.
fn checked(path: &Path) -> Recording {
    let mut recording = Recording::open(path).unwrap();
    assert!(recording.check().unwrap().is_empty() && recording.info().finished);
    let Some(RecordingItem::Record(_)) =
        recording.next_item().unwrap().filter(|item| matches!(item, RecordingItem::Record(_)))
    else {
        // Marks can be older than the first record.
        return Recording::open(path).unwrap();
    };
    recording
}

fn files(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn keep_last_saves_the_last_seconds_on_request() {
    let directory = tempfile::tempdir().unwrap();
    let mut recorder = spawn(&mut keeper(directory.path(), &["2s", "--demo", "--speed", "3"]));
    recorder.message_with("attached");
    assert_eq!(files(directory.path()), 0);
    let mut saved = Vec::new();
    let mut starts = Vec::new();
    // Wait until the first seconds are dropped.
    let length = loop {
        let path = save(&mut recorder);
        let info = checked(&path).info();
        starts.push(info.start);
        saved.push(path);
        if starts[0] < info.start {
            break info.duration();
        }
    };
    // Times of packets increase.
    assert!(length >= Duration::from_millis(1500), "{length:?}");
    #[cfg(unix)]
    {
        recorder.signal(Signal::USR1);
        saved.push(recorder.next_line().into());
    }
    let last = saved.last().unwrap();
    let name = last.file_name().unwrap().to_string_lossy();
    assert!(name.contains("_Valdombra_Velocita-GT3-R_Hot-Lap_last-2s"), "{name}");
    let recording = checked(last);
    let sessions = recording
        .marks()
        .iter()
        .filter(|mark| matches!(&mark.what, Marked::Session { track, .. } if track == "Valdombra"));
    assert_eq!(sessions.count(), 1, "it has the session that began before its first record");
    let info = output(acevo().arg("info").arg(last));
    assert!(info.stdout.contains("Valdombra"), "{}", info.stdout);
    // Several requests in a row work.
    (0..3).for_each(|_| recorder.type_line("s"));
    saved.extend((0..3).map(|_| PathBuf::from(recorder.next_line())));
    #[cfg(unix)]
    {
        recorder.signal(Signal::INT);
        let (status, said) = recorder.wait();
        assert!(status.success() && said.contains("were not saved"), "{said}");
    }
    let count = saved.len();
    saved.sort();
    saved.dedup();
    assert_eq!((saved.len(), files(directory.path())), (count, count));
}

#[cfg(unix)]
#[test]
fn keep_last_survives_game_restarts_and_the_menu() {
    let directory = tempfile::tempdir().unwrap();
    let (pages, moments) = (directory.path().join("pages"), directory.path().join("moments"));
    fs::create_dir(&pages).unwrap();
    let simulate =
        |scenario: &str| spawn(acevo().args(["simulate", "--quiet", "--scenario", scenario, "--dir"]).arg(&pages));
    let mut recorder = spawn(keeper(&moments, &["1m", "--dir"]).arg(&pages));
    recorder.type_line("s");
    recorder.message_with("nothing to save yet");

    let marks = |path: &Path| -> Vec<String> {
        let kind = |what: &Marked| serde_json::to_value(what).unwrap()["kind"].as_str().unwrap().to_owned();
        checked(path).marks().iter().map(|mark| kind(&mark.what)).filter(|kind| kind.ends_with("tached")).collect()
    };
    let game = simulate("menu");
    recorder.message_with("attached");
    assert_eq!(marks(&save(&mut recorder)), ["attached"]);
    game.signal(Signal::TERM);
    recorder.message_with("detached");
    assert_eq!(marks(&save(&mut recorder)), ["attached", "detached"]);
    let mut game = simulate("hot-laps");
    recorder.message_with("attached");
    let both = loop {
        let path = save(&mut recorder);
        if checked(&path).info().records.physics > 200 {
            break path;
        }
    };
    assert_eq!(marks(&both), ["attached", "detached", "attached"]);
    game.kill();
    recorder.signal(Signal::TERM);
    assert!(recorder.wait().0.success());
}

#[test]
fn keep_last_reports_an_unwritable_folder_at_start() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, "precious").unwrap();
    let mut places = vec![file.clone(), file.join("under")];
    if cfg!(target_os = "linux") {
        places.push("/proc/acevo".into());
    }
    for place in places {
        let refused = output(&mut keeper(&place, &["5s", "--demo"]));
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(refused.stderr.contains(&place.display().to_string()), "{}", refused.stderr);
    }
    assert_eq!(fs::read(&file).unwrap(), b"precious");
    // A file name does not create a directory.
    let named = directory.path().join("moment.acevo");
    let refused = output(&mut keeper(&named, &["5s", "--demo"]));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("moment.acevo") && !named.exists(), "{}", refused.stderr);
    for wrong in ["0s", "31m", "5"] {
        let refused = output(&mut keeper(directory.path(), &[wrong, "--demo"]));
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
}

/// The folder is deleted, and created again when seconds are saved.
#[cfg(unix)]
#[test]
fn keep_last_recreates_a_deleted_folder() {
    let directory = tempfile::tempdir().unwrap();
    let moments = directory.path().join("a/b");
    let mut recorder = spawn(&mut keeper(&moments, &["5s", "--demo"]));
    recorder.message_with("attached");
    fs::remove_dir_all(directory.path().join("a")).unwrap();
    checked(&save(&mut recorder));
    // A file has the name already: saving waits until it is gone.
    fs::remove_dir_all(&moments).unwrap();
    fs::write(&moments, "in the way").unwrap();
    recorder.type_line("");
    assert!(recorder.message_with("tried again").contains("a/b"));
    fs::remove_file(&moments).unwrap();
    checked(Path::new(&recorder.next_line()));
    // At exit there is one more attempt, and a loss is reported.
    fs::remove_dir_all(&moments).unwrap();
    fs::write(&moments, "in the way").unwrap();
    recorder.type_line("");
    recorder.message_with("tried again");
    recorder.signal(Signal::INT);
    let (status, said) = recorder.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("error: cannot create the directory"), "{said}");
}

/// A pseudo-terminal for a program.
#[cfg(target_os = "linux")]
mod terminal {
    use std::ffi::OsStr;
    use std::fs::{File, OpenOptions};
    use std::io::Write;
    use std::os::unix::ffi::OsStrExt;

    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{LocalModes, OutputModes, tcgetattr};

    use super::*;

    struct Terminal {
        keyboard: File,
        program: File,
    }

    impl Terminal {
        fn new() -> Self {
            let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
            grantpt(&keyboard).unwrap();
            unlockpt(&keyboard).unwrap();
            let name = ptsname(&keyboard, Vec::new()).unwrap();
            let program = OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
            Self { keyboard: keyboard.into(), program }
        }

        /// Starts a program in a new session with this terminal.
        fn start(&self, command: &Command) -> Running {
            // The tests may run under nohup, whose ignored signals are inherited.
            let mut inside = Command::new("env");
            inside
                .args(["--default-signal=HUP", "setsid", "--ctty"])
                .arg(command.get_program())
                .args(command.get_args());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => inside.env(name, value),
                    None => inside.env_remove(name),
                };
            }
            spawn(inside.stdin(self.program.try_clone().unwrap()))
        }

        fn press(&mut self, keys: &str) {
            self.keyboard.write_all(keys.as_bytes()).unwrap();
        }

        /// Whether the terminal echoes and edits lines, as for a shell.
        fn is_usual(&self) -> bool {
            tcgetattr(&self.program).unwrap().local_modes.contains(LocalModes::ICANON | LocalModes::ECHO)
        }

        fn wait_for_keys(&self) {
            while self.is_usual() {
                std::thread::sleep(Duration::from_millis(10));
            }
            let modes = tcgetattr(&self.program).unwrap();
            assert!(modes.local_modes.contains(LocalModes::ISIG) && modes.output_modes.contains(OutputModes::OPOST));
        }
    }

    #[test]
    fn keys_save_and_every_exit_restores_the_terminal() {
        let directory = tempfile::tempdir().unwrap();
        let moments = directory.path().join("moments");
        for end in ["\x03", "-TERM", "-HUP", "a failure"] {
            let mut terminal = Terminal::new();
            let mut recorder = terminal.start(&keeper(&moments, &["5s", "--demo"]));
            assert!(recorder.message_with("Ctrl-C quits").contains("s, Enter or Space"));
            terminal.wait_for_keys();
            recorder.message_with("attached");
            for key in ["s", " ", "\n"] {
                terminal.press(key);
                checked(Path::new(&recorder.next_line()));
            }
            // Other keys have no effect, not even Ctrl-\\.
            terminal.press("qx\x1c\x1b[D");
            match end {
                "\x03" => terminal.press(end),
                "a failure" => {
                    fs::remove_dir_all(&moments).unwrap();
                    fs::write(&moments, "in the way").unwrap();
                    terminal.press("s");
                    recorder.message_with("tried again");
                    recorder.signal(Signal::INT);
                }
                "-HUP" => recorder.signal(Signal::HUP),
                _ => recorder.signal(Signal::TERM),
            }
            let (_, said) = recorder.wait();
            assert!(said.contains("ended;"), "{end:?}: {said}");
            assert!(terminal.is_usual(), "after {end:?}");
        }
    }

    #[test]
    fn keys_pause_seek_and_end_a_replay() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("short.acevo");
        let made = output(acevo().args(["record", "--demo", "--for", "4s", "-o"]).arg(&file));
        assert!(made.status.success(), "{made:?}");
        let mut terminal = Terminal::new();
        let mut command = acevo();
        command.arg("replay").arg(&file).args(["--pause-at", "1s", "--dir"]).arg(directory.path());
        let mut replay = terminal.start(&command);
        assert!(replay.message_with("paused").contains("0:01; Space"));
        terminal.wait_for_keys();
        terminal.press(" ");
        replay.message_with("resumed");
        terminal.press(" ");
        replay.message_with("paused at");
        // Back to the start, where it stays paused; then it plays to the same position again.
        terminal.press("\x1b[D \r");
        replay.message_with("resumed");
        terminal.press("q");
        let (status, said) = replay.wait();
        assert!(status.success() && said.contains("stopped"), "{said}");
        assert!(terminal.is_usual());
    }
}
