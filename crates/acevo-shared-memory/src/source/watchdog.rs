//! Looking now and then whether the other side is still there.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Asking the system costs as much as reading a page.
const EVERY: Duration = Duration::from_millis(10);

/// Remembers when it was looked last, and whether the other side has gone.
#[derive(Debug)]
pub(crate) struct Watchdog {
    start: Instant,
    /// Nanoseconds since the start.
    looked: AtomicU64,
    gone: AtomicBool,
}

impl Watchdog {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), looked: AtomicU64::new(0), gone: AtomicBool::new(false) }
    }

    /// True once `is_gone` was seen to say so; it is asked at most every 10 ms.
    pub(crate) fn is_gone(&self, is_gone: impl FnOnce() -> bool) -> bool {
        if self.gone.load(Ordering::Relaxed) {
            return true;
        }
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if now.saturating_sub(self.looked.load(Ordering::Relaxed)) < EVERY.as_nanos() as u64 {
            return false;
        }
        self.looked.store(now, Ordering::Relaxed);
        let gone = is_gone();
        if gone {
            self.gone.store(true, Ordering::Relaxed);
        }
        gone
    }
}
