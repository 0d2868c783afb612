//! When bytes are sent: not above the limit, and not while the program ends or the car is driven.

use std::thread;
use std::time::{Duration, Instant};

use acevo_fleet::{Interrupted, Pace, Step, Throttle};

/// Longest time in which the program or the driver is not noticed.
const SLICE: Duration = Duration::from_millis(50);

/// Sends at most at the limit, as long as it may.
pub(crate) struct LimitedPace<M, P> {
    throttle: Throttle,
    start: Instant,
    may_send: M,
    progress: P,
}

impl<M: Fn() -> bool, P: FnMut(Step)> LimitedPace<M, P> {
    /// `progress` is called with each step.
    pub(crate) fn new(limit: Option<u64>, may_send: M, progress: P) -> Self {
        Self { throttle: Throttle::new(limit), start: Instant::now(), may_send, progress }
    }
}

impl<M: Fn() -> bool, P: FnMut(Step)> Pace for LimitedPace<M, P> {
    fn pass(&mut self, step: Step) -> Result<(), Interrupted> {
        if let Step::Send(bytes) = step {
            let until = Instant::now() + self.throttle.take(bytes, self.start.elapsed());
            while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                if !(self.may_send)() {
                    return Err(Interrupted);
                }
                thread::sleep(left.min(SLICE));
            }
        }
        if !(self.may_send)() {
            return Err(Interrupted);
        }
        (self.progress)(step);
        Ok(())
    }
}
