//! One car of the field.

use serde::{Deserialize, Serialize};

use super::passes::Pass;
use super::tracker::Tracker;

/// Maximum number of laps that are kept per car; the oldest ones are dropped first.
const MAX_LAPS: usize = 2000;

/// Minimum time in the pit lane that is a visit, seconds.
const MIN_PIT_VISIT_S: f64 = 3.0;

/// Maximum difference between the ends of a measured lap and a lap of the log that are the same lap, seconds.
const SAME_LAP_S: f64 = 3.0;

/// Who drives what. What no source has shown is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CarIdentity {
    /// Name of the driver.
    pub name: Option<String>,
    /// Short name of the driver, as `MEN0`.
    pub short_name: Option<String>,
    /// Number of the car.
    pub number: Option<u32>,
    /// Model of the car, as the game's key: `ks_mazda_mx5_nd_cup`.
    pub model: Option<String>,
    /// True if the computer drives.
    pub is_ai: Option<bool>,
}

/// Where a lap time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LapSource {
    /// Measured from the positions of the car: accurate to a frame.
    Measured,
    /// The game's time, from the pages. Only the player's laps have one.
    Pages,
    /// The game's time, from its log.
    Log,
    /// An estimate of the game, from its log: the car had not finished the lap when the session ended. It never counts.
    Estimated,
}

/// A lap of any car.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldLap {
    /// The session, from 1.
    pub session: u32,
    /// Number of the lap in the session, from 1.
    pub number: u32,
    /// Lap time, milliseconds; `None` for a lap of the player that has none.
    pub time_ms: Option<u32>,
    /// Sector times, milliseconds; empty if none is known.
    pub sectors_ms: Vec<Option<u32>>,
    /// Where the time comes from.
    pub source: LapSource,
    /// Whether the game counts it; `None` if no source has shown it.
    pub is_valid: Option<bool>,
    /// A part of the lap was driven in the pit lane.
    pub through_pits: bool,
    /// When it ended, in seconds of driving since the beginning, without pauses.
    pub ended_s: f64,
}

impl FieldLap {
    /// True if the lap counts for best times, as far as is known.
    pub fn counts(&self) -> bool {
        self.time_ms.is_some() && self.is_valid != Some(false) && self.source != LapSource::Estimated
    }
}

/// A car and everything that is known about it.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldCar {
    /// Number of cars that were seen before it.
    pub(super) seen_as: u32,
    pub(super) identity: CarIdentity,
    pub(super) is_player: bool,
    pub(super) is_active: bool,
    pub(super) is_in_pits: bool,
    /// Since when it has been in the pit lane, seconds, and whether that is long enough for a visit.
    pub(super) pits_since: Option<(f64, bool)>,
    /// The last session in which it was on the pages.
    pub(super) seen_session: u32,
    /// It appeared on the pages after the others had driven off.
    pub(super) has_joined_late: bool,
    /// When it was on the pages last, seconds of driving.
    pub(super) seen_s: f64,
    /// It is in the pit lane, as the log shows.
    pub(super) is_in_log_pits: bool,
    /// The log has ended the session for it.
    pub(super) has_log_end: bool,
    /// When it was moved last, seconds of driving.
    pub(super) moved_s: Option<f64>,
    /// Visits to the pits, as the positions show.
    pub(super) pit_visits: u32,
    /// Visits to the pits, as the log shows.
    pub(super) log_pit_visits: u32,
    /// Laps with the sectors that have ended as fraction, as the log shows.
    pub(super) log_progress: Option<f64>,
    pub(super) warnings: u32,
    pub(super) tracker: Tracker,
    /// Laps and time at the finish of the race.
    pub(super) finish: Option<Pass>,
    /// Laps of all sessions, in order of their ends.
    pub(super) laps: Vec<FieldLap>,
    pub(super) running: RunningLap,
    /// The running lap of the log, which may be late.
    pub(super) log_running: LogLap,
    /// Position when the race began.
    pub(super) start_position: Option<u32>,
    /// The car has driven in this session.
    pub(super) has_started: bool,
}

/// The lap that a car is driving.
#[derive(Debug, Clone, Default)]
pub(super) struct RunningLap {
    /// Times since the beginning of the lap at which sectors ended, seconds, as measured.
    pub(super) splits_s: Vec<Option<f64>>,
    pub(super) through_pits: bool,
    /// When it began if that is not the line: the green light.
    pub(super) began_s: Option<f64>,
}

/// The lap that a car is driving, as the log shows.
#[derive(Debug, Clone, Default)]
pub(super) struct LogLap {
    /// Sector times, milliseconds.
    pub(super) sectors_ms: Vec<Option<u32>>,
    pub(super) through_pits: bool,
    /// A sector has a line of its own. If the last one lacks it, the game has estimated the lap.
    pub(super) has_lines: bool,
    pub(super) is_estimated: bool,
}

impl FieldCar {
    /// Forgets what belongs to a session.
    pub(super) fn begin_session(&mut self) {
        self.tracker.clear();
        self.running = RunningLap::default();
        self.log_running = LogLap::default();
        (self.finish, self.start_position) = (None, None);
        (self.pit_visits, self.log_pit_visits, self.warnings) = (0, 0, 0);
        (self.has_started, self.is_in_pits, self.pits_since) = (false, false, None);
        (self.log_progress, self.moved_s) = (None, None);
        (self.has_log_end, self.is_in_log_pits) = (false, false);
    }

    /// The laps of a session, in order of their ends.
    pub(super) fn laps_of(&self, session: u32) -> &[FieldLap] {
        let first = self.laps.partition_point(|lap| lap.session < session);
        self.laps.get(first..).unwrap_or_default()
    }

    /// Follows visits to the pits. A car that runs wide beside the pit lane is there for a moment only.
    pub(super) fn follow_pits(&mut self, now_s: f64) {
        if !self.is_in_pits {
            self.pits_since = None;
            return;
        }
        let (since_s, is_visit) = self.pits_since.unwrap_or((now_s, false));
        let becomes_visit = !is_visit && now_s - since_s >= MIN_PIT_VISIT_S;
        self.pits_since = Some((since_s, is_visit || becomes_visit));
        if becomes_visit {
            self.pit_visits += u32::from(self.has_started);
            // The visit may have begun in the lap before.
            if let Some(last) =
                self.laps.last_mut().filter(|lap| lap.source == LapSource::Measured && lap.ended_s > since_s)
            {
                last.through_pits = true;
            }
        }
        self.running.through_pits |= is_visit || becomes_visit;
    }

    /// Adds a lap in order of time, or completes the same lap. A time of the game is never changed by a measured one, and one of the
    /// pages by none.
    pub(super) fn note_lap(&mut self, lap: FieldLap) {
        let same =
            |known: &&mut FieldLap| known.session == lap.session && (known.ended_s - lap.ended_s).abs() <= SAME_LAP_S;
        if let Some(known) = self.laps.iter_mut().rev().take(16).find(same) {
            return known.complete(lap);
        }
        if self.laps.len() >= MAX_LAPS {
            self.laps.remove(0);
        }
        let is_before = |known: &FieldLap| (known.session, known.ended_s) <= (lap.session, lap.ended_s);
        let index = self.laps.partition_point(is_before);
        self.laps.insert(index, lap);
    }

    /// Number of completed laps of the session, as far as is known.
    pub(super) fn laps_completed(&self, session: u32) -> u32 {
        let by_lap = self.laps_of(session).iter().map(|lap| lap.number).max().unwrap_or_default();
        let by_progress = self.mark().map_or(0, |mark| mark.progress.floor().max(0.0) as u32);
        if self.finish.is_some() { by_progress } else { by_lap.max(by_progress) }
    }

    /// Sectors of the running lap that have ended, milliseconds: those of the log if it is about this lap, or else those measured.
    pub(super) fn sectors_ms(&self) -> Vec<Option<u32>> {
        let laps = |progress: f64| progress.floor();
        let is_current = match (self.log_progress, self.tracker.progress()) {
            (Some(log), Some(progress)) => laps(log) == laps(progress),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        let mut sectors = self.running.measured_ms(None);
        if is_current {
            sectors.resize(sectors.len().max(self.log_running.sectors_ms.len()), None);
            for (sector, log) in sectors.iter_mut().zip(&self.log_running.sectors_ms) {
                *sector = log.or(*sector);
            }
            let ended = sectors.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
            sectors.truncate(ended);
        }
        sectors
    }

    /// Where the car is, or where it finished.
    pub(super) fn mark(&self) -> Option<Pass> {
        self.finish.or_else(|| self.tracker.passes().newest())
    }
}

impl FieldLap {
    /// Adds what another source knows about the same lap.
    fn complete(&mut self, other: Self) {
        let was_measured = self.source == LapSource::Measured;
        let is_better = match (self.source, other.source) {
            (LapSource::Measured, _) => other.time_ms.is_some(),
            (LapSource::Log, LapSource::Pages) => other.time_ms.is_some(),
            _ => false,
        };
        if is_better {
            (self.time_ms, self.source, self.ended_s) = (other.time_ms, other.source, other.ended_s);
        }
        if other.source == LapSource::Log || self.sectors_ms.is_empty() {
            self.sectors_ms = other.sectors_ms;
        }
        if other.source != LapSource::Measured {
            self.number = other.number;
        }
        self.is_valid = self.is_valid.or(other.is_valid);
        self.through_pits = match (self.source, other.source) {
            // A car that runs wide beside the pit lane is not in it: the game knows better than positions.
            (_, LapSource::Log | LapSource::Estimated) if was_measured => other.through_pits,
            (LapSource::Measured, _) => self.through_pits || other.through_pits,
            _ => self.through_pits,
        };
    }
}

/// The driver, or the number, or a placeholder.
pub(super) fn label(identity: &CarIdentity, seen_as: u32) -> String {
    match (&identity.name, identity.number) {
        (Some(name), _) => name.clone(),
        (None, Some(number)) => format!("#{number}"),
        (None, None) => format!("Car {}", seen_as.saturating_add(1)),
    }
}

impl RunningLap {
    /// Measured sectors, milliseconds. The last one ends with the lap.
    pub(super) fn measured_ms(&self, lap_s: Option<f64>) -> Vec<Option<u32>> {
        let mut before = Some(0.0);
        let ends = self.splits_s.iter().copied().chain(lap_s.map(Some));
        ends.map(|end| {
            let began = std::mem::replace(&mut before, end);
            // Whole milliseconds of both ends, so that the sectors add up to the lap.
            Some(whole_ms(end?).saturating_sub(whole_ms(began?)))
        })
        .collect()
    }
}

/// Rounds seconds to whole milliseconds.
pub(super) fn whole_ms(seconds: f64) -> u32 {
    (seconds * 1000.0).round() as u32
}
