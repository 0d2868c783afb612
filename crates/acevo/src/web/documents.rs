//! What is told as JSON. The names are those of `docs/web-api.md`.

use acevo_shared_memory::{ACEvoStatus, Frame};
use acevo_telemetry::analysis::{Lap, LapKind, Outline, Sectors, Validity};
use acevo_telemetry::{Axes, Channel, ChannelValue, channels};
use serde::Serialize;
use serde_json::{Map, Value};

use super::moment::Moment;
use crate::format::text::{clean, driver, name};
use crate::session::live::Link;
use crate::session::snapshot::Seen;

/// Text of a document. What is made here can always be written.
pub(super) fn json(document: &impl Serialize) -> String {
    serde_json::to_string(document).unwrap_or_default()
}

/// The same as a message, with its type.
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
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Status {
    link: &'static str,
    headline: &'static str,
    detail: String,
    demo: bool,
    recording: bool,
    status: Option<&'static str>,
    /// Whether physics values describe the car now, and if not, why.
    physics: Option<String>,
    /// Another car than the player's is watched.
    watching: bool,
    session: Option<String>,
    phase: Option<String>,
    track: Option<String>,
    configuration: Option<String>,
    car: Option<String>,
    driver: Option<String>,
    game_version: Option<String>,
    #[serde(flatten)]
    pub(super) packets: PacketRates,
}

/// What changes all the time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct PacketRates {
    physics_hz: Option<f64>,
    graphics_hz: Option<f64>,
    missed: u64,
    /// Steps of the physics counter that the game left out around pauses.
    skipped: u64,
}

impl Status {
    pub(super) fn of(seen: &Seen) -> Self {
        let pages = seen.pages.as_ref();
        let text = |of: fn(&Frame) -> &str| pages.map(|pages| name(of(pages))).filter(|text| !text.is_empty());
        Self {
            link: match seen.link {
                Link::Attached => "attached",
                Link::Absent(_) | Link::Unproven | Link::Silent => "waiting",
                Link::Unusable(_) => "unusable",
                Link::Frozen => "frozen",
                Link::Ended => "ended",
            },
            headline: seen.link.headline(),
            detail: clean(seen.link.detail()),
            demo: seen.demo,
            recording: seen.recording,
            status: pages.and_then(|pages| match pages.graphics.status() {
                ACEvoStatus::Live => Some("live"),
                ACEvoStatus::Pause => Some("paused"),
                ACEvoStatus::Replay => Some("replay"),
                ACEvoStatus::Off => Some("menu"),
                ACEvoStatus::Unknown(_) => None,
            }),
            physics: pages.map(|pages| pages.validity.to_string()),
            watching: seen.watches,
            session: text(|pages| pages.static_data.session_name()),
            phase: text(|pages| pages.graphics.session_phase()),
            track: text(|pages| pages.static_data.track()),
            configuration: text(|pages| pages.static_data.track_configuration()),
            car: text(|pages| pages.graphics.car_model()),
            driver: pages.map(driver).filter(|driver| !driver.is_empty()),
            game_version: text(|pages| pages.static_data.ac_evo_version()),
            packets: PacketRates {
                physics_hz: seen.health.physics_rate.and_then(|rate| rounded(rate, 0)),
                graphics_hz: seen.health.graphics_rate.and_then(|rate| rounded(rate, 0)),
                missed: seen.health.physics_missed,
                skipped: seen.health.physics_skipped,
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
    place: Option<f64>,
    validity: Option<Validity>,
    splits_ms: Vec<Option<u32>>,
    delta_s: Option<f64>,
    predicted_s: Option<f64>,
    reference_s: Option<f64>,
    best_ms: Option<u32>,
    theoretical_ms: Option<u32>,
    personal_ms: Option<u32>,
    last_ms: Option<u32>,
}

impl Running {
    pub(super) fn of(seen: &Seen) -> Self {
        let (lap, delta) = (seen.lap.as_ref(), seen.delta.as_ref());
        let last = seen.laps.last().filter(|lap| lap.session == seen.session && !seen.watches);
        Self {
            session: seen.session,
            number: lap.map(|lap| lap.number),
            kind: lap.map(|lap| lap.kind),
            elapsed_s: lap.and_then(|lap| rounded(lap.elapsed_s, 3)),
            place: lap.and_then(|lap| rounded(lap.place?, 5)),
            validity: lap.map(|lap| lap.validity),
            splits_ms: lap.map(|lap| lap.splits_ms.clone()).unwrap_or_default(),
            delta_s: delta.and_then(|delta| rounded(delta.seconds, 3)),
            predicted_s: delta.and_then(|delta| rounded(delta.predicted_s, 3)),
            reference_s: delta.and_then(|delta| rounded(delta.reference_s, 3)),
            best_ms: seen.bests.time_ms,
            theoretical_ms: seen.bests.theoretical_ms(),
            personal_ms: seen.personal_ms,
            last_ms: last.and_then(|lap| lap.time_ms),
        }
    }
}

/// How long the fuel lasts.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Fuel {
    amount: Option<f64>,
    per_lap: Option<f64>,
    laps_left: Option<f64>,
    time_left_s: Option<f64>,
    laps_to_finish: Option<f64>,
    needed: Option<f64>,
    to_add: Option<f64>,
}

impl Fuel {
    pub(super) fn of(seen: &Seen) -> Self {
        let plan = seen.fuel.unwrap_or_default();
        // Charge is 0 to 1.
        let [amount, per_lap, needed, to_add] =
            [plan.amount, plan.per_lap, plan.needed, plan.to_add].map(|of| rounded(of?, 3));
        let [laps_left, laps_to_finish] = [plan.laps_left, plan.laps_to_finish].map(|of| rounded(of?, 2));
        Self {
            amount,
            per_lap,
            laps_left,
            time_left_s: plan.time_left_s.and_then(|time| rounded(time, 0)),
            laps_to_finish,
            needed,
            to_add,
        }
    }
}

/// What was driven since the car left its box.
#[derive(Debug, PartialEq, Serialize)]
struct Stint {
    number: u32,
    laps: u32,
    distance_km: Option<f64>,
    time_s: Option<f64>,
    fuel_used_l: Option<f64>,
}

impl Stint {
    fn of(seen: &Seen) -> Self {
        let stint = &seen.stint;
        Self {
            number: stint.number,
            laps: stint.laps,
            distance_km: rounded(stint.distance_km, 3),
            time_s: rounded(stint.time_s, 1),
            fuel_used_l: rounded(stint.fuel_used_l, 3),
        }
    }
}

/// The other cars along the track, and the player where there are others.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Cars {
    cars: Vec<(Option<f64>, Option<f64>, bool)>,
    player: Option<Player>,
}

#[derive(Debug, PartialEq, Serialize)]
struct Player {
    place: Option<f64>,
}

impl Cars {
    pub(super) fn of(seen: &Seen) -> Self {
        let cars = seen.cars.iter().map(|car| (rounded(car.gap_m, 1), rounded(car.place, 5), car.is_in_pit_lane));
        let place = seen.pages.as_ref().map(|pages| f64::from(pages.graphics.raw().npos));
        let place = place.filter(|place| (0.0..=1.0).contains(place)).and_then(|place| rounded(place, 5));
        Self { cars: cars.collect(), player: (!seen.cars.is_empty()).then_some(Player { place }) }
    }
}

/// A number and nothing else.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Laps {
    pub(super) count: usize,
}

/// A number and nothing else.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct OutlineVersion {
    pub(super) version: u32,
}

/// Everything of a moment. `wanted` are channels by id.
pub(super) fn snapshot<'a>(
    moment: &Moment,
    wanted: impl Iterator<Item = (&'a str, Option<&'static Channel>)>,
) -> String {
    #[derive(Serialize)]
    struct Snapshot {
        time_s: f64,
        status: Status,
        lap: Running,
        fuel: Fuel,
        cars: Cars,
        stint: Stint,
        values: Map<String, Value>,
    }
    let seen = &moment.seen;
    let value = |channel: Option<&Channel>| match (channel, &seen.pages) {
        (Some(channel), Some(pages)) => channel.value(pages, &seen.axes).map_or(Value::Null, as_json),
        _ => Value::Null,
    };
    json(&Snapshot {
        time_s: moment.at_s,
        status: Status::of(seen),
        lap: Running::of(seen),
        fuel: Fuel::of(seen),
        cars: Cars::of(seen),
        stint: Stint::of(seen),
        values: wanted.map(|(id, channel)| (id.to_owned(), value(channel))).collect(),
    })
}

fn as_json(value: ChannelValue<'_>) -> Value {
    match value {
        ChannelValue::Text(text) => clean(text).into(),
        value => match value.as_f64() {
            // Most numbers are of 32 bits, and have no more digits than those tell: 213.3782, not 213.37820434570312.
            Some(number) if f64::from(number as f32) == number => {
                (number as f32).to_string().parse().map_or(Value::Null, |number: f64| number.into())
            }
            number => number.into(),
        },
    }
}

/// What a channel says in words: a text, or the name of an enum's value.
pub(super) fn in_words(channel: &Channel, pages: &Frame, axes: &Axes) -> Value {
    match channel.value(pages, axes) {
        Some(ChannelValue::Text(text)) => clean(text).into(),
        Some(ChannelValue::Enum(_, name)) => name.into(),
        _ => Value::Null,
    }
}

/// A channel of the catalogue.
#[derive(Debug, Serialize)]
struct Entry {
    id: &'static str,
    title: &'static str,
    kind: String,
    unit: &'static str,
    decimals: usize,
    min: Option<f64>,
    max: Option<f64>,
    rate: String,
    quality: String,
    versions: &'static [&'static str],
    note: &'static str,
    default: bool,
}

/// The catalogue.
pub(super) fn catalogue() -> String {
    let entry = |channel: &Channel| Entry {
        id: channel.id(),
        title: channel.title(),
        kind: channel.kind().to_string(),
        unit: channel.unit().symbol(),
        decimals: channel.decimals(),
        min: channel.range().map(|range| *range.start()),
        max: channel.range().map(|range| *range.end()),
        rate: channel.rate().to_string(),
        quality: channel.quality().to_string(),
        versions: channel.versions(),
        note: channel.note(),
        default: channel.is_default(),
    };
    json(&channels().iter().map(entry).collect::<Vec<_>>())
}

/// All laps.
pub(super) fn laps(moment: &Moment) -> String {
    #[derive(Serialize)]
    struct Entry<'a> {
        index: usize,
        trace: bool,
        #[serde(flatten)]
        lap: &'a Lap,
    }
    let laps = &moment.seen.laps;
    // The oldest ones are forgotten where there are very many.
    let first = moment.laps_ended.saturating_sub(laps.len());
    let entry = |(index, lap)| Entry { index: first + index, trace: moment.trace(first + index).is_some(), lap };
    json(&laps.iter().enumerate().map(entry).collect::<Vec<_>>())
}

/// The track.
pub(super) fn outline(seen: &Seen, version: u32, sectors: &Sectors) -> String {
    #[derive(Serialize)]
    struct Track<'a> {
        version: u32,
        known: bool,
        length_m: Option<f64>,
        points: Vec<[f64; 2]>,
        start: usize,
        sectors: &'a [f64],
        pit: Option<Vec<[f64; 2]>>,
    }
    let level = |[x, _, z]: &[f64; 3]| [x, z].map(|metres| (metres * 100.0).round() / 100.0);
    let outline: &Outline = &seen.outline;
    let names = seen.pages.as_ref().map(|pages| (pages.static_data.track(), pages.static_data.track_configuration()));
    let (track, configuration) = names.unwrap_or_default();
    json(&Track {
        version,
        known: outline.is_known(),
        length_m: outline.track_length_m().or_else(|| outline.length_m()),
        points: outline.points().iter().map(level).collect(),
        start: 0,
        sectors: sectors.lines(track, configuration),
        pit: outline.pit_lane().map(|pit| pit.points().iter().map(level).collect()),
    })
}

/// A number with no more decimals than this; `None` where it is none.
fn rounded(value: f64, decimals: i32) -> Option<f64> {
    let scale = 10f64.powi(decimals);
    // No -0.
    value.is_finite().then(|| (value * scale).round() / scale + 0.0)
}
