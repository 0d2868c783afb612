//! The simulator drives, an analysis looks on.

use std::time::Duration;

use acevo_simulator::{LapRecord, Options, Scenario, Simulator};
use acevo_telemetry::analysis::{Analysis, SessionEvent, Settings};
use acevo_telemetry::traces::{LapSampler, LapTraces};
use acevo_telemetry::{Channel, Frame};

/// Steps of the longest drive: two hours.
const LONGEST: u64 = 333 * 7200;

pub fn options(scenario: Scenario, seed: u64, laps: u32) -> Options {
    let mut options = Options::default();
    (options.scenario, options.seed, options.laps) = (scenario, seed, Some(laps));
    options
}

/// Drives to the end and hands on every step in which a page has changed.
pub fn each_frame(options: Options, mut take: impl FnMut(Duration, &Frame)) -> Simulator {
    each_frame_of(options, |at, frame, _| take(at, frame))
}

/// The same with the laps that are really over by then.
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
    panic!("it never ends");
}

/// A whole drive, analysed, with everything that has happened.
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

/// The traces of a drive's laps that count.
pub fn counting_laps(options: Options, channels: &[&'static Channel]) -> Vec<LapTraces> {
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels, settings.sectors.clone());
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
