//! Counting the packets of a page by its counter.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time over which a rate is measured.
const WINDOW: Duration = Duration::from_secs(1);

/// A rate over less than this says nothing.
const SHORTEST: Duration = Duration::from_millis(200);

/// Marks kept of the window; the rate is measured between the oldest and now.
const STEP: Duration = Duration::from_millis(50);

/// A larger step of a counter is another game or session, not packets that were missed.
const LARGEST_GAP: i32 = 100_000;

/// Counts distinct packets, those in between that were never seen, and the rate at which they come.
#[derive(Debug, Clone, Default)]
pub(crate) struct PacketCounter {
    last: Option<i32>,
    seen: u64,
    missed: u64,
    /// Packets the counter has told of, seen or not, at some instants of the last second.
    marks: VecDeque<(Instant, u64)>,
}

impl PacketCounter {
    /// Takes note of the counter as it is now, and tells whether it is a new packet.
    pub(crate) fn note(&mut self, id: i32, now: Instant) -> bool {
        let gap = match self.last {
            None => 1,
            Some(last) if last == id => 0,
            Some(last) => Some(id.wrapping_sub(last)).filter(|gap| (1..LARGEST_GAP).contains(gap)).unwrap_or(1),
        };
        self.last = Some(id);
        if gap > 0 {
            self.seen += 1;
            self.missed += u64::from(gap.unsigned_abs()) - 1;
        }
        self.mark(now);
        gap > 0
    }

    /// Packets per second, over the last second; `None` before anything can be said.
    pub(crate) fn rate(&self, now: Instant) -> Option<f64> {
        let (start, before) = self.marks.front()?;
        let time = now.saturating_duration_since(*start);
        (time >= SHORTEST).then(|| (self.total() - before) as f64 / time.as_secs_f64())
    }

    /// Packets that came and went between two looks.
    pub(crate) fn missed(&self) -> u64 {
        self.missed
    }

    fn total(&self) -> u64 {
        self.seen + self.missed
    }

    fn mark(&mut self, now: Instant) {
        let age = |instant: Instant| now.saturating_duration_since(instant);
        while self.marks.len() > 1 && self.marks.get(1).is_some_and(|(second, _)| age(*second) >= WINDOW) {
            self.marks.pop_front();
        }
        if self.marks.back().is_none_or(|(last, _)| age(*last) >= STEP) {
            self.marks.push_back((now, self.total()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_missed_packets_and_steps_back_are_not() {
        let now = Instant::now();
        let mut counter = PacketCounter::default();
        let news = [5, 5, 6, 9, 2, 3, i32::MAX, i32::MIN].map(|id| counter.note(id, now));
        assert_eq!(news, [true, false, true, true, true, true, true, true]);
        assert_eq!((counter.seen, counter.missed()), (7, 2));
    }

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let start = Instant::now();
        let mut counter = PacketCounter::default();
        let at = |ms| start + Duration::from_millis(ms);
        for ms in 0..5000 {
            counter.note((ms / 3) as i32, at(ms));
        }
        assert!((counter.rate(at(4999)).unwrap() - 333.3).abs() < 5.0, "{:?}", counter.rate(at(4999)));
        for ms in 5000..6100 {
            counter.note(1666, at(ms));
        }
        assert_eq!(counter.rate(at(6100)), Some(0.0));
        assert_eq!(PacketCounter::default().rate(start), None);
    }
}
