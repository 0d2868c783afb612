//! When to try to reach a broker or a server again.

use std::time::{Duration, Instant};

use crate::id::Uuid;

/// The time between attempts doubles from the first to the second. Permanent errors begin with the second.
const RETRY: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// A connection that has lasted for this time was a good one: attempts begin at the shortest time again.
const STABLE_AFTER: Duration = Duration::from_secs(30);

/// The time of the next attempt.
#[derive(Debug)]
pub(crate) struct Retry {
    at: Option<Instant>,
    after: Duration,
    /// A factor of the time, so that many clients that lose the same broker do not all come back at the same instant.
    jitter: f64,
}

impl Retry {
    /// The first attempt is due at once. `id` is another one for each client.
    pub(crate) fn new(id: Uuid) -> Self {
        let jitter = 1.0 + f64::from(crc32fast::hash(id.to_string().as_bytes()) % 256) / 512.0;
        Self { at: None, after: RETRY.0, jitter }
    }

    pub(crate) fn is_due(&self, now: Instant) -> bool {
        self.at.is_none_or(|at| at <= now)
    }

    /// Notes that an attempt or a connection has failed. `connected` is when the other side had accepted it, if it had.
    pub(crate) fn fail(&mut self, is_permanent: bool, connected: Option<Instant>, now: Instant) {
        if connected.is_some_and(|since| now.saturating_duration_since(since) >= STABLE_AFTER) {
            self.after = RETRY.0;
        }
        if is_permanent {
            self.after = RETRY.1;
        }
        self.at = Some(now + self.after.mul_f64(self.jitter));
        self.after = (2 * self.after).min(RETRY.1);
    }

    /// The next attempt comes after this time at the earliest.
    pub(crate) fn wait_for(&mut self, minimum: Duration, now: Instant) {
        self.at = self.at.max(Some(now + minimum));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_waits_longer_each_time_and_a_short_time_after_a_good_connection() {
        let mut retry = Retry::new(Uuid::random().unwrap());
        let now = Instant::now();
        let mut wait = |is_permanent, connected| {
            retry.fail(is_permanent, connected, now);
            let is_due = |ms: u64| retry.is_due(now + Duration::from_millis(ms));
            (1..=100_000).find(|ms| is_due(*ms)).unwrap()
        };
        let waits: Vec<u64> = (0..10).map(|_| wait(false, None)).collect();
        assert!(
            waits.is_sorted() && (500..=750).contains(&waits[0]) && (30_000..=45_000).contains(&waits[9]),
            "{waits:?}"
        );
        assert!(wait(false, now.checked_sub(Duration::from_secs(1))) > 20_000);
        assert!(wait(false, now.checked_sub(STABLE_AFTER)) < 1_000);
        assert!(wait(true, None) > 20_000);
        retry.wait_for(Duration::from_secs(100), now);
        assert!(!retry.is_due(now + Duration::from_secs(99)) && retry.is_due(now + Duration::from_secs(100)));
    }
}
