//! The best laps and sectors of a session.

use serde::{Deserialize, Serialize};

use super::laps::Lap;
use super::settings::SectorKind;

/// The best lap and sectors of a session, of complete laps that count.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bests {
    /// Number of the best lap.
    pub lap: Option<u32>,
    /// Its time, milliseconds.
    pub time_ms: Option<u32>,
    /// The best time of each sector, milliseconds.
    pub sectors_ms: Vec<Option<u32>>,
    /// Where the boundaries of these sectors come from. Times of other sectors are dropped.
    #[serde(default)]
    pub sector_kind: SectorKind,
}

/// A lap time that is better than all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NewBest {
    /// The time, milliseconds.
    pub(super) time_ms: u32,
    /// The best time before, milliseconds; `None` for the first one.
    pub(super) before_ms: Option<u32>,
}

impl Bests {
    /// Time of the ideal lap, milliseconds: the sum of the best sectors. `None` until each of them has a time.
    pub fn ideal_ms(&self) -> Option<u32> {
        if self.sectors_ms.is_empty() {
            return None;
        }
        self.sectors_ms.iter().try_fold(0u32, |sum, sector| sum.checked_add((*sector)?))
    }

    /// Takes a lap that has ended. Returns the new best time if the lap is the best.
    pub(super) fn take(&mut self, lap: &Lap) -> Option<NewBest> {
        let time_ms = lap.time_ms.filter(|_| lap.counts())?;
        if self.sector_kind != lap.sector_kind {
            self.sectors_ms.clear();
            self.sector_kind = lap.sector_kind;
        }
        if self.sectors_ms.len() < lap.sectors_ms.len() {
            self.sectors_ms.resize(lap.sectors_ms.len(), None);
        }
        for (best, sector) in self.sectors_ms.iter_mut().zip(&lap.sectors_ms) {
            if let Some(ms) = *sector
                && best.is_none_or(|best| ms < best)
            {
                *best = Some(ms);
            }
        }
        if self.time_ms.is_some_and(|best| best <= time_ms) {
            return None;
        }
        self.lap = Some(lap.number);
        Some(NewBest { time_ms, before_ms: self.time_ms.replace(time_ms) })
    }
}
