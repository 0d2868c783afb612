//! The settled copy: a page whose bytes belong together.
//!
//! The game tells nobody when it writes. A page is therefore copied until two copies in a row, made in opposite directions,
//! are equal. That alone misses a writer that is slow or was met at its very first byte: **a reader that reacts to a new
//! counter at once meets the writer at work.** So a page whose counter is new must also have stood still for a moment
//! ([`STILL`]) between the two copies. A writer that the system stops in the middle of its work for longer than that
//! cannot be seen by anybody. A page that never stands still is handed out as two equal copies in a row, marked.
//!
//! The counter itself proves nothing: it is not known whether the game writes it first or last.

use std::hint::spin_loop;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::decode::decode;
use crate::error::Error;
use crate::page::Page;
use crate::source::Source;

/// How long a page with a new counter must not change, at the first, second and third attempt: longer than a writer needs for
/// a page, far shorter than a packet.
const STILL: [Duration; 3] = [Duration::from_micros(5), Duration::from_micros(10), Duration::from_micros(20)];

/// Attempts at two equal copies without a pause, for a page that never stands still.
const LAST_RESORT: usize = 4;

/// Copies and decodes a page into `page`, and tells whether it was seen to stand still. Where that fails, `page` is untouched.
///
/// `seen` is the counter of the page's last settled capture, and becomes the one of this.
pub(crate) fn capture<T: Page>(source: &dyn Source, seen: &AtomicU32, page: &mut T) -> Result<bool, Error> {
    let mut words = T::ZERO_WORDS;
    source.copy(T::KIND, words.as_mut())?;
    // A page that has settled before only has to be copied whole.
    let known = packet_id::<T>(&words) == seen.load(Ordering::Relaxed);
    let mut settled = known && source.is_still(T::KIND, words.as_ref())?;
    for (attempt, pause) in STILL.into_iter().enumerate() {
        if settled {
            break;
        }
        if known || attempt > 0 {
            source.copy(T::KIND, words.as_mut())?;
        }
        hold_still(pause);
        settled = source.is_still(T::KIND, words.as_ref())?;
    }
    if settled {
        seen.store(packet_id::<T>(&words), Ordering::Relaxed);
    } else {
        for _ in 0..LAST_RESORT {
            source.copy(T::KIND, words.as_mut())?;
            if source.is_still(T::KIND, words.as_ref())? {
                break;
            }
        }
    }
    decode(&mut words, page);
    Ok(settled)
}

/// The first four bytes of a page.
fn packet_id<T: Page>(words: &T::Words) -> u32 {
    words.as_ref()[0] as u32
}

/// Waits a few microseconds: too short for the system's timers.
fn hold_still(pause: Duration) {
    let start = Instant::now();
    while start.elapsed() < pause {
        spin_loop();
    }
}
