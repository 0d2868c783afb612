//! Packets per second over the last second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Time over which a rate is measured.
const WINDOW: Duration = Duration::from_secs(1);

/// Minimum time over which a rate is measured.
const MIN_TIME: Duration = Duration::from_millis(200);

/// Time between two marks of the window. The rate is measured from the oldest mark to now.
const MARK_INTERVAL: Duration = Duration::from_millis(50);

/// The rate of a counter over the last second.
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
    /// The counter at some instants of the last second.
    marks: VecDeque<(Instant, u64)>,
    total: u64,
}

impl PacketRate {
    /// Takes the counter at this instant.
    pub fn note(&mut self, total: u64, now: Instant) {
        let age = |instant: Instant| now.saturating_duration_since(instant);
        self.total = total;
        // The last mark is older than the window.
        if self.marks.back().is_some_and(|(last, _)| age(*last) > WINDOW) {
            self.marks.clear();
        }
        while self.marks.len() > 1 && self.marks.get(1).is_some_and(|(second, _)| age(*second) >= WINDOW) {
            self.marks.pop_front();
        }
        if self.marks.back().is_none_or(|(last, _)| age(*last) >= MARK_INTERVAL) {
            self.marks.push_back((now, total));
        }
    }

    /// The rate per second; `None` until enough time has passed.
    pub fn per_second(&self, now: Instant) -> Option<f64> {
        let (start, before) = self.marks.front()?;
        let time = now.saturating_duration_since(*start);
        (time >= MIN_TIME).then(|| self.total.saturating_sub(*before) as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_second_is_the_rate_of_the_last_second() {
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
