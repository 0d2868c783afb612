//! Pages that change between sessions all the time, as when two programs write them: the analysis reports few sessions and events.

use std::time::Duration;

use acevo_shared_memory::Frame;
use acevo_simulator::{Options, Scenario, Simulator, TrackName};
use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};

const SECONDS: u64 = 60;

/// The numbers of events of a minute: of all, and of sessions.
#[derive(Debug, Default)]
struct Counts {
    all: usize,
    sessions: usize,
}

/// Feeds frames that are 3 ms apart, for a minute. `next` returns the frame with a number.
fn events(mut next: impl FnMut(u32) -> Frame) -> Counts {
    let (mut analysis, mut counts, mut number) = (Analysis::new(Settings::default()), Counts::default(), 0);
    loop {
        let at = Duration::from_millis(3) * number;
        if at >= Duration::from_secs(SECONDS) {
            return counts;
        }
        analysis.feed(at, &next(number));
        number += 1;
        while let Some(event) = analysis.next_event() {
            counts.all += 1;
            counts.sessions += usize::from(event.kind == SessionEventKind::Session);
        }
    }
}

/// A simulator that has driven for a while.
fn driving(track: TrackName) -> Simulator {
    let mut options = Options::default();
    (options.scenario, options.track) = (Scenario::HotLaps, track);
    let mut simulator = Simulator::new(options);
    while simulator.time() < Duration::from_secs(120) {
        simulator.step();
    }
    simulator
}

/// At most the bursts and the rates of sessions and events.
fn assert_few(counts: &Counts) {
    assert!(counts.sessions <= 20 + 6 + 1, "{counts:?}");
    // The limits of events about laps and of all others, and the sessions.
    assert!(counts.all <= 100 + 30 + 4 * SECONDS as usize + counts.sessions, "{counts:?}");
}

/// A random number generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    fn int(&mut self) -> i32 {
        self.next() as i32 ^ (self.next() << 16) as i32
    }

    fn float(&mut self) -> f32 {
        self.next() as f32 / (1_u32 << 31) as f32
    }
}

#[test]
fn two_writers_cause_few_sessions() {
    for hold in [1, 2, 10, 100] {
        let (mut one, mut other) = (driving(TrackName::Valdombra), driving(TrackName::Karsthafen));
        let counts = events(|number| {
            one.step();
            other.step();
            let mut frame = if number / hold % 2 == 0 { one.frame() } else { other.frame() };
            if number / hold % 2 == 1 {
                let (mut physics, mut graphics) = (*frame.physics.raw(), *frame.graphics.raw());
                (physics.packetId, graphics.packetId) = (physics.packetId + 5_000_000, graphics.packetId + 5_000_000);
                frame = Frame::new(physics, graphics, *frame.static_data.raw());
            }
            frame
        });
        assert_few(&counts);
    }
}

#[test]
fn random_values_of_a_live_session_cause_few_sessions_and_events() {
    let mut simulator = driving(TrackName::Valdombra);
    let mut random = Random(1);
    let counts = events(|_| {
        simulator.step();
        let frame = simulator.frame();
        let (mut physics, mut graphics, mut session) =
            (*frame.physics.raw(), *frame.graphics.raw(), *frame.static_data.raw());
        (physics.packetId, graphics.packetId) = (random.int(), random.int());
        (graphics.total_lap_count, graphics.last_laptime_ms) = (random.int(), random.int());
        (graphics.current_lap_time_ms, graphics.npos) = (random.int(), random.float());
        graphics.is_in_pit_box = random.int() > 0;
        session.session = random.int();
        Frame::new(physics, graphics, session)
    });
    assert_few(&counts);
}

#[test]
fn random_laps_of_one_session_cause_few_sessions_and_events() {
    let mut simulator = driving(TrackName::Valdombra);
    let mut random = Random(2);
    let counts = events(|number| {
        simulator.step();
        let frame = simulator.frame();
        let mut graphics = *frame.graphics.raw();
        graphics.packetId = 100_000 + number as i32;
        (graphics.total_lap_count, graphics.last_laptime_ms) = (random.int() % 100, random.int() % 1_000_000);
        (graphics.current_lap_time_ms, graphics.npos) = (random.int() % 1_000_000, random.float());
        graphics.is_in_pit_box = random.int() > 0;
        Frame::new(*frame.physics.raw(), graphics, *frame.static_data.raw())
    });
    assert_few(&counts);
}

#[test]
fn session_that_lasts_is_followed_after_flips() {
    let (mut one, mut other) = (driving(TrackName::Valdombra), driving(TrackName::Karsthafen));
    let mut analysis = Analysis::new(Settings::default());
    let mut at = Duration::ZERO;
    let mut feed = |analysis: &mut Analysis, simulator: &mut Simulator| {
        simulator.step();
        at += Duration::from_millis(3);
        analysis.feed(at, &simulator.frame());
    };
    for _ in 0..2000 {
        feed(&mut analysis, &mut one);
        feed(&mut analysis, &mut other);
    }
    while analysis.next_event().is_some() {}
    // Only one program remains. It is followed at the latest after ten seconds, and its next lap is complete.
    let laps = |analysis: &Analysis| analysis.laps().iter().filter(|lap| lap.incomplete.is_none()).count();
    let before = laps(&analysis);
    for _ in 0..(200_000 / 3) {
        feed(&mut analysis, &mut other);
    }
    assert!(laps(&analysis) > before, "{:?}", analysis.laps());
}
