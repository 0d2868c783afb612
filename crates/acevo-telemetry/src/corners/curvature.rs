//! Curvature of a closed line, smoothed.

use crate::world::{rightwards, to_map};

/// Width of the smoothing, metres: a standard deviation. It is less than half of the shortest corner of a kart track.
const SMOOTHING_M: f64 = 6.0;

/// Curvature along the lap.
#[derive(Debug, Clone)]
pub(super) struct Curvature {
    /// Curvature at equal steps of the lap position, 1/m, positive to the right.
    pub(super) values: Vec<f64>,
    /// Metres from one value to the next.
    pub(super) step_m: f64,
}

impl Curvature {
    /// The curvature of a closed line through points at about equal distances; `None` for less than 16 points, or a line without length.
    pub(super) fn of(points: &[[f64; 3]]) -> Option<Self> {
        let count = points.len();
        let flat: Vec<[f64; 2]> = points.iter().map(|[x, _, z]| to_map(*x, *z)).collect();
        let steps: Vec<[f64; 2]> = (0..count)
            .map(|at| {
                let (from, to) = (flat[at], flat[(at + 1) % count]);
                [to[0] - from[0], to[1] - from[1]]
            })
            .collect();
        let length_m: f64 = steps.iter().map(|step| step[0].hypot(step[1])).sum();
        if count < 16 || !length_m.is_finite() || length_m <= 1.0 {
            return None;
        }
        let step_m = length_m / count as f64;
        // The turn from each step to the next one, radians.
        let turns: Vec<f64> = (0..count)
            .map(|at| {
                let (a, b) = (steps[(at + count - 1) % count], steps[at]);
                let along = a[0] * b[0] + a[1] * b[1];
                let turn = rightwards(a, b).atan2(along);
                if turn.is_finite() { turn / step_m } else { 0.0 }
            })
            .collect();
        Some(Self { values: smoothed(&turns, SMOOTHING_M / step_m), step_m })
    }
}

/// Smooths values on a closed line with a Gaussian of this standard deviation, in values.
fn smoothed(values: &[f64], deviation: f64) -> Vec<f64> {
    let count = values.len();
    let reach = ((deviation * 3.0).ceil() as usize).min(count / 4);
    let weight = |away: usize| (-0.5 * (away as f64 / deviation).powi(2)).exp();
    let weights: Vec<f64> = (0..=2 * reach).map(|at| weight(at.abs_diff(reach))).collect();
    let sum: f64 = weights.iter().sum();
    (0..count)
        .map(|at| {
            let near = weights.iter().enumerate().map(|(k, weight)| weight * values[(at + count + k - reach) % count]);
            near.sum::<f64>() / sum
        })
        .collect()
}
