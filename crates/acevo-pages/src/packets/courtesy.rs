//! Gives way to the game, which may wait for the core on which this thread waits for its packet.

use std::hint::spin_loop;
use std::thread::yield_now;
use std::time::{Duration, Instant};

/// If giving way takes this long, other programs are busy, and each time would cost a slice of processor time.
const LONG: Duration = Duration::from_micros(500);

/// Time for which this thread does not give way after that.
const BUSY_TIME: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub(super) struct Courtesy {
    pub(super) is_allowed: bool,
    busy_until: Instant,
}

impl Courtesy {
    pub(super) fn new(now: Instant) -> Self {
        Self { is_allowed: true, busy_until: now }
    }

    /// Lets another thread run that waits for this core, unless other programs are busy.
    pub(super) fn give_way(&mut self, now: Instant) {
        if !self.is_allowed || now < self.busy_until {
            return spin_loop();
        }
        yield_now();
        if now.elapsed() > LONG {
            self.busy_until = now + BUSY_TIME;
        }
    }
}
