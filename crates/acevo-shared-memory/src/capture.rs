//! The settled copy: a page whose bytes belong together.
//!
//! The game tells nobody when it writes. A page is therefore copied, then compared with the game's memory in the opposite
//! direction. That alone misses a writer that is slow or was met at its very first byte: **a reader that reacts to a new
//! counter at once meets the writer at work.** So new content must also have stood still for a moment ([`STILL`]) between the
//! two passes. Content that has settled before need only be compared: if the page still is that, it is whole. A writer that the
//! system stops in the middle of its work for longer than a moment cannot be seen by anybody. A page that never stands still is
//! handed out after a much shorter rest, marked.
//!
//! The counter itself proves nothing: it is not known whether the game writes it first or last.

use std::hint::spin_loop;
use std::time::{Duration, Instant};

use zerocopy::IntoBytes;

use crate::decode::decode;
use crate::error::Error;
use crate::page::{Page, PageKind};
use crate::source::Source;

/// How long a page with new content must not change, at the first, second and third attempt: longer than a writer needs for a
/// page, far shorter than a packet.
const STILL: [Duration; 3] = [Duration::from_micros(5), Duration::from_micros(10), Duration::from_micros(20)];

/// For a page that never stands still for as long: less than the rest between two packets of a writer that hardly rests, more
/// than a processor needs to hand a line of memory to another. Equal passes without any pause are no good: a writer that waits
/// for memory which the reader has just touched stands still, too.
const SHORTEST_STILL: Duration = Duration::from_nanos(300);

/// Attempts at that.
const LAST_RESORT: usize = 64;

/// What was captured of a page last: its bytes, padding included, and the page in them.
///
/// The words begin a line of the processor's cache, as a page does: comparing them is a fifth faster than across lines.
#[derive(Debug)]
#[repr(C, align(64))]
#[allow(unreachable_pub, reason = "stands in the sealed half of a public trait")]
pub struct Last<T: Page> {
    words: T::Words,
    page: T,
    settled: bool,
    /// False before anything is captured, and where the source went away while it was copied.
    whole: bool,
    /// How often the page has been copied.
    copies: u64,
}

impl<T: Page> Default for Last<T> {
    fn default() -> Self {
        Self { words: T::ZERO_WORDS, page: T::default(), settled: false, whole: false, copies: 0 }
    }
}

impl<T: Page> Last<T> {
    /// Brings [`page`](Self::page) up to date, and tells whether it was seen to stand still.
    pub(crate) fn capture(&mut self, source: &dyn Source) -> Result<bool, Error> {
        // What has settled before is whole, whatever the writer does at this moment, and decoded already.
        if !self.settled || !source.is_still(T::KIND, self.words.as_ref())? {
            (self.settled, self.whole) = (false, false);
            self.settled = settle(source, T::KIND, self.words.as_mut())?;
            decode(&self.words, &mut self.page);
            self.whole = true;
            self.copies += 1;
        }
        Ok(self.settled)
    }

    pub(crate) fn page(&self) -> &T {
        &self.page
    }

    /// The bytes as they were copied, which the page no longer tells: a `bool` may be any byte. `None` where there are none.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        self.whole.then(|| self.words.as_bytes())
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.settled
    }

    /// The same number is the same page.
    pub(crate) fn copies(&self) -> u64 {
        self.copies
    }
}

/// Copies the page into `words`, as far as they go, and tells whether it was seen to stand still.
pub(crate) fn settle(source: &dyn Source, page: PageKind, words: &mut [u64]) -> Result<bool, Error> {
    for pause in STILL {
        source.copy(page, words)?;
        hold_still(pause);
        if source.is_still(page, words)? {
            return Ok(true);
        }
    }
    for _ in 0..LAST_RESORT {
        let start = Instant::now();
        source.copy(page, words)?;
        // A source that asks the system for each copy rests long enough by that.
        if start.elapsed() < SHORTEST_STILL {
            hold_still(SHORTEST_STILL);
        }
        if source.is_still(page, words)? {
            break;
        }
    }
    Ok(false)
}

/// Waits a few microseconds: too short for the system's timers.
fn hold_still(pause: Duration) {
    let start = Instant::now();
    while start.elapsed() < pause {
        spin_loop();
    }
}
