//! All rigs of a broker, and the best laps of the day, as their messages say.
//!
//! A [`Wall`] takes messages, which are not trusted: any bytes change the state or are ignored, and all sizes are bounded. It has no clock: the
//! caller passes the time. A [`WallSubscriber`] gets the messages of a broker, and never publishes.

mod bests;
mod content;
mod rig;
mod store;
mod subscriber;
mod topic;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

pub use self::bests::{BestLap, BestTable, Day};
use self::bests::{DayBests, Lap};
use self::content::Cleaner;
use self::rig::Known;
pub use self::rig::{LastLap, LiveValues, RigActivity, WallRig};
pub use self::store::{WallStore, WallStoreError};
pub use self::subscriber::{WallBroker, WallSubscriber};
use self::topic::{Kind, RigTopic};
use crate::broker::Message;

/// Maximum number of rigs. A new one replaces one that is offline or stale, or is ignored.
const MAX_RIGS: usize = 500;

/// Maximum size of a message, bytes. Rigs send less than 100 kB.
pub(crate) const MAX_MESSAGE: usize = 128 * 1024;

/// Who has what on the wall.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct RigId {
    site: String,
    rig: String,
}

/// All rigs of a broker, and the best laps of the day.
#[derive(Debug)]
pub struct Wall {
    rigs: BTreeMap<RigId, Known>,
    bests: DayBests,
    cleaner: Cleaner,
    ignored: u64,
    /// Counts calls of [`changes`](Self::changes).
    revision: u64,
    /// The revision at which a rig disappeared.
    removed_at: u64,
}

/// The state of a wall, or what of it has changed.
#[derive(Debug, Serialize)]
pub struct WallState<'a> {
    /// All rigs are there; otherwise only those that have changed.
    pub is_full: bool,
    /// Sorted by site and rig.
    pub rigs: Vec<&'a WallRig>,
    /// The best laps of the day, the table with the newest lap first; `None` if they have not changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bests: Option<Vec<&'a BestTable>>,
    /// Messages that were ignored: they are no JSON, too large, or of too many rigs.
    pub ignored: u64,
}

impl Wall {
    /// An empty wall for laps of this day. `is_unsafe` is true for characters that names must not have.
    pub fn new(day: Day, is_unsafe: fn(char) -> bool) -> Self {
        Self {
            rigs: BTreeMap::new(),
            bests: DayBests::new(day),
            cleaner: Cleaner::new(is_unsafe),
            ignored: 0,
            revision: 1,
            removed_at: 0,
        }
    }

    /// Begins a day, if it is another one: laps of the day before are removed.
    pub fn begin_day(&mut self, day: Day) {
        if self.bests.begin_day(day) {
            self.bests.changed_at = self.revision;
        }
    }

    /// Takes best laps that were stored. They are checked as those of messages are.
    pub fn restore(&mut self, tables: Vec<BestTable>) {
        for table in tables {
            let name = |text: &str| self.cleaner.name(text);
            let (Some(track), Some(car)) = (name(&table.track), name(&table.car)) else { continue };
            let configuration = table.configuration.as_deref().and_then(name);
            for best in table.laps {
                let (site, rig) = (topic::level(&best.site), topic::level(&best.rig));
                let (Some(site), Some(rig)) = (site, rig) else { continue };
                let driver = best.driver.as_deref().and_then(name);
                let best =
                    BestLap { driver, time_ms: best.time_ms, site: site.into(), rig: rig.into(), at_ms: best.at_ms };
                self.bests.insert(Lap {
                    track: track.clone(),
                    configuration: configuration.clone(),
                    car: car.clone(),
                    best,
                });
            }
        }
        self.bests.changed_at = self.revision;
    }

    /// Takes a message that arrived at this time, in milliseconds since 1970.
    pub fn take(&mut self, message: &Message, unix_ms: u64) {
        let Some(topic) = RigTopic::parse(&message.topic) else { return self.ignore() };
        if message.text.len() > MAX_MESSAGE {
            return self.ignore();
        }
        let id = RigId { site: topic.site.to_owned(), rig: topic.rig.to_owned() };
        if topic.kind == Kind::Status && message.text.is_empty() {
            // The retained status of a rig that no longer exists was deleted.
            if self.rigs.remove(&id).is_some() {
                self.removed_at = self.revision;
            }
            return;
        }
        let Some(content) = self.cleaner.parse(topic.kind, &message.text) else { return self.ignore() };
        if !self.rigs.contains_key(&id) && self.rigs.len() >= MAX_RIGS && !self.make_room() {
            return self.ignore();
        }
        let known = self.rigs.entry(id).or_insert_with_key(|id| Known::new(&id.site, &id.rig, unix_ms));
        let lap = known.take(content, message.is_retained, unix_ms);
        known.note_change(self.revision);
        if lap.is_some_and(|lap| self.bests.insert(lap)) {
            self.bests.changed_at = self.revision;
        }
    }

    /// Counts a message that was too large to be received.
    pub fn ignore(&mut self) {
        self.ignored = self.ignored.saturating_add(1);
    }

    /// Removes the rig that has been offline or stale for the longest time. False if all rigs are there.
    fn make_room(&mut self) -> bool {
        let gone = self.rigs.iter().filter(|(_, known)| known.rig.state.is_gone());
        let Some(oldest) = gone.min_by_key(|(_, known)| known.rig.since_ms).map(|(id, _)| id.clone()) else {
            return false;
        };
        self.rigs.remove(&oldest);
        self.removed_at = self.revision;
        true
    }

    /// Marks rigs whose messages have stopped. Call it about once a second.
    pub fn check(&mut self, unix_ms: u64) {
        for known in self.rigs.values_mut() {
            known.check(unix_ms);
            known.note_change(self.revision);
        }
    }

    /// The whole state.
    pub fn state(&self) -> WallState<'_> {
        self.since(0)
    }

    /// The state, or what has changed since a revision, which [`changes`](Self::changes) has returned.
    fn since(&self, revision: u64) -> WallState<'_> {
        let is_full = self.removed_at >= revision;
        let rigs = self.rigs.values().filter(|known| is_full || known.changed_at >= revision).map(|known| &known.rig);
        let bests = (is_full || self.bests.changed_at >= revision).then(|| {
            let mut tables: Vec<_> = self.bests.tables().collect();
            tables.sort_by_key(|table| Reverse(table.newest_ms()));
            tables
        });
        WallState { is_full, rigs: rigs.collect(), bests, ignored: self.ignored }
    }

    /// What has changed since the last call: rigs and tables.
    pub fn changes(&mut self) -> WallState<'_> {
        let revision = self.revision;
        self.revision += 1;
        self.since(revision)
    }

    /// The tables of the best laps, to store them.
    fn tables(&self) -> Vec<&BestTable> {
        self.bests.tables().collect()
    }

    /// The number of changes of the best laps.
    fn bests_version(&self) -> u64 {
        self.bests.version()
    }
}

#[cfg(test)]
mod tests;
