//! The outline of the track, learned from the positions of the car.

mod pass;
mod pit_lane;
mod polyline;

use serde::{Deserialize, Serialize};

use pass::{MARKS, Pass};
use pit_lane::PitRecorder;
use polyline::{Point, Polyline, between, length, minus};

use crate::car_sample::Road;
use crate::limits;
use crate::world::{rightwards, to_map};

pub use pit_lane::PitLane;

/// Maximum distance from the outline of a position that is projected on it, metres.
const MAX_PROJECTION_M: f64 = 200.0;

/// Maximum distance from the outline of a point that refines it, metres. A larger one is a spin, another track, or garbage.
const MAX_OFFSET_M: f64 = 12.0;

/// Maximum distance from the line of the pit lane of a car in the pit lane or its box, metres.
const PIT_LANE_REACH_M: f64 = 10.0;

/// Maximum distance from the outline of a car that is certainly on the track, metres.
const TRACK_REACH_M: f64 = 6.0;

/// Number of laps in a row with a point far from the outline after which the outline is wrong.
const WRONG_AFTER: u8 = 3;

/// Number of laps that the outline is about the mean of; the newest ones weigh most.
const MEAN_OF_LAPS: f64 = 8.0;

/// Maximum difference between two lengths of the same track, metres.
const MAX_LENGTH_DIFFERENCE_M: f64 = 1.0;

/// A point of the outline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Waypoint {
    /// Position, metres, world axes, Y up.
    pub position: [f64; 3],
    /// Direction of the lap at this point: a vector of length 1, or 0 if two points of the outline coincide.
    pub direction: [f64; 3],
}

/// A position relative to the outline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Projection {
    /// Lap position of the nearest point of the outline, 0..1. The JSON key is `place`.
    #[serde(rename = "place")]
    pub lap_position: f64,
    /// Horizontal distance from the outline, metres, positive to the right of the direction of the lap.
    pub offset_m: f64,
    /// Distance from the start line along the outline, metres.
    pub distance_m: f64,
    /// Distance from the outline in space, metres. On a bridge it is more than the offset.
    pub away_m: f64,
}

/// The smallest box along the world axes that contains the outline, metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bounds {
    /// Minimum x, y, z.
    pub min: [f64; 3],
    /// Maximum x, y, z.
    pub max: [f64; 3],
}

/// The outline of the track: the mean path of the car, from its own positions.
///
/// It is known after the first lap without large gaps, no matter where that lap began; later laps refine it. Points far from the outline,
/// as in a spin, are ignored, unless three laps in a row have them. The outline has 2000 points at equal steps of the lap position, and
/// takes about 150 kB.
///
/// ```
/// use acevo_telemetry::analysis::{Outline, Road};
///
/// let mut outline = Outline::default();
/// outline.set_track("Ring", "", Some(628.0));
/// for frame in 0..=620 {
///     let turns = f64::from(frame) / 600.0;
///     let angle = turns * std::f64::consts::TAU;
///     outline.note(turns.fract(), [100.0 * angle.sin(), 0.0, 100.0 * angle.cos()], Road::Track);
/// }
/// assert!((outline.length_m().unwrap() - 628.3).abs() < 0.1);
/// let projection = outline.project([105.0, 0.0, 0.0]).unwrap();
/// // On the map this circle is driven counter-clockwise, so its outside is to the right.
/// assert!((projection.lap_position - 0.25).abs() < 1e-3 && (projection.offset_m - 5.0).abs() < 0.1);
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Outline {
    track: String,
    configuration: String,
    /// Length of a lap, as published by the game.
    track_length_m: Option<f64>,
    #[serde(deserialize_with = "polyline::closed")]
    points: Option<Polyline>,
    pit_lane: Option<PitLane>,
    /// Number of laps that it was learned from.
    laps: u32,
    /// Number of laps in a row in which each point was far from the outline.
    #[serde(skip)]
    misses: Vec<u8>,
    #[serde(skip)]
    pass: Pass,
    #[serde(skip)]
    pits: PitRecorder,
}

impl Outline {
    /// Sets the names and the length (metres) of the track. Another track resets the outline. Names that the game has not published yet
    /// (empty ones) and unknown lengths have no effect.
    pub fn set_track(&mut self, track: &str, configuration: &str, length_m: Option<f64>) {
        if track.is_empty() {
            return;
        }
        let length_m = length_m.filter(|length| length.is_finite() && *length > 0.0);
        let same_length =
            self.track_length_m.zip(length_m).is_none_or(|(a, b)| (a - b).abs() <= MAX_LENGTH_DIFFERENCE_M);
        if self.track == track && self.configuration == configuration && same_length {
            self.track_length_m = self.track_length_m.or(length_m);
            return;
        }
        // Positions noted without a name were on this track.
        if !self.track.is_empty() {
            *self = Self::default();
        }
        (self.track, self.configuration) = (track.to_owned(), configuration.to_owned());
        self.track_length_m = length_m;
    }

    /// Takes the lap position (0..1) and the world position (metres) of the player's car. Impossible values are ignored. After a jump of
    /// more than a hundredth of the lap or 150 m, the points between are not interpolated.
    pub fn note(&mut self, lap_position: f64, position: [f64; 3], on: Road) {
        let possible = |value: &f64| value.abs() <= limits::MAX_COORDINATE_M;
        if !((0.0..=1.0).contains(&lap_position) && position.iter().all(possible)) {
            return;
        }
        match on {
            Road::PitLane => {
                self.pits.note(lap_position, position);
                self.pass.interrupt();
            }
            Road::Track => {
                self.pits.leave(position, &mut self.pit_lane);
                let passed_line = self.pass.note(lap_position, position);
                if passed_line || (self.points.is_none() && self.pass.is_complete()) {
                    self.learn();
                }
            }
        }
    }

    /// Learns from the points of a lap.
    fn learn(&mut self) {
        if let Some(points) = &mut self.points {
            let weight = 1.0 / (f64::from(self.laps) + 1.0).min(MEAN_OF_LAPS);
            let (marks, misses) = (self.pass.marks(), &mut self.misses);
            points.change(|points| {
                for ((known, seen), misses) in points.iter_mut().zip(marks).zip(misses) {
                    let Some(seen) = *seen else { continue };
                    if length(minus(seen, *known)) <= MAX_OFFSET_M {
                        (*known, *misses) = (between(*known, seen, weight), 0);
                    } else if *misses + 1 >= WRONG_AFTER {
                        (*known, *misses) = (seen, 0);
                    } else {
                        *misses += 1;
                    }
                }
            });
        } else if let Some(points) = self.pass.closed() {
            self.points = Polyline::new(points, true);
            self.misses = vec![0; MARKS];
        } else {
            // The next lap may fill the gaps.
            return;
        }
        // The rest of a lap after the outline was closed in its middle refines it, too, but counts only if it is long.
        if self.pass.seen() >= MARKS / 2 {
            self.laps = self.laps.saturating_add(1);
        }
        self.pass.clear();
    }

    /// Name of the track; empty while it is unknown.
    pub fn track(&self) -> &str {
        &self.track
    }

    /// Layout of the track; may be empty.
    pub fn configuration(&self) -> &str {
        &self.configuration
    }

    /// True for the outline of this track and layout.
    pub fn is_of_track(&self, track: &str, configuration: &str) -> bool {
        self.track == track && self.configuration == configuration
    }

    /// True if the other one is of the same track and layout.
    pub fn is_of_track_of(&self, other: &Self) -> bool {
        other.is_of_track(&self.track, &self.configuration)
    }

    /// True once the outline is known.
    pub fn is_known(&self) -> bool {
        self.points.is_some()
    }

    /// Number of laps that it was learned from, of which at least half was driven.
    pub const fn laps(&self) -> u32 {
        self.laps
    }

    /// The 2000 points, metres, world axes, beginning at the start line; the line returns from the last point to the first. Empty while
    /// the outline is unknown.
    pub fn points(&self) -> &[[f64; 3]] {
        self.points.as_ref().map_or(&[], Polyline::points)
    }

    /// Length of the outline, metres.
    pub fn length_m(&self) -> Option<f64> {
        self.points.as_ref().map(Polyline::length_m)
    }

    /// Length of a lap, metres, as published by the game.
    pub const fn track_length_m(&self) -> Option<f64> {
        self.track_length_m
    }

    /// The pit lane, once the car has driven out of it or through it.
    pub const fn pit_lane(&self) -> Option<&PitLane> {
        self.pit_lane.as_ref()
    }

    /// True if a car at this position, whose projection is given, is in the pit lane or its box, as far as the pit lane is known.
    pub(crate) fn is_in_pit_lane(&self, position: [f64; 3], projection: &Projection) -> bool {
        let is_off_track = projection.away_m > TRACK_REACH_M;
        is_off_track
            && self.pit_lane.as_ref().is_some_and(|pit_lane| {
                let away_m = pit_lane.distance_m(position);
                away_m <= PIT_LANE_REACH_M && away_m < projection.away_m
            })
    }

    /// The smallest box that contains the outline.
    pub fn bounds(&self) -> Option<Bounds> {
        let first = *self.points().first()?;
        let reach = |choose: fn(f64, f64) -> f64| {
            self.points()
                .iter()
                .fold(first, |[x, y, z], point| [choose(x, point[0]), choose(y, point[1]), choose(z, point[2])])
        };
        Some(Bounds { min: reach(f64::min), max: reach(f64::max) })
    }

    /// The point of the outline at a lap position, 0..1; `None` while the outline is unknown, or for any other number.
    pub fn at(&self, lap_position: f64) -> Option<Waypoint> {
        let line = self.points.as_ref().filter(|_| (0.0..=1.0).contains(&lap_position))?;
        let x = lap_position * MARKS as f64;
        let (a, b) = line.ends(x as usize % MARKS);
        let (segment, metres) = (minus(b, a), length(minus(b, a)));
        let direction = segment.map(|part| if metres > 0.0 { part / metres } else { 0.0 });
        Some(Waypoint { position: between(a, b, x.fract()), direction })
    }

    /// A world position relative to the outline; `None` if it is more than 200 m away, or while the outline is unknown.
    pub fn project(&self, position: [f64; 3]) -> Option<Projection> {
        let line =
            self.points.as_ref().filter(|_| position.iter().all(|value| value.abs() <= limits::MAX_COORDINATE_M))?;
        let nearest = line.nearest(position);
        if nearest.away_m > MAX_PROJECTION_M {
            return None;
        }
        let (a, b) = line.ends(nearest.segment);
        // The end of the last segment is the start line.
        let at_the_line = nearest.segment + 1 == MARKS && nearest.t >= 1.0;
        let (segment, t) = if at_the_line { (0, 0.0) } else { (nearest.segment, nearest.t) };
        Some(Projection {
            lap_position: (segment as f64 + t) / MARKS as f64,
            offset_m: to_the_right(between(a, b, nearest.t), minus(b, a), position),
            distance_m: line.along_m(segment, t),
            away_m: nearest.away_m,
        })
    }
}

/// Horizontal distance from a point of a line to a position next to it, metres, positive to the right of the direction.
fn to_the_right(from: Point, direction: Point, position: Point) -> f64 {
    let seen_from_above = |[x, _, z]: Point| to_map(x, z);
    let aside = seen_from_above(minus(position, from));
    aside[0].hypot(aside[1]).copysign(rightwards(seen_from_above(direction), aside))
}

#[cfg(test)]
mod tests;
