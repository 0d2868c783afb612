//! When a car passed each point of the track.

use std::collections::VecDeque;

/// Minimum time between two points, seconds. A car that brakes hard differs from steady speed by a few millimetres in this time.
const SPACING_S: f64 = 0.1;

/// Time that is kept, seconds. Cars that are further apart are laps apart.
const KEPT_S: f64 = 420.0;

/// Maximum number of points that are kept.
const MAX_POINTS: usize = (KEPT_S / SPACING_S) as usize + 1;

/// A car passed `progress` at `at_s`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Pass {
    /// Laps since the first crossing of the line, with the lap position as fraction.
    pub(super) progress: f64,
    /// Time, seconds.
    pub(super) at_s: f64,
}

impl Pass {
    fn towards(self, other: Self, part: f64) -> Self {
        Self {
            progress: self.progress + (other.progress - self.progress) * part,
            at_s: self.at_s + (other.at_s - self.at_s) * part,
        }
    }
}

/// The passes of the last minutes. Neither progress nor time ever goes back.
#[derive(Debug, Clone, Default)]
pub(super) struct Passes {
    points: VecDeque<Pass>,
    newest: Option<Pass>,
}

impl Passes {
    /// Adds a pass. One that goes back is ignored, except that a standing car gets older.
    pub(super) fn note(&mut self, pass: Pass) {
        let Some(newest) = self.newest else { return self.newest = Some(pass) };
        if pass.at_s <= newest.at_s || !pass.progress.is_finite() {
            return;
        }
        if pass.progress <= newest.progress {
            // The car stands, or rolls back: it leaves this point later.
            self.newest = Some(Pass { at_s: pass.at_s, ..newest });
            return;
        }
        let is_new = self.points.back().is_none_or(|last| newest.at_s - last.at_s >= SPACING_S);
        let has_stood = self.points.back().is_some_and(|last| last.progress >= newest.progress);
        if is_new || has_stood {
            self.points.push_back(newest);
            let oldest_s = newest.at_s - KEPT_S;
            while self.points.len() > MAX_POINTS || self.points.front().is_some_and(|first| first.at_s < oldest_s) {
                self.points.pop_front();
            }
        }
        self.newest = Some(pass);
    }

    /// The oldest pass that is kept.
    pub(super) fn first(&self) -> Option<Pass> {
        self.points.front().copied().or(self.newest)
    }

    /// The newest pass.
    pub(super) const fn newest(&self) -> Option<Pass> {
        self.newest
    }

    /// When the car passed this point; `None` before it does, and if that is too long ago.
    pub(super) fn time_at(&self, progress: f64) -> Option<f64> {
        let index = self.points.partition_point(|pass| pass.progress <= progress);
        self.around(index, |pass| pass.progress, progress).map(|pass| pass.at_s)
    }

    /// Where the car was at this time; `None` for the future, and if that is too long ago.
    pub(super) fn progress_at(&self, at_s: f64) -> Option<f64> {
        let index = self.points.partition_point(|pass| pass.at_s <= at_s);
        self.around(index, |pass| pass.at_s, at_s).map(|pass| pass.progress)
    }

    /// The pass at a value between the points before and at this index.
    fn around(&self, index: usize, of: fn(&Pass) -> f64, value: f64) -> Option<Pass> {
        let newest = self.newest?;
        let after = self.points.get(index).copied().unwrap_or(newest);
        let before = match index.checked_sub(1) {
            Some(before) => *self.points.get(before)?,
            None => after,
        };
        if value > of(&after) || value < of(&before) {
            return None;
        }
        let length = of(&after) - of(&before);
        let part = if length > 0.0 { (value - of(&before)) / length } else { 0.0 };
        Some(before.towards(after, part))
    }

    /// Adds whole laps to all points: the number of the car's laps became known later.
    pub(super) fn shift(&mut self, laps: f64) {
        self.points.iter_mut().chain(&mut self.newest).for_each(|pass| pass.progress += laps);
    }

    /// Drops all passes.
    pub(super) fn clear(&mut self) {
        self.points.clear();
        self.newest = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn passes(all: impl IntoIterator<Item = (f64, f64)>) -> Passes {
        let mut passes = Passes::default();
        for (progress, at_s) in all {
            passes.note(Pass { progress, at_s });
        }
        passes
    }

    #[test]
    fn time_at_interpolates_between_points() {
        // 60 frames per second, 90 s per lap.
        let passes = passes((0..=6000).map(|frame| (f64::from(frame) / 5400.0, f64::from(frame) / 60.0)));
        for progress in [0.0, 0.0001, 0.31, 1.0, 1.1] {
            assert!((passes.time_at(progress).unwrap() - progress * 90.0).abs() < 1e-6, "{progress}");
            assert!((passes.progress_at(progress * 90.0).unwrap() - progress).abs() < 1e-9);
        }
        assert_eq!((passes.time_at(-0.1), passes.time_at(1.2), passes.progress_at(101.0)), (None, None, None));
    }

    #[test]
    fn time_at_follows_a_car_that_brakes_to_a_stop_and_leaves() {
        // Stands from 5 s to 25 s at 0.5.
        let progress = |at: f64| match at {
            at if at < 5.0 => 0.5 - (5.0 - at).powi(2) / 100.0,
            at if at < 25.0 => 0.5,
            at => 0.5 + (at - 25.0).powi(2) / 100.0,
        };
        let passes = passes((0..=1800).map(|frame| f64::from(frame) / 60.0).map(|at| (progress(at), at)));
        assert!((passes.time_at(0.49).unwrap() - 4.0).abs() < 0.02, "{:?}", passes.time_at(0.49));
        assert!((passes.time_at(0.51).unwrap() - 26.0).abs() < 0.02, "{:?}", passes.time_at(0.51));
        assert!((passes.progress_at(15.0).unwrap() - 0.5).abs() < 1e-4);
    }

    #[test]
    fn note_keeps_a_limited_time() {
        let passes = passes((0..100_000).map(|frame| (f64::from(frame) / 5400.0, f64::from(frame) / 60.0)));
        assert!(passes.points.len() <= MAX_POINTS);
        assert!(passes.time_at(17.0).is_some() && passes.time_at(1.0).is_none());
    }

    proptest! {
        #[test]
        fn times_never_go_back_for_any_passes(
            all in prop::collection::vec((-2.0..5.0f64, 0.0..1000.0f64), 0..100),
            at in -3.0..6.0f64,
        ) {
            let passes = passes(all);
            prop_assert!(passes.points.iter().zip(passes.points.iter().skip(1)).all(|(a, b)| a.at_s <= b.at_s && a.progress <= b.progress));
            let (a, b) = (passes.time_at(at), passes.time_at(at + 0.1));
            if let Some((a, b)) = a.zip(b) {
                prop_assert!(a <= b);
            }
        }
    }
}
