//! Waiting for conditions, with one limit for all tests.

use std::thread;
use std::time::{Duration, Instant};

/// Time after which a test that waits for something fails. Long enough for a busy machine under Wine.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// Waits until a condition is true.
///
/// # Panics
/// If it is still false after [`PATIENCE`].
#[track_caller]
pub fn until(mut is_true: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_true() {
        assert!(start.elapsed() < PATIENCE, "the condition is still false after {PATIENCE:?}");
        thread::sleep(Duration::from_millis(5));
    }
}
