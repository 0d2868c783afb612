//! Personal bests: the fastest laps with each car on each track, over all sessions.
//!
//! [`PersonalBests`] is what is known, [`PersonalStore`] the file it is kept in.

mod file;
mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::analysis::Trace;

pub use store::{PersonalError, PersonalStore};

/// A name of more bytes is none of the game's, which have up to 33.
const LONGEST_NAME: usize = 100;

/// More sectors has no track.
const MOST_SECTORS: usize = 20;

/// A lap of more milliseconds is none to be proud of.
const LONGEST_LAP_MS: u32 = 3_600_000;

/// What laps can be compared with each other: the same car on the same track.
///
/// Names are as the game tells them; wait until it has told them (see [`Frame`](crate::Frame): there are placeholders for
/// some seconds after loading).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct CarAndTrack {
    /// Name of the track.
    pub track: String,
    /// Layout of the track; may be empty.
    pub configuration: String,
    /// Name of the car.
    pub car: String,
}

impl CarAndTrack {
    fn is_possible(&self) -> bool {
        let names = [&self.track, &self.configuration, &self.car];
        !self.track.is_empty() && !self.car.is_empty() && names.iter().all(|name| name.len() <= LONGEST_NAME)
    }
}

/// A lap to remember.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PersonalBest {
    /// Lap time in milliseconds.
    pub time_ms: u32,
    /// The sectors of that lap in milliseconds; empty where they are not known.
    #[serde(default)]
    pub sectors_ms: Vec<u32>,
    /// The best time of each sector in any lap, milliseconds.
    #[serde(default)]
    pub best_sectors_ms: Vec<u32>,
    /// When it was driven, in seconds since 1970 (UTC).
    #[serde(default)]
    pub date: u64,
    /// Version of the game it was driven with.
    #[serde(default)]
    pub game_version: String,
    /// The fastest lap of which there is a trace, to compare others with. It need not be this one.
    #[serde(default)]
    pub trace: Option<Trace>,
}

impl PersonalBest {
    /// The sum of the best sectors in milliseconds; `None` where they are not known.
    pub fn theoretical_ms(&self) -> Option<u32> {
        (!self.best_sectors_ms.is_empty())
            .then(|| self.best_sectors_ms.iter().fold(0, |sum: u32, ms| sum.saturating_add(*ms)))
    }

    fn is_possible(&self) -> bool {
        let possible = |ms: &u32| (1..=LONGEST_LAP_MS).contains(ms);
        let sectors = |sectors: &[u32]| sectors.len() <= MOST_SECTORS && sectors.iter().all(possible);
        possible(&self.time_ms)
            && sectors(&self.sectors_ms)
            && sectors(&self.best_sectors_ms)
            && self.game_version.len() <= LONGEST_NAME
    }

    /// Takes over what is better in another one. Tells whether there was any.
    fn improve(&mut self, other: Self) -> bool {
        let mut improved = false;
        for sectors in [&other.best_sectors_ms, &other.sectors_ms] {
            improved |= improve_sectors(&mut self.best_sectors_ms, sectors);
        }
        let time = |trace: &Option<Trace>| trace.as_ref().map_or(f64::INFINITY, Trace::time);
        if time(&other.trace) < time(&self.trace) {
            self.trace = other.trace;
            improved = true;
        }
        // Of two equal laps the first one counts.
        if (other.time_ms, other.date) < (self.time_ms, self.date) {
            self.time_ms = other.time_ms;
            self.sectors_ms = other.sectors_ms;
            self.date = other.date;
            self.game_version = other.game_version;
            improved = true;
        }
        improved
    }
}

/// The best of each sector. Where the numbers of sectors differ, nothing can be compared, and the finer ones stay.
fn improve_sectors(best: &mut Vec<u32>, other: &[u32]) -> bool {
    if other.len() > best.len() {
        *best = other.to_vec();
        return true;
    }
    let mut improved = false;
    if other.len() == best.len() {
        for (best, other) in best.iter_mut().zip(other) {
            improved |= other < best;
            *best = (*best).min(*other);
        }
    }
    improved
}

/// The personal bests of a driver.
///
/// ```
/// use acevo_telemetry::personal::{CarAndTrack, PersonalBest, PersonalBests};
///
/// let car = CarAndTrack { track: "Brands Hatch".into(), configuration: "Indy".into(), car: "Abarth 695".into() };
/// let lap = |time_ms, sectors_ms: [u32; 2]| PersonalBest { time_ms, sectors_ms: sectors_ms.to_vec(), ..Default::default() };
/// let mut bests = PersonalBests::default();
/// assert!(bests.offer(car.clone(), lap(60_000, [29_000, 31_000])));
/// assert!(bests.offer(car.clone(), lap(60_500, [30_000, 30_500])), "a better second sector");
/// assert!(!bests.offer(car.clone(), lap(60_600, [30_000, 30_600])));
/// let best = bests.get(&car).unwrap();
/// assert_eq!((best.time_ms, best.theoretical_ms()), (60_000, Some(59_500)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PersonalBests {
    entries: BTreeMap<CarAndTrack, PersonalBest>,
    /// Entries of a file that could not be read, to be written as they were.
    unreadable: Vec<Box<RawValue>>,
}

impl PersonalBests {
    /// Takes over what is better than what is known: the lap, any sector, or the trace. Tells whether anything was. A lap that
    /// cannot be (no time, more than an hour, names that the game does not have) is not taken. Offer only laps that count.
    pub fn offer(&mut self, combination: CarAndTrack, mut lap: PersonalBest) -> bool {
        if !(combination.is_possible() && lap.is_possible()) {
            return false;
        }
        if let Some(best) = self.entries.get_mut(&combination) {
            return best.improve(lap);
        }
        improve_sectors(&mut lap.best_sectors_ms, &lap.sectors_ms);
        self.entries.insert(combination, lap);
        true
    }

    /// Takes over what is better in others. No time gets worse by it.
    pub fn merge(&mut self, others: &Self) {
        for (combination, best) in &others.entries {
            self.offer(combination.clone(), best.clone());
        }
    }

    /// The best with this car on this track.
    pub fn get(&self, combination: &CarAndTrack) -> Option<&PersonalBest> {
        self.entries.get(combination)
    }

    /// All of them, ordered by track, layout and car.
    pub fn iter(&self) -> impl Iterator<Item = (&CarAndTrack, &PersonalBest)> {
        self.entries.iter()
    }

    /// How many entries of the file could not be read. They stay in the file as they are.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }
}

#[cfg(test)]
mod tests;
