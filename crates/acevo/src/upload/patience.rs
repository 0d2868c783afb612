//! For how long a command tries to deliver a recording.

use std::time::{Duration, Instant};

/// Time without progress after which a store that has never answered is given up.
pub(crate) const UNKNOWN: Duration = Duration::from_secs(60);

/// The same for a store that has answered before: it may be restarted, or the network may be away for a while.
pub(crate) const KNOWN: Duration = Duration::from_secs(600);

/// The time between attempts doubles from the first to the second.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(15));

/// The attempts of a recording.
#[derive(Debug)]
pub(crate) struct Patience {
    /// When an attempt has come further than those before, at last.
    progress: Instant,
    /// Bytes that an attempt has reached at most.
    reached: u64,
    wait: Duration,
}

impl Patience {
    pub(crate) fn new(now: Instant) -> Self {
        Self { progress: now, reached: 0, wait: RETRY.0 }
    }

    /// An attempt has failed after this number of bytes of the recording. Returns the time until the next one; `None` if the store is given up.
    ///
    /// Bytes count only if no attempt has come so far: a server that cuts each connection takes some of them each time.
    pub(crate) fn fail(&mut self, reached: u64, is_known: bool, now: Instant) -> Option<Duration> {
        if reached > self.reached {
            *self = Self { progress: now, reached, wait: RETRY.0 };
        }
        let patience = if is_known { KNOWN } else { UNKNOWN };
        if now.saturating_duration_since(self.progress) >= patience {
            return None;
        }
        let wait = self.wait;
        self.wait = (2 * wait).min(RETRY.1);
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds until a recording is given up. Each attempt takes a second and reaches what the function returns.
    fn given_up_after(is_known: bool, reached: impl Fn(u64) -> u64) -> Option<u64> {
        let start = Instant::now();
        let (mut patience, mut now) = (Patience::new(start), start);
        for attempt in 0..1000 {
            now += Duration::from_secs(1);
            match patience.fail(reached(attempt), is_known, now) {
                Some(wait) => now += wait,
                None => return Some((now - start).as_secs()),
            }
        }
        None
    }

    #[test]
    fn fail_ends_soon_if_the_store_has_never_answered_and_later_if_it_has() {
        assert!((60..80).contains(&given_up_after(false, |_| 0).unwrap()));
        assert!((600..620).contains(&given_up_after(true, |_| 0).unwrap()));
        assert!(given_up_after(false, |_| 200_000).unwrap() < 80, "the same bytes again are no progress");
        assert_eq!(given_up_after(false, |attempt| attempt), None, "each attempt comes further");
    }
}
