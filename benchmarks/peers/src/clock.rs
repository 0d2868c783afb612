//! The clock that producer and readers share, also where one of them runs under Wine and the other does not.

use std::time::{Duration, Instant, SystemTime};

/// Nanoseconds of UNIX time.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    // Good for another five centuries.
    since.as_nanos() as u64
}

/// The smallest step of the clock. Wine takes a coarse clock where the kernel has one that it finds good enough; ages of packets
/// mean nothing then.
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
