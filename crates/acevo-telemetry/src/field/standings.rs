//! The order of the cars and the gaps between them.

use std::cmp::Ordering;

use acevo_shared_memory::CarId;
use serde::{Deserialize, Serialize};

use super::car::{CarIdentity, FieldCar, FieldLap, LapSource};
use super::log_clock::LogOffset;

/// What the order of the cars depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldOrder {
    /// Laps and position, as in a race.
    Race,
    /// The best lap, as in practice and qualifying.
    #[default]
    BestLap,
}

/// The distance to another car.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Interval {
    /// Time between the two cars at the same point of the track, seconds. In an order by best laps it is the difference of the best laps.
    Seconds(f64),
    /// Whole laps, 1 or more.
    Laps(u32),
}

/// A lap time and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldTime {
    /// Milliseconds.
    pub ms: u32,
    /// Where it comes from.
    pub source: LapSource,
}

/// One car of the standings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Standing {
    /// Position, from 1.
    pub position: u32,
    /// Id of the car.
    pub car: CarId,
    /// Who drives what.
    #[serde(flatten)]
    pub identity: CarIdentity,
    /// The driver, or the number, or a placeholder such as `Car 3`.
    pub label: String,
    /// The player's car.
    pub is_player: bool,
    /// The car takes part. False after it has left.
    pub is_active: bool,
    /// The car is in the pit lane or its box.
    pub is_in_pits: bool,
    /// The car has finished the race.
    pub has_finished: bool,
    /// Completed laps of the session.
    pub laps: u32,
    /// Lap position, 0..1; `None` while it is unknown.
    pub lap_position: Option<f64>,
    /// Time since the beginning of the running lap, seconds, if the beginning was seen.
    pub lap_elapsed_s: Option<f64>,
    /// Sectors of the running lap that have ended, milliseconds.
    pub sectors_ms: Vec<Option<u32>>,
    /// Sectors of the last lap, milliseconds.
    pub last_sectors_ms: Vec<Option<u32>>,
    /// Best sectors of valid laps of the session, milliseconds.
    pub best_sectors_ms: Vec<Option<u32>>,
    /// Last lap.
    pub last: Option<FieldTime>,
    /// Whether the last lap counts; `None` if that is unknown.
    pub is_last_valid: Option<bool>,
    /// Best valid lap of the session.
    pub best: Option<FieldTime>,
    /// Gap to the leader.
    pub to_leader: Option<Interval>,
    /// Gap to the next car ahead in the order.
    pub to_next: Option<Interval>,
    /// By how much the gap to the next car has changed within the last lap, seconds; negative if it has become smaller.
    pub trend_s: Option<f64>,
    /// Time to the player on the track, seconds: positive if this car is ahead.
    pub to_player_s: Option<f64>,
    /// Number of visits to the pits in the session.
    pub pit_visits: u32,
    /// Number of warnings for track limits, if the log has them.
    pub warnings: u32,
    /// Positions won since the start of the race; negative if lost.
    pub positions_won: Option<i32>,
}

/// The field at one instant.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Standings {
    /// The session, from 1.
    pub session: u32,
    /// Track and layout, as they are shown; empty if they are unknown. A log has them in one text, with the kind of the session.
    #[serde(default)]
    pub track: String,
    /// What the order depends on.
    pub order: FieldOrder,
    /// The phase of the session, as the game names it; empty if it is unknown.
    pub phase: String,
    /// The cars, the leader first. Cars that have left come last.
    pub cars: Vec<Standing>,
    /// Best sectors of all cars, milliseconds.
    pub best_sectors_ms: Vec<Option<u32>>,
    /// Best lap of all cars, milliseconds.
    pub best_ms: Option<u32>,
    /// How the times of the log are mapped.
    pub log: LogOffset,
    /// The log has been read.
    pub has_log: bool,
}

/// A car with what the order needs.
pub(super) struct Entry<'a> {
    pub(super) id: CarId,
    pub(super) car: &'a FieldCar,
    best: Option<&'a FieldLap>,
}

impl<'a> Entry<'a> {
    pub(super) fn new(id: CarId, car: &'a FieldCar, session: u32) -> Self {
        let counting = car.laps_of(session).iter().filter(|lap| lap.counts());
        Self { id, car, best: counting.min_by_key(|lap| lap.time_ms) }
    }
}

/// Sorts the cars.
pub(super) fn sort(entries: &mut [Entry<'_>], order: FieldOrder) {
    let by_best = |entry: &Entry<'_>| entry.best.and_then(|lap| lap.time_ms).unwrap_or(u32::MAX);
    entries.sort_by(|a, b| {
        let by_order = match order {
            FieldOrder::Race => by_way(a.car, b.car),
            FieldOrder::BestLap => by_best(a).cmp(&by_best(b)),
        };
        let is_out = |car: &FieldCar| !car.is_active && car.finish.is_none();
        let by_activity = match order {
            FieldOrder::Race => is_out(a.car).cmp(&is_out(b.car)),
            FieldOrder::BestLap => a.best.is_none().cmp(&b.best.is_none()),
        };
        by_activity.then(by_order).then(a.car.seen_as.cmp(&b.car.seen_as))
    });
}

/// The car that has driven further comes first; at the same point, the one that was there first.
fn by_way(a: &FieldCar, b: &FieldCar) -> Ordering {
    match (a.mark(), b.mark()) {
        (Some(a), Some(b)) => b.progress.total_cmp(&a.progress).then(a.at_s.total_cmp(&b.at_s)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}

/// Time or laps by which a car is behind another one.
fn behind(ahead: &FieldCar, car: &FieldCar) -> Option<Interval> {
    let (leader, mark) = (ahead.mark()?, car.mark()?);
    let laps = (leader.progress - mark.progress).floor();
    if laps >= 1.0 {
        return Some(Interval::Laps(laps as u32));
    }
    let passed_s = match ahead.finish {
        Some(finish) if finish.progress <= mark.progress => finish.at_s,
        _ => ahead.tracker.passes().time_at(mark.progress)?,
    };
    Some(Interval::Seconds((mark.at_s - passed_s).max(0.0)))
}

/// By how much the gap to the car ahead has changed within the last lap, seconds.
fn trend(ahead: &FieldCar, car: &FieldCar) -> Option<f64> {
    let progress = car.mark()?.progress;
    let gap = |at: f64| Some(car.tracker.passes().time_at(at)? - ahead.tracker.passes().time_at(at)?);
    Some(gap(progress)? - gap(progress - 1.0)?)
}

/// Time from the player to another car on the track, seconds: positive if that car is ahead.
fn on_track(player: &FieldCar, car: &FieldCar) -> Option<f64> {
    let (here, there) = (player.tracker.passes().newest()?, car.tracker.passes().newest()?);
    let lead = (there.progress - here.progress + 0.5).rem_euclid(1.0) - 0.5;
    if lead >= 0.0 {
        Some(here.at_s - car.tracker.passes().time_at(there.progress - lead)?)
    } else {
        Some(player.tracker.passes().time_at(here.progress + lead)? - there.at_s)
    }
}

/// The standings of sorted cars.
pub(super) fn standings(entries: &[Entry<'_>], session: u32, order: FieldOrder, now_s: f64) -> Vec<Standing> {
    let player = entries.iter().find(|entry| entry.car.is_player);
    let leader = entries.first();
    let mut ahead: Option<&Entry<'_>> = None;
    let mut cars = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let position = index as u32 + 1;
        let interval = |other: &Entry<'_>| match order {
            FieldOrder::Race => behind(other.car, entry.car),
            FieldOrder::BestLap => by_best_lap(other, entry),
        };
        let is_behind_another = index > 0 && (entry.car.is_active || entry.car.finish.is_some());
        let to_player = player.filter(|player| player.id != entry.id && entry.car.is_active);
        cars.push(Standing {
            to_leader: leader.filter(|_| is_behind_another).and_then(interval),
            to_next: ahead.filter(|_| is_behind_another).and_then(interval),
            trend_s: ahead
                .filter(|_| is_behind_another && order == FieldOrder::Race && entry.car.finish.is_none())
                .and_then(|ahead| trend(ahead.car, entry.car)),
            to_player_s: to_player.and_then(|player| on_track(player.car, entry.car)),
            positions_won: entry.car.start_position.map(|start| start as i32 - position as i32),
            ..standing(entry, position, session, now_s)
        });
        ahead = Some(entry);
    }
    cars
}

/// The difference between the best laps of two cars.
fn by_best_lap(ahead: &Entry<'_>, car: &Entry<'_>) -> Option<Interval> {
    let (ahead_ms, ms) = (ahead.best?.time_ms?, car.best?.time_ms?);
    Some(Interval::Seconds(f64::from(ms.saturating_sub(ahead_ms)) / 1000.0))
}

/// What the standings have about one car alone.
fn standing(entry: &Entry<'_>, position: u32, session: u32, now_s: f64) -> Standing {
    let car = entry.car;
    let laps = car.laps_of(session);
    let last = laps.last();
    let time = |lap: &FieldLap| lap.time_ms.map(|ms| FieldTime { ms, source: lap.source });
    let began_s = car.running.began_s.or_else(|| car.tracker.lap_began_s());
    Standing {
        position,
        car: entry.id,
        identity: car.identity.clone(),
        label: super::car::label(&car.identity, car.seen_as),
        is_player: car.is_player,
        is_active: car.is_active,
        is_in_pits: car.is_in_pits,
        has_finished: car.finish.is_some(),
        laps: car.laps_completed(session),
        lap_position: car.tracker.progress().map(|progress| progress.rem_euclid(1.0)),
        lap_elapsed_s: began_s.filter(|_| car.finish.is_none()).map(|began_s| (now_s - began_s).max(0.0)),
        sectors_ms: if car.finish.is_some() { Vec::new() } else { car.sectors_ms() },
        last_sectors_ms: last.map(|lap| lap.sectors_ms.clone()).unwrap_or_default(),
        best_sectors_ms: best_sectors(laps),
        last: last.and_then(time),
        is_last_valid: last.and_then(|lap| lap.is_valid),
        best: entry.best.and_then(time),
        to_leader: None,
        to_next: None,
        trend_s: None,
        to_player_s: None,
        pit_visits: if car.log_pit_visits > 0 { car.log_pit_visits } else { car.pit_visits },
        warnings: car.warnings,
        positions_won: None,
    }
}

/// The best sectors of the laps that count.
fn best_sectors(laps: &[FieldLap]) -> Vec<Option<u32>> {
    let mut best = Vec::new();
    for lap in laps.iter().filter(|lap| lap.counts()) {
        take_best(&mut best, &lap.sectors_ms);
    }
    best
}

/// Keeps the smaller time of each sector.
pub(super) fn take_best(best: &mut Vec<Option<u32>>, sectors_ms: &[Option<u32>]) {
    if best.len() < sectors_ms.len() {
        best.resize(sectors_ms.len(), None);
    }
    for (best, sector) in best.iter_mut().zip(sectors_ms) {
        *best = [*best, *sector].into_iter().flatten().min();
    }
}
