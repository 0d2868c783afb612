//! The standings as JSON, for the web interface and scripts. `docs/web-api.md` describes them.

use acevo_telemetry::field::{FieldOrder, FieldTime, Interval, LogOffset, Standing, Standings};
use serde::Serialize;

use crate::format::text::{clean, rounded};

/// All cars in order. Values that are not known are left out.
#[derive(Debug, Serialize)]
pub(crate) struct FieldJson<'a> {
    session: u32,
    track: String,
    order: FieldOrder,
    phase: String,
    has_log: bool,
    log: LogOffset,
    best_ms: Option<u32>,
    best_sectors_ms: &'a [Option<u32>],
    cars: Vec<Car<'a>>,
}

#[derive(Debug, Serialize)]
struct Car<'a> {
    position: u32,
    car: String,
    label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_ai: Option<bool>,
    is_player: bool,
    is_active: bool,
    is_in_pits: bool,
    has_finished: bool,
    laps: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    lap_position: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lap_elapsed_s: Option<f64>,
    sectors_ms: &'a [Option<u32>],
    last_sectors_ms: &'a [Option<u32>],
    best_sectors_ms: &'a [Option<u32>],
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<FieldTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_last_valid: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best: Option<FieldTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_leader: Option<Interval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_next: Option<Interval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_player_s: Option<f64>,
    pit_visits: u32,
    warnings: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    positions_won: Option<i32>,
}

impl<'a> FieldJson<'a> {
    pub(crate) fn of(standings: &'a Standings) -> Self {
        Self {
            session: standings.session,
            track: clean(&standings.track),
            order: standings.order,
            phase: clean(&standings.phase),
            has_log: standings.has_log,
            log: standings.log,
            best_ms: standings.best_ms,
            best_sectors_ms: &standings.best_sectors_ms,
            cars: standings.cars.iter().map(Car::of).collect(),
        }
    }
}

impl<'a> Car<'a> {
    fn of(car: &'a Standing) -> Self {
        let text = |text: &Option<String>| text.as_deref().map(clean);
        let identity = &car.identity;
        Self {
            position: car.position,
            car: car.car.to_string(),
            label: clean(&car.label),
            name: text(&identity.name),
            short_name: text(&identity.short_name),
            number: identity.number,
            model: text(&identity.model),
            is_ai: identity.is_ai,
            is_player: car.is_player,
            is_active: car.is_active,
            is_in_pits: car.is_in_pits,
            has_finished: car.has_finished,
            laps: car.laps,
            lap_position: car.lap_position.and_then(|position| rounded(position, 4)),
            lap_elapsed_s: car.lap_elapsed_s.and_then(|seconds| rounded(seconds, 1)),
            sectors_ms: &car.sectors_ms,
            last_sectors_ms: &car.last_sectors_ms,
            best_sectors_ms: &car.best_sectors_ms,
            last: car.last,
            is_last_valid: car.is_last_valid,
            best: car.best,
            to_leader: car.to_leader.map(short),
            to_next: car.to_next.map(short),
            trend_s: car.trend_s.and_then(|seconds| rounded(seconds, 2)),
            to_player_s: car.to_player_s.and_then(|seconds| rounded(seconds, 2)),
            pit_visits: car.pit_visits,
            warnings: car.warnings,
            positions_won: car.positions_won,
        }
    }
}

/// An interval with milliseconds.
fn short(interval: Interval) -> Interval {
    match interval {
        Interval::Seconds(seconds) => Interval::Seconds(rounded(seconds, 3).unwrap_or_default()),
        other => other,
    }
}
