//! Gives way to the game, which may wait for the core on which this thread waits for its packet.

use std::hint::spin_loop;
use std::thread::yield_now;
use std::time::{Duration, Instant};

use super::Polling;
use crate::source::sleep;

/// If giving way takes this long, other programs are busy, and each time would cost a slice of processor time.
const LONG: Duration = Duration::from_micros(500);

/// Time for which this thread does not give way after that.
const BUSY_TIME: Duration = Duration::from_secs(1);

/// A sleep that gives the game time to finish a page. The system makes some 60 µs of it.
const MOMENT: Duration = Duration::from_micros(1);

#[derive(Debug, Clone)]
pub(super) struct Courtesy {
    polling: Polling,
    busy_until: Instant,
}

impl Courtesy {
    pub(super) fn of(polling: Polling, now: Instant) -> Self {
        Self { polling, busy_until: now }
    }

    /// Gives the game time to finish a page that it has just begun, unless every microsecond counts.
    pub(super) fn let_finish(&self) {
        if !matches!(self.polling, Polling::Spin | Polling::LowLatency) {
            sleep(MOMENT);
        }
    }

    /// Lets another thread run that waits for this core, unless other programs are busy.
    pub(super) fn give_way(&mut self, now: Instant) {
        if self.polling == Polling::Spin || now < self.busy_until {
            return spin_loop();
        }
        yield_now();
        if now.elapsed() > LONG {
            self.busy_until = now + BUSY_TIME;
        }
    }
}
