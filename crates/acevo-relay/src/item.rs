//! What is transferred: pages with their times, and the end of the game.

use std::sync::Arc;
use std::time::Duration;

use acevo_recording::Record;
use acevo_shared_memory::PageKind;

/// A page at one time, as a record of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayedPage {
    /// The page.
    pub page: PageKind,
    /// Time at which it was read, on the clock of the sender. Transferred in microseconds.
    pub at: Duration,
    /// The page did not change while it was copied.
    pub settled: bool,
    /// Its counter went back, or jumped.
    pub restarted: bool,
    /// The page is older than its time: the newest page from before the first one that is transferred, or from before a gap.
    pub carried: bool,
    /// Packets between the page before and this one that the sender has not read.
    pub missed: u32,
    /// The bytes of the page, as the game wrote them.
    pub bytes: Arc<[u8]>,
}

impl RelayedPage {
    /// The page of a record, at a time on the clock of the sender.
    pub fn of(record: &Record<'_>, at: Duration) -> Self {
        Self {
            page: record.page,
            at,
            settled: record.settled,
            restarted: record.restarted,
            carried: record.carried,
            missed: record.missed,
            bytes: record.bytes.into(),
        }
    }
}

/// What is transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A page.
    Page(RelayedPage),
    /// The game has ended at this time.
    GameEnded(Duration),
}

impl Item {
    /// Its time, on the clock of the sender.
    pub const fn at(&self) -> Duration {
        match self {
            Self::Page(page) => page.at,
            Self::GameEnded(at) => *at,
        }
    }

    /// The bytes that count for limits of memory.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Page(page) => page.bytes.len(),
            Self::GameEnded(_) => 0,
        }
    }
}

/// A time in whole microseconds, as it is transferred.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
