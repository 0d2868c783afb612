//! The way from one frame to the next, physics step by physics step: where in between a place was passed.

use super::reading::{Reading, way};

/// Steps that are remembered. Frames further apart are not used to time anything.
const MOST: usize = 200;

/// A moment on the way.
#[derive(Debug, Clone, Copy)]
struct Point {
    steps: f64,
    /// Metres per second.
    speed: f64,
    /// Speed times steps since the beginning: only its share of the whole counts.
    way: f64,
}

/// The way since the last frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    points: Vec<Point>,
    is_over: bool,
}

impl Path {
    /// Here it begins.
    fn begin(&mut self, steps: f64, speed: f64) {
        self.is_over = false;
        self.points.clear();
        self.points.push(Point { steps, speed, way: 0.0 });
    }

    /// A frame has come: what comes next is the next way.
    pub(super) fn end(&mut self) {
        self.is_over = true;
    }

    /// Steps times metres per second.
    pub(super) fn way(&self) -> f64 {
        self.points.last().map_or(0.0, |last| last.way)
    }

    /// A physics step on the way.
    pub(super) fn note(&mut self, steps: f64, speed: f64) {
        match self.points.last().copied() {
            None => return self.begin(steps, speed),
            Some(last) if self.is_over => self.begin(last.steps, last.speed),
            Some(_) => {}
        }
        let Some(last) = self.points.last().copied().filter(|last| steps > last.steps) else { return };
        let way = last.way + (steps - last.steps) * (last.speed + speed) / 2.0;
        if self.points.len() < MOST {
            self.points.push(Point { steps, speed, way });
        }
    }

    /// The speeds since the last frame, in metres per second.
    pub(super) fn speeds(&self) -> impl Iterator<Item = f64> {
        self.points.iter().skip(1).map(|point| point.speed)
    }

    /// When the car was at `place`, where it passed it between two frames: part of the time between them.
    pub(super) fn passed(&self, before: &Reading, now: &Reading, place: f64) -> Option<f64> {
        let (from, to) = (before.place?, now.place?);
        let (whole, part) = (way(from, to), (place - from).rem_euclid(1.0));
        if whole <= 0.0 || part > whole || part == 0.0 {
            return None;
        }
        let share = part / whole;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return Some(share) };
        if first.steps != before.steps || last.steps != now.steps || last.way <= 0.0 {
            return Some(share);
        }
        let target = share * last.way;
        let after = self.points.partition_point(|point| point.way < target).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[after - 1], self.points[after]);
        let part = if b.way > a.way { (target - a.way) / (b.way - a.way) } else { 1.0 };
        // The speed changes evenly within a step: v0·t + (v1 - v0)·t²/2 = part·(v0 + v1)/2, solved for t in the form that is exact
        // for equal speeds, too.
        let half = part * (a.speed + b.speed) / 2.0;
        let root = (a.speed * a.speed + 2.0 * (b.speed - a.speed) * half).max(0.0).sqrt();
        let time = if a.speed + root > 0.1 { 2.0 * half / (a.speed + root) } else { part };
        let steps = a.steps + time.clamp(0.0, 1.0) * (b.steps - a.steps);
        Some((steps - first.steps) / (last.steps - first.steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(speeds: &[f64]) -> Path {
        let mut path = Path::default();
        for (steps, speed) in speeds.iter().enumerate() {
            if steps == 0 { path.begin(0.0, *speed) } else { path.note(steps as f64, *speed) }
        }
        path
    }

    fn at(steps: f64, place: f64) -> Reading {
        Reading { steps, place: Some(place), ..Reading::default() }
    }

    #[test]
    fn places_passed_are_timed_between_frames() {
        let even = path(&[50.0; 11]);
        let half_way = even.passed(&at(0.0, 0.99), &at(10.0, 0.01), 0.0).unwrap();
        assert!((half_way - 0.5).abs() < 1e-9, "{half_way}");
        // From a standstill half of the way takes the time's root.
        let starting: Vec<_> = (0..=10).map(f64::from).collect();
        let late = path(&starting).passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
        assert!((late - 0.5f64.sqrt()).abs() < 1e-6, "{late}");
        // Full braking in the middle: half of the way is done after less than half of the time.
        let braking = path(&[60.0, 60.0, 60.0, 60.0, 60.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0]);
        let early = braking.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
        assert!((early - 19.0 / 60.0).abs() < 1e-6, "{early}");
        assert_eq!(even.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.3), None);
        assert_eq!(even.passed(&at(0.0, 0.2), &at(10.0, 0.1), 0.15), None, "backwards");
        assert_eq!(even.passed(&at(0.0, 0.2), &at(10.0, 0.2), 0.2), None, "not again by standing there");
    }

    #[test]
    fn without_steps_in_between_the_way_is_even() {
        for path in [Path::default(), path(&[50.0]), path(&[0.0, 0.0]), path(&[50.0, 50.0, 50.0])] {
            let half_way = path.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
            assert!((half_way - 0.5).abs() < 1e-9, "{path:?}");
        }
    }
}
