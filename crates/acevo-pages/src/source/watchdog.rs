//! A rate-limited check whether the game still runs.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Minimum time between two checks. A check costs as much as reading a page.
const CHECK_INTERVAL: Duration = Duration::from_millis(10);

/// Remembers the time of the last check, and whether the game has ended.
#[derive(Debug)]
pub(crate) struct Watchdog {
    start: Instant,
    /// Time of the last check, in nanoseconds since `start`.
    checked: AtomicU64,
    gone: AtomicBool,
}

impl Watchdog {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), checked: AtomicU64::new(0), gone: AtomicBool::new(false) }
    }

    /// Returns true once `is_gone` has returned true. It is called at most every 10 ms.
    pub(crate) fn is_gone(&self, is_gone: impl FnOnce() -> bool) -> bool {
        if self.gone.load(Ordering::Relaxed) {
            return true;
        }
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if now.saturating_sub(self.checked.load(Ordering::Relaxed)) < CHECK_INTERVAL.as_nanos() as u64 {
            return false;
        }
        self.checked.store(now, Ordering::Relaxed);
        let gone = is_gone();
        if gone {
            self.gone.store(true, Ordering::Relaxed);
        }
        gone
    }
}
