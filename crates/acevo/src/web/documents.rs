//! JSON documents. `docs/web-api.md` describes them.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use acevo_telemetry::analysis::{Outline, SectorKind};
use acevo_telemetry::{Channel, ChannelValue, Unit, UnitSystem};
use serde::Serialize;
use serde_json::{Map, Value};

use super::json::json;
use super::messages::{Cars, Fuel, Running, Status, Stint};
use super::state::State;
use crate::format::text::{clean, rounded};
use crate::session::snapshot::Snapshot;

/// Everything at one instant, with the values of these channels by id.
pub(super) fn snapshot<'a>(
    state: &State,
    channels: impl Iterator<Item = (&'a str, Option<&'static Channel>)>,
) -> String {
    #[derive(Serialize)]
    struct Document {
        time_s: f64,
        status: Status,
        lap: Running,
        fuel: Fuel,
        cars: Cars,
        stint: Stint,
        values: Map<String, Value>,
    }
    let snapshot = &state.snapshot;
    let value = |channel: Option<&Channel>| match (channel, &snapshot.pages) {
        (Some(channel), Some(pages)) => channel.value(pages, &snapshot.axes).map_or(Value::Null, as_json),
        _ => Value::Null,
    };
    json(&Document {
        time_s: state.at_s,
        status: Status::of(snapshot),
        lap: Running::of(snapshot),
        fuel: Fuel::of(snapshot),
        cars: Cars::of(snapshot),
        stint: Stint::of(snapshot),
        values: channels.map(|(id, channel)| (id.to_owned(), value(channel))).collect(),
    })
}

fn as_json(value: ChannelValue<'_>) -> Value {
    match value {
        ChannelValue::Text(text) => clean(text).into(),
        value => match value.as_f64() {
            // Numbers of 32 bits are written with their own digits: 213.3782, not 213.37820434570312.
            Some(number) if f64::from(number as f32) == number => {
                (number as f32).to_string().parse().map_or(Value::Null, |number: f64| number.into())
            }
            number => number.into(),
        },
    }
}

/// A channel.
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
    /// How to show values in each unit system, by the system's name. `None` for numbers without a unit.
    display: Option<BTreeMap<&'static str, Display>>,
}

/// A unit for display: `shown = value * factor + offset`.
#[derive(Debug, Serialize)]
struct Display {
    unit: &'static str,
    factor: f64,
    offset: f64,
    decimals: usize,
}

impl Display {
    fn of(channel: &Channel, system: UnitSystem) -> Option<Self> {
        let (from, to) = (channel.unit(), system.display(channel.unit()));
        // Conversions are linear: two values define them. Rounding removes the error of the subtraction.
        let offset = from.convert(0.0, to)?;
        let factor = from.convert(1.0, to)? - offset;
        let decimals = from.decimals_in(channel.decimals(), to);
        Some(Self { unit: to.symbol(), factor: rounded(factor, 12)?, offset: rounded(offset, 9)?, decimals })
    }

    fn in_all_systems(channel: &Channel) -> Option<BTreeMap<&'static str, Self>> {
        if channel.unit() == Unit::None {
            return None;
        }
        UnitSystem::ALL.into_iter().map(|system| Some((system.name(), Self::of(channel, system)?))).collect()
    }
}

/// Descriptions of channels.
pub(super) fn catalogue(channels: impl Iterator<Item = &'static Channel>) -> String {
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
        display: Display::in_all_systems(channel),
    };
    json(&channels.map(entry).collect::<Vec<_>>())
}

/// The token for links to this server, if one is needed.
pub(super) fn token(token: Option<&str>) -> String {
    json(&BTreeMap::from([("token", token)]))
}

/// The addresses of the page: on this computer, where no token is needed, and for other devices.
pub(super) fn addresses(port: u16, network: &[Ipv4Addr], token: Option<&str>, is_same_computer: bool) -> String {
    #[derive(Serialize)]
    struct Addresses<'a> {
        here: String,
        network: Vec<String>,
        token: Option<&'a str>,
        is_same_computer: bool,
    }
    let address = |ip: &Ipv4Addr| format!("http://{ip}:{port}");
    json(&Addresses {
        here: address(&Ipv4Addr::LOCALHOST),
        network: network.iter().map(address).collect(),
        token,
        is_same_computer,
    })
}

/// The outline of the track.
pub(super) fn outline(snapshot: &Snapshot, version: u32) -> String {
    #[derive(Serialize)]
    struct Track<'a> {
        version: u32,
        known: bool,
        length_m: Option<f64>,
        points: Vec<[f64; 2]>,
        start: usize,
        sectors: &'a [f64],
        sector_kind: SectorKind,
        pit: Option<Vec<[f64; 2]>>,
    }
    let level = |[x, _, z]: &[f64; 3]| [x, z].map(|metres| (metres * 100.0).round() / 100.0);
    let outline: &Outline = &snapshot.outline;
    json(&Track {
        version,
        known: outline.is_known(),
        length_m: outline.track_length_m().or_else(|| outline.length_m()),
        points: outline.points().iter().map(level).collect(),
        start: 0,
        sectors: &snapshot.sector_ends,
        sector_kind: snapshot.sector_kind,
        pit: outline.pit_lane().map(|pit| pit.points().iter().map(level).collect()),
    })
}

#[cfg(test)]
mod tests {
    use acevo_telemetry::channel;

    use super::*;

    fn shown(id: &str, system: &str, value: f64) -> (f64, &'static str, usize) {
        let display = &Display::in_all_systems(channel(id).unwrap()).unwrap()[system];
        (value * display.factor + display.offset, display.unit, display.decimals)
    }

    #[test]
    fn display_converts_to_every_unit_system() {
        assert_eq!(shown("speed", "game", 100.0), (100.0, "km/h", 1));
        let (mph, unit, _) = shown("speed", "imperial", 160.9344);
        assert!((mph - 100.0).abs() < 1e-6 && unit == "mph");
        assert_eq!(shown("water_temp", "imperial", 100.0), (212.0, "°F", 1));
        assert_eq!(shown("tyre_pressure_fl", "game", 27.0), (27.0, "psi", 1));
        let (bar, unit, decimals) = shown("tyre_pressure_fl", "metric", 27.0);
        assert!((bar - 1.861_584).abs() < 1e-6 && (unit, decimals) == ("bar", 2));
        assert_eq!(shown("throttle", "kpa", 0.5).1, "%");
        assert!(Display::in_all_systems(channel("gear").unwrap()).is_none());
    }

    #[test]
    fn token_is_null_if_none_is_needed() {
        assert_eq!((token(None), token(Some("abc"))), (r#"{"token":null}"#.into(), r#"{"token":"abc"}"#.into()));
    }

    #[test]
    fn addresses_have_the_port_and_no_token() {
        let network = [Ipv4Addr::new(192, 168, 1, 20)];
        let document: Value = serde_json::from_str(&addresses(80, &network, Some("abc"), true)).unwrap();
        let expected = serde_json::json!({
            "here": "http://127.0.0.1:80", "network": ["http://192.168.1.20:80"], "token": "abc", "is_same_computer": true,
        });
        assert_eq!(document, expected);
    }
}
