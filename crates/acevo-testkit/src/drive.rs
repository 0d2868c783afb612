//! Simulated sessions, analysed without a clock.

use std::time::Duration;

use acevo_simulator::{LapRecord, Options, Scenario, Simulator};
use acevo_telemetry::analysis::{Analysis, SessionEvent, Settings};
use acevo_telemetry::traces::{LapSampler, LapTraces};
use acevo_telemetry::{Channel, Frame};

/// Steps of the longest session: two hours.
const LONGEST: u64 = 333 * 7200;

/// Options for a scenario with this seed and number of laps.
pub fn options(scenario: Scenario, seed: u64, laps: u32) -> Options {
    let mut options = Options::default();
    (options.scenario, options.seed, options.laps) = (scenario, seed, Some(laps));
    options
}

/// The first seeds of a test: as many as `ACEVO_TEST_SEEDS` says, which the nightly checks set, or `default`.
pub fn seeds(default: u64) -> impl Iterator<Item = u64> {
    let count =
        std::env::var("ACEVO_TEST_SEEDS").map_or(default, |count| count.parse().expect("ACEVO_TEST_SEEDS is a number"));
    1..=count
}

/// The number of random cases of a property that takes seconds for each: `PROPTEST_CASES`, or `default`.
pub fn cases(default: u32) -> u32 {
    std::env::var("PROPTEST_CASES").map_or(default, |count| count.parse().expect("PROPTEST_CASES is a number"))
}

/// Simulates a session to its end. Calls `take` with the time and the frame of every step that changed a page.
pub fn each_frame(options: Options, mut take: impl FnMut(Duration, &Frame)) -> Simulator {
    each_frame_of(options, |at, frame, _| take(at, frame))
}

/// Like [`each_frame`]; `take` also gets the true records of the laps that have ended.
pub fn each_frame_of(options: Options, mut take: impl FnMut(Duration, &Frame, &[LapRecord])) -> Simulator {
    let mut simulator = Simulator::new(options);
    for _ in 0..LONGEST {
        if simulator.is_finished() {
            return simulator;
        }
        let changed = simulator.step();
        if changed.physics || changed.graphics || changed.static_data {
            take(simulator.time(), &simulator.frame(), &simulator.truth().laps);
        }
    }
    panic!("the session does not end");
}

/// Simulates and analyses a whole session. Returns all events.
pub fn analysed(options: Options) -> (Simulator, Analysis, Vec<SessionEvent>) {
    let mut analysis = Analysis::new(Settings::default());
    let mut events = Vec::new();
    let simulator = each_frame(options, |at, frame| {
        analysis.feed(at, frame);
        events.extend(std::iter::from_fn(|| analysis.next_event()));
    });
    analysis.interrupt();
    events.extend(std::iter::from_fn(|| analysis.next_event()));
    (simulator, analysis, events)
}

/// The traces of the valid timed laps of a session.
pub fn counting_laps(options: Options, channels: &[&'static Channel]) -> Vec<LapTraces> {
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels);
    let mut analysis = Analysis::new(settings);
    let mut laps = Vec::new();
    each_frame(options, |at, frame| {
        analysis.feed(at, frame);
        while let Some(event) = analysis.next_event() {
            laps.extend(sampler.on_event(&event.kind));
        }
        sampler.on_frame(frame, &analysis);
    });
    laps.retain(|lap| lap.counts);
    laps
}
