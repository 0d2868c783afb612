//! Packets per second, of late.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time over which a rate is measured.
const WINDOW: Duration = Duration::from_secs(1);

/// A rate over less than this says nothing.
const SHORTEST: Duration = Duration::from_millis(200);

/// Marks kept of the window; the rate is measured between the oldest and now.
const STEP: Duration = Duration::from_millis(50);

/// The rate of something that is counted, over the last second.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// let start = Instant::now();
/// let mut rate = acevo_telemetry::PacketRate::default();
/// for packet in 0..1000 {
///     rate.note(packet, start + Duration::from_millis(packet * 3));
/// }
/// let now = start + Duration::from_millis(2997);
/// assert_eq!(rate.per_second(now).map(f64::round), Some(333.0));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PacketRate {
    /// How many there were at some instants of the last second.
    marks: VecDeque<(Instant, u64)>,
    total: u64,
}

impl PacketRate {
    /// Takes note of how many there are by now.
    pub fn note(&mut self, total: u64, now: Instant) {
        let age = |instant: Instant| now.saturating_duration_since(instant);
        self.total = total;
        // Nobody has looked for a while: that is no rate of the last second.
        if self.marks.back().is_some_and(|(last, _)| age(*last) > WINDOW) {
            self.marks.clear();
        }
        while self.marks.len() > 1 && self.marks.get(1).is_some_and(|(second, _)| age(*second) >= WINDOW) {
            self.marks.pop_front();
        }
        if self.marks.back().is_none_or(|(last, _)| age(*last) >= STEP) {
            self.marks.push_back((now, total));
        }
    }

    /// How many per second; `None` before anything can be said.
    pub fn per_second(&self, now: Instant) -> Option<f64> {
        let (start, before) = self.marks.front()?;
        let time = now.saturating_duration_since(*start);
        (time >= SHORTEST).then(|| self.total.saturating_sub(*before) as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_second() {
        let start = Instant::now();
        let mut rate = PacketRate::default();
        let at = |ms| start + Duration::from_millis(ms);
        for ms in 0..5000 {
            rate.note(ms / 3, at(ms));
        }
        assert!((rate.per_second(at(4999)).unwrap() - 333.3).abs() < 5.0, "{:?}", rate.per_second(at(4999)));
        for ms in 5000..6100 {
            rate.note(1666, at(ms));
        }
        assert_eq!(rate.per_second(at(6100)), Some(0.0));
        assert_eq!(PacketRate::default().per_second(start), None);
    }
}
