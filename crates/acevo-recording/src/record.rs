//! One page as it was at one time.

use std::time::Duration;

use acevo_shared_memory::{Arrival, Page, PageKind};
use serde::{Deserialize, Serialize};

/// A page as it was at one time, and what is known of how it was read. The same to write and to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record<'a> {
    /// Which page.
    pub page: PageKind,
    /// When it was seen, since the recording's zero. Kept in whole microseconds, and never less than the record before.
    pub at: Duration,
    /// It may have come so much earlier. Kept in whole microseconds.
    pub uncertainty: Duration,
    /// It was seen to stand still while it was copied.
    pub settled: bool,
    /// Its counter had gone back, or leapt: another session, or another game.
    pub restarted: bool,
    /// It is older than its time says: the newest page from before the recording, or the part of it, begins.
    pub carried: bool,
    /// Packets between the record before and this one that are not in the recording, because nobody saw them or there was no
    /// room for them.
    pub missed: u32,
    /// Its bytes, as the game had them.
    pub bytes: &'a [u8],
}

pub(crate) const SETTLED: u8 = 1;
pub(crate) const RESTARTED: u8 = 2;
pub(crate) const CARRIED: u8 = 4;
pub(crate) const MISSED: u8 = 8;

impl<'a> Record<'a> {
    /// A settled page, of which nothing else is to be told.
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

    /// A page that has come as a packet. `bytes` are those that
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

/// A number for each page.
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
    /// The number for a page.
    pub const fn of(&self, page: PageKind) -> u64 {
        match page {
            PageKind::Physics => self.physics,
            PageKind::Graphics => self.graphics,
            PageKind::Static => self.static_data,
        }
    }

    /// All together.
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

    /// What is left when `other` is taken away.
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        PageKind::ALL.into_iter().for_each(|page| rest.add(page, self.of(page).saturating_sub(other.of(page))));
        rest
    }
}

/// Whole microseconds; the longest times are cut.
pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Durations in JSON, as whole microseconds.
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
