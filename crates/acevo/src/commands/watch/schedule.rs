//! The times at which lines or objects are printed.

use std::time::{Duration, Instant};

use crate::commands::follow_loop::MAX_WAIT;

/// When the next line is due, and how many are left.
#[derive(Debug)]
pub(super) struct Schedule {
    every: Option<Duration>,
    next: Option<Instant>,
    left: Option<u64>,
}

impl Schedule {
    pub(super) fn new(every: Option<Duration>, count: Option<u64>) -> Self {
        Self { every, next: None, left: count }
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next.is_none_or(|next| now >= next)
    }

    /// Time until the next line is due. A line that is due already waits for its values, whose arrival ends the wait.
    pub(super) fn time_left(&self, now: Instant) -> Duration {
        self.next.and_then(|next| next.checked_duration_since(now)).filter(|left| !left.is_zero()).unwrap_or(MAX_WAIT)
    }

    /// A line was printed. Returns false after the last one.
    pub(super) fn printed(&mut self, now: Instant) -> bool {
        if let Some(every) = self.every {
            // A steady rhythm; missed lines are not caught up.
            self.next = self.next.map(|next| next + every).filter(|next| *next > now).or(Some(now + every));
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.left != Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_is_steady_and_ends_after_count() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut schedule = Schedule::new(Some(Duration::from_millis(100)), Some(3));
        assert!(schedule.is_due(at(0)) && schedule.printed(at(0)));
        assert!(!schedule.is_due(at(99)) && schedule.is_due(at(103)) && schedule.printed(at(103)));
        assert_eq!(schedule.time_left(at(150)), Duration::from_millis(50));
        assert!(schedule.is_due(at(200)), "delays do not add up");
        assert!(!schedule.printed(at(200)));
    }

    #[test]
    fn time_left_is_never_zero() {
        let start = Instant::now();
        let mut schedule = Schedule::new(Some(Duration::from_millis(100)), None);
        assert_eq!(schedule.time_left(start), MAX_WAIT);
        assert!(schedule.printed(start));
        for late in [100, 101, 10_000] {
            let now = start + Duration::from_millis(late);
            assert!(schedule.is_due(now));
            assert_eq!(schedule.time_left(now), MAX_WAIT, "nothing to print after {late} ms");
        }
    }

    #[test]
    fn schedule_does_not_catch_up_after_a_long_stop() {
        let start = Instant::now();
        let mut schedule = Schedule::new(Some(Duration::from_millis(100)), None);
        assert!(schedule.printed(start));
        let woken = start + Duration::from_secs(3600);
        assert!(schedule.is_due(woken) && schedule.printed(woken));
        assert!(!schedule.is_due(woken + Duration::from_millis(99)));
    }
}
