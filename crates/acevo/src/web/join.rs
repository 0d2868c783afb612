//! Waiting for the end of a thread, with a limit.

use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};

/// Time between two checks whether the thread has ended.
const CHECK_EVERY: Duration = Duration::from_millis(5);

/// Waits for the end of the thread that reads telemetry, and returns its result.
///
/// # Errors
/// If it has failed, or has not ended in time. Then it hangs, for example in the file system of the pages, and the program has to end
/// without it.
pub(super) fn join_within<T>(reader: JoinHandle<T>, timeout: Duration) -> anyhow::Result<T> {
    let end = Instant::now() + timeout;
    while !reader.is_finished() {
        if Instant::now() >= end {
            bail!(
                "the thread that reads the telemetry has not ended within {} s and is abandoned: reading the pages or a file hangs",
                timeout.as_secs()
            );
        }
        thread::sleep(CHECK_EVERY);
    }
    reader.join().map_err(|_| anyhow!("the thread that reads the telemetry has failed"))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn join_within_returns_although_the_thread_hangs() {
        let (release, hang) = channel::<()>();
        let reader = thread::spawn(move || {
            let _ = hang.recv();
        });
        let error = join_within(reader, Duration::ZERO).unwrap_err().to_string();
        assert!(error.contains("hangs"), "{error}");
        drop(release);
    }

    fn fail() {
        panic!("a test of a failing thread");
    }

    #[test]
    fn join_within_waits_for_a_thread_that_ends() {
        assert!(join_within(thread::spawn(|| {}), Duration::from_secs(60)).is_ok());
        let error = join_within(thread::spawn(fail), Duration::from_secs(60));
        assert!(error.unwrap_err().to_string().contains("has failed"));
    }
}
