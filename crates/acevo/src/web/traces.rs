//! Traces of laps: channels over the lap position, to compare laps.

use std::collections::VecDeque;
use std::sync::Arc;

use acevo_telemetry::traces::{LapTraces, interpolate};
use acevo_telemetry::{Channel, channel};
use serde::Serialize;

/// The channels of a trace.
pub(super) const CHANNELS: [&str; 7] = ["speed", "throttle", "brake", "steering", "gear", "rpm", "lap_time"];

/// Samples of a trace, at equal distances from the start line to the finish line.
const SAMPLES: u16 = 1000;

/// A lap over the lap position. Unknown values are NaN, which is `null` in JSON.
#[derive(Debug, Serialize)]
pub(super) struct LapTrace {
    /// Lap positions, 0..1.
    positions: Vec<f32>,
    speed: Vec<f32>,
    throttle: Vec<f32>,
    brake: Vec<f32>,
    steering: Vec<f32>,
    gear: Vec<f32>,
    rpm: Vec<f32>,
    lap_time: Vec<f32>,
}

impl LapTrace {
    pub(super) fn of(lap: &LapTraces) -> Self {
        let positions: Vec<f64> = (0..SAMPLES).map(|index| f64::from(index) / f64::from(SAMPLES - 1)).collect();
        let [speed, throttle, brake, steering, gear, rpm, lap_time] = CHANNELS.map(|id| {
            let segments = lap.raw_segments(id);
            // Rounded to the channel's decimals, which keeps the document short. Between two gears there is no value.
            let scale = channel(id).map_or(1.0, |channel| 10f64.powi(decimals(channel)));
            let value = |position: &f64| interpolate(&segments, *position).map(|value| (value * scale).round() / scale);
            positions.iter().map(|position| value(position).unwrap_or(f64::NAN) as f32).collect()
        });
        let positions = positions.into_iter().map(|position| ((position * 1e5).round() / 1e5) as f32).collect();
        Self { positions, speed, throttle, brake, steering, gear, rpm, lap_time }
    }
}

impl LapTrace {
    /// Lap positions of the samples, 0..1.
    pub(super) fn positions(&self) -> &[f32] {
        &self.positions
    }

    /// The values of one of the [`CHANNELS`]; `None` for other channels.
    pub(super) fn channel(&self, id: &str) -> Option<&[f32]> {
        let Self { speed, throttle, brake, steering, gear, rpm, lap_time, .. } = self;
        let columns = [speed, throttle, brake, steering, gear, rpm, lap_time];
        CHANNELS.iter().position(|channel| *channel == id).map(|index| columns[index].as_slice())
    }
}

fn decimals(channel: &Channel) -> i32 {
    i32::try_from(channel.decimals()).unwrap_or_default()
}

/// Traces with the indices of their laps, oldest first.
pub(super) type Traces = Arc<VecDeque<(usize, Arc<LapTrace>)>>;

#[cfg(test)]
mod tests {
    use super::*;
    use acevo_simulator::{Options, Scenario};
    use acevo_testkit::drive::counting_laps;

    #[test]
    fn lap_trace_covers_the_whole_lap() {
        let mut options = Options::default();
        (options.scenario, options.laps) = (Scenario::HotLaps, Some(2));
        let channels: Vec<_> = CHANNELS.into_iter().filter_map(channel).collect();
        let lap = counting_laps(options, &channels).pop().expect("a valid lap");
        let trace = LapTrace::of(&lap);
        assert_eq!((trace.positions.len(), trace.positions[0], trace.positions[999]), (1000, 0.0, 1.0));
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
