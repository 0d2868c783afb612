//! Lap traces: channel values over the distance of a lap, for plots and comparisons.
//!
//! A [`LapSampler`] is fed with the frames and events of a drive and returns [`LapTraces`] for every lap.
//!
//! ```
//! use acevo_telemetry::analysis::{Analysis, Settings};
//! use acevo_telemetry::channel;
//! use acevo_telemetry::traces::LapSampler;
//!
//! let settings = Settings::default();
//! let mut sampler = LapSampler::new(&[channel("speed").unwrap()]);
//! let mut analysis = Analysis::new(settings);
//! # let frames: Vec<(std::time::Duration, acevo_telemetry::Frame)> = Vec::new();
//! for (time, frame) in &frames {
//!     analysis.feed(*time, frame);
//!     while let Some(event) = analysis.next_event() {
//!         if let Some(lap) = sampler.on_event(&event.kind) {
//!             println!("{}: {} samples", lap.title(), lap.positions.len());
//!         }
//!     }
//!     sampler.on_frame(frame, &analysis);
//! }
//! ```

mod sampler;

use crate::channels::{Channel, ChannelKind};
use crate::limits::MAX_MAGNITUDE;
use crate::units::UnitSystem;

pub use sampler::LapSampler;

/// The longest distance between two samples that a curve spans, as a fraction of a lap. A longer one is a gap.
pub const MAX_GAP: f64 = 0.01;

/// Channel values of one lap over the lap position.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LapTraces {
    /// Name of the recording, which distinguishes laps of two recordings; empty if it need not be shown.
    pub recording: String,
    /// Number of the lap in its session, from 1.
    pub number: u32,
    /// Name of the track; empty if unknown.
    pub track: String,
    /// Layout of the track; empty if unknown.
    pub layout: String,
    /// Name of the car; empty if unknown.
    pub car: String,
    /// Lap time in milliseconds; `None` if the lap has no time.
    pub time_ms: Option<u32>,
    /// Whether the lap counts for best times.
    pub counts: bool,
    /// Length of the track in metres, as published by the game.
    pub length_m: Option<f64>,
    /// Ends of the sectors except the last one, as lap positions.
    pub sector_ends: Vec<f64>,
    /// Sector times in milliseconds.
    pub sectors_ms: Vec<Option<u32>>,
    /// Lap positions of the samples, 0..1, ascending.
    pub positions: Vec<f64>,
    /// Values of each sampled channel at [`positions`](Self::positions).
    pub traces: Vec<Trace>,
}

/// Values of one channel over a lap.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The channel.
    pub channel: &'static Channel,
    /// One value for each lap position, in the channel's unit; NaN if there is no value.
    pub values: Vec<f64>,
}

/// Consecutive points of a curve: (lap position, value). There is no gap in a segment.
pub type Segment = Vec<(f64, f64)>;

impl LapTraces {
    /// Short name of the lap: `Lap 2`, or `Lap 2 of evening` with the name of the [recording](Self::recording).
    pub fn title(&self) -> String {
        let recording = if self.recording.is_empty() { String::new() } else { format!(" of {}", self.recording) };
        format!("Lap {}{recording}", self.number)
    }

    /// Track, layout and car, as far as they are known: `Valdombra · Gran Premio · Velocita`.
    pub fn subtitle(&self) -> String {
        let names = [&self.track, &self.layout, &self.car];
        names.into_iter().filter(|name| !name.is_empty()).cloned().collect::<Vec<_>>().join(" · ")
    }

    /// The trace of a channel; `None` if it was not sampled.
    pub fn trace(&self, id: &str) -> Option<&Trace> {
        self.traces.iter().find(|trace| trace.channel.id() == id)
    }

    /// The curve of a channel in the unit of a unit system, split at gaps.
    pub fn segments(&self, id: &str, units: UnitSystem) -> Vec<Segment> {
        let Some(trace) = self.trace(id) else { return Vec::new() };
        let unit = trace.channel.display_unit(units);
        let values = trace.values.iter().map(|value| trace.channel.unit().convert(*value, unit).unwrap_or(*value));
        split(self.positions.iter().copied().zip(values))
    }

    /// The curve of a channel in the channel's own unit, split at gaps.
    pub fn raw_segments(&self, id: &str) -> Vec<Segment> {
        let trace = self.trace(id);
        trace.map_or_else(Vec::new, |trace| split(self.positions.iter().copied().zip(trace.values.iter().copied())))
    }

    /// Two channels that belong together, such as coordinates: (lap position, first, second), if both have values.
    pub fn pairs(&self, first: &str, second: &str) -> Vec<(f64, f64, f64)> {
        let (Some(a), Some(b)) = (self.trace(first), self.trace(second)) else { return Vec::new() };
        let rows = self.positions.iter().zip(&a.values).zip(&b.values);
        rows.filter_map(|((position, a), b)| Some((plausible(*position)?, plausible(*a)?, plausible(*b)?))).collect()
    }

    /// Seconds by which this lap is slower (positive) than another one at the same lap position, split at gaps of either lap.
    pub fn delta_to(&self, other: &Self) -> Vec<Segment> {
        let theirs = other.raw_segments("lap_time");
        let delta = |(position, time): (f64, f64)| {
            (position, interpolate(&theirs, position).map_or(f64::NAN, |other| time - other))
        };
        self.raw_segments("lap_time").into_iter().flat_map(|segment| split(segment.into_iter().map(delta))).collect()
    }
}

/// A value that can be drawn: finite, and of a magnitude that a car can have.
pub fn plausible(value: f64) -> Option<f64> {
    // A comparison with NaN is false.
    (value.abs() <= MAX_MAGNITUDE).then_some(value)
}

/// Whether a channel can be drawn as a curve.
pub fn is_drawable(channel: &Channel) -> bool {
    channel.kind() != ChannelKind::Text
}

/// Splits points into segments at missing values and at gaps longer than [`MAX_GAP`].
fn split(points: impl Iterator<Item = (f64, f64)>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = vec![Vec::new()];
    for (position, value) in points {
        let starts_segment = match (segments.last().and_then(|segment| segment.last()), plausible(value)) {
            (_, None) => true,
            (Some((before, _)), Some(_)) => !(0.0..=MAX_GAP).contains(&(position - before)),
            (None, Some(_)) => false,
        };
        if starts_segment && segments.last().is_some_and(|segment| !segment.is_empty()) {
            segments.push(Vec::new());
        }
        if let (Some(value), true, Some(segment)) =
            (plausible(value), (0.0..=1.0).contains(&position), segments.last_mut())
        {
            segment.push((position, value));
        }
    }
    segments.retain(|segment| !segment.is_empty());
    segments
}

/// The value of a curve at a lap position, interpolated between its neighbours; `None` in gaps.
pub fn interpolate(segments: &[Segment], position: f64) -> Option<f64> {
    let segment = segments.iter().find(|segment| {
        segment.first().is_some_and(|first| first.0 <= position)
            && segment.last().is_some_and(|last| position <= last.0)
    })?;
    let after = segment.partition_point(|point| point.0 < position);
    let (to, right) = *segment.get(after)?;
    let Some((from, left)) = after.checked_sub(1).and_then(|before| segment.get(before)) else { return Some(right) };
    let share = if to > *from { (position - from) / (to - from) } else { 1.0 };
    Some(left + (right - left) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_ends_segments_at_gaps() {
        let points = [(0.0, 1.0), (0.005, 2.0), (0.01, f64::NAN), (0.012, 3.0), (0.1, 4.0), (7.0, 5.0), (0.105, 1e300)];
        let segments = split(points.into_iter());
        assert_eq!(segments, [vec![(0.0, 1.0), (0.005, 2.0)], vec![(0.012, 3.0)], vec![(0.1, 4.0)]]);
        assert_eq!(interpolate(&segments, 0.0025), Some(1.5));
        assert_eq!((interpolate(&segments, 0.05), interpolate(&segments, 0.1)), (None, Some(4.0)));
    }

    #[test]
    fn delta_to_is_positive_for_the_slower_lap() {
        let lap = |time_s: f64| {
            let positions: Vec<_> = (0..=1000).map(|part| f64::from(part) / 1000.0).collect();
            let values = positions.iter().map(|position| position * time_s).collect();
            let channel = crate::channel("lap_time").expect("a channel");
            LapTraces { positions, traces: vec![Trace { channel, values }], ..LapTraces::default() }
        };
        let delta = lap(101.0).delta_to(&lap(100.0));
        assert!((interpolate(&delta, 0.5).expect("a delta") - 0.5).abs() < 1e-9);
    }
}
