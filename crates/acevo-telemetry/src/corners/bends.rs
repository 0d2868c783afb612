//! Bends: parts of a closed line that turn in one direction.

use super::curvature::Curvature;

/// A line that is straighter than this is not a part of a bend, 1/m.
const MIN_CURVATURE: f64 = 1.0 / 500.0;

/// The ends of a bend have at least this part of its maximum curvature. So a hairpin does not begin on the straight before it.
const MIN_SHARE: f64 = 0.15;

/// Bends in the same direction with a straighter part between them that is shorter than this are one bend, metres.
const MAX_PAUSE_M: f64 = 30.0;

/// Two bends in opposite directions are one if their apexes are at most this far apart, metres, …
const MAX_FLICK_M: f64 = 30.0;

/// … and if each turns by less than this, radians.
const MAX_FLICK_TURN: f64 = 0.6;

/// The tightest part of a bend has at least this part of its maximum curvature.
const TIGHTEST: f64 = 0.9;

/// A bend. Positions are indices of the curvature; those after the end of the lap are in the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bend {
    pub(super) start: usize,
    pub(super) apex: usize,
    /// The last index that belongs to it.
    pub(super) end: usize,
    /// Angle that it turns by, radians, positive to the right.
    pub(super) turn: f64,
    /// Maximum curvature, 1/m.
    pub(super) peak: f64,
}

/// The bends of a line, in the order of their starts, which are in the lap.
pub(super) fn bends(curvature: &Curvature) -> Vec<Bend> {
    let count = curvature.values.len();
    let parts = joined(&parts(curvature), curvature);
    let bends: Vec<Bend> = parts.iter().filter_map(|(from, to)| bend(*from, *to, curvature)).collect();
    let mut bends = without_flicks(&bends, curvature);
    for bend in &mut bends {
        let laps = bend.start / count * count;
        (bend.start, bend.apex, bend.end) = (bend.start - laps, bend.apex - laps, bend.end - laps);
    }
    bends.sort_by_key(|bend| bend.start);
    bends
}

/// Parts (first and last index) that turn in one direction and are not straight. The first one begins after a straight.
fn parts(curvature: &Curvature) -> Vec<(usize, usize)> {
    let values = &curvature.values;
    let count = values.len();
    let kind = |at: usize| {
        let value = values[at % count];
        if value.abs() < MIN_CURVATURE { 0.0 } else { value.signum() }
    };
    // A line that has no straight at all, such as a circle, has no bends.
    let Some(straight) = (0..count).find(|at| kind(*at) == 0.0) else { return Vec::new() };
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for at in straight..straight + count {
        let here = kind(at);
        if here == 0.0 {
            continue;
        }
        match parts.last_mut() {
            Some(last) if last.1 + 1 == at && kind(last.1) == here => last.1 = at,
            _ => parts.push((at, at)),
        }
    }
    parts
}

/// Joins parts in the same direction that only a short straighter part separates.
fn joined(parts: &[(usize, usize)], curvature: &Curvature) -> Vec<(usize, usize)> {
    let sign = |at: usize| curvature.values[at % curvature.values.len()].signum();
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for part in parts {
        match joined.last_mut() {
            Some(last)
                if sign(last.0) == sign(part.0) && (part.0 - last.1) as f64 * curvature.step_m <= MAX_PAUSE_M =>
            {
                last.1 = part.1;
            }
            _ => joined.push(*part),
        }
    }
    joined
}

/// The bend of a part of the line.
fn bend(from: usize, to: usize, curvature: &Curvature) -> Option<Bend> {
    let count = curvature.values.len();
    let value = |at: usize| curvature.values[at % count].abs();
    let highest = (from..=to).max_by(|a, b| value(*a).total_cmp(&value(*b)))?;
    let peak = value(highest);
    let start = (from..=highest).find(|at| value(*at) >= peak * MIN_SHARE)?;
    let end = (highest..=to).rev().find(|at| value(*at) >= peak * MIN_SHARE)?;
    // The middle of the tightest part: a long corner of one radius has no sharp maximum.
    let tight = |at: &usize| value(*at) >= peak * TIGHTEST;
    let first = (start..=highest).rev().take_while(tight).last()?;
    let last = (highest..=end).take_while(tight).last()?;
    let turn = (from..=to).map(|at| curvature.values[at % count]).sum::<f64>() * curvature.step_m;
    Some(Bend { start, apex: usize::midpoint(first, last), end, turn, peak })
}

/// Joins pairs of bends that are a single flick of the steering wheel.
fn without_flicks(bends: &[Bend], curvature: &Curvature) -> Vec<Bend> {
    let mut joined: Vec<Bend> = Vec::new();
    for bend in bends {
        let is_flick = |last: &Bend| {
            last.turn.signum() != bend.turn.signum()
                && (bend.apex - last.apex) as f64 * curvature.step_m <= MAX_FLICK_M
                && last.turn.abs().max(bend.turn.abs()) < MAX_FLICK_TURN
        };
        match joined.last_mut() {
            Some(last) if is_flick(last) => {
                let stronger = if bend.turn.abs() > last.turn.abs() { *bend } else { *last };
                *last = Bend { start: last.start, end: bend.end, ..stronger };
            }
            _ => joined.push(*bend),
        }
    }
    joined
}
