//! The path from one frame to the next, physics step by physics step: when a lap position between them was passed.

use super::reading::{Reading, signed_lap_distance};

/// Maximum number of physics steps on a path. Frames that are further apart are not used for timing.
const MAX_POINTS: usize = 200;

/// A physics step on the path.
#[derive(Debug, Clone, Copy)]
struct Point {
    steps: f64,
    /// Speed, m/s.
    speed: f64,
    /// Distance since the beginning of the path, in m/s times physics steps.
    distance: f64,
}

/// The path since the last frame.
#[derive(Debug, Clone, Default)]
pub(super) struct Path {
    points: Vec<Point>,
    is_complete: bool,
}

impl Path {
    fn begin(&mut self, steps: f64, speed: f64) {
        self.is_complete = false;
        self.points.clear();
        self.points.push(Point { steps, speed, distance: 0.0 });
    }

    /// A frame ends the path: the next step begins another one.
    pub(super) fn end(&mut self) {
        self.is_complete = true;
    }

    /// Length of the path, in m/s times physics steps.
    pub(super) fn length(&self) -> f64 {
        self.points.last().map_or(0.0, |last| last.distance)
    }

    /// Takes a physics step.
    pub(super) fn note(&mut self, steps: f64, speed: f64) {
        match self.points.last().copied() {
            None => return self.begin(steps, speed),
            Some(last) if self.is_complete => self.begin(last.steps, last.speed),
            Some(_) => {}
        }
        let Some(last) = self.points.last().copied().filter(|last| steps > last.steps) else { return };
        let distance = last.distance + (steps - last.steps) * (last.speed + speed) / 2.0;
        if self.points.len() < MAX_POINTS {
            self.points.push(Point { steps, speed, distance });
        }
    }

    /// The speeds since the last frame, m/s.
    pub(super) fn speeds(&self) -> impl Iterator<Item = f64> {
        self.points.iter().skip(1).map(|point| point.speed)
    }

    /// When the car passed a lap position between two frames, as a part of the time between them; `None` if it did not pass it.
    pub(super) fn passed(&self, before: &Reading, now: &Reading, lap_position: f64) -> Option<f64> {
        let (from, to) = (before.lap_position?, now.lap_position?);
        let (whole, part) = (signed_lap_distance(from, to), (lap_position - from).rem_euclid(1.0));
        if whole <= 0.0 || part > whole || part == 0.0 {
            return None;
        }
        let share = part / whole;
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else { return Some(share) };
        if first.steps != before.steps || last.steps != now.steps || last.distance <= 0.0 {
            return Some(share);
        }
        let target = share * last.distance;
        let after = self.points.partition_point(|point| point.distance < target).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[after - 1], self.points[after]);
        let part = if b.distance > a.distance { (target - a.distance) / (b.distance - a.distance) } else { 1.0 };
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

    fn at(steps: f64, lap_position: f64) -> Reading {
        Reading { steps, lap_position: Some(lap_position), ..Reading::default() }
    }

    #[test]
    fn passed_is_timed_between_frames() {
        let even = path(&[50.0; 11]);
        let halfway = even.passed(&at(0.0, 0.99), &at(10.0, 0.01), 0.0).unwrap();
        assert!((halfway - 0.5).abs() < 1e-9, "{halfway}");
        // From a standstill, half of the distance takes the square root of half of the time.
        let starting: Vec<_> = (0..=10).map(f64::from).collect();
        let late = path(&starting).passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
        assert!((late - 0.5f64.sqrt()).abs() < 1e-6, "{late}");
        // Hard braking in the middle: half of the distance is covered in less than half of the time.
        let braking = path(&[60.0, 60.0, 60.0, 60.0, 60.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0]);
        let early = braking.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
        assert!((early - 19.0 / 60.0).abs() < 1e-6, "{early}");
        assert_eq!(even.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.3), None);
        assert_eq!(even.passed(&at(0.0, 0.2), &at(10.0, 0.1), 0.15), None, "backwards");
        assert_eq!(even.passed(&at(0.0, 0.2), &at(10.0, 0.2), 0.2), None, "a car that stands passes nothing");
    }

    #[test]
    fn passed_is_linear_without_steps_between_frames() {
        for path in [Path::default(), path(&[50.0]), path(&[0.0, 0.0]), path(&[50.0, 50.0, 50.0])] {
            let halfway = path.passed(&at(0.0, 0.1), &at(10.0, 0.2), 0.15).unwrap();
            assert!((halfway - 0.5).abs() < 1e-9, "{path:?}");
        }
    }
}
