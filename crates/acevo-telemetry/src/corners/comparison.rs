//! The time lost in each corner.

use serde::{Deserialize, Serialize};

use super::driven::Driven;
use super::figures::{CornerFigures, LapCorners};

/// Squares of speeds that differ by less are the same, (km/h)². It is 0.3 km/h at 150 km/h.
const SAME: f64 = 90.0;

/// A difference of the squares that grows by more has another cause than a change of gear, (km/h)². It is 4 km/h at 150 km/h.
const GROWN: f64 = 1200.0;

/// Metres between two positions at which speeds are compared.
const STEP_M: f64 = 2.0;

/// The difference between two laps in a corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CornerLoss {
    /// Number of the corner.
    pub number: u32,
    /// Its title: the name, or `Turn 3`.
    pub title: String,
    /// Time lost to the reference lap from the braking zone of this corner to that of the next one, seconds; negative if time is gained.
    /// `None` if one of the laps has no samples there.
    pub lost_s: Option<f64>,
    /// Metres by which the driver brakes earlier than on the reference lap; negative is later. `None` if one of them does not brake.
    pub braking_earlier_m: Option<f64>,
    /// Difference of the speed at the start of the corner, km/h; negative is slower.
    pub entry_kmh: Option<f64>,
    /// Difference of the minimum speed, km/h; negative is slower.
    pub min_kmh: Option<f64>,
    /// Difference of the speed at the end of the corner, km/h; negative is slower.
    pub exit_kmh: Option<f64>,
    /// Metres by which the throttle is opened later than on the reference lap; negative is earlier.
    pub throttle_later_m: Option<f64>,
    /// The figures of the lap.
    pub lap: CornerFigures,
    /// The figures of the reference lap.
    pub reference: CornerFigures,
}

/// A lap compared with a reference lap, corner by corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The corners; the one with the greatest loss first. Corners without a loss are last.
    pub losses: Vec<CornerLoss>,
    /// Time lost from the line to the braking zone of the first corner, seconds.
    pub rest_s: Option<f64>,
    /// Difference of the lap times, seconds: the sum of all losses and the rest.
    pub total_s: Option<f64>,
}

/// Compares a lap with a reference lap, with the same corners.
pub fn compare(lap: &LapCorners, reference: &LapCorners) -> Comparison {
    let beginnings = beginnings(lap, reference);
    let lost = |from: f64, to: f64| Some(lap.driven.time_between(from, to)? - reference.driven.time_between(from, to)?);
    let ends = beginnings.iter().skip(1).copied().chain([1.0]);
    let parts = beginnings.iter().copied().zip(ends);
    let pairs = lap.figures().iter().zip(reference.figures());
    let mut losses: Vec<CornerLoss> =
        pairs.zip(parts).map(|((lap, reference), (from, to))| difference(lap, reference, lost(from, to))).collect();
    losses.sort_by(|a, b| b.lost_s.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.lost_s.unwrap_or(f64::NEG_INFINITY)));
    let first = beginnings.first().copied().unwrap_or(1.0);
    Comparison { losses, rest_s: lost(0.0, first), total_s: lost(0.0, 1.0) }
}

/// Lap positions at which the parts of the lap begin that belong to the corners: the common approaches. If one of the laps arrives there
/// slower because of a corner before, the part begins where both are equally fast again.
fn beginnings(lap: &LapCorners, reference: &LapCorners) -> Vec<f64> {
    let mut beginnings = common_approaches(&[lap, reference]);
    for index in 1..beginnings.len() {
        let converged = converged(&lap.driven, &reference.driven, beginnings[index]);
        beginnings[index] = converged.max(beginnings[index - 1]);
    }
    beginnings
}

/// The lap position at which a difference of the speeds at `from` has vanished. A driver's new mistake makes it grow again: then the one at
/// which it was smallest.
fn converged(lap: &Driven, reference: &Driven, from: f64) -> f64 {
    // Squares of speeds are compared: with equal forces their difference stays the same, however fast the cars are.
    let square = |driven: &Driven, position: f64| driven.speed_at(position).map(|kmh| kmh * kmh);
    let difference = |position: f64| Some(square(lap, position)? - square(reference, position)?);
    let Some(at_first) = difference(from) else { return from };
    let (mut smallest, mut best) = (at_first.abs(), from);
    let step = STEP_M / reference.length_m;
    let positions = (1..).map(|count| from + f64::from(count) * step).take_while(|position| *position < 1.0);
    for position in positions {
        let Some(now) = difference(position) else { break };
        if smallest < SAME || now.signum() != at_first.signum() || now.abs() > smallest + GROWN {
            break;
        }
        if now.abs() < smallest {
            (smallest, best) = (now.abs(), position);
        }
    }
    best
}

/// The beginnings of the approaches of several laps: for each corner that of the lap that begins first.
pub(super) fn common_approaches(laps: &[&LapCorners]) -> Vec<f64> {
    let count = laps.iter().map(|lap| lap.approaches.len()).min().unwrap_or(0);
    (0..count).map(|corner| laps.iter().map(|lap| lap.approaches[corner]).fold(1.0, f64::min)).collect()
}

fn difference(lap: &CornerFigures, reference: &CornerFigures, lost_s: Option<f64>) -> CornerLoss {
    let between = |of: fn(&CornerFigures) -> Option<f64>| Some(of(lap)? - of(reference)?);
    CornerLoss {
        number: lap.number,
        title: lap.title.clone(),
        lost_s,
        braking_earlier_m: between(|figures| figures.braking_m).map(|later| 0.0 - later),
        entry_kmh: between(|figures| figures.entry_kmh),
        min_kmh: between(|figures| figures.min_kmh),
        exit_kmh: between(|figures| figures.exit_kmh),
        throttle_later_m: between(|figures| figures.throttle_on_m),
        lap: lap.clone(),
        reference: reference.clone(),
    }
}
