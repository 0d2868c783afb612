//! The simulator drives, an analysis looks on.

#![allow(dead_code, reason = "each test uses some of it")]

use std::time::Duration;

use acevo_simulator::{LapRecord, Options, Scenario, Simulator};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, SessionEvent, Settings};

/// Steps of the longest drive: two hours.
const LONGEST: u64 = 333 * 7200;

pub(crate) fn options(scenario: Scenario, seed: u64, laps: u32) -> Options {
    let mut options = Options::default();
    (options.scenario, options.seed, options.laps) = (scenario, seed, Some(laps));
    options
}

/// Drives to the end and hands on every step in which a page has changed.
pub(crate) fn each_frame(options: Options, mut take: impl FnMut(Duration, &Frame)) -> Simulator {
    each_frame_of(options, |at, frame, _| take(at, frame))
}

/// The same with the laps that are really over by then.
pub(crate) fn each_frame_of(options: Options, mut take: impl FnMut(Duration, &Frame, &[LapRecord])) -> Simulator {
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
    panic!("it never ends");
}

/// A whole drive, analysed, with everything that has happened.
pub(crate) fn analysed(options: Options) -> (Simulator, Analysis, Vec<SessionEvent>) {
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
