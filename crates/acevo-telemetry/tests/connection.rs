//! A simulated game in this process, and the connection that follows it.
//!
//! Tests wait for conditions. Time matters only for the promise that pages without movement are detached within 3 s.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, Error, LocalPages, PageKind, Publisher, SPageFileGraphicEvo,
    SPageFilePhysics, SPageFileStaticEvo, Source,
};
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState, DetachReason, LayoutWarning};
use acevo_testkit::wait::PATIENCE;

/// Dead pages are detached within 3 s of their last movement. The rest is for a machine that is busy with other things: this
/// thread may poll late.
const MAX_DETACH: Duration = Duration::from_millis(3500);

/// A game that the test controls.
struct Game {
    pages: Pages,
    publisher: Publisher,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    session: SPageFileStaticEvo,
}

/// Its pages; they know whether it has ended.
#[derive(Debug, Clone)]
struct Pages {
    pages: LocalPages,
    has_ended: Arc<AtomicBool>,
}

impl Game {
    fn start(status: ACEvoStatus) -> Self {
        Self::with_pages(status, LocalPages::new())
    }

    fn with_pages(status: ACEvoStatus, pages: LocalPages) -> Self {
        let publisher = Publisher::local(&pages);
        let mut graphics = SPageFileGraphicEvo { status: status.into(), ..Default::default() };
        graphics.car_model = "ks_first".into();
        let session = SPageFileStaticEvo { track: "Valdombra".into(), ..Default::default() };
        let pages = Pages { pages, has_ended: Arc::default() };
        let mut game = Self { pages, publisher, physics: Default::default(), graphics, session };
        game.publish_session();
        game.step();
        game
    }

    /// A packet of both pages.
    fn step(&mut self) {
        self.physics.packetId += 1;
        self.publisher.publish_physics(&self.physics).unwrap();
        self.graphics.packetId += 1;
        self.publish_graphics();
    }

    fn publish_graphics(&mut self) {
        self.publisher.publish_graphics(&self.graphics).unwrap();
    }

    fn publish_session(&mut self) {
        self.publisher.publish_static(&self.session).unwrap();
    }

    /// The counters go back and the session is another one.
    fn load(&mut self, track: &str) {
        self.session.track = track.into();
        self.publish_session();
        (self.physics.packetId, self.graphics.packetId) = (0, 0);
        self.step();
    }

    fn end(&self) {
        self.pages.has_ended.store(true, Ordering::Relaxed);
    }

    fn open(&self) -> impl FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send + use<> {
        let pages = self.pages.clone();
        move || pages.open()
    }

    fn telemetry(&self) -> Connection {
        Connection::from_opener(self.open())
    }
}

impl Pages {
    fn open(&self) -> Result<ACEvoSharedMemoryMapper, Error> {
        if self.has_ended.load(Ordering::Relaxed) {
            return Err(Error::GameNotRunning { looked_for: "a test".into() });
        }
        ACEvoSharedMemoryMapper::open_source(self.clone())
    }

    fn living(&self, page: PageKind) -> Result<&LocalPages, Error> {
        if self.has_ended.load(Ordering::Relaxed) {
            return Err(Error::Gone { page, location: self.location(page) });
        }
        Ok(&self.pages)
    }
}

impl Source for Pages {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        self.living(page)?.copy(page, words)
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.living(page)?.is_unchanged(page, words)
    }

    fn size(&self, page: PageKind) -> usize {
        self.pages.size(page)
    }

    fn location(&self, _: PageKind) -> String {
        "a test".into()
    }
}

/// An event in a few words; empty for packets.
fn word(event: &ConnectionEvent) -> Option<String> {
    Some(match event {
        ConnectionEvent::Attached { .. } => "attached".into(),
        ConnectionEvent::Detached(DetachReason::Gone(_)) => "gone".into(),
        ConnectionEvent::Detached(DetachReason::Frozen) => "frozen".into(),
        ConnectionEvent::Detached(DetachReason::Replaced) => "replaced".into(),
        ConnectionEvent::StateChanged { before, now } => format!("{before} -> {now}"),
        ConnectionEvent::SessionChanged => "session".into(),
        ConnectionEvent::CarChanged => "car".into(),
        ConnectionEvent::Conflict(conflict) => format!("conflict: {conflict:?}"),
        ConnectionEvent::LayoutSuspicious(what) => format!("suspicious: {}", what.len()),
        ConnectionEvent::Packet(_) => return None,
        other => format!("{other:?}"),
    })
}

/// Waits for events until a condition holds, and calls a function before each wait. Returns the events.
fn follow(
    telemetry: &mut Connection,
    mut meanwhile: impl FnMut(),
    mut is_done: impl FnMut(&Connection, &[String]) -> bool,
) -> Vec<String> {
    let start = Instant::now();
    let mut story = Vec::new();
    loop {
        meanwhile();
        let event = telemetry.wait(Duration::from_millis(5));
        story.extend(event.as_ref().and_then(word));
        if is_done(telemetry, &story) {
            return story;
        }
        assert!(start.elapsed() < PATIENCE, "{telemetry:?} {story:?}");
    }
}

/// As [`follow`], until the state is this one and all events were taken.
fn until(telemetry: &mut Connection, state: ConnectionState, meanwhile: impl FnMut()) -> Vec<String> {
    let change = format!("-> {state}");
    follow(telemetry, meanwhile, |telemetry, story| {
        telemetry.state() == state && story.last().is_some_and(|last| last.ends_with(&change))
    })
}

/// As [`follow`], until this event.
fn until_event(telemetry: &mut Connection, what: &str, meanwhile: impl FnMut()) -> Vec<String> {
    follow(telemetry, meanwhile, |_, story| story.last().is_some_and(|last| last == what))
}

/// The events of this time.
fn during(telemetry: &mut Connection, time: Duration, meanwhile: impl FnMut()) -> Vec<String> {
    let start = Instant::now();
    follow(telemetry, meanwhile, |_, _| start.elapsed() >= time)
}

#[test]
fn blank_pages_are_never_attached() {
    let pages = LocalPages::new();
    let open = pages.clone();
    let mut telemetry = Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(open.clone()));
    assert_eq!(during(&mut telemetry, Duration::from_secs(3), || ()), [""; 0]);
    assert!(telemetry.mapper().is_none() && telemetry.frame().is_none());
    assert!(telemetry.error().is_some_and(Error::is_absence), "{:?}", telemetry.error());

    let mut game = Game::with_pages(ACEvoStatus::Live, pages);
    let story = until(&mut telemetry, ConnectionState::Live, || game.step());
    assert_eq!(story, ["attached", "waiting -> attached", "attached -> live"]);
    assert!(telemetry.error().is_none());
}

#[test]
fn pages_that_become_blank_are_detached() {
    for status in [ACEvoStatus::Live, ACEvoStatus::Pause, ACEvoStatus::Off] {
        let mut game = Game::start(status);
        let mut telemetry = game.telemetry();
        until_event(&mut telemetry, "attached", || ());
        follow(&mut telemetry, || game.step(), |telemetry, _| telemetry.stats().physics.distinct > 3);
        // Like a publisher that ends while another program keeps its pages.
        game.publisher.publish_physics(&Default::default()).unwrap();
        game.publisher.publish_graphics(&Default::default()).unwrap();
        game.publisher.publish_static(&Default::default()).unwrap();
        let cleared = Instant::now();
        let story = until(&mut telemetry, ConnectionState::Waiting, || ());
        assert!(cleared.elapsed() < MAX_DETACH && telemetry.mapper().is_none(), "{:?}", cleared.elapsed());
        assert!(story.contains(&"gone".into()), "{story:?}");
        assert_eq!(during(&mut telemetry, Duration::from_secs(1), || ()), [""; 0]);
    }
}

#[test]
fn live_pages_that_never_move_are_never_live() {
    let mut game = Game::start(ACEvoStatus::Live);
    game.step();
    let mut telemetry = game.telemetry();
    let story = until(&mut telemetry, ConnectionState::Attached, || ());
    assert_eq!(story, ["attached", "waiting -> attached"]);
    let attached = Instant::now();
    let story = until(&mut telemetry, ConnectionState::Frozen, || ());
    assert!(attached.elapsed() < MAX_DETACH && telemetry.mapper().is_none(), "{:?}", attached.elapsed());
    assert_eq!(story, ["frozen", "attached -> frozen"]);
    // The pages are opened again and again, without an event.
    assert_eq!(during(&mut telemetry, Duration::from_secs(4), || ()), [""; 0]);

    let story = until(&mut telemetry, ConnectionState::Live, || game.step());
    assert_eq!(story, ["attached", "frozen -> attached", "attached -> live"]);
}

#[test]
fn live_pages_that_stop_are_detached_within_three_seconds() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Live, || game.step());
    game.step();
    let moved = Instant::now();
    let story = until(&mut telemetry, ConnectionState::Frozen, || ());
    assert!(moved.elapsed() < MAX_DETACH && telemetry.mapper().is_none(), "{:?}", moved.elapsed());
    assert_eq!(story, ["frozen", "live -> frozen"]);
    // One packet is movement, but only for some time.
    let mut one = Some(());
    let story = until(&mut telemetry, ConnectionState::Attached, || {
        if one.take().is_some() {
            game.step();
        }
    });
    assert_eq!(story, ["attached", "frozen -> attached"]);
    assert_eq!(until(&mut telemetry, ConnectionState::Frozen, || ()), ["frozen", "attached -> frozen"]);
}

#[test]
fn other_dead_pages_do_not_count_as_movement() {
    let (mut first, second) = (Game::start(ACEvoStatus::Live), Game::start(ACEvoStatus::Live));
    (0..10).for_each(|_| first.step());
    let open = Arc::new(Mutex::new(first.pages.clone()));
    let pages = Arc::clone(&open);
    let mut telemetry = Connection::from_opener(move || pages.lock().unwrap().open());
    until(&mut telemetry, ConnectionState::Frozen, || ());
    *open.lock().unwrap() = second.pages.clone();
    let story = until(&mut telemetry, ConnectionState::Frozen, || ());
    assert_eq!(story, ["attached", "frozen -> attached", "frozen", "attached -> frozen"]);
}

#[test]
fn menus_pauses_and_replays_without_movement_stay_attached() {
    let states = [
        (ACEvoStatus::Off, ConnectionState::Menu),
        (ACEvoStatus::Pause, ConnectionState::Paused),
        (ACEvoStatus::Replay, ConnectionState::Replay),
        (ACEvoStatus::Unknown(9), ConnectionState::Other(9)),
    ];
    let watch = |(status, state): (ACEvoStatus, ConnectionState)| {
        // One game has driven before, the other one has not.
        let (mut drives, is_met) = (Game::start(ACEvoStatus::Live), Game::start(status));
        let (looks, mut open) = (Arc::new(AtomicU32::new(0)), drives.open());
        let counted = Arc::clone(&looks);
        let mut telemetry = Connection::from_opener(move || {
            counted.fetch_add(1, Ordering::Relaxed);
            open()
        });
        until(&mut telemetry, ConnectionState::Live, || drives.step());
        drives.graphics.status = status.into();
        drives.step();
        assert_eq!(until(&mut telemetry, state, || ()), [format!("live -> {state}")]);
        let mut other = is_met.telemetry();
        assert_eq!(until(&mut other, state, || ()), ["attached".to_owned(), format!("waiting -> {state}")]);

        let meanwhile = || assert!(other.wait(Duration::ZERO).is_none());
        assert_eq!(during(&mut telemetry, Duration::from_secs(8), meanwhile), [""; 0]);
        assert!(telemetry.mapper().is_some() && other.mapper().is_some());
        assert_eq!([telemetry.state(), other.state()], [state; 2]);
        // The pages were opened again meanwhile.
        assert!(looks.load(Ordering::Relaxed) > 1);

        drives.graphics.status = ACEvoStatus::Live.into();
        drives.step();
        assert_eq!(until(&mut telemetry, ConnectionState::Live, || ()), [format!("{state} -> live")]);
    };
    std::thread::scope(|scope| {
        states.map(|state| scope.spawn(move || watch(state))).map(|thread| thread.join().unwrap())
    });
}

#[test]
fn pause_while_attaching_is_a_pause() {
    /// Begins the pause after a number of calls about graphics.
    #[derive(Debug)]
    struct PausesThen {
        pages: LocalPages,
        calls: AtomicU32,
    }

    impl PausesThen {
        fn count(&self, page: PageKind) -> Result<(), Error> {
            if page == PageKind::Graphics && self.calls.fetch_sub(1, Ordering::Relaxed) == 1 {
                let status = ACEvoStatus::Pause.into();
                let graphics = SPageFileGraphicEvo { packetId: 2, status, ..Default::default() };
                Publisher::local(&self.pages).publish_graphics(&graphics)?;
            }
            Ok(())
        }
    }

    impl Source for PausesThen {
        fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
            self.pages.copy(page, words)?;
            self.count(page)
        }
        fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
            let is_unchanged = self.pages.is_unchanged(page, words)?;
            self.count(page)?;
            Ok(is_unchanged)
        }
        fn size(&self, page: PageKind) -> usize {
            self.pages.size(page)
        }
        fn location(&self, _: PageKind) -> String {
            "a test".into()
        }
    }

    let watch = |calls| {
        let game = Game::start(ACEvoStatus::Live);
        let pages = game.pages.pages.clone();
        let mut telemetry = Connection::from_opener(move || {
            ACEvoSharedMemoryMapper::open_source(PausesThen { pages: pages.clone(), calls: AtomicU32::new(calls) })
        });
        let story = follow(&mut telemetry, || (), |telemetry, _| telemetry.state() == ConnectionState::Paused);
        assert!(!story.contains(&"frozen".into()), "{calls}: {story:?}");
        let story = during(&mut telemetry, Duration::from_secs(4), || ());
        assert!(!story.contains(&"frozen".into()), "{calls}: {story:?}");
        assert_eq!(telemetry.state(), ConnectionState::Paused);
    };
    std::thread::scope(|scope| (1..10).for_each(|calls| drop(scope.spawn(move || watch(calls)))));
}

/// A game may be interrupted between writing the counter and the rest, so that a reader gets a mixed page.
#[test]
fn pause_whose_counter_was_read_too_early_is_a_pause() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Live, || game.step());
    let seen = |telemetry: &Connection| telemetry.frame().map(|frame| frame.graphics.packet_id());
    game.step();
    let last = Some(game.graphics.packetId);
    follow(&mut telemetry, || (), |telemetry, _| seen(telemetry) == last);
    game.graphics.status = ACEvoStatus::Pause.into();
    game.publish_graphics();
    assert_eq!(until(&mut telemetry, ConnectionState::Paused, || ()), ["live -> paused"]);
    assert_eq!(during(&mut telemetry, Duration::from_secs(4), || ()), [""; 0]);
}

#[test]
fn end_of_a_game_is_reported_and_the_next_one_attached() {
    let mut first = Game::start(ACEvoStatus::Live);
    let open = Arc::new(Mutex::new(first.pages.clone()));
    let pages = Arc::clone(&open);
    let mut telemetry = Connection::from_opener(move || pages.lock().unwrap().open());
    let story = until(&mut telemetry, ConnectionState::Live, || first.step());
    assert_eq!(story, ["attached", "waiting -> attached", "attached -> live"]);

    first.end();
    assert_eq!(until(&mut telemetry, ConnectionState::Waiting, || ()), ["gone", "live -> waiting"]);
    assert!(telemetry.mapper().is_none() && telemetry.frame().is_none() && telemetry.layout_warnings().is_empty());
    assert!(matches!(telemetry.error(), None | Some(Error::GameNotRunning { .. })), "{:?}", telemetry.error());
    let before = telemetry.stats();
    assert!(before.physics.distinct > 0 && before.graphics.distinct > 0 && before.polls > 0);

    let mut second = Game::start(ACEvoStatus::Live);
    second.graphics.car_model = "ks_second".into();
    second.step();
    *open.lock().unwrap() = second.pages.clone();
    let story = until(&mut telemetry, ConnectionState::Live, || second.step());
    assert_eq!(story, ["attached", "car", "waiting -> attached", "attached -> live"]);
    // The statistics are those of all games together.
    let start = telemetry.stats().physics.distinct;
    assert!(start > before.physics.distinct);
    follow(&mut telemetry, || second.step(), |telemetry, _| telemetry.stats().physics.distinct >= start + 10);
    second.end();
    until(&mut telemetry, ConnectionState::Waiting, || ());
    let after = telemetry.stats();
    assert!(after.physics.distinct >= start + 10 && after.polls > before.polls);
}

#[test]
fn game_in_the_menu_is_replaced_by_another_one() {
    let first = Game::start(ACEvoStatus::Off);
    let open = Arc::new(Mutex::new(first.pages.clone()));
    let pages = Arc::clone(&open);
    let mut telemetry = Connection::from_opener(move || pages.lock().unwrap().open());
    until(&mut telemetry, ConnectionState::Menu, || ());
    let mut second = Game::start(ACEvoStatus::Live);
    second.step();
    *open.lock().unwrap() = second.pages.clone();
    let replaced = Instant::now();
    let story = until(&mut telemetry, ConnectionState::Live, || second.step());
    assert_eq!(story, ["replaced", "menu -> waiting", "attached", "waiting -> attached", "attached -> live"]);
    // Twice: the pages may have been opened just before the game was replaced.
    assert!(replaced.elapsed() < 2 * MAX_DETACH, "{:?}", replaced.elapsed());
}

#[test]
fn game_that_ends_in_the_menu_is_detached_within_three_seconds() {
    let game = Game::start(ACEvoStatus::Off);
    let (is_there, pages) = (Arc::new(AtomicBool::new(true)), game.pages.clone());
    let there = Arc::clone(&is_there);
    // Nothing shows that these pages are dead, except that they are not found any more: only this reader keeps them.
    let mut telemetry = Connection::from_opener(move || match there.load(Ordering::Relaxed) {
        true => pages.open(),
        false => Err(Error::GameNotRunning { looked_for: "a test".into() }),
    });
    until(&mut telemetry, ConnectionState::Menu, || ());
    is_there.store(false, Ordering::Relaxed);
    let ended = Instant::now();
    assert_eq!(until(&mut telemetry, ConnectionState::Waiting, || ()), ["gone", "menu -> waiting"]);
    assert!(ended.elapsed() < MAX_DETACH && telemetry.mapper().is_none(), "{:?}", ended.elapsed());
}

#[test]
fn changes_of_session_and_car_are_reported() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    let story = until(&mut telemetry, ConnectionState::Live, || game.step());
    assert!(!story.contains(&"session".into()) && !story.contains(&"car".into()), "{story:?}");

    // Another page, and no counter that goes back.
    game.session.session_name = "Practice".into();
    game.publish_session();
    assert_eq!(until_event(&mut telemetry, "session", || game.step()), ["session"]);
    assert_eq!(telemetry.frame().unwrap().static_data.raw().session_name.as_str(), "Practice");

    // The counters that go back now belong to it.
    (game.physics.packetId, game.graphics.packetId) = (0, 0);
    assert_eq!(during(&mut telemetry, Duration::from_millis(1500), || game.step()), [""; 0]);

    // A counter that goes back, and the same page. The other one stands still for long, and goes back when it moves again.
    let physics = game.physics.packetId;
    game.graphics.packetId = 0;
    let story = until_event(&mut telemetry, "session", || {
        game.graphics.packetId += 1;
        game.publish_graphics();
    });
    assert_eq!(story, ["session"]);
    let story = during(&mut telemetry, Duration::from_millis(1500), || {
        game.graphics.packetId += 1;
        game.publish_graphics();
    });
    assert_eq!(story, [""; 0]);
    assert_eq!(telemetry.frame().unwrap().physics.packet_id(), physics);
    game.physics.packetId = 0;
    assert_eq!(during(&mut telemetry, Duration::from_millis(1500), || game.step()), [""; 0]);
    assert_eq!(telemetry.stats().physics.restarts, 2);

    // Both, and another page: one session.
    game.load("Monteforte");
    assert_eq!(until_event(&mut telemetry, "session", || ()), ["session"]);
    assert_eq!(telemetry.frame().unwrap().static_data.track(), "Monteforte");
    assert_eq!(during(&mut telemetry, Duration::from_secs(1), || game.step()), [""; 0]);

    // An empty name, a placeholder, and the same name again are no events.
    for name in ["", "car_placeholder"] {
        game.graphics.car_model = name.into();
        (0..20).for_each(|_| drop(follow(&mut telemetry, || game.step(), |_, _| true)));
    }
    game.graphics.car_model = "ks_first".into();
    assert_eq!(during(&mut telemetry, Duration::from_millis(500), || game.step()), [""; 0]);
    game.graphics.car_model = "ks_second".into();
    assert_eq!(until_event(&mut telemetry, "car", || game.step()), ["car"]);
    assert_eq!(telemetry.frame().unwrap().graphics.car_model(), "ks_second");
    assert_eq!(during(&mut telemetry, Duration::from_millis(500), || game.step()), [""; 0]);
}

#[test]
fn two_writers_are_reported_once_and_cause_few_changes_of_session_and_car() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Live, || game.step());
    assert_eq!(telemetry.conflict(), None);
    // Another program counts in the same pages, with another car on another track.
    let mut other = (5_000_000, game.session, game.graphics.car_model);
    (other.1.track, other.2) = ("Monteforte".into(), "ks_second".into());
    let mut flips = 0;
    let story = follow(
        &mut telemetry,
        || {
            std::mem::swap(&mut game.physics.packetId, &mut other.0);
            game.graphics.packetId = game.physics.packetId;
            std::mem::swap(&mut game.session, &mut other.1);
            std::mem::swap(&mut game.graphics.car_model, &mut other.2);
            game.publish_session();
            game.step();
            flips += 1;
        },
        |telemetry, _| telemetry.stats().graphics.restarts > 600,
    );
    let count = |word: &str| story.iter().filter(|event| event.starts_with(word)).count();
    assert_eq!((count("conflict"), count("conflict: TwoWriters")), (1, 1), "{story:?}");
    assert!(count("session") + count("car") <= 20, "{flips} flips: {story:?}");
    assert_eq!(telemetry.conflict(), Some(acevo_telemetry::CounterConflict::TwoWriters));
}

#[test]
fn car_that_changes_all_the_time_is_reported_a_limited_number_of_times() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    let mut cars = 0;
    let story = follow(
        &mut telemetry,
        || {
            cars += 1;
            game.graphics.car_model = format!("ks_{cars}").as_str().into();
            game.step();
        },
        |telemetry, _| telemetry.stats().graphics.distinct > 500,
    );
    let reported = story.iter().filter(|event| *event == "car").count();
    // Twenty at once, and one each five seconds: the rest is for a busy machine.
    assert!((10..=40).contains(&reported), "{reported} of {cars}");
    assert_eq!(telemetry.conflict(), None);
}

#[test]
fn suspicious_layout_is_reported_once_and_stays_readable() {
    let mut game = Game::with_pages(ACEvoStatus::Live, LocalPages::with_sizes([800, 12_288, 208]).unwrap());
    game.physics.gear = 99;
    game.graphics.display_speed_kmh = 77;
    let mut telemetry = game.telemetry();
    let story = until_event(&mut telemetry, "suspicious: 2", || game.step());
    assert_eq!(story, ["attached", "waiting -> attached", "attached -> live", "suspicious: 2"]);
    let warnings: Vec<_> = telemetry.layout_warnings().to_vec();
    assert!(matches!(warnings[0], LayoutWarning::Size { page: PageKind::Graphics, size: 12_288 }), "{warnings:?}");
    assert!(matches!(warnings[1], LayoutWarning::Value { page: PageKind::Physics, .. }), "{warnings:?}");
    let frame = telemetry.frame().unwrap();
    assert_eq!((frame.physics.raw().gear, frame.graphics.raw().display_speed_kmh), (99, 77));

    assert_eq!(during(&mut telemetry, Duration::from_secs(3), || game.step()), [""; 0]);
    // Another warning is reported.
    game.session.sm_version = "beta".into();
    game.publish_session();
    assert_eq!(until_event(&mut telemetry, "suspicious: 1", || game.step()), ["session", "suspicious: 1"]);
    assert_eq!(telemetry.layout_warnings().len(), 3);
    assert_eq!(telemetry.state(), ConnectionState::Live);
}

#[test]
fn layout_warning_needs_two_checks() {
    let mut game = Game::start(ACEvoStatus::Live);
    game.physics.gear = 99;
    game.step();
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Attached, || ());
    game.physics.gear = 3;
    assert_eq!(during(&mut telemetry, Duration::from_secs(2), || game.step()), ["attached -> live"]);
}

#[test]
fn unusable_source_is_waited_for() {
    let mut game = Game::start(ACEvoStatus::Live);
    let (is_allowed, mut open) = (Arc::new(AtomicBool::new(false)), game.open());
    let allowed = Arc::clone(&is_allowed);
    let mut telemetry = Connection::from_opener(move || {
        if allowed.load(Ordering::Relaxed) {
            return open();
        }
        Err(Error::PermissionDenied { location: "a test".into(), source: std::io::ErrorKind::PermissionDenied.into() })
    });
    let story = follow(&mut telemetry, || (), |telemetry, _| telemetry.error().is_some());
    assert_eq!((story, telemetry.state()), (vec![], ConnectionState::Waiting));
    assert!(matches!(telemetry.error(), Some(Error::PermissionDenied { .. })), "{:?}", telemetry.error());
    is_allowed.store(true, Ordering::Relaxed);
    let story = until(&mut telemetry, ConnectionState::Live, || game.step());
    assert_eq!(story, ["attached", "waiting -> attached", "attached -> live"]);
    assert!(telemetry.error().is_none());
}

#[test]
fn wait_with_zero_timeout_returns_at_once() {
    // The middle of many: the machine may be busy with other things.
    let usual = |telemetry: &mut Connection| {
        let ask = || {
            let start = Instant::now();
            telemetry.wait(Duration::ZERO);
            start.elapsed()
        };
        let mut all: Vec<_> = std::iter::repeat_with(ask).take(101).collect();
        all.sort();
        all[50]
    };
    let mut absent =
        Connection::from_opener(|| Err::<ACEvoSharedMemoryMapper, _>(Error::GameNotRunning { looked_for: "x".into() }));
    let game = Game::start(ACEvoStatus::Pause);
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Paused, || ());
    for telemetry in [&mut absent, &mut telemetry] {
        let usual = usual(telemetry);
        assert!(usual < Duration::from_millis(2), "{usual:?}");
    }
}

#[test]
fn frame_contains_the_reported_packet() {
    let mut game = Game::start(ACEvoStatus::Live);
    let mut telemetry = game.telemetry();
    until(&mut telemetry, ConnectionState::Live, || game.step());
    let mut packets = 0;
    while packets < 200 {
        game.step();
        if let Some(ConnectionEvent::Packet(packet)) = telemetry.wait(PATIENCE) {
            packets += 1;
            let frame = telemetry.frame().unwrap();
            assert!(packet.physics.is_none_or(|physics| physics.view == frame.physics));
            assert!(packet.graphics.is_none_or(|graphics| graphics.view == frame.graphics));
        }
    }
}

#[cfg(unix)]
#[test]
fn files_that_are_recreated_are_another_game() {
    use acevo_shared_memory::PageDirectory;

    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().to_owned();
    let open = move || ACEvoSharedMemoryMapper::open_source(PageDirectory::open(&path)?);
    let mut telemetry = Connection::from_opener(open);
    let publish = |publisher: &mut Publisher, id: i32| {
        let physics = SPageFilePhysics { packetId: id, ..Default::default() };
        let mut graphics = SPageFileGraphicEvo { packetId: id, ..Default::default() };
        graphics.status = ACEvoStatus::Live.into();
        publisher.publish_graphics(&graphics).unwrap();
        publisher.publish_physics(&physics).unwrap();
    };
    for game in 0..5 {
        let mut publisher = Publisher::directory(dir.path()).unwrap();
        let mut id = 0;
        let story = until(&mut telemetry, ConnectionState::Live, || {
            id += 1;
            publish(&mut publisher, id);
        });
        assert_eq!(story, ["attached", "waiting -> attached", "attached -> live"], "{game}");
        drop(publisher);
        let removed = Instant::now();
        assert_eq!(until(&mut telemetry, ConnectionState::Waiting, || ()), ["gone", "live -> waiting"], "{game}");
        assert!(removed.elapsed() < MAX_DETACH, "{:?}", removed.elapsed());
    }
}
