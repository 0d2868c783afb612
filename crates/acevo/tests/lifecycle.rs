//! The simulator as a process of its own, started, killed, stopped and started again, and the connection that follows it.
//!
//! On Unix the pages are files in a directory, on Windows named sections; those belong to the whole session, so there is one
//! test there.

#[cfg(unix)]
use acevo_testkit::program::{Signal, send_signal};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use acevo_shared_memory::ACEvoSharedMemoryMapper;
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState};
use tempfile::TempDir;

/// Nothing here takes as long; a test that hangs ends.
const PATIENCE: Duration = Duration::from_secs(60);

/// Dead pages are let go within 3 s of their last movement. The rest is for a machine that is busy with other things: this
/// process may be late to ask.
const LET_GO: Duration = Duration::from_millis(3500);

/// How often the game is started again in a row.
const RESTARTS: usize = 200;

/// Where a game runs, and how.
struct Place {
    program: PathBuf,
    /// Holds the pages, or the program under the game's name.
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        Self { program: env!("CARGO_BIN_EXE_acevo").into(), folder }
    }

    /// As the game is called, so that its process is known.
    #[cfg(windows)]
    fn with_the_games_name() -> Self {
        let place = Self::new();
        let program = place.folder.path().join(acevo_shared_memory::source::GAME_PROCESS);
        std::fs::copy(&place.program, &program).expect("the program can be copied");
        Self { program, ..place }
    }

    fn start(&self) -> Game {
        self.start_with(&["--scenario", "hot-laps"])
    }

    fn start_with(&self, options: &[&str]) -> Game {
        let mut command = Command::new(&self.program);
        command.args(["simulate", "--quiet"]).args(options);
        #[cfg(unix)]
        command.arg("--dir").arg(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null());
        Game(command.spawn().expect("the program starts"))
    }

    #[cfg(unix)]
    fn open(&self) -> impl FnMut() -> Result<ACEvoSharedMemoryMapper, acevo_shared_memory::Error> + Send + use<> {
        let folder = self.folder.path().to_owned();
        move || ACEvoSharedMemoryMapper::open_source(acevo_shared_memory::PageDirectory::open(&folder)?)
    }

    #[cfg(windows)]
    fn open(&self) -> impl FnMut() -> Result<ACEvoSharedMemoryMapper, acevo_shared_memory::Error> + Send + use<> {
        ACEvoSharedMemoryMapper::open
    }

    fn telemetry(&self) -> Connection {
        if cfg!(windows) { Connection::new() } else { Connection::from_opener(self.open()) }
    }
}

/// A simulator that is killed when it is dropped.
struct Game(Child);

impl Game {
    /// Ends it as a crash would.
    fn kill(&mut self) -> Instant {
        self.0.kill().expect("it can be killed");
        let killed = Instant::now();
        self.0.wait().expect("it can be waited for");
        killed
    }

    #[cfg(unix)]
    fn signal(&self, signal: Signal) {
        send_signal(self.0.id(), signal);
    }
}

impl Drop for Game {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks for events until one is what is waited for.
fn until(telemetry: &mut Connection, what: &str, mut is_done: impl FnMut(&ConnectionEvent) -> bool) {
    let start = Instant::now();
    let mut story = Vec::new();
    loop {
        assert!(start.elapsed() < PATIENCE, "never {what}: {telemetry:?} {story:?}");
        match telemetry.wait(Duration::from_millis(100)) {
            Some(event) if is_done(&event) => return,
            Some(ConnectionEvent::Packet(_)) | None => {}
            Some(event) => story.push(event),
        }
    }
}

fn until_state(telemetry: &mut Connection, state: ConnectionState) {
    until(
        telemetry,
        &state.to_string(),
        |event| matches!(event, ConnectionEvent::StateChanged { now, .. } if *now == state),
    );
}

fn until_live(telemetry: &mut Connection) {
    until_state(telemetry, ConnectionState::Live);
    assert!(telemetry.mapper().is_some());
    until_packets(telemetry, 20);
}

fn until_packets(telemetry: &mut Connection, mut count: u32) {
    until(telemetry, "packets", |event| {
        count -= u32::from(matches!(event, ConnectionEvent::Packet(packet) if packet.physics.is_some()));
        count == 0
    });
}

/// Waits until the pages were let go, in time.
fn until_let_go(telemetry: &mut Connection, killed: Instant) {
    until(telemetry, "detached", |event| matches!(event, ConnectionEvent::Detached(_)));
    assert!(telemetry.mapper().is_none() && telemetry.frame().is_none());
    assert!(killed.elapsed() < LET_GO, "{:?}", killed.elapsed());
    eprintln!("let go after {:?}", killed.elapsed());
}

fn the_reader_may_be_first(place: &Place) -> (Game, Connection) {
    let mut telemetry = place.telemetry();
    assert!(telemetry.wait(Duration::from_millis(600)).is_none());
    assert!(telemetry.error().is_some_and(acevo_shared_memory::Error::is_absence), "{:?}", telemetry.error());
    let game = place.start();
    until_live(&mut telemetry);
    (game, telemetry)
}

fn the_game_may_be_first(place: &Place) {
    let mut telemetry = place.telemetry();
    until_live(&mut telemetry);
}

fn a_crash_is_noticed_in_time(game: &mut Game, telemetry: &mut Connection) {
    let killed = game.kill();
    until_let_go(telemetry, killed);
}

fn a_game_that_is_started_again_within_100_ms_is_found(place: &Place, game: &mut Game, telemetry: &mut Connection) {
    let mut quickest = Duration::MAX;
    // Again where this machine was too busy to be so quick.
    for _ in 0..5 {
        let killed = game.kill();
        *game = place.start();
        let took = killed.elapsed();
        until_let_go(telemetry, killed);
        until_live(telemetry);
        eprintln!("live again {:?} after a crash, started after {took:?}", killed.elapsed());
        quickest = quickest.min(took);
        if quickest < Duration::from_millis(100) {
            return;
        }
    }
    eprintln!("LEFT OUT: a start within 100 ms; this machine needs {quickest:?}, and was found after that each time");
}

fn a_game_that_is_started_again_after_10_s_is_found(place: &Place, game: &mut Game, telemetry: &mut Connection) {
    let killed = game.kill();
    until_let_go(telemetry, killed);
    while killed.elapsed() < Duration::from_secs(10) {
        let event = telemetry.wait(Duration::from_millis(500));
        assert!(!matches!(event, Some(ConnectionEvent::Attached { .. } | ConnectionEvent::Packet(_))), "{event:?}");
        assert!(telemetry.mapper().is_none());
    }
    *game = place.start();
    let started = Instant::now();
    until_live(telemetry);
    eprintln!("live again {:?} after a start", started.elapsed());
}

/// Somebody else keeps the pages of the game that has ended, as tools do that never let go.
fn another_reader_may_keep_the_old_pages(place: &Place, game: &mut Game, telemetry: &mut Connection) {
    let kept = place.open()().expect("the game runs");
    let kept_id = || kept.packet_id(acevo_shared_memory::PageKind::Physics);
    assert!(kept_id().is_ok_and(|id| id > 0));
    let killed = game.kill();
    until_let_go(telemetry, killed);
    *game = place.start();
    until_live(telemetry);
    // These are not the pages that were kept.
    until_packets(telemetry, 100);
    let before = kept_id().ok();
    until_packets(telemetry, 100);
    assert_eq!(kept_id().ok(), before);
}

/// What this process holds: handles or file descriptors, mappings of sections, threads.
#[derive(Debug, PartialEq)]
struct Holds {
    handles: usize,
    sections: usize,
    threads: usize,
}

impl Holds {
    #[cfg(target_os = "linux")]
    fn now() -> Self {
        let count = |folder: &str| std::fs::read_dir(folder).expect("a folder of the system").count();
        let maps = std::fs::read_to_string("/proc/self/maps").expect("a file of the system");
        let sections = maps.lines().filter(|line| line.contains("acevo_pmf")).count();
        Self { handles: count("/proc/self/fd"), sections, threads: count("/proc/self/task") }
    }

    /// Windows tells the number of handles to unsafe code only. But a new handle gets the lowest number that is free, so it tells
    /// how many there are; and under Wine the system below shows the mappings of this process, and its threads.
    #[cfg(windows)]
    fn now() -> Self {
        use std::os::windows::io::AsRawHandle;

        let some: Vec<_> = (0..8).map(|_| std::fs::File::open("NUL").expect("NUL is always there")).collect();
        let handles = some.iter().map(|file| file.as_raw_handle() as usize / 4).max().unwrap_or_default();
        let below = below_wine();
        let read = |name: &str| below.as_ref().and_then(|below| std::fs::read_to_string(below.join(name)).ok());
        let maps = read("maps").unwrap_or_default();
        let is_section = |line: &&str| line.contains("rw-s") || line.contains("r--s");
        let sections = maps.lines().filter(is_section).filter(|line| line.contains("(deleted)")).count();
        let status = read("status").unwrap_or_default();
        let threads = status.lines().find_map(|line| line.strip_prefix("Threads:")?.trim().parse().ok());
        Self { handles, sections, threads: threads.unwrap_or_default() }
    }
}

/// The folder of this process in the system below Wine. `self` is the server there, which opens all files; so it is looked for by
/// the name of this program. `None` on Windows.
#[cfg(windows)]
fn below_wine() -> Option<PathBuf> {
    let me = std::env::current_exe().ok()?;
    let name = me.file_name()?.to_str()?;
    // Wine sets the first argument to the program's path; what has started it has that among others.
    let is_me = |folder: &PathBuf| {
        let arguments = std::fs::read(folder.join("cmdline")).unwrap_or_default();
        let first = arguments.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(first).ends_with(name)
    };
    std::fs::read_dir(r"Z:\proc").ok()?.flatten().map(|entry| entry.path()).find(is_me)
}

#[cfg(any(windows, target_os = "linux"))]
fn many_restarts_leak_nothing(place: &Place, game: &mut Game, telemetry: &mut Connection) {
    let restart = |game: &mut Game, telemetry: &mut Connection| {
        game.kill();
        *game = place.start();
        until(telemetry, "detached", |event| matches!(event, ConnectionEvent::Detached(_)));
        until_state(telemetry, ConnectionState::Live);
    };
    // What is made once and kept is there after the first times.
    (0..3).for_each(|_| restart(game, telemetry));
    let start = Instant::now();
    let before = Holds::now();
    (0..RESTARTS).for_each(|_| restart(game, telemetry));
    let after = Holds::now();
    eprintln!("{RESTARTS} restarts in {:?}: {before:?}, {after:?}", start.elapsed());
    // A handle more or less may be the system's, or the test runner's.
    let slack = RESTARTS / 20;
    assert!(after.handles <= before.handles + slack, "{before:?} {after:?}");
    assert!(after.sections <= before.sections + slack, "{before:?} {after:?}");
    assert!(after.threads <= before.threads + slack, "{before:?} {after:?}");
    assert_eq!(telemetry.state(), ConnectionState::Live);
    // Nothing but the attached game is held, and nothing without one.
    let killed = game.kill();
    until_let_go(telemetry, killed);
    let none = Holds::now();
    assert!(none.handles <= before.handles && none.sections <= before.sections, "{before:?} {none:?}");
}

#[cfg(windows)]
#[test]
fn named_sections_come_and_go() {
    let place = Place::new();
    let (mut game, mut telemetry) = the_reader_may_be_first(&place);
    the_game_may_be_first(&place);
    a_crash_is_noticed_in_time(&mut game, &mut telemetry);
    game = place.start();
    until_live(&mut telemetry);
    a_game_that_is_started_again_within_100_ms_is_found(&place, &mut game, &mut telemetry);
    a_game_that_is_started_again_after_10_s_is_found(&place, &mut game, &mut telemetry);
    another_reader_may_keep_the_old_pages(&place, &mut game, &mut telemetry);
    a_crash_is_noticed_in_time(&mut game, &mut telemetry);

    let place = Place::with_the_games_name();
    let mut game = place.start();
    until_live(&mut telemetry);
    many_restarts_leak_nothing(&place, &mut game, &mut telemetry);
}

#[cfg(unix)]
mod files {
    use acevo_telemetry::DetachReason;

    use super::*;

    #[test]
    fn start_order_and_crash() {
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        the_game_may_be_first(&place);
        a_crash_is_noticed_in_time(&mut game, &mut telemetry);
        // The files are left behind, and are no game.
        assert_eq!(telemetry.state(), ConnectionState::Frozen);
        let _game = place.start();
        until_live(&mut telemetry);
    }

    #[test]
    fn a_restart_at_once() {
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        for _ in 0..5 {
            a_game_that_is_started_again_within_100_ms_is_found(&place, &mut game, &mut telemetry);
        }
    }

    #[test]
    fn a_restart_after_ten_seconds() {
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        a_game_that_is_started_again_after_10_s_is_found(&place, &mut game, &mut telemetry);
    }

    #[test]
    fn an_end_as_it_should_be() {
        let place = Place::new();
        let (game, mut telemetry) = the_reader_may_be_first(&place);
        game.signal(Signal::TERM);
        until(&mut telemetry, "gone", |event| matches!(event, ConnectionEvent::Detached(DetachReason::Gone(_))));
        assert!(telemetry.mapper().is_none());
        until_state(&mut telemetry, ConnectionState::Waiting);
    }

    #[test]
    fn another_car_and_another_session() {
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        // The car's name comes some seconds after loading.
        let start = Instant::now();
        let is_known = |telemetry: &Connection| {
            telemetry.frame().is_some_and(|frame| !frame.graphics.car_model().contains("placeholder"))
        };
        while !is_known(&telemetry) {
            assert!(start.elapsed() < PATIENCE, "{telemetry:?}");
            telemetry.wait(Duration::from_millis(100));
        }
        game.kill();
        let _game = place.start_with(&["--scenario", "weekend", "--car", "road", "--laps", "1", "--speed", "30"]);
        let is_detached = |event: &ConnectionEvent| matches!(event, ConnectionEvent::Detached(_));
        until(&mut telemetry, "detached", is_detached);
        until(&mut telemetry, "attached", |event| matches!(event, ConnectionEvent::Attached { .. }));
        let (mut cars, mut sessions) = (0, 0);
        until(&mut telemetry, "detached", |event| {
            cars += u32::from(matches!(event, ConnectionEvent::CarChanged));
            sessions += u32::from(matches!(event, ConnectionEvent::SessionChanged));
            is_detached(event)
        });
        assert_eq!(cars, 1);
        // Practice after the menu, and the race; and the names of their tracks, which come later.
        assert!((2..=4).contains(&sessions), "{sessions}");
    }

    /// Not even where the game hangs: nobody can tell that from a pause.
    #[test]
    fn a_pause_is_no_end() {
        let place = Place::new();
        let game = place.start_with(&["--scenario", "pause", "--speed", "5"]);
        let mut telemetry = place.telemetry();
        loop {
            until_state(&mut telemetry, ConnectionState::Paused);
            game.signal(Signal::STOP);
            while telemetry.wait(Duration::from_millis(300)).is_some() {}
            if telemetry.state() == ConnectionState::Paused {
                break;
            }
            // It has gone on before it was stopped.
            game.signal(Signal::CONT);
        }
        let stopped = Instant::now();
        while stopped.elapsed() < Duration::from_secs(8) {
            let nothing = telemetry.wait(Duration::from_secs(1));
            assert!(nothing.is_none() && telemetry.mapper().is_some(), "{nothing:?}");
        }
        game.signal(Signal::CONT);
        let mut is_detached = false;
        until(&mut telemetry, "live", |event| {
            is_detached |= matches!(event, ConnectionEvent::Detached(_));
            matches!(event, ConnectionEvent::StateChanged { now: ConnectionState::Live, .. })
        });
        assert!(!is_detached);
    }

    #[test]
    fn pages_that_somebody_keeps() {
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        another_reader_may_keep_the_old_pages(&place, &mut game, &mut telemetry);
    }

    /// It hangs, and comes back.
    #[test]
    fn a_game_that_stops_without_ending() {
        let place = Place::new();
        let (game, mut telemetry) = the_reader_may_be_first(&place);
        for _ in 0..2 {
            game.signal(Signal::STOP);
            let stopped = Instant::now();
            until(&mut telemetry, "frozen", |event| matches!(event, ConnectionEvent::Detached(DetachReason::Frozen)));
            assert!(telemetry.mapper().is_none() && stopped.elapsed() < LET_GO, "{:?}", stopped.elapsed());
            until_state(&mut telemetry, ConnectionState::Frozen);
            let nothing = telemetry.wait(Duration::from_secs(1));
            assert!(nothing.is_none(), "{nothing:?}");
            game.signal(Signal::CONT);
            until_live(&mut telemetry);
        }
    }

    /// In a process of its own: other tests open files, too.
    #[cfg(target_os = "linux")]
    #[test]
    fn two_hundred_restarts() {
        const ALONE: &str = "ACEVO_TEST_ALONE";
        if std::env::var_os(ALONE).is_none() {
            let me = std::env::current_exe().expect("this program");
            let mut command = Command::new(me);
            let name = "files::two_hundred_restarts";
            let status = command.args(["--exact", name, "--nocapture"]).env(ALONE, "1").status();
            assert!(status.expect("this program starts").success());
            return;
        }
        let place = Place::new();
        let (mut game, mut telemetry) = the_reader_may_be_first(&place);
        many_restarts_leak_nothing(&place, &mut game, &mut telemetry);
    }
}
