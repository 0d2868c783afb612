//! The best laps of a day: a table for each track, configuration and car, with one lap of each driver.

use serde::{Deserialize, Serialize};

/// Maximum number of tables. Beyond it the one with the oldest last lap is removed.
pub(super) const MAX_TABLES: usize = 200;

/// Maximum number of drivers in a table. Beyond it the slowest one is removed.
pub(super) const MAX_DRIVERS: usize = 100;

/// A day: laps that ended from the first time on, and before the second one, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its beginning.
    pub from_ms: u64,
    /// Its end.
    pub to_ms: u64,
}

impl Day {
    const fn has(self, unix_ms: u64) -> bool {
        self.from_ms <= unix_ms && unix_ms < self.to_ms
    }
}

/// The best lap of a driver on a track with a car.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BestLap {
    /// The driver, if the name is known; laps of unknown drivers belong to their rig.
    pub driver: Option<String>,
    /// Its time, milliseconds.
    pub time_ms: u64,
    /// The site of the rig.
    pub site: String,
    /// The rig.
    pub rig: String,
    /// When it ended, in milliseconds since 1970.
    pub at_ms: u64,
}

impl BestLap {
    fn is_of_same_driver(&self, other: &Self) -> bool {
        match (&self.driver, &other.driver) {
            (Some(driver), Some(other)) => driver == other,
            (None, None) => (&self.site, &self.rig) == (&other.site, &other.rig),
            _ => false,
        }
    }
}

/// The best laps on a track with a car.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BestTable {
    /// The track.
    pub track: String,
    /// The layout of the track.
    pub configuration: Option<String>,
    /// The car.
    pub car: String,
    /// One of each driver, the fastest first.
    pub laps: Vec<BestLap>,
}

impl BestTable {
    /// The end of the newest lap.
    pub(super) fn newest_ms(&self) -> u64 {
        self.laps.iter().map(|lap| lap.at_ms).max().unwrap_or(0)
    }

    /// False if the driver has a better one, or all others are better and there is no room.
    fn insert(&mut self, lap: BestLap) -> bool {
        if let Some(at) = self.laps.iter().position(|known| known.is_of_same_driver(&lap)) {
            if self.laps[at].time_ms <= lap.time_ms {
                return false;
            }
            self.laps.remove(at);
        }
        // The first one with a time is before others with the same time.
        let at = self.laps.partition_point(|known| (known.time_ms, known.at_ms) <= (lap.time_ms, lap.at_ms));
        self.laps.insert(at, lap);
        self.laps.truncate(MAX_DRIVERS);
        at < MAX_DRIVERS
    }
}

/// A lap that may be one of the best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lap {
    pub(super) track: String,
    pub(super) configuration: Option<String>,
    pub(super) car: String,
    pub(super) best: BestLap,
}

/// The best laps of a day.
#[derive(Debug)]
pub(super) struct DayBests {
    day: Day,
    tables: Vec<BestTable>,
    /// The revision of the wall at which they changed.
    pub(super) changed_at: u64,
    version: u64,
}

impl DayBests {
    pub(super) const fn new(day: Day) -> Self {
        Self { day, tables: Vec::new(), changed_at: 0, version: 0 }
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &BestTable> {
        self.tables.iter()
    }

    /// Changes with the tables.
    pub(super) const fn version(&self) -> u64 {
        self.version
    }

    /// True if laps of another day were removed.
    pub(super) fn begin_day(&mut self, day: Day) -> bool {
        if self.day == day {
            return false;
        }
        self.day = day;
        for table in &mut self.tables {
            table.laps.retain(|lap| day.has(lap.at_ms));
        }
        self.tables.retain(|table| !table.laps.is_empty());
        self.version += 1;
        true
    }

    /// True if the lap is one of the best of this day.
    pub(super) fn insert(&mut self, lap: Lap) -> bool {
        if !self.day.has(lap.best.at_ms) {
            return false;
        }
        let Lap { track, configuration, car, best } = lap;
        let is_same =
            |table: &BestTable| table.track == track && table.configuration == configuration && table.car == car;
        let at = self.tables.iter().position(is_same).unwrap_or_else(|| {
            if self.tables.len() >= MAX_TABLES {
                let oldest = (0..self.tables.len()).min_by_key(|at| self.tables[*at].newest_ms());
                self.tables.remove(oldest.unwrap_or(0));
            }
            self.tables.push(BestTable { track, configuration, car, laps: Vec::new() });
            self.tables.len() - 1
        });
        let is_best = self.tables[at].insert(best);
        self.version += u64::from(is_best);
        is_best
    }
}
