//! Laps over the distance, for those who compare them.

use std::collections::VecDeque;
use std::sync::Arc;

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::analysis::{Analysis, Sectors, SessionEvent, SessionEventKind};
use acevo_telemetry::{Channel, Frame, channel};
use serde::Serialize;

use crate::session::snapshot::Witness;
use acevo_telemetry::traces::{LapSampler, LapTraces, interpolate};

/// What is kept of a lap.
const CHANNELS: [&str; 7] = ["speed", "throttle", "brake", "steering", "gear", "rpm", "lap_time"];

/// Laps that are kept, the newest ones.
const MOST: usize = 50;

/// Places of a lap, from the line to the line.
const PLACES: u16 = 1000;

/// A lap over the distance. Where nothing is known numbers are NaN, which is `null` in JSON.
#[derive(Debug, Serialize)]
pub(super) struct LapTrace {
    places: Vec<f32>,
    speed: Vec<f32>,
    throttle: Vec<f32>,
    brake: Vec<f32>,
    steering: Vec<f32>,
    gear: Vec<f32>,
    rpm: Vec<f32>,
    lap_time: Vec<f32>,
}

impl LapTrace {
    fn of(lap: &LapTraces) -> Self {
        let places: Vec<f64> = (0..PLACES).map(|place| f64::from(place) / f64::from(PLACES - 1)).collect();
        let [speed, throttle, brake, steering, gear, rpm, lap_time] = CHANNELS.map(|id| {
            let stretches = lap.raw_segments(id);
            // Between two gears there is none, and nobody sees more than the channel's decimals.
            let scale = channel(id).map_or(1.0, |channel| 10f64.powi(decimals(channel)));
            let value = |place: &f64| interpolate(&stretches, *place).map(|value| (value * scale).round() / scale);
            places.iter().map(|place| value(place).unwrap_or(f64::NAN) as f32).collect()
        });
        let places = places.into_iter().map(|place| ((place * 1e5).round() / 1e5) as f32).collect();
        Self { places, speed, throttle, brake, steering, gear, rpm, lap_time }
    }
}

fn decimals(channel: &Channel) -> i32 {
    i32::try_from(channel.decimals()).unwrap_or_default()
}

/// Traces with the indices of their laps, oldest first.
pub(super) type Traces = Arc<VecDeque<(usize, Arc<LapTrace>)>>;

/// Counts what happens, and samples laps while they are driven.
pub(super) struct Chronicle {
    sampler: LapSampler,
    /// Events that were told so far.
    pub(super) events: u64,
    /// Laps that have ended so far.
    pub(super) laps: usize,
    pub(super) traces: Traces,
}

impl Chronicle {
    pub(super) fn new(sectors: Sectors) -> Self {
        let channels: Vec<_> = CHANNELS.into_iter().filter_map(channel).collect();
        Self { sampler: LapSampler::new(&channels, sectors), events: 0, laps: 0, traces: Traces::default() }
    }
}

impl Witness for Chronicle {
    fn told(&mut self, event: &SessionEvent) {
        self.events += 1;
        let trace = self.sampler.on_event(&event.kind);
        if let SessionEventKind::Lap(_) = event.kind {
            if let Some(lap) = trace {
                let traces = Arc::make_mut(&mut self.traces);
                traces.push_back((self.laps, Arc::new(LapTrace::of(&lap))));
                traces.drain(..traces.len().saturating_sub(MOST));
            }
            self.laps += 1;
        }
    }

    fn met(&mut self, pages: &Frame, analysis: &Analysis) {
        // A replay shows another lap.
        if pages.graphics.status() == ACEvoStatus::Live {
            self.sampler.on_frame(pages, analysis);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acevo_simulator::{Options, Scenario};
    use acevo_testkit::drive::counting_laps;

    #[test]
    fn a_lap_is_known_from_line_to_line() {
        let mut options = Options::default();
        (options.scenario, options.laps) = (Scenario::HotLaps, Some(2));
        let channels: Vec<_> = CHANNELS.into_iter().filter_map(channel).collect();
        let lap = counting_laps(options, &channels).pop().expect("a lap that counts");
        let trace = LapTrace::of(&lap);
        assert_eq!((trace.places.len(), trace.places[0], trace.places[999]), (1000, 0.0, 1.0));
        let time = f64::from(*trace.lap_time.last().unwrap());
        assert!((time - f64::from(lap.time_ms.unwrap()) / 1000.0).abs() < 0.001, "{time}");
        assert!(trace.lap_time.is_sorted() && trace.gear.iter().all(|gear| gear.is_nan() || gear.fract() == 0.0));
        let inner = |values: &[f32]| values[10..990].iter().all(|value| value.is_finite());
        assert!(
            [&trace.speed, &trace.throttle, &trace.brake, &trace.steering, &trace.gear, &trace.rpm]
                .map(|of| inner(of))
                .iter()
                .all(|it| *it)
        );
        assert!(serde_json::to_string(&trace).unwrap().len() < 100_000);
    }
}
