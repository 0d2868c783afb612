//! What a driver did in each corner of a lap.

use serde::{Deserialize, Serialize};

use super::driven::Driven;
use super::{Corner, Corners};
use crate::traces::LapTraces;

/// The throttle is on again once it is opened further than this.
const THROTTLE_ON: f64 = 0.5;

/// What a driver did in a corner. A value is `None` if the lap has no samples there, or if there is no such point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CornerFigures {
    /// Number of the corner.
    pub number: u32,
    /// Its title: the name, or `Turn 3`.
    pub title: String,
    /// Track distance at which the driver began to brake for it, metres from the line; `None` without braking.
    pub braking_m: Option<f64>,
    /// Speed at the start of the corner, km/h.
    pub entry_kmh: Option<f64>,
    /// Minimum speed between start and end of the corner, km/h.
    pub min_kmh: Option<f64>,
    /// Speed at the end of the corner, km/h.
    pub exit_kmh: Option<f64>,
    /// Gear at the apex: 1 is the first gear, 0 neutral, -1 reverse.
    pub gear: Option<i32>,
    /// Track distance at which the throttle is opened beyond one half after the slowest point, metres from the line; `None` if it was never
    /// closed that far, or not opened before the next corner.
    pub throttle_on_m: Option<f64>,
    /// Time from the braking zone of this corner to that of the next one, or to the line, seconds. [`compare()`](super::compare) and
    /// [`spreads`](super::spreads) use the same braking zones for all laps.
    pub time_s: Option<f64>,
}

/// The corners of a lap.
#[derive(Debug, Clone, PartialEq)]
pub struct LapCorners {
    figures: Vec<CornerFigures>,
    /// Lap positions at which the approaches of the corners begin: where the driver lifts or brakes, or turns in.
    pub(super) approaches: Vec<f64>,
    pub(super) driven: Driven,
}

impl LapCorners {
    /// Measures a lap that was sampled with [`channels()`](super::channels).
    pub fn new(corners: &Corners, lap: &LapTraces) -> Self {
        let driven = Driven::new(lap);
        let mut corners: Vec<&Corner> = corners.corners.iter().collect();
        corners.sort_by(|a, b| a.apex.total_cmp(&b.apex));
        let apex = |index: Option<usize>| index.and_then(|index| corners.get(index)).map(|corner| corner.span());
        let approaches: Vec<f64> =
            (0..corners.len()).map(|index| approach(&driven, corners[index], apex(index.checked_sub(1)))).collect();
        let figures = corners.iter().enumerate().map(|(index, corner)| {
            let from = approaches[index];
            let to = approaches.get(index + 1).copied().unwrap_or(1.0);
            measure(&driven, corner, apex(index.checked_sub(1)).map_or(0.0, |span| span.1), from, to)
        });
        Self { figures: figures.collect(), approaches, driven }
    }

    /// The figures of each corner, along the lap.
    pub fn figures(&self) -> &[CornerFigures] {
        &self.figures
    }

    /// Lap time, seconds; `None` for a lap that is not complete.
    pub fn lap_s(&self) -> Option<f64> {
        self.driven.time_between(0.0, 1.0)
    }
}

/// The lap position at which the driver begins to prepare for a corner: the first of lifting, braking and turning in.
fn approach(driven: &Driven, corner: &Corner, before: Option<(f64, f64, f64)>) -> f64 {
    let (start, apex, end) = corner.span();
    let before_apex = before.map_or(0.0, |(_, apex, _)| apex);
    let brake = braking_point(driven, before_apex, apex, end).map(|at| at.min(start));
    let until = brake.or_else(|| driven.slowest(start, end).map(|slowest| slowest.0)).unwrap_or(start);
    let lift = driven.lift_before(before_apex, until).unwrap_or(start);
    [brake.unwrap_or(start), lift].into_iter().fold(start, f64::min).max(before_apex)
}

/// The beginning of the phase of braking that slows the car down most, among those that begin in the approach or in the first half of the
/// corner.
fn braking_point(driven: &Driven, from: f64, apex: f64, end: f64) -> Option<f64> {
    let until = f64::midpoint(apex, end);
    let slowed = |from: f64, to: f64| driven.speed_at(from).zip(driven.speed_at(to)).map_or(0.0, |(a, b)| a - b);
    let phases = driven.braking.iter().filter(|phase| (from..=until).contains(&phase.from));
    let strongest = phases.max_by(|a, b| slowed(a.from, a.to).total_cmp(&slowed(b.from, b.to)))?;
    Some(strongest.from)
}

/// Measures a corner whose part of the lap is `from..to`. `earliest` is the apex of the corner before.
fn measure(driven: &Driven, corner: &Corner, earliest: f64, from: f64, to: f64) -> CornerFigures {
    let (start, apex, end) = corner.span();
    let metres = |position: f64| position * driven.length_m;
    let slowest = driven.slowest(start, end);
    let turn_in = from.min(start);
    let openings = driven.openings(turn_in, to, THROTTLE_ON);
    let after_slowest = slowest.and_then(|(at, _)| openings.iter().copied().find(|opening| *opening >= at));
    CornerFigures {
        number: corner.number,
        title: corner.title(),
        braking_m: braking_point(driven, earliest, apex, end).map(metres),
        entry_kmh: driven.speed_at(start),
        min_kmh: slowest.map(|slowest| slowest.1),
        exit_kmh: driven.speed_at(end),
        gear: driven.gear_at(apex),
        throttle_on_m: after_slowest.or_else(|| openings.last().copied()).map(metres),
        time_s: driven.time_between(from, to),
    }
}
