//! Records: a page at one time.

use std::time::Duration;

use acevo_shared_memory::{Arrival, Page, PageKind};
use serde::{Deserialize, Serialize};

/// A page at one time, and how it was read. Used for writing and reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record<'a> {
    /// The page.
    pub page: PageKind,
    /// Time at which it was read, since the recording's zero. Stored in microseconds; never less than the time of the record before.
    pub at: Duration,
    /// The page may have been published this much earlier. Stored in microseconds.
    pub uncertainty: Duration,
    /// The page did not change while it was copied.
    pub settled: bool,
    /// Its counter went back, or jumped: another session, or another game.
    pub restarted: bool,
    /// The page is older than its time: it is the newest page from before the recording, or the part of it, began.
    pub carried: bool,
    /// Number of packets between the record before and this one that are not in the recording: the reader missed them, or there was no
    /// room for them.
    pub missed: u32,
    /// The bytes of the page, as published by the game; after [`Recording::select`](crate::Recording::select) those of the selected fields.
    pub bytes: &'a [u8],
}

pub(crate) const SETTLED: u8 = 1;
pub(crate) const RESTARTED: u8 = 2;
pub(crate) const CARRIED: u8 = 4;
pub(crate) const MISSED: u8 = 8;

impl<'a> Record<'a> {
    /// A settled page without missed packets.
    pub fn new(page: PageKind, at: Duration, bytes: &'a [u8]) -> Self {
        Self {
            page,
            at,
            uncertainty: Duration::ZERO,
            settled: true,
            restarted: false,
            carried: false,
            missed: 0,
            bytes,
        }
    }

    /// A page that has arrived as a packet. `bytes` are those that
    /// [the mapper has captured](acevo_shared_memory::ACEvoSharedMemoryMapper::captured).
    pub fn of_arrival<T: Page>(arrival: &Arrival<T>, at: Duration, uncertainty: Duration, bytes: &'a [u8]) -> Self {
        Self {
            uncertainty,
            settled: arrival.view.is_settled(),
            restarted: arrival.restarted,
            missed: arrival.missed,
            ..Self::new(T::KIND, at, bytes)
        }
    }

    pub(crate) fn flags(&self) -> u8 {
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        flag(self.settled, SETTLED)
            | flag(self.restarted, RESTARTED)
            | flag(self.carried, CARRIED)
            | flag(self.missed > 0, MISSED)
    }
}

/// A count for each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PageCounts {
    /// Physics pages.
    pub physics: u64,
    /// Graphics pages.
    pub graphics: u64,
    /// Static pages.
    #[serde(rename = "static")]
    pub static_data: u64,
}

impl PageCounts {
    /// The count of a page.
    pub const fn of(&self, page: PageKind) -> u64 {
        match page {
            PageKind::Physics => self.physics,
            PageKind::Graphics => self.graphics,
            PageKind::Static => self.static_data,
        }
    }

    /// The sum of all pages.
    pub const fn total(&self) -> u64 {
        self.physics.saturating_add(self.graphics).saturating_add(self.static_data)
    }

    fn of_mut(&mut self, page: PageKind) -> &mut u64 {
        match page {
            PageKind::Physics => &mut self.physics,
            PageKind::Graphics => &mut self.graphics,
            PageKind::Static => &mut self.static_data,
        }
    }

    pub(crate) fn add(&mut self, page: PageKind, number: u64) {
        let count = self.of_mut(page);
        *count = count.saturating_add(number);
    }

    pub(crate) fn clear(&mut self, page: PageKind) {
        *self.of_mut(page) = 0;
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        PageKind::ALL.into_iter().for_each(|page| self.add(page, other.of(page)));
    }

    /// Subtracts `other`.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        PageKind::ALL.into_iter().for_each(|page| rest.add(page, self.of(page).saturating_sub(other.of(page))));
        rest
    }
}

/// Time in microseconds, saturating.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Serializes durations as microseconds.
pub(crate) mod as_micros {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(super::micros(*time))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_micros)
    }
}
