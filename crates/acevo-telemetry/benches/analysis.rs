//! Cost of analysing an hour of driving: `cargo bench -p acevo-telemetry --bench analysis`.
//!
//! The simulator drives ten seconds at a time; only feeding the analysis is measured.

#![allow(clippy::print_stdout)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use acevo_simulator::{Options, Scenario, Simulator};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::{Analysis, Gaps, Settings};
use acevo_telemetry::field::Field;

const SECONDS: u32 = 3600;
const BATCH: usize = 3330;

fn main() {
    // `cargo test` runs benchmarks without this argument.
    let seconds = if std::env::args().any(|argument| argument == "--bench") { SECONDS } else { 10 };
    for scenario in [Scenario::HotLaps, Scenario::Race, Scenario::Pits] {
        let mut options = Options::default();
        options.scenario = scenario;
        let mut simulator = Simulator::new(options);
        let mut analysis = Analysis::new(Settings::default());
        let (mut spent, mut slowest, mut frames, mut events) = (Duration::ZERO, Duration::ZERO, 0, 0);
        let (mut followed, mut field, mut with_field) =
            (Analysis::new(Settings::default()), Field::new(), Duration::ZERO);
        let mut batch: Vec<(Duration, Frame)> = Vec::with_capacity(BATCH);
        while simulator.time() < Duration::from_secs(seconds.into()) {
            batch.clear();
            for _ in 0..BATCH {
                simulator.step();
                batch.push((simulator.time(), simulator.frame()));
            }
            let start = Instant::now();
            for (at, frame) in &batch {
                analysis.feed(*at, frame);
            }
            let took = start.elapsed();
            (spent, slowest, frames) = (spent + took, slowest.max(took), frames + batch.len());
            events += std::iter::from_fn(|| analysis.next_event()).count();
            let start = Instant::now();
            for (at, frame) in &batch {
                followed.feed(*at, frame);
                field.feed(*at, frame, &followed);
            }
            with_field += start.elapsed();
            while followed.next_event().is_some() {}
        }
        println!(
            "{scenario}: {seconds} s of driving in {:.3} s, {:.0} ns a packet, the slowest ten seconds {:.1} ms; {} laps, {events} events",
            spent.as_secs_f64(),
            spent.as_nanos() as f64 / frames as f64,
            slowest.as_secs_f64() * 1000.0,
            analysis.laps().len(),
        );
        println!(
            "  with the field: {:.3} s; standings of {} cars: {:.1} us",
            with_field.as_secs_f64(),
            field.standings().cars.len(),
            time_of(|| field.standings()) * 1e6,
        );
        let mut gaps = Gaps::default();
        let updates = batch.iter().step_by(10).count() as u32;
        let start = Instant::now();
        for (_, frame) in batch.iter().step_by(10) {
            gaps.update(black_box(&frame.graphics), analysis.outline());
        }
        println!(
            "  gaps to {} cars: {:.1} us",
            gaps.cars().len(),
            (start.elapsed() / updates).as_nanos() as f64 / 1000.0
        );
    }
}

/// Mean time of a call, seconds.
fn time_of<T>(mut call: impl FnMut() -> T) -> f64 {
    const CALLS: u32 = 100;
    let start = Instant::now();
    (0..CALLS).for_each(|_| {
        black_box(call());
    });
    (start.elapsed() / CALLS).as_secs_f64()
}
