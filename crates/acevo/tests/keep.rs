//! The last seconds in memory: saved by lines, signals and keys.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use acevo_recording::{Marked, Recording, RecordingItem};
use acevo_testkit::program::{Running, Signal, acevo, output, spawn};

fn keeper(directory: &Path, options: &[&str]) -> Command {
    let mut command = acevo();
    command.args(["record", "-o"]).arg(directory).arg("--keep-last").args(options).stdin(Stdio::piped());
    command
}

/// Saves, and waits until that is done.
fn save(recorder: &mut Running) -> PathBuf {
    recorder.type_line("");
    recorder.next_line().into()
}

/// What is in it has to be whole, from its first frame on.
fn checked(path: &Path) -> Recording {
    let mut recording = Recording::open(path).unwrap();
    assert!(recording.check().unwrap().is_empty() && recording.info().finished);
    let Some(RecordingItem::Record(_)) =
        recording.next_item().unwrap().filter(|item| matches!(item, RecordingItem::Record(_)))
    else {
        // Marks tell what is older than the first record.
        return Recording::open(path).unwrap();
    };
    recording
}

fn files(directory: &Path) -> usize {
    fs::read_dir(directory).unwrap().count()
}

#[test]
fn the_last_seconds_are_saved_when_somebody_wants_them_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let mut recorder = spawn(&mut keeper(directory.path(), &["2s", "--demo", "--speed", "3"]));
    recorder.word_with("attached");
    assert_eq!(files(directory.path()), 0);
    let mut saved = Vec::new();
    let mut starts = Vec::new();
    // Until the first seconds are forgotten.
    let length = loop {
        let path = save(&mut recorder);
        let info = checked(&path).info();
        starts.push(info.start);
        saved.push(path);
        if starts[0] < info.start {
            break info.duration();
        }
    };
    // No packet is older by much than the one before it.
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
    assert_eq!(sessions.count(), 1, "it tells the session that began long ago");
    let told = output(acevo().arg("info").arg(last));
    assert!(told.stdout.contains("Valdombra"), "{}", told.stdout);
    // Several in a row do not get into each other's way.
    (0..3).for_each(|_| recorder.type_line("s"));
    saved.extend((0..3).map(|_| PathBuf::from(recorder.next_line())));
    #[cfg(unix)]
    {
        recorder.signal(Signal::INT);
        let (status, said) = recorder.wait();
        assert!(status.success() && said.contains("was not saved"), "{said}");
    }
    let count = saved.len();
    saved.sort();
    saved.dedup();
    assert_eq!((saved.len(), files(directory.path())), (count, count));
}

#[cfg(unix)]
#[test]
fn it_lives_through_restarts_of_the_game_and_its_menu() {
    let directory = tempfile::tempdir().unwrap();
    let (pages, moments) = (directory.path().join("pages"), directory.path().join("moments"));
    fs::create_dir(&pages).unwrap();
    let simulate =
        |scenario: &str| spawn(acevo().args(["simulate", "--quiet", "--scenario", scenario, "--dir"]).arg(&pages));
    let mut recorder = spawn(keeper(&moments, &["1m", "--dir"]).arg(&pages));
    recorder.type_line("s");
    recorder.word_with("nothing to save yet");

    let marks = |path: &Path| -> Vec<String> {
        let kind = |what: &Marked| serde_json::to_value(what).unwrap()["kind"].as_str().unwrap().to_owned();
        checked(path).marks().iter().map(|mark| kind(&mark.what)).filter(|kind| kind.ends_with("tached")).collect()
    };
    let game = simulate("menu");
    recorder.word_with("attached");
    assert_eq!(marks(&save(&mut recorder)), ["attached"]);
    game.signal(Signal::TERM);
    recorder.word_with("detached");
    assert_eq!(marks(&save(&mut recorder)), ["attached", "detached"]);
    let mut game = simulate("hot-laps");
    recorder.word_with("attached");
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
fn a_place_that_cannot_be_written_to_is_told_before_the_moment_comes() {
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
    // No directory is made by the name of a file.
    let named = directory.path().join("moment.acevo");
    let refused = output(&mut keeper(&named, &["5s", "--demo"]));
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert!(refused.stderr.contains("moment.acevo") && !named.exists(), "{}", refused.stderr);
    for wrong in ["0s", "31m", "5"] {
        let refused = output(&mut keeper(directory.path(), &[wrong, "--demo"]));
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
}

/// The directory goes away, and comes back when the moment is saved.
#[cfg(unix)]
#[test]
fn a_directory_that_vanishes_is_made_again() {
    let directory = tempfile::tempdir().unwrap();
    let moments = directory.path().join("a/b");
    let mut recorder = spawn(&mut keeper(&moments, &["5s", "--demo"]));
    recorder.word_with("attached");
    fs::remove_dir_all(directory.path().join("a")).unwrap();
    checked(&save(&mut recorder));
    // Something is in the way: the moment waits until it is not.
    fs::remove_dir_all(&moments).unwrap();
    fs::write(&moments, "in the way").unwrap();
    recorder.type_line("");
    assert!(recorder.word_with("tried again").contains("a/b"));
    fs::remove_file(&moments).unwrap();
    checked(Path::new(&recorder.next_line()));
    // At the end there is one more attempt, and what is lost is told.
    fs::remove_dir_all(&moments).unwrap();
    fs::write(&moments, "in the way").unwrap();
    recorder.type_line("");
    recorder.word_with("tried again");
    recorder.signal(Signal::INT);
    let (status, said) = recorder.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("error: cannot make the directory"), "{said}");
}

/// A terminal of its own for a program.
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
            let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
            grantpt(&keyboard).unwrap();
            unlockpt(&keyboard).unwrap();
            let name = ptsname(&keyboard, Vec::new()).unwrap();
            let program = OpenOptions::new().read(true).write(true).open(OsStr::from_bytes(name.as_bytes())).unwrap();
            Self { keyboard: keyboard.into(), program }
        }

        /// In a session of its own, in front of this terminal.
        fn start(&self, command: &Command) -> Running {
            let mut inside = Command::new("setsid");
            inside.arg("--ctty").arg(command.get_program()).args(command.get_args());
            spawn(inside.stdin(self.program.try_clone().unwrap()))
        }

        fn press(&mut self, keys: &str) {
            self.keyboard.write_all(keys.as_bytes()).unwrap();
        }

        /// Lines are edited and shown, as for a shell.
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
    fn keys_save_and_the_terminal_is_as_it_was_whatever_ends_it() {
        let directory = tempfile::tempdir().unwrap();
        let moments = directory.path().join("moments");
        for end in ["\x03", "-TERM", "-HUP", "a failure"] {
            let mut terminal = Terminal::new();
            let mut recorder = terminal.start(&keeper(&moments, &["5s", "--demo"]));
            assert!(recorder.word_with("Ctrl-C ends").contains("s, Enter or Space"));
            terminal.wait_for_keys();
            recorder.word_with("attached");
            for key in ["s", " ", "\n"] {
                terminal.press(key);
                checked(Path::new(&recorder.next_line()));
            }
            // Others do nothing, not even the one that usually ends a program at once.
            terminal.press("qx\x1c\x1b[D");
            match end {
                "\x03" => terminal.press(end),
                "a failure" => {
                    fs::remove_dir_all(&moments).unwrap();
                    fs::write(&moments, "in the way").unwrap();
                    terminal.press("s");
                    recorder.word_with("tried again");
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
    fn keys_pause_a_replay_leap_in_it_and_end_it() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("short.acevo");
        let made = output(acevo().args(["record", "--demo", "--for", "4s", "-o"]).arg(&file));
        assert!(made.status.success(), "{made:?}");
        let mut terminal = Terminal::new();
        let mut command = acevo();
        command.arg("replay").arg(&file).args(["--pause-at", "1s", "--dir"]).arg(directory.path());
        let mut replay = terminal.start(&command);
        assert!(replay.word_with("paused").contains("0:01; Space"));
        terminal.wait_for_keys();
        terminal.press(" ");
        replay.word_with("goes on");
        terminal.press(" ");
        replay.word_with("paused at");
        // To the beginning, where it stays paused, and goes on to the same place again.
        terminal.press("\x1b[D \r");
        replay.word_with("goes on");
        terminal.press("q");
        let (status, said) = replay.wait();
        assert!(status.success() && said.contains("stopped"), "{said}");
        assert!(terminal.is_usual());
    }
}
