//! Commands that follow a game wait while nothing arrives: they report how often they woke up.

use std::fs;
use std::path::Path;
use std::process::Command;

use acevo_testkit::program::{Running, Signal, acevo, output, send_signal, spawn};
use acevo_testkit::wait::until;

/// Maximum number of waits without an event per second: the state of `serve` is published 60 times per second, and no loop wakes up more
/// often while nothing arrives.
const MAX_IDLE_PER_SECOND: f64 = 100.0;

/// Wake-ups of a process that are waited for in each state.
const WAKE_UPS: u64 = 40;

/// Processor time, in ticks, after which a process that does not sleep has had its chance to.
const BUSY_TICKS: u64 = 100;

/// A command that follows the pages of a directory.
struct Follower {
    arguments: Vec<&'static str>,
    running: Running,
}

impl Follower {
    fn start(directory: &Path, arguments: &[&'static str]) -> Self {
        let mut command = acevo();
        command.args(arguments).args(["--verbose", "--dir"]).arg(directory);
        if arguments[0] != "record" {
            command.arg("--no-bests");
        }
        Self { arguments: arguments.to_vec(), running: spawn(&mut command) }
    }

    /// Times that the process gave up the processor, and ticks of processor time.
    fn usage(&self) -> (u64, u64) {
        let process = Path::new("/proc").join(self.running.id().to_string());
        let mut switches = 0;
        for task in fs::read_dir(process.join("task")).unwrap().flatten() {
            // A thread may end meanwhile.
            let status = fs::read_to_string(task.path().join("status")).unwrap_or_default();
            let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            switches += count.and_then(|count| count.trim().parse::<u64>().ok()).unwrap_or_default();
        }
        let stat = fs::read_to_string(process.join("stat")).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        (switches, fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap())
    }

    /// Ends it, and checks how often it has waited without an event.
    fn check(mut self) {
        self.running.signal(Signal::TERM);
        let (status, messages) = self.running.wait();
        assert!(status.success(), "{:?}: {messages}", self.arguments);
        assert_idle(&self.arguments, &messages);
    }
}

/// Reads the number of waits from the diagnostics.
fn assert_idle(arguments: &[&str], messages: &str) {
    let line = messages.lines().find(|line| line.contains("waits for the source"));
    let line = line.unwrap_or_else(|| panic!("{arguments:?} reports its waits: {messages}"));
    let value = |name: &str| -> f64 {
        let text = line.split(' ').find_map(|word| word.strip_prefix(name)?.strip_prefix('=')).expect("a value");
        text.parse().expect("a number")
    };
    let (seconds, events, idle) = (value("seconds"), value("events"), value("idle"));
    // An event may interrupt a wait.
    assert!(idle <= seconds * MAX_IDLE_PER_SECOND + events + 20.0, "{arguments:?}: {line}");
}

/// Waits until each of them has been idle for a while, or has kept the processor busy instead.
fn let_them_wait(followers: &[Follower]) {
    let before: Vec<_> = followers.iter().map(Follower::usage).collect();
    until(|| {
        followers.iter().zip(&before).all(|(follower, (switches, ticks))| {
            let now = follower.usage();
            now.0 >= switches + WAKE_UPS || now.1 >= ticks + BUSY_TICKS
        })
    });
}

fn simulate(directory: &Path, scenario: &str) -> Running {
    let mut command: Command = acevo();
    let simulator = spawn(command.args(["simulate", "--scenario", scenario, "--dir"]).arg(directory));
    simulator.next_message();
    simulator
}

#[test]
fn following_commands_wait_while_the_game_ended_hangs_is_in_the_menu_or_pauses() {
    let directory = tempfile::tempdir().unwrap();
    let (pages, recordings) = (directory.path().join("pages"), directory.path().join("recordings"));
    fs::create_dir(&pages).unwrap();
    let recordings: &'static str = recordings.to_str().unwrap().to_owned().leak();
    let mut game = simulate(&pages, "hot-laps");
    let followers: Vec<_> = [
        &["watch", "--lines"][..],
        &["watch", "--json"],
        &["watch", "--json", "--every", "1s"],
        &["watch", "--lines", "--every", "10ms"],
        &["events"],
        &["laps", "--lines"],
        &["record", "-o", recordings],
        &["serve", "--port", "0"],
    ]
    .map(|arguments| Follower::start(&pages, arguments))
    .into();
    let those_with_messages = || followers.iter().filter(|follower| follower.arguments[0] != "serve");
    those_with_messages().for_each(|follower| drop(follower.running.message_with("attached")));

    // The game hangs.
    game.signal(Signal::STOP);
    those_with_messages().for_each(|follower| drop(follower.running.message_with("has stopped")));
    let_them_wait(&followers);
    game.signal(Signal::CONT);
    those_with_messages().for_each(|follower| drop(follower.running.message_with("attached")));

    // It has ended.
    send_signal(game.id(), Signal::TERM);
    game.wait();
    those_with_messages().for_each(|follower| drop(follower.running.message_with("detached")));
    let_them_wait(&followers);

    for scenario in ["menu", "pause"] {
        let mut game = simulate(&pages, scenario);
        those_with_messages().for_each(|follower| drop(follower.running.message_with("attached")));
        let_them_wait(&followers);
        // The pages stay as they are, as in a pause of any length.
        game.signal(Signal::STOP);
        let_them_wait(&followers);
        game.kill();
        for page in ["physics", "graphics", "static"] {
            fs::remove_file(pages.join(format!("acevo_pmf_{page}"))).unwrap();
        }
        those_with_messages().for_each(|follower| drop(follower.running.message_with("detached")));
    }
    followers.into_iter().for_each(Follower::check);
}

#[test]
fn following_commands_end_with_a_recording_and_wait_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("drive.acevo");
    let recorded = output(acevo().args(["simulate", "--scenario", "menu", "--for", "3s", "-q", "-o"]).arg(&path));
    assert!(recorded.status.success(), "{recorded:?}");
    for arguments in [
        &["watch", "--lines", "--verbose"][..],
        &["watch", "--json", "--verbose"],
        &["watch", "--json", "--every", "1s", "--verbose"],
        &["watch", "--lines", "--every", "10m", "--verbose"],
        &["events"],
        &["laps", "--lines"],
    ] {
        let ended = output(acevo().args(arguments).arg(&path).arg("--no-bests"));
        assert!(ended.status.success(), "{arguments:?} {ended:?}");
        if arguments[0] == "watch" {
            assert!(ended.stderr.contains("End of recording"), "{arguments:?} {ended:?}");
            assert_idle(arguments, &ended.stderr);
        }
    }
    let running = spawn(acevo().args(["serve", "--port", "0", "--no-bests", "--verbose"]).arg(&path));
    let server = Follower { arguments: vec!["serve", "FILE"], running };
    server.running.next_line();
    let_them_wait(std::slice::from_ref(&server));
    server.check();
}
