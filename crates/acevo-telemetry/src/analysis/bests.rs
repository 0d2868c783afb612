//! The best laps and sectors of a session.

use serde::Serialize;

use super::laps::Lap;

/// The best of a session, of complete laps that count.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Bests {
    /// Number of the best lap.
    pub lap: Option<u32>,
    /// Its time in milliseconds.
    pub time_ms: Option<u32>,
    /// The best time of each sector in milliseconds.
    pub sectors_ms: Vec<Option<u32>>,
}

impl Bests {
    /// The sum of the best sectors in milliseconds: the lap that was possible. `None` until all of them were driven.
    pub fn theoretical_ms(&self) -> Option<u32> {
        if self.sectors_ms.is_empty() {
            return None;
        }
        self.sectors_ms.iter().try_fold(0u32, |sum, sector| sum.checked_add((*sector)?))
    }

    /// Takes a lap that is over. Where it is the best, gives the time before, if there was one.
    pub(crate) fn take(&mut self, lap: &Lap) -> Option<Option<u32>> {
        let time_ms = lap.time_ms.filter(|_| lap.counts())?;
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
        Some(self.time_ms.replace(time_ms))
    }
}
