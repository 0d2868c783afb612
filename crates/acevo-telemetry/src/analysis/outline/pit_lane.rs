//! The pit lane: a line of its own beside the track.

use serde::Serialize;

use super::polyline::{Point, Polyline, length, minus};

/// Metres between two points of the line.
const SPACING_M: f64 = 3.0;

/// A longer way between two notes was not driven.
const LONGEST_STEP_M: f64 = 50.0;

/// A pit lane of more points is none.
const MOST_POINTS: usize = 2000;

/// The way through the pits, as the car has driven it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PitLane {
    points: Polyline,
    /// Where it leaves the track, 0..1; `None` where only the way out was seen.
    pub entry: Option<f64>,
    /// Where it joins the track, 0..1; `None` where only the way in was seen.
    pub exit: Option<f64>,
}

impl PitLane {
    /// The points of the line in metres, world axes, about 3 m apart.
    pub fn points(&self) -> &[[f64; 3]] {
        self.points.points()
    }

    /// Metres, as far as it was seen.
    pub fn length_m(&self) -> f64 {
        self.points.length_m()
    }

    /// Metres from a finite position to the nearest point of the pit lane.
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
    /// Where the last note was, if that was on the track.
    on_track: Option<Point>,
    last_place: f64,
}

impl PitRecorder {
    /// The car is in the pit lane.
    pub(super) fn note(&mut self, place: f64, position: Point) {
        let step = self.points.last().map(|last| length(minus(position, *last)));
        match step {
            Some(step) if step > LONGEST_STEP_M => self.begin(None, position),
            Some(step) if step < SPACING_M || self.points.len() >= MOST_POINTS => {}
            Some(_) => self.points.push(position),
            None => {
                let drove_in = self.on_track.is_some_and(|last| length(minus(position, last)) <= LONGEST_STEP_M);
                self.begin(drove_in.then_some(place), position);
            }
        }
        (self.on_track, self.last_place) = (None, place);
    }

    fn begin(&mut self, entry: Option<f64>, position: Point) {
        self.entry = entry;
        self.points.clear();
        self.points.push(position);
    }

    /// The car is on the track. Puts what was seen of the pit lane into `known`, unless more is known already.
    pub(super) fn leave(&mut self, position: Point, known: &mut Option<PitLane>) {
        if let Some(last) = self.points.last() {
            // Put back on the track, it has not driven out.
            let exit = (length(minus(position, *last)) <= LONGEST_STEP_M).then_some(self.last_place);
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
