//! JSON messages of the WebSocket, which are also parts of documents. `docs/web-api.md` describes them.

use std::time::Duration;

use acevo_shared_memory::{ACEvoStatus, Frame};
use acevo_telemetry::analysis::{LapKind, SectorKind, Validity};
use acevo_telemetry::{Axes, Channel, ChannelValue};
use serde::Serialize;
use serde_json::Value;

use super::fuel_plan::Stops;
use super::json::json;
use crate::format::text::{clean, driver, name, rounded};
use crate::session::feeder::SourceKind;
use crate::session::playback::handle::PlaybackState;
use crate::session::snapshot::Snapshot;
use crate::session::status::ConnectionStatus;

/// A message as text, with its type.
pub(super) fn message(kind: &str, content: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Message<'a, T> {
        r#type: &'a str,
        #[serde(flatten)]
        content: &'a T,
    }
    json(&Message { r#type: kind, content })
}

/// The connection and the session.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Status {
    pub(super) connection: &'static str,
    headline: &'static str,
    detail: String,
    demo: bool,
    recording: bool,
    pub(super) status: Option<&'static str>,
    /// `current`, or why physics values are missing.
    physics: Option<String>,
    /// The camera follows another car than the player's.
    watching: bool,
    pub(super) session: Option<String>,
    phase: Option<String>,
    pub(super) track: Option<String>,
    pub(super) configuration: Option<String>,
    pub(super) car: Option<String>,
    pub(super) driver: Option<String>,
    game_version: Option<String>,
    #[serde(flatten)]
    packets: PacketRates,
}

/// The part of the status that changes all the time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct PacketRates {
    physics_hz: Option<f64>,
    graphics_hz: Option<f64>,
    missed: u64,
    /// Steps of the physics counter that the game left out around pauses.
    skipped: u64,
}

impl Status {
    /// True if everything but the packet rates is the same.
    pub(super) fn has_same_state(&self, other: &Self) -> bool {
        Self { packets: other.packets, ..self.clone() } == *other
    }

    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let pages = snapshot.pages.as_ref();
        let text = |of: fn(&Frame) -> &str| pages.map(|pages| name(of(pages))).filter(|text| !text.is_empty());
        Self {
            connection: match snapshot.connection {
                ConnectionStatus::Attached => "attached",
                ConnectionStatus::Absent(_) | ConnectionStatus::Unconfirmed | ConnectionStatus::RecordingGap => {
                    "waiting"
                }
                ConnectionStatus::Unusable(_) => "unusable",
                ConnectionStatus::Frozen => "frozen",
                ConnectionStatus::LogAlone => "log",
                ConnectionStatus::Ended | ConnectionStatus::Broken(_) => "ended",
            },
            headline: snapshot.connection.headline(),
            detail: clean(snapshot.connection.detail()),
            demo: snapshot.source == SourceKind::Demo,
            recording: snapshot.source == SourceKind::Recording,
            status: pages.and_then(|pages| match pages.graphics.status() {
                ACEvoStatus::Live => Some("live"),
                ACEvoStatus::Pause => Some("paused"),
                ACEvoStatus::Replay => Some("replay"),
                ACEvoStatus::Off => Some("menu"),
                ACEvoStatus::Unknown(_) => None,
            }),
            physics: pages.map(|pages| pages.validity.to_string()),
            watching: snapshot.watches_another_car,
            session: text(|pages| pages.static_data.session_name()),
            phase: text(|pages| pages.graphics.session_phase()),
            track: text(|pages| pages.static_data.track()),
            configuration: text(|pages| pages.static_data.track_configuration()),
            car: text(|pages| pages.graphics.car_model()),
            driver: pages.map(driver).filter(|driver| !driver.is_empty()),
            game_version: text(|pages| pages.static_data.ac_evo_version()),
            packets: PacketRates {
                physics_hz: snapshot.health.physics_rate.and_then(|rate| rounded(rate, 0)),
                graphics_hz: snapshot.health.graphics_rate.and_then(|rate| rounded(rate, 0)),
                missed: snapshot.health.physics_missed,
                skipped: snapshot.health.physics_skipped,
            },
        }
    }
}

/// The running lap, and the times of its session.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Running {
    session: u32,
    number: Option<u32>,
    kind: Option<LapKind>,
    elapsed_s: Option<f64>,
    lap_position: Option<f64>,
    validity: Option<Validity>,
    splits_ms: Vec<Option<u32>>,
    /// The number of sectors of a lap on this track, and where their boundaries come from.
    sectors: usize,
    sector_kind: SectorKind,
    delta_s: Option<f64>,
    predicted_s: Option<f64>,
    reference_s: Option<f64>,
    best_ms: Option<u32>,
    ideal_ms: Option<u32>,
    personal_ms: Option<u32>,
    last_ms: Option<u32>,
}

impl Running {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (lap, delta) = (snapshot.lap.as_ref(), snapshot.delta.as_ref());
        let last = snapshot.laps.last().filter(|lap| lap.session == snapshot.session && !snapshot.watches_another_car);
        Self {
            session: snapshot.session,
            number: lap.map(|lap| lap.number),
            kind: lap.map(|lap| lap.kind),
            elapsed_s: lap.and_then(|lap| rounded(lap.elapsed_s, 3)),
            lap_position: lap.and_then(|lap| rounded(lap.lap_position?, 5)),
            validity: lap.map(|lap| lap.validity),
            splits_ms: lap.map(|lap| lap.splits_ms.clone()).unwrap_or_default(),
            sectors: snapshot.sector_ends.len() + 1,
            sector_kind: snapshot.sector_kind,
            delta_s: delta.and_then(|delta| rounded(delta.seconds, 3)),
            predicted_s: delta.and_then(|delta| rounded(delta.predicted_s, 3)),
            reference_s: delta.and_then(|delta| rounded(delta.reference_s, 3)),
            best_ms: snapshot.bests.time_ms,
            ideal_ms: snapshot.bests.ideal_ms(),
            personal_ms: snapshot.personal_ms,
            last_ms: last.and_then(|lap| lap.time_ms),
        }
    }
}

/// Fuel or charge: the amount, and how long it lasts.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Fuel {
    amount: Option<f64>,
    per_lap: Option<f64>,
    last_lap: Option<f64>,
    highest_lap: Option<f64>,
    spread: Option<f64>,
    lap_time_s: Option<f64>,
    laps_left: Option<f64>,
    time_left_s: Option<f64>,
    laps_to_finish: Option<f64>,
    needed: Option<f64>,
    to_add: Option<f64>,
    pit_loss_s: f64,
    #[serde(flatten)]
    stops: Stops,
}

impl Fuel {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let plan = snapshot.fuel.unwrap_or_default();
        // Litres, or a charge between 0 and 1.
        let [amount, per_lap, last_lap, highest_lap, spread, needed, to_add] =
            [plan.amount, plan.per_lap, plan.last_lap, plan.highest_lap, plan.spread, plan.needed, plan.to_add]
                .map(|of| rounded(of?, 3));
        let [laps_left, laps_to_finish] = [plan.laps_left, plan.laps_to_finish].map(|of| rounded(of?, 2));
        Self {
            amount,
            per_lap,
            last_lap,
            highest_lap,
            spread,
            lap_time_s: plan.lap_time_s.and_then(|time| rounded(time, 3)),
            laps_left,
            time_left_s: plan.time_left_s.and_then(|time| rounded(time, 0)),
            laps_to_finish,
            needed,
            to_add,
            pit_loss_s: snapshot.fuel_planning.pit_loss_s,
            stops: Stops::of(snapshot),
        }
    }
}

/// The current stint: since the car left its box.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Stint {
    number: u32,
    laps: u32,
    distance_km: Option<f64>,
    time_s: Option<f64>,
    fuel_used_l: Option<f64>,
}

impl Stint {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let stint = &snapshot.stint;
        Self {
            number: stint.number,
            laps: stint.laps,
            distance_km: rounded(stint.distance_km, 3),
            time_s: rounded(stint.time_s, 1),
            fuel_used_l: rounded(stint.fuel_used_l, 3),
        }
    }
}

/// The other cars on the track, and the player if there are others.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Cars {
    cars: Vec<(Option<f64>, Option<f64>, bool)>,
    player: Option<Player>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Player {
    lap_position: Option<f64>,
}

impl Cars {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let cars =
            snapshot.cars.iter().map(|car| (rounded(car.gap_m, 1), rounded(car.lap_position, 5), car.is_in_pit_lane));
        let position = snapshot.pages.as_ref().map(|pages| f64::from(pages.graphics.raw().npos));
        let position = position.filter(|position| (0.0..=1.0).contains(position));
        let lap_position = position.and_then(|position| rounded(position, 5));
        Self { cars: cars.collect(), player: (!snapshot.cars.is_empty()).then_some(Player { lap_position }) }
    }
}

/// The number of laps that have ended.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct LapCount {
    pub(super) count: usize,
    /// The index of the oldest lap with a trace.
    pub(super) first_trace: Option<usize>,
    /// The number of seeks in a recording: after one, laps and events are others.
    pub(super) seeks: u32,
}

/// The version of the outline.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct OutlineVersion {
    pub(super) version: u32,
}

/// A channel's text, or the name of an enum's value.
pub(super) fn text_of(channel: &Channel, pages: &Frame, axes: &Axes) -> Value {
    match channel.value(pages, axes) {
        Some(ChannelValue::Text(text)) => clean(text).into(),
        Some(ChannelValue::Enum(_, name)) => name.into(),
        _ => Value::Null,
    }
}

/// The state of the recording that is played, without its laps.
#[derive(Debug, Serialize)]
pub(super) struct Playback {
    position_s: f64,
    length_s: f64,
    speed: f64,
    paused: bool,
    ended: bool,
    /// The number of seeks so far.
    seeks: u32,
    /// The laps are known.
    has_laps: bool,
}

impl Playback {
    pub(super) fn of(state: &PlaybackState) -> Self {
        Self {
            position_s: milliseconds(state.position),
            length_s: milliseconds(state.length),
            speed: state.speed,
            paused: state.is_paused,
            ended: state.has_ended,
            seeks: state.seeks,
            has_laps: state.laps.is_some(),
        }
    }
}

/// Seconds, rounded to milliseconds.
pub(super) fn milliseconds(time: Duration) -> f64 {
    time.as_millis() as f64 / 1000.0
}
