//! What a log contains.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::{self, Read};
use std::ops::ControlFlow;

use acevo_shared_memory::CarId;

use crate::event::{LogEvent, LogEventKind, Split, SplitKind};
use crate::parser::{Counts, read_log};
use crate::session::{Boundary, SessionBoundaries};
use crate::time::LogTime;

/// Sessions, phases, cars and laps of a summary at most.
const MAX_ENTRIES: usize = 100_000;

/// What a log contains: its sessions, their cars and laps.
///
/// ```
/// use acevo_gamelog::LogSummary;
///
/// let log = "[2026-05-01 20:00:00.000] [others] [info] Build release 0.5.4, version 1\n";
/// let summary = LogSummary::read(log.as_bytes())?;
/// assert_eq!(summary.version.as_deref(), Some("0.5.4"));
/// assert_eq!(summary.counts.lines(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LogSummary {
    /// Version of the game.
    pub version: Option<String>,
    /// Time of the first event.
    pub first: Option<LogTime>,
    /// Time of the last event.
    pub last: Option<LogTime>,
    /// Sessions in which a car has connected or a phase has begun, in order.
    pub sessions: Vec<SessionSummary>,
    /// Numbers of lines.
    pub counts: Counts,
    /// True if the log has more than 100,000 sessions, phases, cars and laps. The rest is left out.
    pub is_truncated: bool,
}

/// A session of a log.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SessionSummary {
    /// Time at which it begins.
    pub begins: LogTime,
    /// Kind of game, such as `INSTANT_RACE`.
    pub mode: Option<String>,
    /// Track, layout and kind of session in one text.
    pub track: Option<String>,
    /// True if it is the next session of the game before it, such as a restart.
    pub is_restart: bool,
    /// Phases, in the order of the log.
    pub phases: Vec<PhaseSummary>,
    /// Cars, ordered by id.
    pub cars: Vec<CarSummary>,
}

/// A phase of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PhaseSummary {
    /// Time of its line. Phases with the same time were planned together.
    pub time: LogTime,
    /// Name.
    pub name: String,
}

/// A car of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CarSummary {
    /// Id, as in the shared memory. In JSON it is a text, as in the log: its numbers are too large for JavaScript.
    #[cfg_attr(feature = "serde", serde(with = "id_text"))]
    pub id: CarId,
    /// Name of the driver.
    pub name: Option<String>,
    /// True if the computer drives.
    pub is_ai: bool,
    /// True for the car of the player.
    pub is_player: bool,
    /// Number of the car.
    pub number: Option<u32>,
    /// Model, such as `ks_example`.
    pub model: Option<String>,
    /// Completed laps.
    pub laps: Vec<LapSummary>,
    /// Number of splits that were driven, of timed laps or not.
    pub splits: u32,
}

/// The id of a car as text.
#[cfg(feature = "serde")]
mod id_text {
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::CarId;
    use crate::scan::Scan;

    pub(super) fn serialize<S: Serializer>(id: &CarId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(id)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CarId, D::Error> {
        let text = String::deserialize(deserializer)?;
        Scan(text.as_bytes()).car().ok_or_else(|| D::Error::custom("the id of a car has 32 hexadecimal digits"))
    }
}

/// A completed lap.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LapSummary {
    /// Time at which it ended.
    pub ended: LogTime,
    /// Lap time in milliseconds.
    pub time_ms: u32,
    /// Times of its sectors in milliseconds, in order. Fewer than the track has if the log lacks some.
    pub sectors_ms: Vec<u32>,
    /// False if the game has reported that the lap does not count.
    pub is_valid: bool,
    /// True if the session had ended for the car before: the game has simulated the rest of the lap.
    pub is_simulated: bool,
}

impl CarSummary {
    /// The best lap time in milliseconds, of laps that count and were driven.
    pub fn best_ms(&self) -> Option<u32> {
        self.laps.iter().filter(|lap| lap.is_valid && !lap.is_simulated).map(|lap| lap.time_ms).min()
    }
}

impl LogSummary {
    /// True if lines were understood, and more than those that look like known ones and are not.
    pub const fn is_log(&self) -> bool {
        self.counts.understood > self.counts.malformed
    }

    /// Reads a log to its end.
    ///
    /// # Errors
    /// The reader fails.
    pub fn read(reader: impl Read) -> io::Result<Self> {
        let mut builder = Builder::default();
        let counts = read_log(reader, |event| {
            builder.feed(event);
            ControlFlow::Continue(())
        })?;
        Ok(builder.end(counts))
    }
}

/// A summary that is not complete.
#[derive(Debug, Default)]
struct Builder {
    summary: LogSummary,
    boundaries: SessionBoundaries,
    session: Option<Session>,
    player: Option<CarId>,
    entries: usize,
}

/// The session that events belong to.
#[derive(Debug)]
struct Session {
    summary: SessionSummary,
    cars: BTreeMap<CarId, Car>,
}

#[derive(Debug)]
struct Car {
    summary: CarSummary,
    /// Sectors of the lap that is not complete.
    sectors_ms: Vec<u32>,
    has_ended: bool,
}

impl Builder {
    fn feed(&mut self, event: LogEvent) {
        self.summary.first.get_or_insert(event.time);
        self.summary.last = Some(event.time);
        if let Some(boundary) = self.boundaries.feed(&event.kind) {
            self.begin(event.time, boundary);
        }
        let session = self.session.get_or_insert_with(|| Session::new(event.time, None));
        match event.kind {
            LogEventKind::Build { version } => {
                self.summary.version.get_or_insert(version);
            }
            LogEventKind::PlayerCar { car, .. } => self.player = Some(car),
            LogEventKind::GameStarted(game) => {
                (session.summary.mode, session.summary.track) = (Some(game.mode), game.track);
            }
            LogEventKind::ModeCreated { mode } => {
                session.summary.mode.get_or_insert(mode);
            }
            LogEventKind::Phase { name } => {
                if self.entries < MAX_ENTRIES {
                    self.entries += 1;
                    session.summary.phases.push(PhaseSummary { time: event.time, name });
                }
            }
            kind => {
                // A split without a car is the player's, who is alone.
                let player = if matches!(kind, LogEventKind::Split(_)) { self.player } else { None };
                let Some(id) = kind.car().or(player) else { return };
                if let Some(car) = session.car(id, &mut self.entries) {
                    car.feed(event.time, kind, &mut self.entries);
                }
            }
        }
        self.summary.is_truncated |= self.entries >= MAX_ENTRIES;
    }

    /// Ends the session and begins one.
    fn begin(&mut self, time: LogTime, boundary: Boundary) {
        let last = self.session.take();
        let base = last.as_ref().filter(|_| boundary == Boundary::Restart);
        self.session = Some(Session::new(time, base));
        self.entries += self.session.as_ref().map_or(0, |session| session.cars.len());
        self.add(last);
    }

    fn add(&mut self, session: Option<Session>) {
        let Some(session) = session else { return };
        let has_cars = session.cars.values().any(|car| car.is_complete());
        if (has_cars || !session.summary.phases.is_empty()) && self.entries < MAX_ENTRIES {
            self.entries += 1;
            self.summary.sessions.push(session.end(self.player));
        }
    }

    fn end(mut self, counts: Counts) -> LogSummary {
        let last = self.session.take();
        self.add(last);
        self.summary.counts = counts;
        self.summary
    }
}

impl Session {
    /// The next session of `base` has the same cars.
    fn new(begins: LogTime, base: Option<&Self>) -> Self {
        let (mode, track) =
            base.map(|base| (base.summary.mode.clone(), base.summary.track.clone())).unwrap_or_default();
        let (is_restart, phases, cars) = (base.is_some(), Vec::new(), Vec::new());
        let known =
            base.map(|base| base.cars.iter().filter(|(_, car)| car.is_complete()).map(|(id, car)| (*id, car.again())));
        Self {
            summary: SessionSummary { begins, mode, track, is_restart, phases, cars },
            cars: known.into_iter().flatten().collect(),
        }
    }

    fn car(&mut self, id: CarId, entries: &mut usize) -> Option<&mut Car> {
        match self.cars.entry(id) {
            Entry::Occupied(car) => Some(car.into_mut()),
            Entry::Vacant(_) if *entries >= MAX_ENTRIES => None,
            Entry::Vacant(place) => {
                *entries += 1;
                Some(place.insert(Car::new(id)))
            }
        }
    }

    fn end(mut self, player: Option<CarId>) -> SessionSummary {
        let cars = self.cars.into_values().filter(Car::is_complete).map(|car| car.summary);
        self.summary.cars = cars.map(|car| CarSummary { is_player: player == Some(car.id), ..car }).collect();
        self.summary
    }
}

impl Car {
    fn new(id: CarId) -> Self {
        let (name, number, model, laps) = (None, None, None, Vec::new());
        let summary = CarSummary { id, name, is_ai: false, is_player: false, number, model, laps, splits: 0 };
        Self { summary, sectors_ms: Vec::new(), has_ended: false }
    }

    /// The same car, in another session.
    fn again(&self) -> Self {
        let summary = CarSummary { laps: Vec::new(), splits: 0, ..self.summary.clone() };
        Self { summary, sectors_ms: Vec::new(), has_ended: false }
    }

    /// True for a car of a session. Cars of the menu have no driver.
    fn is_complete(&self) -> bool {
        self.summary.name.is_some() || !self.summary.laps.is_empty() || self.summary.splits > 0
    }

    fn feed(&mut self, time: LogTime, kind: LogEventKind, entries: &mut usize) {
        match kind {
            LogEventKind::CarConnected { model, .. } => self.summary.model = Some(model),
            LogEventKind::DriverNamed { name, is_ai, number, .. } => {
                (self.summary.name, self.summary.is_ai) = (Some(name), is_ai);
                self.summary.number = number.or(self.summary.number);
            }
            LogEventKind::CarNumber { number, .. } => self.summary.number = Some(number),
            LogEventKind::RaceStarted { .. } => self.sectors_ms.clear(),
            LogEventKind::SessionEndedFor { .. } => self.has_ended = true,
            LogEventKind::Split(split) => self.split(split),
            LogEventKind::Lap { time_ms, .. } => {
                let sectors_ms = std::mem::take(&mut self.sectors_ms);
                if *entries < MAX_ENTRIES {
                    *entries += 1;
                    let is_simulated = self.has_ended;
                    self.summary.laps.push(LapSummary {
                        ended: time,
                        time_ms,
                        sectors_ms,
                        is_valid: true,
                        is_simulated,
                    });
                }
            }
            _ => {}
        }
    }

    fn split(&mut self, split: Split) {
        if !self.has_ended {
            self.summary.splits = self.summary.splits.saturating_add(1);
        }
        match split.sector_ms {
            Some(sector_ms) if split.kind == SplitKind::Timed => {
                if split.index == 0 {
                    self.sectors_ms.clear();
                }
                // Sectors are numbered by a byte.
                if self.sectors_ms.len() <= usize::from(u8::MAX) {
                    self.sectors_ms.push(sector_ms);
                }
            }
            _ => self.sectors_ms.clear(),
        }
    }
}
