//! What a driver did on a lap: speed, pedals and time by the lap position.

use crate::traces::{LapTraces, MAX_GAP, Segment, interpolate};

/// A brake pedal that is pressed further than this is braking.
const BRAKING: f64 = 0.05;

/// A phase of braking whose maximum is lower is a touch of the pedal.
const MIN_BRAKE: f64 = 0.10;

/// Releases of the brake that are shorter than this do not end a phase of braking, metres.
const MAX_RELEASE_M: f64 = 12.0;

/// A throttle that is opened further than this is fully open.
pub(super) const FULL_THROTTLE: f64 = 0.9;

/// A throttle that has been closed by more than this before was opened again.
const REOPENED: f64 = 0.05;

/// Length of a lap that is used if the game publishes none, metres.
const UNKNOWN_LENGTH_M: f64 = 5000.0;

/// A phase of braking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Braking {
    /// Lap position of its beginning.
    pub(super) from: f64,
    /// Lap position of its end.
    pub(super) to: f64,
    /// Maximum of the pedal, 0..1.
    peak: f64,
}

/// The curves of a lap that corners are measured with, split at gaps.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Driven {
    pub(super) length_m: f64,
    /// Time since the line, seconds.
    time: Vec<Segment>,
    /// km/h.
    speed: Vec<Segment>,
    /// 0..1.
    throttle: Vec<Segment>,
    gear: Vec<Segment>,
    /// To the right is positive, g.
    lateral: Vec<Segment>,
    pub(super) braking: Vec<Braking>,
}

impl Driven {
    pub(super) fn new(lap: &LapTraces) -> Self {
        let length_m = lap.length_m.filter(|length| *length >= 1.0).unwrap_or(UNKNOWN_LENGTH_M);
        Self {
            length_m,
            time: lap.raw_segments("lap_time"),
            speed: lap.raw_segments("speed"),
            throttle: lap.raw_segments("throttle"),
            gear: lap.raw_segments("gear"),
            lateral: lap.raw_segments("g_lateral"),
            braking: braking(&lap.raw_segments("brake"), MAX_RELEASE_M / length_m),
        }
    }

    /// Seconds from the line to a lap position; `None` in a gap.
    pub(super) fn time_at(&self, position: f64) -> Option<f64> {
        interpolate(&self.time, position)
    }

    /// Seconds from one lap position to another.
    pub(super) fn time_between(&self, from: f64, to: f64) -> Option<f64> {
        Some(self.time_at(to)? - self.time_at(from)?)
    }

    /// Speed at a lap position, km/h.
    pub(super) fn speed_at(&self, position: f64) -> Option<f64> {
        interpolate(&self.speed, position)
    }

    /// Lateral acceleration at a lap position, g; positive to the right.
    pub(super) fn lateral_at(&self, position: f64) -> Option<f64> {
        interpolate(&self.lateral, position)
    }

    /// Gear that is engaged at a lap position: that of the last sample before it.
    pub(super) fn gear_at(&self, position: f64) -> Option<i32> {
        let (at, gear) = within(&self.gear, position - MAX_GAP, position).next_back()?;
        (position - at <= MAX_GAP).then_some(gear.round() as i32)
    }

    /// Lap position and speed (km/h) of the slowest point of a part of the lap.
    pub(super) fn slowest(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        within(&self.speed, from, to).min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Maximum speed in a part of the lap, km/h.
    pub(super) fn fastest(&self, from: f64, to: f64) -> Option<f64> {
        within(&self.speed, from, to).map(|point| point.1).max_by(f64::total_cmp)
    }

    /// Minimum of the throttle in a part of the lap, 0..1.
    pub(super) fn throttle_min(&self, from: f64, to: f64) -> Option<f64> {
        within(&self.throttle, from, to).map(|point| point.1).min_by(f64::total_cmp)
    }

    /// Lap position at which the throttle begins to close before `until`, but not before `from`: where it is fully open, or most open, for the
    /// last time. `None` without samples.
    pub(super) fn lift_before(&self, from: f64, until: f64) -> Option<f64> {
        let points: Vec<_> = within(&self.throttle, from, until).collect();
        let mut highest = *points.last()?;
        for point in points.iter().rev() {
            if highest.1 >= FULL_THROTTLE || point.1 < highest.1 - REOPENED {
                break;
            }
            if point.1 > highest.1 {
                highest = *point;
            }
        }
        Some(highest.0)
    }

    /// Lap positions in a part of the lap at which the throttle is opened beyond a share.
    pub(super) fn openings(&self, from: f64, to: f64, share: f64) -> Vec<f64> {
        let points: Vec<_> = within(&self.throttle, from, to).collect();
        let rises = points.windows(2).filter(|pair| pair[0].1 < share && pair[1].1 >= share);
        rises.map(|pair| crossing(pair[0], pair[1], share)).collect()
    }
}

/// The points of a curve in a part of the lap.
fn within(segments: &[Segment], from: f64, to: f64) -> impl DoubleEndedIterator<Item = (f64, f64)> + '_ {
    segments.iter().flat_map(move |segment| {
        let first = segment.partition_point(|point| point.0 < from);
        let end = segment.partition_point(|point| point.0 <= to);
        segment.get(first..end.max(first)).unwrap_or_default().iter().copied()
    })
}

/// The lap position at which the line between two points has a value, between the two.
fn crossing(a: (f64, f64), b: (f64, f64), value: f64) -> f64 {
    let rise = b.1 - a.1;
    let share = if rise == 0.0 { 0.0 } else { ((value - a.1) / rise).clamp(0.0, 1.0) };
    a.0 + (b.0 - a.0) * share
}

/// The phases of braking in a curve of the pedal. `max_release` is a part of the lap.
fn braking(pedal: &[Segment], max_release: f64) -> Vec<Braking> {
    let mut phases: Vec<Braking> = Vec::new();
    for segment in pedal {
        let mut before: Option<(f64, f64)> = None;
        for point in segment {
            let was_braking = before.is_some_and(|before| before.1 >= BRAKING);
            if point.1 >= BRAKING && !was_braking {
                let from = before.map_or(point.0, |before| crossing(before, *point, BRAKING));
                match phases.last_mut() {
                    Some(last) if from - last.to <= max_release => last.to = point.0,
                    _ => phases.push(Braking { from, to: point.0, peak: point.1 }),
                }
            }
            if let (true, Some(last)) = (point.1 >= BRAKING, phases.last_mut()) {
                last.to = point.0;
                last.peak = last.peak.max(point.1);
            }
            before = Some(*point);
        }
    }
    phases.retain(|phase| phase.peak >= MIN_BRAKE);
    phases
}
