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

/// What a lap has bettered.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Bettered {
    /// The time before, if there was one, where the lap is the best.
    pub(crate) lap: Option<Option<u32>>,
    /// Sectors, from 0.
    pub(crate) sectors: Vec<usize>,
}

impl Bests {
    /// The sum of the best sectors in milliseconds: the lap that was possible. `None` until all of them were driven.
    pub fn theoretical_ms(&self) -> Option<u32> {
        if self.sectors_ms.is_empty() {
            return None;
        }
        self.sectors_ms.iter().try_fold(0u32, |sum, sector| sum.checked_add((*sector)?))
    }

    /// Takes a lap that is over.
    pub(crate) fn take(&mut self, lap: &Lap) -> Bettered {
        let mut bettered = Bettered::default();
        let Some(time_ms) = lap.time_ms.filter(|_| lap.counts()) else { return bettered };
        if self.sectors_ms.len() < lap.sectors_ms.len() {
            self.sectors_ms.resize(lap.sectors_ms.len(), None);
        }
        for (index, (best, sector)) in self.sectors_ms.iter_mut().zip(&lap.sectors_ms).enumerate() {
            if let Some(ms) = *sector
                && best.is_none_or(|best| ms < best)
            {
                *best = Some(ms);
                bettered.sectors.push(index);
            }
        }
        if self.time_ms.is_none_or(|best| time_ms < best) {
            bettered.lap = Some(self.time_ms);
            (self.lap, self.time_ms) = (Some(lap.number), Some(time_ms));
        }
        bettered
    }
}
