//! The settled copy: a page whose bytes belong together.
//!
//! The game tells nobody when it writes. A page is therefore copied until two copies in a row, made in opposite directions,
//! are equal. That alone misses a writer that is slow or was met at its very first byte: **a reader that reacts to a new
//! counter at once meets the writer at work.** So a page whose counter is new must also have stood still for a moment
//! ([`STILL`]) between the two copies. A writer that the system stops in the middle of its work for longer than that
//! cannot be seen by anybody.
//!
//! The counter itself proves nothing: it is not known whether the game writes it first or last.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::decode::decode;
use crate::error::Error;
use crate::page::Page;
use crate::source::{Order, Source};

/// How long a page with a new counter must not change. Longer than a writer needs for a page, far shorter than a packet.
const STILL: Duration = Duration::from_micros(5);

/// Comparisons before a page that never stands still is handed out as it is. The pause doubles with each.
const ROUNDS: u32 = 5;

/// A copied and decoded page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Captured<T> {
    pub(crate) page: T,
    /// Two copies in a row were equal.
    pub(crate) settled: bool,
}

/// Copies a page. `seen` is the counter of its last settled capture, and becomes the one of this.
#[inline]
pub(crate) fn capture<T: Page>(source: &dyn Source, seen: &AtomicU32) -> Result<Captured<T>, Error> {
    let mut words = T::ZERO_WORDS;
    let room = words.as_mut();
    source.copy(T::KIND, room, Order::Forward)?;

    let mut settled = false;
    let mut pause = if room[0] as u32 == seen.load(Ordering::Relaxed) { Duration::ZERO } else { STILL };
    for round in 0..ROUNDS {
        hold_still(pause);
        let order = if round % 2 == 0 { Order::Backward } else { Order::Forward };
        if !source.copy(T::KIND, room, order)? {
            settled = true;
            seen.store(room[0] as u32, Ordering::Relaxed);
            break;
        }
        pause = (pause * 2).max(STILL);
    }

    Ok(Captured { page: decode(&mut words), settled })
}

/// Waits a few microseconds: too short for the system's timers.
fn hold_still(pause: Duration) {
    if pause.is_zero() {
        return;
    }
    let start = Instant::now();
    while start.elapsed() < pause {
        spin_loop();
    }
}
