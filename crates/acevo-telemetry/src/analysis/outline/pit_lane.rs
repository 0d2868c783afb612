//! The pit lane: a line next to the track.

use serde::{Deserialize, Serialize};

use super::polyline::{self, Point, Polyline, length, minus};
use crate::limits::MAX_PIT_LANE_STEP_M;

/// Distance between two points of the line, metres.
const SPACING_M: f64 = 3.0;

/// Maximum number of points of the line.
const MAX_POINTS: usize = 2000;

/// The path through the pits, as the car has driven it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PitLane {
    #[serde(deserialize_with = "polyline::open")]
    points: Polyline,
    /// Lap position at which it leaves the track, 0..1; `None` if only the way out was seen.
    pub entry: Option<f64>,
    /// Lap position at which it joins the track, 0..1; `None` if only the way in was seen.
    pub exit: Option<f64>,
}

impl PitLane {
    /// The points of the line, metres, world axes, about 3 m apart.
    pub fn points(&self) -> &[[f64; 3]] {
        self.points.points()
    }

    /// Length, metres, as far as it was seen.
    pub fn length_m(&self) -> f64 {
        self.points.length_m()
    }

    /// Distance from a finite position to the nearest point of the pit lane, metres.
    pub(crate) fn distance_m(&self, position: [f64; 3]) -> f64 {
        self.points.nearest(position).away_m
    }

    fn ends_known(&self) -> usize {
        usize::from(self.entry.is_some()) + usize::from(self.exit.is_some())
    }
}

/// Follows the car through the pits.
#[derive(Debug, Clone, Default)]
pub(super) struct PitRecorder {
    points: Vec<Point>,
    entry: Option<f64>,
    /// The last position, if it was on the track.
    on_track: Option<Point>,
    last_lap_position: f64,
}

impl PitRecorder {
    /// Takes a position in the pit lane.
    pub(super) fn note(&mut self, lap_position: f64, position: Point) {
        let step = self.points.last().map(|last| length(minus(position, *last)));
        match step {
            Some(step) if step > MAX_PIT_LANE_STEP_M => self.begin(None, position),
            Some(step) if step < SPACING_M || self.points.len() >= MAX_POINTS => {}
            Some(_) => self.points.push(position),
            None => {
                let drove_in = self.on_track.is_some_and(|last| length(minus(position, last)) <= MAX_PIT_LANE_STEP_M);
                self.begin(drove_in.then_some(lap_position), position);
            }
        }
        self.on_track = None;
        self.last_lap_position = lap_position;
    }

    fn begin(&mut self, entry: Option<f64>, position: Point) {
        self.entry = entry;
        self.points.clear();
        self.points.push(position);
    }

    /// Takes a position on the track. Stores the pit lane that was seen in `known`, unless more is known already.
    pub(super) fn leave(&mut self, position: Point, known: &mut Option<PitLane>) {
        if let Some(last) = self.points.last() {
            // A car that was moved to the track has not driven out.
            let exit = (length(minus(position, *last)) <= MAX_PIT_LANE_STEP_M).then_some(self.last_lap_position);
            let points = Polyline::new(std::mem::take(&mut self.points), false);
            let entry = self.entry.take();
            if let Some(points) = points {
                let seen = PitLane { points, entry, exit };
                if seen.ends_known() > known.as_ref().map_or(0, PitLane::ends_known) {
                    *known = Some(seen);
                }
            }
        }
        self.on_track = Some(position);
    }
}
