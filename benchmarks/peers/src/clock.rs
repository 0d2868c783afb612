//! The clock of producer and readers, inside and outside of Wine.

use std::time::{Duration, Instant, SystemTime};

/// Nanoseconds of UNIX time.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // Overflows in more than five centuries.
    since.as_nanos() as u64
}

/// The resolution of the clock. On some kernels Wine uses a coarse clock; then ages of packets are meaningless.
pub fn step() -> Duration {
    let start = Instant::now();
    let mut smallest = u64::MAX;
    let mut last = now();
    while start.elapsed() < Duration::from_millis(50) {
        let next = now();
        if next > last {
            smallest = smallest.min(next - last);
        }
        last = next;
    }
    Duration::from_nanos(smallest)
}
