//! A simulated game in its own process: started, killed, stopped and started again; and the connection that follows it.
//!
//! On Unix the pages are files in a directory. On Windows they are named sections, which the whole session shares; so there is
//! one test there.

use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::ACEvoSharedMemoryMapper;
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState};
use acevo_testkit::follow::{until_detached, until_event, until_live, until_packets, until_state};
use acevo_testkit::left_out::left_out;
use acevo_testkit::program::{Running, spawn_silent};
#[cfg(unix)]
use acevo_testkit::{follow::DETACH_LIMIT, program::Signal, wait::PATIENCE};
use tempfile::TempDir;

/// How often the game restarts in the test for leaks, all games together.
const RESTARTS: usize = 200;

/// Games that restart at the same time: named sections allow only one.
const GAMES: usize = if cfg!(windows) { 1 } else { 4 };

/// The program and the pages of a game.
struct GamePlace {
    program: PathBuf,
    /// Contains the pages, or a copy of the program with the game's name.
    folder: TempDir,
}

impl GamePlace {
    fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        Self { program: env!("CARGO_BIN_EXE_acevo").into(), folder }
    }

    /// A copy with the name of the game's process, by which readers find it.
    #[cfg(windows)]
    fn with_the_games_name() -> Self {
        let place = Self::new();
        let program = place.folder.path().join(acevo_shared_memory::source::GAME_PROCESS);
        std::fs::copy(&place.program, &program).expect("the program can be copied");
        Self { program, ..place }
    }

    fn start(&self) -> Running {
        self.start_with(&["--scenario", "hot-laps"])
    }

    fn start_with(&self, options: &[&str]) -> Running {
        let mut command = Command::new(&self.program);
        command.args(["simulate", "--quiet"]).args(options);
        #[cfg(unix)]
        command.arg("--dir").arg(self.folder.path());
        spawn_silent(&mut command)
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

    fn connection(&self) -> Connection {
        if cfg!(windows) { Connection::new() } else { Connection::from_opener(self.open()) }
    }
}

fn reader_starts_first(place: &GamePlace) -> (Running, Connection) {
    let mut connection = place.connection();
    assert!(connection.wait(Duration::from_millis(600)).is_none());
    assert!(connection.error().is_some_and(acevo_shared_memory::Error::is_absence), "{:?}", connection.error());
    let game = place.start();
    until_live(&mut connection);
    (game, connection)
}

fn game_starts_first(place: &GamePlace) {
    let mut connection = place.connection();
    until_live(&mut connection);
}

fn detaches_after_a_crash(game: &mut Running, connection: &mut Connection) {
    let killed = game.kill();
    until_detached(connection, killed);
}

fn reconnects_after_a_restart_within_100_ms(place: &GamePlace, game: &mut Running, connection: &mut Connection) {
    let mut quickest = Duration::MAX;
    // Several attempts: a busy machine may not start a process in time.
    for _ in 0..5 {
        let killed = game.kill();
        *game = place.start();
        let took = killed.elapsed();
        until_detached(connection, killed);
        until_live(connection);
        eprintln!("live again {:?} after a crash, started after {took:?}", killed.elapsed());
        quickest = quickest.min(took);
        if quickest < Duration::from_millis(100) {
            return;
        }
    }
    left_out(format_args!("a restart within 100 ms; this machine needs {quickest:?}"));
}

fn reconnects_after_a_restart_10_s_later(place: &GamePlace, game: &mut Running, connection: &mut Connection) {
    let killed = game.kill();
    until_detached(connection, killed);
    while killed.elapsed() < Duration::from_secs(10) {
        let event = connection.wait(Duration::from_millis(500));
        assert!(!matches!(event, Some(ConnectionEvent::Attached { .. } | ConnectionEvent::Packet(_))), "{event:?}");
        assert!(connection.mapper().is_none());
    }
    *game = place.start();
    let started = Instant::now();
    until_live(connection);
    eprintln!("live again {:?} after a start", started.elapsed());
}

/// Another reader keeps the pages of a game that has ended.
fn reconnects_although_another_reader_keeps_the_old_pages(
    place: &GamePlace,
    game: &mut Running,
    connection: &mut Connection,
) {
    let kept = place.open()().expect("the game runs");
    let kept_id = || kept.packet_id(acevo_shared_memory::PageKind::Physics);
    assert!(kept_id().is_ok_and(|id| id > 0));
    let killed = game.kill();
    until_detached(connection, killed);
    *game = place.start();
    until_live(connection);
    // The old pages no longer change.
    until_packets(connection, 100);
    let before = kept_id().ok();
    until_packets(connection, 100);
    assert_eq!(kept_id().ok(), before);
}

/// Resources of this process: handles or file descriptors, mapped sections, threads.
#[derive(Debug, PartialEq)]
struct Resources {
    handles: usize,
    sections: usize,
    threads: usize,
}

impl Resources {
    #[cfg(target_os = "linux")]
    fn now() -> Self {
        let count = |folder: &str| std::fs::read_dir(folder).expect("a folder of the system").count();
        let maps = std::fs::read_to_string("/proc/self/maps").expect("a file of the system");
        let sections = maps.lines().filter(|line| line.contains("acevo_pmf")).count();
        Self { handles: count("/proc/self/fd"), sections, threads: count("/proc/self/task") }
    }

    /// On Windows only unsafe code can count handles. But a new handle gets the lowest free number, which is close to the count. Under
    /// Wine, the Linux process shows the mapped sections and the threads.
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

/// The `/proc` folder of this process under Wine. There, `self` is the Wine server, which opens all files; so the folder is found by
/// the name of this program. `None` on Windows.
#[cfg(windows)]
fn below_wine() -> Option<PathBuf> {
    let me = std::env::current_exe().ok()?;
    let name = me.file_name()?.to_str()?;
    // Wine sets the first argument to the program's path. Its parent process has that path in another argument.
    let is_me = |folder: &PathBuf| {
        let arguments = std::fs::read(folder.join("cmdline")).unwrap_or_default();
        let first = arguments.split(|byte| *byte == 0).next().unwrap_or_default();
        String::from_utf8_lossy(first).ends_with(name)
    };
    std::fs::read_dir(r"Z:\proc").ok()?.flatten().map(|entry| entry.path()).find(is_me)
}

/// Restarts games, each followed by its own connection.
#[cfg(any(windows, target_os = "linux"))]
fn many_restarts_leak_nothing(games: &mut [(GamePlace, Running, Connection)]) {
    let restart = |place: &GamePlace, game: &mut Running, connection: &mut Connection| {
        game.kill();
        *game = place.start();
        until_event(connection, "detached", |event| matches!(event, ConnectionEvent::Detached(_)));
        until_state(connection, ConnectionState::Live);
    };
    let mut restart_all = |count: usize| {
        thread::scope(|scope| {
            for (place, game, connection) in &mut *games {
                scope.spawn(|| (0..count).for_each(|_| restart(place, game, connection)));
            }
        });
    };
    // The first restarts allocate what is kept for later ones.
    restart_all(3);
    let start = Instant::now();
    let before = Resources::now();
    restart_all(RESTARTS / GAMES);
    let after = Resources::now();
    eprintln!("{RESTARTS} restarts in {:?}: {before:?}, {after:?}", start.elapsed());
    // A few more may belong to the system or the test harness.
    let slack = RESTARTS / 20;
    assert!(after.handles <= before.handles + slack, "{before:?} {after:?}");
    assert!(after.sections <= before.sections + slack, "{before:?} {after:?}");
    assert!(after.threads <= before.threads + slack, "{before:?} {after:?}");
    // Without a game nothing remains attached.
    for (_, game, connection) in games {
        assert_eq!(connection.state(), ConnectionState::Live);
        let killed = game.kill();
        until_detached(connection, killed);
    }
    let none = Resources::now();
    assert!(none.handles <= before.handles && none.sections <= before.sections, "{before:?} {none:?}");
}

#[cfg(windows)]
#[test]
fn connection_follows_a_game_with_named_sections() {
    let place = GamePlace::new();
    let (mut game, mut connection) = reader_starts_first(&place);
    game_starts_first(&place);
    detaches_after_a_crash(&mut game, &mut connection);
    game = place.start();
    until_live(&mut connection);
    reconnects_after_a_restart_within_100_ms(&place, &mut game, &mut connection);
    reconnects_after_a_restart_10_s_later(&place, &mut game, &mut connection);
    reconnects_although_another_reader_keeps_the_old_pages(&place, &mut game, &mut connection);
    detaches_after_a_crash(&mut game, &mut connection);

    let place = GamePlace::with_the_games_name();
    let game = place.start();
    until_live(&mut connection);
    many_restarts_leak_nothing(&mut [(place, game, connection)]);
}

#[cfg(unix)]
mod files {
    use acevo_telemetry::DetachReason;

    use super::*;

    #[test]
    fn connection_accepts_any_start_order_and_detaches_after_a_crash() {
        let place = GamePlace::new();
        let (mut game, mut connection) = reader_starts_first(&place);
        game_starts_first(&place);
        detaches_after_a_crash(&mut game, &mut connection);
        // The crashed game leaves its files.
        assert_eq!(connection.state(), ConnectionState::Frozen);
        let _game = place.start();
        until_live(&mut connection);
    }

    #[test]
    fn connection_reconnects_after_an_immediate_restart() {
        let place = GamePlace::new();
        let (mut game, mut connection) = reader_starts_first(&place);
        for _ in 0..5 {
            reconnects_after_a_restart_within_100_ms(&place, &mut game, &mut connection);
        }
    }

    #[test]
    fn connection_reconnects_after_a_restart_10_s_later() {
        let place = GamePlace::new();
        let (mut game, mut connection) = reader_starts_first(&place);
        reconnects_after_a_restart_10_s_later(&place, &mut game, &mut connection);
    }

    #[test]
    fn connection_detaches_when_the_game_exits() {
        let place = GamePlace::new();
        let (game, mut connection) = reader_starts_first(&place);
        game.signal(Signal::TERM);
        until_event(&mut connection, "gone", |event| matches!(event, ConnectionEvent::Detached(DetachReason::Gone(_))));
        assert!(connection.mapper().is_none());
        until_state(&mut connection, ConnectionState::Waiting);
    }

    #[test]
    fn connection_reports_another_car_and_another_session() {
        let place = GamePlace::new();
        let (mut game, mut connection) = reader_starts_first(&place);
        // The game publishes the car's name some seconds after it has loaded.
        let start = Instant::now();
        let is_known = |connection: &Connection| {
            connection.frame().is_some_and(|frame| !frame.graphics.car_model().contains("placeholder"))
        };
        while !is_known(&connection) {
            assert!(start.elapsed() < PATIENCE, "{connection:?}");
            connection.wait(Duration::from_millis(100));
        }
        game.kill();
        let _game = place.start_with(&["--scenario", "weekend", "--car", "road", "--laps", "1", "--speed", "30"]);
        let is_detached = |event: &ConnectionEvent| matches!(event, ConnectionEvent::Detached(_));
        until_event(&mut connection, "detached", is_detached);
        until_event(&mut connection, "attached", |event| matches!(event, ConnectionEvent::Attached { .. }));
        let (mut cars, mut sessions) = (0, 0);
        until_event(&mut connection, "detached", |event| {
            cars += u32::from(matches!(event, ConnectionEvent::CarChanged));
            sessions += u32::from(matches!(event, ConnectionEvent::SessionChanged));
            is_detached(event)
        });
        assert_eq!(cars, 1);
        // Practice and race, and up to two more when the names of their tracks arrive.
        assert!((2..=4).contains(&sessions), "{sessions}");
    }

    /// Also if the game hangs: a reader cannot distinguish that from a pause.
    #[test]
    fn connection_stays_attached_during_a_pause() {
        let place = GamePlace::new();
        let game = place.start_with(&["--scenario", "pause", "--speed", "5"]);
        let mut connection = place.connection();
        loop {
            until_state(&mut connection, ConnectionState::Paused);
            game.signal(Signal::STOP);
            while connection.wait(Duration::from_millis(300)).is_some() {}
            if connection.state() == ConnectionState::Paused {
                break;
            }
            // The pause ended before the process stopped.
            game.signal(Signal::CONT);
        }
        let stopped = Instant::now();
        while stopped.elapsed() < Duration::from_secs(8) {
            let nothing = connection.wait(Duration::from_secs(1));
            assert!(nothing.is_none() && connection.mapper().is_some(), "{nothing:?}");
        }
        game.signal(Signal::CONT);
        let mut is_detached = false;
        until_event(&mut connection, "live", |event| {
            is_detached |= matches!(event, ConnectionEvent::Detached(_));
            matches!(event, ConnectionEvent::StateChanged { now: ConnectionState::Live, .. })
        });
        assert!(!is_detached);
    }

    #[test]
    fn connection_reconnects_if_another_reader_keeps_the_old_pages() {
        let place = GamePlace::new();
        let (mut game, mut connection) = reader_starts_first(&place);
        reconnects_although_another_reader_keeps_the_old_pages(&place, &mut game, &mut connection);
    }

    /// The process hangs and continues.
    #[test]
    fn connection_detaches_from_a_frozen_game_and_reconnects() {
        let place = GamePlace::new();
        let (game, mut connection) = reader_starts_first(&place);
        for _ in 0..2 {
            game.signal(Signal::STOP);
            let stopped = Instant::now();
            until_event(&mut connection, "frozen", |event| {
                matches!(event, ConnectionEvent::Detached(DetachReason::Frozen))
            });
            assert!(connection.mapper().is_none() && stopped.elapsed() < DETACH_LIMIT, "{:?}", stopped.elapsed());
            until_state(&mut connection, ConnectionState::Frozen);
            let nothing = connection.wait(Duration::from_secs(1));
            assert!(nothing.is_none(), "{nothing:?}");
            game.signal(Signal::CONT);
            until_live(&mut connection);
        }
    }

    /// Runs in its own process, because other tests open files, too.
    #[cfg(target_os = "linux")]
    #[test]
    fn restarts_leak_no_resources() {
        const ALONE: &str = "ACEVO_TEST_ALONE";
        if std::env::var_os(ALONE).is_none() {
            let me = std::env::current_exe().expect("this program");
            let mut command = Command::new(me);
            let name = "files::restarts_leak_no_resources";
            let status = command.args(["--exact", name, "--nocapture"]).env(ALONE, "1").status();
            assert!(status.expect("this program starts").success());
            return;
        }
        let mut games: Vec<_> = (0..GAMES)
            .map(|_| {
                let place = GamePlace::new();
                let (game, connection) = reader_starts_first(&place);
                (place, game, connection)
            })
            .collect();
        many_restarts_leak_nothing(&mut games);
    }
}
