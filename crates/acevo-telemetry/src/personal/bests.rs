//! Personal bests in memory.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::analysis::SectorKind;
use crate::lap_trace::Trace;
use crate::limits;

/// A car on a track: laps with the same car on the same track can be compared.
///
/// Names are as the game publishes them. For some seconds after loading it publishes placeholders instead.
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
    pub(super) fn is_possible(&self) -> bool {
        let names = [&self.track, &self.configuration, &self.car];
        !self.track.is_empty() && !self.car.is_empty() && names.iter().all(|name| name.len() <= limits::MAX_NAME_BYTES)
    }
}

/// The personal best with a car on a track.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PersonalBest {
    /// Lap time, milliseconds.
    pub time_ms: u32,
    /// Sector times of that lap, milliseconds; empty if they are unknown.
    #[serde(default)]
    pub sectors_ms: Vec<u32>,
    /// Best time of each sector in any lap, milliseconds.
    #[serde(default)]
    pub best_sectors_ms: Vec<u32>,
    /// Where the boundaries of these sectors come from. Times of different kinds are never compared.
    #[serde(default)]
    pub sector_kind: SectorKind,
    /// Date of the lap, seconds since 1970 (UTC).
    #[serde(default)]
    pub date: u64,
    /// Version of the game.
    #[serde(default)]
    pub game_version: String,
    /// Trace of the fastest lap that has one, for comparison. It may be another lap.
    #[serde(default)]
    pub trace: Option<Trace>,
}

impl PersonalBest {
    /// Time of the ideal lap, milliseconds: the sum of the best sectors. `None` if they are unknown.
    pub fn ideal_ms(&self) -> Option<u32> {
        (!self.best_sectors_ms.is_empty())
            .then(|| self.best_sectors_ms.iter().fold(0, |sum: u32, ms| sum.saturating_add(*ms)))
    }

    pub(super) fn is_possible(&self) -> bool {
        let possible = |ms: &u32| (1..=limits::MAX_LAP_MS).contains(ms);
        let sectors = |sectors: &[u32]| sectors.len() <= limits::MAX_STORED_SECTORS && sectors.iter().all(possible);
        possible(&self.time_ms)
            && sectors(&self.sectors_ms)
            && sectors(&self.best_sectors_ms)
            && self.game_version.len() <= limits::MAX_NAME_BYTES
    }

    /// Takes over what is better in another one. Returns whether anything was.
    fn improve(&mut self, other: Self) -> bool {
        let mut improved = false;
        improved |= self.take_sectors(&other);
        let time = |trace: &Option<Trace>| trace.as_ref().map_or(f64::INFINITY, Trace::time);
        if time(&other.trace) < time(&self.trace) {
            self.trace = other.trace;
            improved = true;
        }
        // Of two equal laps the first one counts.
        if (other.time_ms, other.date) < (self.time_ms, self.date) {
            self.time_ms = other.time_ms;
            self.sectors_ms = other.sectors_ms.clone();
            self.date = other.date;
            self.game_version = other.game_version;
            improved = true;
        }
        improved
    }
}

impl PersonalBest {
    /// Takes over better sectors. Those of the game and of the user replace thirds, which say less.
    fn take_sectors(&mut self, other: &Self) -> bool {
        if self.sector_kind != other.sector_kind {
            if other.sector_kind == SectorKind::Thirds
                || other.best_sectors_ms.is_empty() && other.sectors_ms.is_empty()
            {
                return false;
            }
            self.sector_kind = other.sector_kind;
            self.best_sectors_ms.clear();
            self.sectors_ms.clear();
        }
        let mut improved = false;
        for sectors in [&other.best_sectors_ms, &other.sectors_ms] {
            improved |= improve_sectors(&mut self.best_sectors_ms, sectors);
        }
        improved
    }
}

/// Takes the best of each sector. If the numbers of sectors differ they cannot be compared, and the finer division stays.
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

/// The personal bests of a driver, one for each car and track.
///
/// ```
/// use acevo_telemetry::personal::{CarAndTrack, PersonalBest, PersonalBests};
///
/// let car = CarAndTrack { track: "Brands Hatch".into(), configuration: "Indy".into(), car: "Abarth 695".into() };
/// let lap = |time_ms, sectors_ms: [u32; 2]| PersonalBest { time_ms, sectors_ms: sectors_ms.to_vec(), ..Default::default() };
/// let mut bests = PersonalBests::default();
/// assert!(bests.offer(car.clone(), lap(60_000, [29_000, 31_000])));
/// assert!(bests.offer(car.clone(), lap(60_500, [30_000, 30_500])), "the second sector is better");
/// assert!(!bests.offer(car.clone(), lap(60_600, [30_000, 30_600])));
/// let best = bests.get(&car).unwrap();
/// assert_eq!((best.time_ms, best.ideal_ms()), (60_000, Some(59_500)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PersonalBests {
    entries: BTreeMap<CarAndTrack, PersonalBest>,
    /// Entries of the file that could not be read. They are written back unchanged.
    unreadable: Vec<Box<RawValue>>,
}

impl PersonalBests {
    /// Takes over the lap, its sectors and its trace as far as they are better. Returns whether anything was. An implausible lap (no
    /// time, more than an hour, names that are empty or too long) is ignored, and so is a new car or track if there are 10,000 entries.
    /// Offer only laps that count.
    pub fn offer(&mut self, car_and_track: CarAndTrack, mut lap: PersonalBest) -> bool {
        if !(car_and_track.is_possible() && lap.is_possible()) {
            return false;
        }
        if let Some(best) = self.entries.get_mut(&car_and_track) {
            return best.improve(lap);
        }
        if self.entries.len() + self.unreadable.len() >= limits::MAX_PERSONAL_BESTS {
            return false;
        }
        improve_sectors(&mut lap.best_sectors_ms, &lap.sectors_ms);
        self.entries.insert(car_and_track, lap);
        true
    }

    /// Takes over what is better in other personal bests. No time becomes worse.
    pub fn merge(&mut self, others: &Self) {
        for (car_and_track, best) in &others.entries {
            self.offer(car_and_track.clone(), best.clone());
        }
    }

    /// The personal best with this car on this track.
    pub fn get(&self, car_and_track: &CarAndTrack) -> Option<&PersonalBest> {
        self.entries.get(car_and_track)
    }

    /// All personal bests, ordered by track, layout and car.
    pub fn iter(&self) -> impl Iterator<Item = (&CarAndTrack, &PersonalBest)> {
        self.entries.iter()
    }

    /// True if both have the same laps.
    pub(super) fn has_same_entries(&self, other: &Self) -> bool {
        self.entries == other.entries
    }

    /// Keeps an entry of the file that could not be read.
    pub(super) fn add_unreadable(&mut self, entry: Box<RawValue>) {
        self.unreadable.push(entry);
    }

    /// Entries of the file that could not be read.
    pub(super) fn unreadable_entries(&self) -> &[Box<RawValue>] {
        &self.unreadable
    }

    /// Number of entries of the file that could not be read. They stay in the file unchanged.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }
}
