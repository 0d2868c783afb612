//! The settled copy: a page whose bytes belong to one packet.
//!
//! The game does not signal when it writes. So a page is copied, then compared with the game's memory in the opposite
//! direction. That alone misses a writer that is slow or has just written its first byte, and **a reader that reacts to a new
//! counter at once is likely to read while the writer writes.** So new content must also stay unchanged for a moment
//! ([`SETTLE_DELAYS`]) between copy and comparison. Content that has settled before only needs the comparison: if the page is
//! still equal, it is not torn. A writer that the system suspends in the middle of a page for longer than that moment cannot be
//! detected. If a page never settles, a copy with a much shorter delay is returned, marked as unsettled.
//!
//! The counter alone proves nothing, because it is unknown whether the game writes it first or last.

use std::hint::spin_loop;
use std::time::{Duration, Instant};

use zerocopy::IntoBytes;

use crate::decode::decode;
use crate::error::Error;
use crate::page::sealed::Sealed;
use crate::page::{Page, PageKind};
use crate::source::Source;

/// How long new content must stay unchanged to count as settled, for each attempt. That is longer than a writer needs for a
/// page, and far shorter than the time between packets.
const SETTLE_DELAYS: [Duration; 3] = [Duration::from_micros(5), Duration::from_micros(10), Duration::from_micros(20)];

/// The delay for a page that does not settle: shorter than the gap between packets of a very fast writer, longer than a
/// processor needs to pass a cache line to another. Without any delay, equal copies prove nothing: a writer that waits for a
/// cache line that the reader has just touched does not change the page either.
const SHORT_DELAY: Duration = Duration::from_nanos(300);

/// How often [`SHORT_DELAY`] is tried before giving up.
const MAX_SHORT_ATTEMPTS: usize = 64;

/// The last capture of a page: its bytes, padding included, and the decoded page.
///
/// The words are aligned to a cache line, as a page in memory is. That makes comparing them a fifth faster.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct CapturedPage<T: Sealed> {
    words: T::Words,
    page: T,
    settled: bool,
    /// False before the first capture, and if the source failed during a copy.
    complete: bool,
    /// Number of copies made so far.
    copies: u64,
}

impl<T: Sealed> Default for CapturedPage<T> {
    fn default() -> Self {
        Self { words: T::ZERO_WORDS, page: T::default(), settled: false, complete: false, copies: 0 }
    }
}

impl<T: Page> CapturedPage<T> {
    /// Updates [`page`](Self::page). Returns whether it is settled.
    pub(crate) fn capture(&mut self, source: &dyn Source) -> Result<bool, Error> {
        // A settled page that is unchanged is not torn, and already decoded, even if the writer is about to change it.
        if !self.settled || !source.is_still(T::KIND, self.words.as_ref())? {
            (self.settled, self.complete) = (false, false);
            self.settled = wait_until_settled(source, T::KIND, self.words.as_mut())?;
            decode(&self.words, &mut self.page);
            self.complete = true;
            self.copies += 1;
        }
        Ok(self.settled)
    }

    pub(crate) fn page(&self) -> &T {
        &self.page
    }

    /// The bytes as copied, including `bool` bytes other than 0 and 1. `None` if there is no complete copy.
    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        self.complete.then(|| self.words.as_bytes())
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.settled
    }

    /// Number of copies made so far. An equal number means the same page.
    pub(crate) fn copies(&self) -> u64 {
        self.copies
    }
}

/// Copies the page into `words`, as far as they reach, until a copy settles or all attempts have failed. Returns whether the
/// copy is settled.
pub(crate) fn wait_until_settled(source: &dyn Source, page: PageKind, words: &mut [u64]) -> Result<bool, Error> {
    for delay in SETTLE_DELAYS {
        source.copy(page, words)?;
        spin_for(delay);
        if source.is_unchanged(page, words)? {
            return Ok(true);
        }
    }
    for _ in 0..MAX_SHORT_ATTEMPTS {
        let start = Instant::now();
        source.copy(page, words)?;
        // With a source that makes a system call for each copy, the copy itself takes long enough.
        if start.elapsed() < SHORT_DELAY {
            spin_for(SHORT_DELAY);
        }
        if source.is_unchanged(page, words)? {
            break;
        }
    }
    Ok(false)
}

/// Busy-waits for a few microseconds, which is too short for the system's timers.
fn spin_for(delay: Duration) {
    let start = Instant::now();
    while start.elapsed() < delay {
        spin_loop();
    }
}
