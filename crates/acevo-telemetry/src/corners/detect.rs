//! Detection of corners.

use super::bends::{Bend, bends};
use super::curvature::Curvature;
use super::driven::{Driven, FULL_THROTTLE};
use super::{Corner, Corners, Direction};
use crate::analysis::Outline;
use crate::traces::LapTraces;

/// A bend that turns by less is a kink, radians: 12°. A corner of the shortest chicanes turns by more.
const MIN_TURN: f64 = 0.21;

/// A bend with a larger radius is a corner only if drivers brake or lift for it, metres.
const MAX_RADIUS_M: f64 = 280.0;

/// A bend that is driven at full throttle with a lower lateral acceleration needs no steering to speak of, g.
const MIN_LATERAL_G: f64 = 0.4;

/// Without a lap, bends with a larger radius are not corners, metres.
const MAX_UNDRIVEN_RADIUS_M: f64 = 250.0;

/// Share of the speed that a driver loses in a corner that needs braking or lifting.
const MIN_SLOWING: f64 = 0.02;

/// Metres before a bend in which drivers brake or lift for it.
const APPROACH_M: f64 = 150.0;

impl Corners {
    /// Detects the corners of a track from its outline, with laps that were sampled with [`channels()`](super::channels) as evidence.
    ///
    /// A corner turns by at least 12° in one direction. Its curvature or the laps show that it is one: a bend with a radius above 280 m is a
    /// corner only if most laps brake or lift for it, and one that is driven at full throttle with less than 0.4 g is not. A chicane has two
    /// corners, unless both parts together are a flick within 30 m. Bends in the same direction with a pause of less than 30 m are one corner
    /// with several apexes; the tightest one counts. Without laps, the curvature alone decides.
    ///
    /// Corners are numbered from 1, from the start line. Returns `None` while the outline is unknown, or if its track has no name.
    pub fn detect(outline: &Outline, laps: &[LapTraces]) -> Option<Self> {
        let curvature = Curvature::of(outline.points())?;
        let (track, configuration) = (outline.track().to_owned(), outline.configuration().to_owned());
        if track.is_empty() {
            return None;
        }
        let laps: Vec<Driven> = laps.iter().map(Driven::new).collect();
        let count = curvature.values.len() as f64;
        let is_corner = |bend: &Bend| Evidence::of(bend, &curvature, &laps).shows_corner(bend);
        let position = |index: usize| (index as f64 / count).fract();
        let corner = |bend: Bend| Corner {
            number: 0,
            name: String::new(),
            start: position(bend.start),
            apex: position(bend.apex),
            end: position(bend.end),
            direction: if bend.turn > 0.0 { Direction::Right } else { Direction::Left },
        };
        let mut corners: Vec<Corner> = bends(&curvature).into_iter().filter(is_corner).map(corner).collect();
        corners.sort_by(|a, b| a.apex.total_cmp(&b.apex));
        for (corner, number) in corners.iter_mut().zip(1..) {
            corner.number = number;
        }
        Some(Self { track, configuration, corners })
    }
}

/// What drivers do in a bend.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Evidence {
    /// Number of laps with samples there.
    laps: usize,
    /// Laps that slow down for it by braking or lifting.
    slowing: usize,
    /// Laps that turn with at least [`MIN_LATERAL_G`].
    turning: usize,
}

impl Evidence {
    fn of(bend: &Bend, curvature: &Curvature, laps: &[Driven]) -> Self {
        let count = curvature.values.len() as f64;
        // A bend on the line is seen on the side on which its apex is.
        let lap = (bend.apex as f64 / count).floor();
        let position = |index: usize| (index as f64 / count - lap).clamp(0.0, 1.0);
        let (start, apex, end) = (position(bend.start), position(bend.apex), position(bend.end));
        let approach = (start - APPROACH_M / (count * curvature.step_m)).max(0.0);
        let mut evidence = Self::default();
        for lap in laps {
            let (Some((at, min)), Some(max)) = (lap.slowest(start, end), lap.fastest(approach, apex)) else { continue };
            evidence.laps += 1;
            let lifts = lap.throttle_min(approach, end).is_none_or(|throttle| throttle < FULL_THROTTLE);
            let slows = lap.fastest(approach, at).unwrap_or(max);
            evidence.slowing += usize::from(lifts && min < slows * (1.0 - MIN_SLOWING));
            let lateral = lap.lateral_at(apex).map_or(0.0, f64::abs);
            evidence.turning += usize::from(lateral >= MIN_LATERAL_G);
        }
        evidence
    }

    fn shows_corner(&self, bend: &Bend) -> bool {
        let radius_m = 1.0 / bend.peak;
        if bend.turn.abs() < MIN_TURN {
            return false;
        }
        if self.laps == 0 {
            return radius_m <= MAX_UNDRIVEN_RADIUS_M;
        }
        let most = |laps: usize| laps * 2 > self.laps;
        most(self.slowing) || (radius_m <= MAX_RADIUS_M && most(self.turning))
    }
}
