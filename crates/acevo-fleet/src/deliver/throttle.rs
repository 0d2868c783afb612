//! Limits the rate of bytes.

use std::time::Duration;

/// Limits the rate of bytes. Has no clock of its own: the caller passes the time.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_fleet::Throttle;
///
/// let mut throttle = Throttle::new(Some(1000));
/// let now = Duration::from_secs(7);
/// assert_eq!(throttle.take(500, now), Duration::ZERO);
/// // The first 500 bytes take half a second.
/// assert_eq!(throttle.take(500, now), Duration::from_millis(500));
/// ```
#[derive(Debug, Clone)]
pub struct Throttle {
    bytes_per_s: Option<u64>,
    /// When the bytes that were taken are sent, at this rate.
    free_at: Duration,
}

impl Throttle {
    /// At most this number of bytes per second; `None` for no limit.
    pub const fn new(bytes_per_s: Option<u64>) -> Self {
        Self { bytes_per_s, free_at: Duration::ZERO }
    }

    /// Time to wait before these bytes are sent. Time in which nothing was sent is not made up for.
    pub fn take(&mut self, bytes: usize, now: Duration) -> Duration {
        let Some(rate) = self.bytes_per_s else { return Duration::ZERO };
        let start = self.free_at.max(now);
        self.free_at = start.saturating_add(Duration::from_secs_f64(bytes as f64 / rate.max(1) as f64));
        start - now
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn take_never_exceeds_the_rate_over_any_time(
            rate in 1_000_u64..10_000_000,
            blocks in prop::collection::vec((1_usize..70_000, 0_u64..50), 1..200),
        ) {
            let mut throttle = Throttle::new(Some(rate));
            let (mut now, mut sent) = (Duration::from_secs(100), Vec::new());
            for (bytes, pause_ms) in blocks {
                // The caller is busy with something else, and then waits as it is asked to.
                now += Duration::from_millis(pause_ms);
                now += throttle.take(bytes, now);
                sent.push((now, bytes));
            }
            for first in 0..sent.len() {
                let mut total = 0.0;
                for (at, bytes) in &sent[first..] {
                    // What was sent before this block fits into the time since the first one.
                    let allowed = (*at - sent[first].0).as_secs_f64() * rate as f64;
                    prop_assert!(total <= allowed * (1.0 + 1e-6) + 1.0, "{} of {}", total, allowed);
                    total += *bytes as f64;
                }
            }
        }
    }

    #[test]
    fn take_uses_the_whole_rate_and_no_limit_never_waits() {
        let (mut throttle, mut now) = (Throttle::new(Some(1_000_000)), Duration::from_secs(5));
        for _ in 0..100 {
            now += throttle.take(50_000, now);
        }
        assert_eq!(now, Duration::from_secs(5) + Duration::from_millis(99 * 50));
        assert_eq!(Throttle::new(None).take(usize::MAX, Duration::ZERO), Duration::ZERO);
    }
}
