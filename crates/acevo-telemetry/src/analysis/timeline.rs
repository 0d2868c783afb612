//! Maps driving time to the clock that frames are fed with.

use std::collections::VecDeque;
use std::time::Duration;

/// Driving time that is kept, seconds. The time of a lap is confirmed at most 15 s after the line.
const KEPT_S: f64 = 30.0;

/// Minimum driving time between two points, seconds.
const SPACING_S: f64 = 0.01;

/// Minimum time by which the clock advances more than driving time in a pause, seconds.
const PAUSE_S: f64 = 0.05;

/// Driving time, seconds, and the time on the clock at which it was reached first.
type Point = (f64, Duration);

/// The clock at recent driving times. In a pause the clock advances and driving time does not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timeline {
    /// Both numbers increase.
    points: VecDeque<Point>,
    /// The newest driving time, which may be later than the newest point.
    now: Point,
}

impl Timeline {
    /// Takes a driving time that is not earlier than the one before.
    pub(crate) fn note(&mut self, driven_s: f64, at: Duration) {
        let (before_s, before) = self.now;
        if self.points.is_empty() {
            self.now = (driven_s, at);
            return self.points.push_back(self.now);
        }
        if driven_s <= before_s {
            return;
        }
        let newest_s = self.points.back().map_or(0.0, |(point_s, _)| *point_s);
        let has_paused = at.saturating_sub(before).as_secs_f64() - (driven_s - before_s) > PAUSE_S;
        if has_paused && before_s > newest_s {
            self.points.push_back(self.now);
        }
        self.now = (driven_s, at);
        if has_paused || driven_s >= newest_s + SPACING_S {
            self.points.push_back(self.now);
            let oldest_s = driven_s - KEPT_S;
            while self.points.front().is_some_and(|(point_s, _)| *point_s < oldest_s) {
                self.points.pop_front();
            }
        }
    }

    /// The time on the clock at a driving time. Before the oldest point that is kept, pauses are unknown.
    pub(crate) fn time_of(&self, driven_s: f64) -> Duration {
        let index = self.points.partition_point(|(point_s, _)| *point_s < driven_s);
        let (next_s, next) = self.points.get(index).copied().unwrap_or(self.now);
        let since = Duration::try_from_secs_f64(next_s - driven_s).unwrap_or_default();
        let earliest =
            index.checked_sub(1).and_then(|index| self.points.get(index)).map_or(Duration::ZERO, |(_, at)| *at);
        next.saturating_sub(since).max(earliest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Drives for ten seconds, with a pause of an hour after the fifth.
    fn timeline() -> Timeline {
        let mut timeline = Timeline::default();
        for step in 0..=5000 {
            timeline.note(f64::from(step) / 1000.0, ms(step as u64 + 100));
        }
        for second in 0..3600 {
            timeline.note(5.0, ms(5100 + 1000 * second));
        }
        for step in 5001..=10_000 {
            timeline.note(f64::from(step) / 1000.0, ms(step as u64 + 3_600_100));
        }
        timeline
    }

    #[test]
    fn time_of_is_exact_before_and_after_a_pause() {
        let timeline = timeline();
        for (driven_s, at_ms) in
            [(0.0, 100), (1.2345, 1334), (4.999, 5099), (5.0, 5100), (5.0015, 3_605_101), (9.5, 3_609_600)]
        {
            let time = timeline.time_of(driven_s);
            assert!(time.abs_diff(ms(at_ms)) <= ms(1), "{driven_s}: {time:?}");
        }
        assert_eq!(timeline.time_of(11.0), ms(3_610_100), "no time is later than the newest one");
    }

    #[test]
    fn note_keeps_half_a_minute() {
        let mut timeline = Timeline::default();
        for step in 0..100_000 {
            timeline.note(f64::from(step) / 333.0, ms(3 * step as u64));
        }
        assert!(timeline.points.len() <= 3100, "{}", timeline.points.len());
        let (at, expected) = (timeline.time_of(100.0), ms(99_900));
        assert!(at.abs_diff(expected) < ms(300), "{at:?}");
        assert_eq!(Timeline::default().time_of(f64::NAN), Duration::ZERO);
    }
}
