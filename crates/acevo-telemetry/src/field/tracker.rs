//! Follows one car along the outline of the track.

use super::passes::{Pass, Passes};

/// Maximum speed of a car, m/s.
const MAX_SPEED_M_S: f64 = 120.0;

/// Distance by which positions of other cars jump for single frames, especially online, metres.
const JITTER_M: f64 = 25.0;

/// Maximum time without a position after which a car is still followed, seconds.
const MAX_UNSEEN_S: f64 = 5.0;

/// The car crossed the line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LineCrossing {
    /// Laps since the first crossing of the line, including the lap that ends here.
    pub(super) laps: i64,
    /// Time, seconds.
    pub(super) at_s: f64,
    /// When the lap began, if the car was seen without a jump since then.
    pub(super) began_s: Option<f64>,
}

/// The way of one car along the track.
#[derive(Debug, Clone, Default)]
pub(super) struct Tracker {
    passes: Passes,
    /// The newest position and its time, which may be before the newest pass.
    last: Option<Pass>,
    /// The last line that was crossed and when; `None` after a jump.
    line: Option<(i64, f64)>,
}

impl Tracker {
    /// Begins at a position, with a known number of laps.
    pub(super) fn begin(&mut self, at: Pass) {
        self.passes.clear();
        self.passes.note(at);
        (self.last, self.line) = (Some(at), None);
    }

    /// Ends following, as at the end of a session.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes where the car was, without following it from there.
    pub(super) fn note_point(&mut self, at: Pass) {
        self.passes.note(at);
    }

    /// True if the car has a position.
    pub(super) const fn is_known(&self) -> bool {
        self.last.is_some()
    }

    /// Takes a lap position (0..1) at a time in seconds. Returns the crossing of the line since the position before.
    pub(super) fn advance(&mut self, lap_position: f64, at_s: f64, lap_m: f64) -> Option<LineCrossing> {
        let last = self.last?;
        let passed_s = at_s - last.at_s;
        if passed_s <= 0.0 {
            return None;
        }
        let step = (lap_position - last.progress + 0.5).rem_euclid(1.0) - 0.5;
        let possible = (MAX_SPEED_M_S * passed_s + JITTER_M) / lap_m;
        if passed_s > MAX_UNSEEN_S || step.abs() > possible {
            // The car was moved, as to its box: the lap does not count.
            self.begin(Pass { progress: last.progress.floor() + lap_position, at_s });
            return None;
        }
        let now = Pass { progress: last.progress + step, at_s };
        let crossing = self.crossing(last, now);
        self.passes.note(now);
        self.last = Some(now);
        crossing
    }

    fn crossing(&mut self, before: Pass, now: Pass) -> Option<LineCrossing> {
        let line = now.progress.floor();
        // A car that rolls back over the line and crosses it again crosses it once.
        let is_first = self.line.is_none_or(|(last, _)| line as i64 > last);
        if !(before.progress < line && is_first) {
            return None;
        }
        let part = (line - before.progress) / (now.progress - before.progress);
        let at_s = before.at_s + part * (now.at_s - before.at_s);
        let began_s = self.line.filter(|(last, _)| line as i64 == last + 1).map(|(_, at_s)| at_s);
        self.line = Some((line as i64, at_s));
        Some(LineCrossing { laps: line as i64, at_s, began_s })
    }

    /// When the running lap began, seconds, if the car was seen without a jump since then.
    pub(super) fn lap_began_s(&self) -> Option<f64> {
        self.line.map(|(_, at_s)| at_s)
    }

    /// Laps since the first crossing of the line, with the lap position as fraction.
    pub(super) fn progress(&self) -> Option<f64> {
        self.last.map(|last| last.progress)
    }

    /// When the car passed each point.
    pub(super) const fn passes(&self) -> &Passes {
        &self.passes
    }

    /// Adds whole laps: the number of the car's laps became known.
    pub(super) fn shift(&mut self, laps: i64) {
        self.passes.shift(laps as f64);
        self.last.iter_mut().for_each(|last| last.progress += laps as f64);
        self.line.iter_mut().for_each(|(line, _)| *line += laps);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drives a track of 4000 m at a steady 50 m/s and 60 frames per second from a progress to another. Returns the crossings.
    fn drive(tracker: &mut Tracker, from: f64, to: f64, start_s: f64) -> Vec<LineCrossing> {
        let frames = ((to - from) * 4000.0 / 50.0 * 60.0) as u32;
        (1..=frames)
            .filter_map(|frame| {
                let seconds = f64::from(frame) / 60.0;
                tracker.advance((from + seconds * 50.0 / 4000.0).rem_euclid(1.0), start_s + seconds, 4000.0)
            })
            .collect()
    }

    #[test]
    fn advance_times_laps_from_line_to_line() {
        let mut tracker = Tracker::default();
        tracker.begin(Pass { progress: -0.1, at_s: 0.0 });
        let crossings = drive(&mut tracker, -0.1, 2.5, 0.0);
        assert_eq!(crossings.iter().map(|crossing| crossing.laps).collect::<Vec<_>>(), [0, 1, 2]);
        assert!((crossings[0].at_s - 8.0).abs() < 1e-6 && crossings[0].began_s.is_none());
        assert!(crossings[1..].iter().all(|lap| (lap.at_s - lap.began_s.unwrap() - 80.0).abs() < 1e-6));
    }

    #[test]
    fn advance_counts_a_line_once_if_the_car_rolls_back() {
        let mut tracker = Tracker::default();
        tracker.begin(Pass { progress: 0.99, at_s: 0.0 });
        let positions = [0.999, 0.001, 0.999, 0.9985, 0.0005, 0.002];
        let seen = positions.iter().enumerate();
        let crossings: Vec<_> = seen.filter_map(|(i, at)| tracker.advance(*at, (i + 1) as f64, 4000.0)).collect();
        assert_eq!(crossings.len(), 1);
        assert_eq!(crossings[0].laps, 1);
    }

    #[test]
    fn advance_does_not_time_a_lap_with_a_jump() {
        let mut tracker = Tracker::default();
        tracker.begin(Pass { progress: 0.5, at_s: 0.0 });
        drive(&mut tracker, 0.5, 1.5, 0.0);
        // Moved to the box before the line.
        assert_eq!(tracker.advance(0.97, 81.0, 4000.0), None);
        let crossings = drive(&mut tracker, 1.97, 3.2, 81.0);
        assert_eq!(crossings.iter().map(|crossing| crossing.laps).collect::<Vec<_>>(), [2, 3]);
        assert!(crossings[0].began_s.is_none() && crossings[1].began_s.is_some());
    }
}
