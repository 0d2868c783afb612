//! The track, learned from where the car was.

mod pass;
mod pit_lane;
mod polyline;

use acevo_shared_memory::{ACEvoCarLocation, Frame};
use serde::Serialize;

use pass::{MARKS, Pass};
use pit_lane::PitRecorder;
use polyline::{Point, Polyline, between, length, minus};

use crate::world::{rightwards, to_map};

pub use pit_lane::PitLane;

/// No track is so far from the origin of its world, in metres.
const LARGEST_COORDINATE: f64 = 1e6;

/// A position further from the line than this is not projected on it, metres.
const FURTHEST_M: f64 = 200.0;

/// A mark this far off the known line was no way round the track: a spin, a wrong track, garbage. Metres.
const FAR_OFF_M: f64 = 12.0;

/// So often in a row a mark may be far off; then it is the known line that is wrong.
const WRONG_AFTER: u8 = 3;

/// The outline is the mean of about so many laps, the newest ones weighing most.
const MEAN_OF: f64 = 8.0;

/// Lengths of the track that differ by more are those of two tracks, metres.
const SAME_LENGTH_M: f64 = 1.0;

/// What the car is driving on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Road {
    /// The track.
    Track,
    /// The pit lane, with its entry, exit and boxes.
    PitLane,
}

impl Road {
    /// SessionEventKind a frame tells; `None` where the car is nowhere, as in a menu.
    pub fn of(frame: &Frame) -> Option<Self> {
        match frame.graphics.car_location() {
            ACEvoCarLocation::Track if frame.graphics.raw().is_in_pit_lane => Some(Self::PitLane),
            ACEvoCarLocation::Track => Some(Self::Track),
            ACEvoCarLocation::Pitlane | ACEvoCarLocation::PitEntry | ACEvoCarLocation::PitExit => Some(Self::PitLane),
            _ => None,
        }
    }
}

/// A place on the outline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Waypoint {
    /// Where it is in metres, world axes, Y up.
    pub position: [f64; 3],
    /// The direction of the lap there: a vector of length 1, or 0 where the line stands still.
    pub direction: [f64; 3],
}

/// A position as seen from the outline.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Projection {
    /// The nearest place of the lap, 0..1.
    pub place: f64,
    /// Metres beside the outline in the level plane, positive to the right of the direction of the lap.
    pub offset_m: f64,
    /// Metres from the start line along the outline.
    pub distance_m: f64,
    /// Metres from the outline in space: on a bridge, more than the offset.
    pub away_m: f64,
}

/// The smallest box with level sides that contains the outline, in metres.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Bounds {
    /// Least x, y, z.
    pub min: [f64; 3],
    /// Greatest x, y, z.
    pub max: [f64; 3],
}

/// The track's outline: the mean way of the car round it, from its own positions.
///
/// It is known after the first lap without large holes, wherever that lap began; later laps refine it. A part that was driven
/// far off the outline, as in a spin, is left out; where three laps in a row say otherwise, they are right. It has 2000 points,
/// at equal parts of the lap as the game counts them, and takes about 150 kB.
///
/// ```
/// use acevo_telemetry::analysis::{Outline, Road};
///
/// let mut outline = Outline::default();
/// outline.set_track("Ring", "", Some(628.0));
/// for frame in 0..=620 {
///     let place = f64::from(frame) / 600.0;
///     let angle = place * std::f64::consts::TAU;
///     outline.note(place.fract(), [100.0 * angle.sin(), 0.0, 100.0 * angle.cos()], Road::Track);
/// }
/// assert!((outline.length_m().unwrap() - 628.3).abs() < 0.1);
/// let projection = outline.project([105.0, 0.0, 0.0]).unwrap();
/// // On the map this circle is driven counter-clockwise: what is outside of it is to the right.
/// assert!((projection.place - 0.25).abs() < 1e-3 && (projection.offset_m - 5.0).abs() < 0.1);
/// ```
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outline {
    track: String,
    configuration: String,
    /// The game's length of a lap.
    track_length_m: Option<f64>,
    points: Option<Polyline>,
    pit_lane: Option<PitLane>,
    /// Laps that it was learned from.
    laps: u32,
    /// How often in a row each mark was far off.
    #[serde(skip)]
    misses: Vec<u8>,
    #[serde(skip)]
    pass: Pass,
    #[serde(skip)]
    pits: PitRecorder,
}

impl Outline {
    /// Tells the names and the length in metres of the track; of another track nothing is known yet. Names that the game has
    /// not told yet (empty ones) and unknown lengths change nothing.
    pub fn set_track(&mut self, track: &str, configuration: &str, length_m: Option<f64>) {
        if track.is_empty() {
            return;
        }
        let length_m = length_m.filter(|length| length.is_finite() && *length > 0.0);
        let same_length = self.track_length_m.zip(length_m).is_none_or(|(a, b)| (a - b).abs() <= SAME_LENGTH_M);
        if self.track == track && self.configuration == configuration && same_length {
            self.track_length_m = self.track_length_m.or(length_m);
            return;
        }
        // What was noted under no name at all was on this track.
        if !self.track.is_empty() {
            *self = Self::default();
        }
        (self.track, self.configuration) = (track.to_owned(), configuration.to_owned());
        self.track_length_m = length_m;
    }

    /// The player's car is at a place 0..1 of the lap and a position in metres (world axes). Values that cannot be are
    /// overheard. After a leap, of more than a hundredth of the lap or 150 m, what lies between is not guessed.
    pub fn note(&mut self, place: f64, position: [f64; 3], on: Road) {
        let possible = |value: &f64| value.abs() <= LARGEST_COORDINATE;
        if !((0.0..=1.0).contains(&place) && position.iter().all(possible)) {
            return;
        }
        match on {
            Road::PitLane => {
                self.pits.note(place, position);
                self.pass.interrupt();
            }
            Road::Track => {
                self.pits.leave(position, &mut self.pit_lane);
                let passed_the_line = self.pass.note(place, position);
                if passed_the_line || (self.points.is_none() && self.pass.is_complete()) {
                    self.learn();
                }
            }
        }
    }

    /// Learns from what was seen of a lap.
    fn learn(&mut self) {
        if let Some(points) = &mut self.points {
            let weight = 1.0 / (f64::from(self.laps) + 1.0).min(MEAN_OF);
            let (marks, misses) = (self.pass.marks(), &mut self.misses);
            points.change(|points| {
                for ((known, seen), misses) in points.iter_mut().zip(marks).zip(misses) {
                    let Some(seen) = *seen else { continue };
                    if length(minus(seen, *known)) <= FAR_OFF_M {
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
            // The holes may be filled by the next lap.
            return;
        }
        // What is left of a lap after the outline was closed in its middle refines it, too, but counts only where it is much.
        if self.pass.seen() >= MARKS / 2 {
            self.laps = self.laps.saturating_add(1);
        }
        self.pass.clear();
    }

    /// True once there is an outline.
    pub fn is_known(&self) -> bool {
        self.points.is_some()
    }

    /// Laps that it was learned from, those of which at least the half was driven.
    pub const fn laps(&self) -> u32 {
        self.laps
    }

    /// 2000 points in metres, world axes, from the start line on; the line returns from the last one to the first. Empty while
    /// it is not known.
    pub fn points(&self) -> &[[f64; 3]] {
        self.points.as_ref().map_or(&[], Polyline::points)
    }

    /// Metres once round, on the way the car takes.
    pub fn length_m(&self) -> Option<f64> {
        self.points.as_ref().map(Polyline::length_m)
    }

    /// Metres of a lap as the game tells it.
    pub const fn track_length_m(&self) -> Option<f64> {
        self.track_length_m
    }

    /// The pit lane, once the car has driven out of it, or through.
    pub const fn pit_lane(&self) -> Option<&PitLane> {
        self.pit_lane.as_ref()
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

    /// A place of the lap, 0..1: 0 is the start line, others are the ends of sectors, or whatever else is to be shown.
    pub fn at(&self, place: f64) -> Option<Waypoint> {
        let line = self.points.as_ref().filter(|_| (0.0..=1.0).contains(&place))?;
        let x = place * MARKS as f64;
        let (a, b) = line.ends(x as usize % MARKS);
        let (way, metres) = (minus(b, a), length(minus(b, a)));
        let direction = way.map(|part| if metres > 0.0 { part / metres } else { 0.0 });
        Some(Waypoint { position: between(a, b, x.fract()), direction })
    }

    /// Where on the outline a position is; `None` where it is further away than 200 m, or there is no outline.
    pub fn project(&self, position: [f64; 3]) -> Option<Projection> {
        let line = self.points.as_ref().filter(|_| position.iter().all(|value| value.abs() <= LARGEST_COORDINATE))?;
        let nearest = line.nearest(position);
        if nearest.away_m > FURTHEST_M {
            return None;
        }
        let (a, b) = line.ends(nearest.segment);
        // The end of the last segment is the line already.
        let at_the_line = nearest.segment + 1 == MARKS && nearest.t >= 1.0;
        let (segment, t) = if at_the_line { (0, 0.0) } else { (nearest.segment, nearest.t) };
        Some(Projection {
            place: (segment as f64 + t) / MARKS as f64,
            offset_m: to_the_right(between(a, b, nearest.t), minus(b, a), position),
            distance_m: line.along_m(segment, t),
            away_m: nearest.away_m,
        })
    }
}

/// Metres in the level plane from a point of a line to a position beside it, positive to the right of the direction.
fn to_the_right(from: Point, direction: Point, position: Point) -> f64 {
    let seen_from_above = |[x, _, z]: Point| to_map(x, z);
    let aside = seen_from_above(minus(position, from));
    aside[0].hypot(aside[1]).copysign(rightwards(seen_from_above(direction), aside))
}

#[cfg(test)]
mod tests;
