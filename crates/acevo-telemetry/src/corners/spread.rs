//! The consistency of several laps.

use serde::{Deserialize, Serialize};

use super::comparison::common_approaches;
use super::figures::{CornerFigures, LapCorners};

/// Mean and spread of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spread {
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation of a sample; 0 for one value.
    pub deviation: f64,
    /// Number of laps that have the figure.
    pub laps: usize,
}

impl Spread {
    /// The spread of finite values; `None` without any.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let laps = values.len();
        if laps == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / laps as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let deviation = if laps > 1 { (squares / (laps - 1) as f64).sqrt() } else { 0.0 };
        Some(Self { mean, deviation, laps })
    }
}

/// The consistency of several laps in a corner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CornerSpread {
    /// Number of the corner.
    pub number: u32,
    /// Its title: the name, or `Turn 3`.
    pub title: String,
    /// Time from the braking zone of this corner to that of the next one, seconds, with the same braking zones for all laps.
    pub time_s: Option<Spread>,
    /// Braking point, metres from the line.
    pub braking_m: Option<Spread>,
    /// Minimum speed, km/h.
    pub min_kmh: Option<Spread>,
}

/// The consistency of laps with the same corners, corner by corner along the lap.
pub fn spreads(laps: &[LapCorners]) -> Vec<CornerSpread> {
    let approaches = common_approaches(&laps.iter().collect::<Vec<_>>());
    let ends = approaches.iter().skip(1).copied().chain([1.0]);
    let Some(first) = laps.first() else { return Vec::new() };
    let parts = approaches.iter().copied().zip(ends);
    let corners = first.figures().iter().zip(parts).enumerate();
    corners
        .map(|(index, (corner, (from, to)))| {
            let of = |figure: fn(&CornerFigures) -> Option<f64>| {
                Spread::of(laps.iter().filter_map(|lap| lap.figures().get(index).and_then(figure)))
            };
            CornerSpread {
                number: corner.number,
                title: corner.title.clone(),
                time_s: Spread::of(laps.iter().filter_map(|lap| lap.driven.time_between(from, to))),
                braking_m: of(|figures| figures.braking_m),
                min_kmh: of(|figures| figures.min_kmh),
            }
        })
        .collect()
}
