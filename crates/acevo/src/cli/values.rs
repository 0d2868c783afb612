//! Parsers of option values. Their errors state what is expected.

use std::ffi::OsStr;
use std::fmt::Display;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use acevo_export::{ExportFormat, MotecNames, Separator};
use acevo_fleet::{Address, HttpAddress, WriteAddress};
use acevo_recording::{LapReference, LapSelector};
use acevo_settings::LogLevel;
use acevo_shared_memory::PageKind;
use acevo_simulator::{CarModel, GameVersion, LogPlace, Scenario, TrackName, Variant};
use acevo_telemetry::analysis::{FuelPlanning, Reference, Reserve, Sectors, Thresholds, Topic};
use acevo_telemetry::{Channel, UnitSystem, channel, channels};
use clap::builder::{PathBufValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Command};

use acevo_plot::{Format, PlotKind, SIZES, Theme};
use acevo_telemetry::traces::is_drawable;

use crate::format::lap_table::Sessions;
use crate::redact;

/// Unit systems with their units.
pub(super) const UNITS: [(&str, &str); UnitSystem::ALL.len()] = {
    let mut units = [("", ""); UnitSystem::ALL.len()];
    let mut index = 0;
    while index < units.len() {
        units[index] = (UnitSystem::ALL[index].name(), UnitSystem::ALL[index].summary());
        index += 1;
    }
    units
};

/// Who writes the simulated log.
pub(super) const LOG_PLACES: [(&str, &str); 3] = [
    ("hosted", "the game of a player who races against the computer; the default"),
    ("online", "the game of a player in an online race: names of all, laps of the player"),
    ("server", "a dedicated server"),
];

/// The help of an option, with its possible values and what they mean.
pub(super) fn described<const N: usize>(help: &str, values: [(&str, &str); N]) -> String {
    format!("{help}: {}", values.map(|(name, summary)| format!("{name} ({summary})")).join(", "))
}

/// A duration of 1 ms to a day: `100ms`, `1s`, `0.5s`, `2m`, `1h`.
pub(super) fn time(text: &str) -> Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len()));
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "" => return Err("the unit is missing: 100ms, 1s, 0.5s".into()),
        _ => return Err(format!("unknown unit {unit:?}, expected ms, s, m or h")),
    };
    let number: f64 = number.trim().parse().map_err(|_| format!("{number:?} is not a number"))?;
    let time = number * seconds;
    if (0.001..=86_400.0).contains(&time) {
        Ok(Duration::from_secs_f64(time))
    } else {
        Err("expected 1ms to 24h".into())
    }
}

/// A time that is kept in memory, from a second to half an hour, which needs about 150 MB.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let span = time(text)?;
    let reach = Duration::from_secs(1)..=Duration::from_secs(30 * 60);
    if reach.contains(&span) { Ok(span) } else { Err("expected 1s to 30m".into()) }
}

/// An address of this computer, with or without a port.
pub(super) fn listen(text: &str, port: u16) -> Result<SocketAddr, String> {
    let with_port = text.parse().or_else(|_| text.parse().map(|address: IpAddr| SocketAddr::new(address, port)));
    with_port.map_err(|_| format!("expected an address of this computer, such as 0.0.0.0:{port} or 127.0.0.1"))
}

/// A parser of addresses that stay texts. Its error has the value only if that has no secret.
#[derive(Debug, Clone, Copy)]
pub(super) struct AddressText(fn(&str) -> Result<(), String>);

impl TypedValueParser for AddressText {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let text = value.to_string_lossy();
        (self.0)(&text).map_err(|error| {
            let option = arg.map(|arg| format!(" for '{arg}'")).unwrap_or_default();
            let found = redact::address(&text).map(|value| format!(" '{value}'")).unwrap_or_default();
            command.clone().error(ErrorKind::ValueValidation, format!("invalid value{found}{option}: {error}"))
        })?;
        Ok(text.into_owned())
    }
}

/// The address of a broker.
pub(super) const BROKER: AddressText = AddressText(parsed::<Address>);

/// The address of a database.
pub(super) const DATABASE: AddressText = AddressText(parsed::<WriteAddress>);

/// A store: a folder or the address of a server.
pub(super) const STORE: AddressText =
    AddressText(|text| if text.contains("://") { parsed::<HttpAddress>(text) } else { Ok(()) });

fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<(), String> {
    text.parse::<T>().map(drop).map_err(|error| error.to_string())
}

/// A size in bytes.
pub(super) fn byte_size(text: &str) -> Result<u64, String> {
    acevo_settings::size(text).flatten().ok_or_else(|| "expected 1MB to 1000TB, such as 500MB, 50GB or 1.5TB".into())
}

/// A time of the relay: at most a minute.
pub(super) fn relay_time(text: &str) -> Result<Duration, String> {
    let time = time(text)?;
    if time <= Duration::from_secs(60) { Ok(time) } else { Err("expected 1ms to 60s".into()) }
}

/// A reserve of fuel: `2l`, `1lap`, `0.5laps`.
pub(super) fn reserve(text: &str) -> Result<Reserve, String> {
    let (number, unit) = text.split_at(text.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(text.len()));
    let (max, reserve): (f64, fn(f64) -> Reserve) = match unit {
        "l" => (Reserve::MAX_LITRES, Reserve::Litres),
        "lap" | "laps" => (Reserve::MAX_LAPS, Reserve::Laps),
        _ => return Err("expected litres or laps, such as 2l or 0.5laps".into()),
    };
    match number.trim().parse() {
        Ok(number) if (0.0..=max).contains(&number) => Ok(reserve(number)),
        _ => Err(format!("expected a number from 0 to {max} before {unit}")),
    }
}

/// The time that a pit stop costs, at most an hour.
pub(super) fn pit_loss(text: &str) -> Result<Duration, String> {
    if matches!(text, "0" | "0s") {
        return Ok(Duration::ZERO);
    }
    let loss = time(text)?;
    if loss.as_secs_f64() <= FuelPlanning::MAX_PIT_LOSS_S { Ok(loss) } else { Err("expected 0s to 60m".into()) }
}

/// A factor for the simulator's clock.
pub(super) fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.001..=1000.0).contains(&speed) => Ok(speed),
        _ => Err("expected a number from 0.001 to 1000".into()),
    }
}

/// A threshold, such as `low_fuel_laps=2`.
pub(super) fn threshold(text: &str) -> Result<(String, f64), String> {
    let (name, number) = text.split_once('=').ok_or("expected NAME=NUMBER, such as low_fuel_laps=2")?;
    let number = number.parse().ok().filter(|number: &f64| number.is_finite()).ok_or("expected a number after =")?;
    let threshold = (name.to_owned(), number);
    thresholds(&Thresholds::default(), std::slice::from_ref(&threshold))?;
    Ok(threshold)
}

/// Thresholds with these changes.
pub(super) fn thresholds(base: &Thresholds, changed: &[(String, f64)]) -> Result<Thresholds, String> {
    let mut all = serde_json::to_value(base).map_err(|error| error.to_string())?;
    for (name, number) in changed {
        all[name.as_str()] = (*number).into();
    }
    serde_json::from_value(all).map_err(|error| error.to_string())
}

/// A channel by its id.
pub(super) fn any_channel(id: &str) -> Result<&'static Channel, String> {
    channel(id).ok_or_else(|| "no such channel; `acevo channels` lists all".into())
}

/// The separator of the cells of a table.
pub(super) fn separator(text: &str) -> Result<Separator, String> {
    match text {
        "," => Ok(Separator::Comma),
        ";" => Ok(Separator::Semicolon),
        "tab" | "\t" => Ok(Separator::Tab),
        _ => Err("expected `,`, `;` or tab".into()),
    }
}

/// Rows per second.
pub(super) fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if (0.01..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("expected a number from 0.01 to 1000".into()),
    }
}

/// Lap positions for all tracks, such as `0.31,0.68`.
pub(super) fn sectors(text: &str) -> Result<Sectors, String> {
    let positions = text.split(',').map(|position| position.trim().parse::<f64>());
    let positions: Vec<_> = positions
        .collect::<Result<_, _>>()
        .map_err(|error| format!("{error}; expected positions such as 0.31,0.68"))?;
    let mut sectors = Sectors::default();
    sectors.set_others(&positions).map_err(|error| error.to_string())?;
    Ok(sectors)
}

/// A file for a picture. Its extension selects the format.
pub(super) fn picture() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| match Format::of(&path) {
        Some(_) => Ok(path),
        None => Err("expected a file name that ends in .png or .svg"),
    })
}

/// A channel that has numbers.
pub(super) fn curve(id: &str) -> Result<&'static Channel, String> {
    let channel = channel(id).ok_or("no such channel; `acevo channels` lists them")?;
    if is_drawable(channel) { Ok(channel) } else { Err("its values are texts, which cannot be drawn".into()) }
}

/// A size in pixels, such as `1600x900`.
pub(super) fn size(text: &str) -> Result<(u32, u32), String> {
    let size = text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    size.filter(|(width, height)| SIZES.contains(width) && SIZES.contains(height)).ok_or_else(|| {
        format!("expected width x height, each {} to {} pixels, such as 1600x900", SIZES.start(), SIZES.end())
    })
}

pub(super) fn page() -> impl TypedValueParser<Value = PageKind> {
    PossibleValuesParser::new(["physics", "graphics", "static"]).map(|name| match name.as_str() {
        "physics" => PageKind::Physics,
        "graphics" => PageKind::Graphics,
        _ => PageKind::Static,
    })
}

pub(super) fn car() -> impl TypedValueParser<Value = CarModel> {
    PossibleValuesParser::new(CarModel::ALL.iter().map(|car| PossibleValue::new(car.name()).help(car.summary())))
        .try_map(|name| name.parse::<CarModel>())
}

pub(super) fn track() -> impl TypedValueParser<Value = TrackName> {
    PossibleValuesParser::new(TrackName::ALL.iter().map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| name.parse::<TrackName>())
}

pub(super) fn game() -> impl TypedValueParser<Value = GameVersion> {
    PossibleValuesParser::new(GameVersion::ALL.iter().map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| name.parse::<GameVersion>())
}

pub(super) fn variant() -> impl TypedValueParser<Value = Variant> {
    PossibleValuesParser::new(Variant::ALL.iter().map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| name.parse::<Variant>())
}

pub(super) fn log_place() -> impl TypedValueParser<Value = LogPlace> {
    PossibleValuesParser::new(LOG_PLACES.map(|(name, summary)| PossibleValue::new(name).help(summary))).map(|name| {
        match name.as_str() {
            "online" => LogPlace::Online,
            "server" => LogPlace::Server,
            _ => LogPlace::Hosted,
        }
    })
}

pub(super) fn scenario() -> impl TypedValueParser<Value = Scenario> {
    PossibleValuesParser::new(Scenario::ALL.iter().map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| name.parse::<Scenario>())
}

pub(super) fn units() -> impl TypedValueParser<Value = UnitSystem> {
    PossibleValuesParser::new(UnitSystem::ALL.iter().map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| name.parse::<UnitSystem>())
}

pub(super) fn plot_kind() -> impl TypedValueParser<Value = PlotKind> {
    PossibleValuesParser::new(PlotKind::ALL.map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| PlotKind::ALL.into_iter().find(|kind| kind.name() == name).ok_or("not among them"))
}

pub(super) fn theme() -> impl TypedValueParser<Value = Theme> {
    PossibleValuesParser::new(Theme::ALL.map(|one| PossibleValue::new(one.name()).help(one.summary())))
        .try_map(|name| Theme::ALL.into_iter().find(|theme| theme.name() == name).ok_or("not among them"))
}

pub(super) fn export_format() -> impl TypedValueParser<Value = ExportFormat> {
    PossibleValuesParser::new(["csv", "jsonl", "parquet", "motec", "mcap"]).map(|name| match name.as_str() {
        "csv" => ExportFormat::Csv,
        "jsonl" => ExportFormat::Jsonl,
        "parquet" => ExportFormat::Parquet,
        "motec" => ExportFormat::Motec,
        _ => ExportFormat::Mcap,
    })
}

pub(super) fn motec_names() -> impl TypedValueParser<Value = MotecNames> {
    PossibleValuesParser::new(["acc", "circuit"]).map(|name| match name.as_str() {
        "circuit" => MotecNames::Circuit,
        _ => MotecNames::Acc,
    })
}

/// A track distance in metres.
pub(super) fn metres(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('m').unwrap_or(text).trim().parse::<f64>().ok();
    number
        .filter(|metres| (0.0..=1e6).contains(metres))
        .ok_or_else(|| "expected metres after the line, such as 1200".to_owned())
}

pub(super) fn sessions() -> impl TypedValueParser<Value = Sessions> {
    PossibleValuesParser::new(["current", "all"]).map(|name| match name.as_str() {
        "all" => Sessions::All,
        _ => Sessions::Current,
    })
}

/// The lap that the running lap is compared with.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ReferenceChoice {
    /// One of the session, or a stored one.
    Kind(Reference),
    /// A lap of a recording, which is stored for its car and track.
    Lap { file: PathBuf, lap: LapSelector },
}

impl ReferenceChoice {
    pub(super) fn reference(&self) -> Reference {
        match self {
            Self::Kind(reference) => reference.clone(),
            Self::Lap { .. } => Reference::Chosen,
        }
    }
}

pub(super) fn reference(text: &str) -> Result<ReferenceChoice, String> {
    let kind = match text {
        "chosen" => Reference::Chosen,
        "best" => Reference::Best,
        "last" => Reference::Last,
        "personal" => Reference::Personal,
        _ => {
            return match text.parse() {
                Ok(LapReference { recording: Some(file), lap }) => Ok(ReferenceChoice::Lap { file, lap }),
                _ => Err("expected chosen, best, last, personal, or a lap of a recording, such as friend.acevo:best"
                    .to_owned()),
            };
        }
    };
    Ok(ReferenceChoice::Kind(kind))
}

pub(super) fn log_level() -> impl TypedValueParser<Value = LogLevel> {
    PossibleValuesParser::new(LogLevel::ALL.map(LogLevel::name))
        .try_map(|name| LogLevel::ALL.into_iter().find(|level| level.name() == name).ok_or("not among them"))
}

/// A parser of one of several names. Its error does not list them, because there are too many, but shells complete them.
#[derive(Clone)]
pub(super) struct Named<P> {
    pub(super) parse: P,
    pub(super) names: fn() -> Vec<&'static str>,
}

impl<P: TypedValueParser> TypedValueParser for Named<P> {
    type Value = P::Value;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<P::Value, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter().map(PossibleValue::new)))
    }
}

/// [`any_channel`] with the ids for shells.
pub(super) fn channel_id() -> impl TypedValueParser<Value = &'static Channel> {
    Named { parse: any_channel, names: || channels().iter().map(Channel::id).collect() }
}

/// [`curve`] with the ids for shells.
pub(super) fn curve_id() -> impl TypedValueParser<Value = &'static Channel> {
    Named { parse: curve, names: || channels().iter().filter(|one| is_drawable(one)).map(Channel::id).collect() }
}

pub(super) fn topic() -> impl TypedValueParser<Value = Topic> {
    PossibleValuesParser::new(Topic::ALL.map(Topic::name))
        .try_map(|name| Topic::ALL.into_iter().find(|topic| topic.name() == name).ok_or("not among them"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_needs_a_unit() {
        let ms = |text| time(text).map(|time| time.as_millis());
        assert_eq!([ms("100ms"), ms("1s"), ms("0.5s"), ms("2m")], [Ok(100), Ok(1000), Ok(500), Ok(120_000)]);
        assert_eq!([ms("1.5h"), ms("24h")], [Ok(5_400_000), Ok(86_400_000)]);
        for wrong in ["", "5", "s", "0s", "-1s", "25h", "1d", "NaNs", "infs", "1e9s", "1 s x", "0.1ms", "ä"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn reserve_is_in_litres_or_laps() {
        assert_eq!([reserve("2l"), reserve("0 l")], [Ok(Reserve::Litres(2.0)), Ok(Reserve::Litres(0.0))]);
        assert_eq!([reserve("1lap"), reserve("0.5laps")], [Ok(Reserve::Laps(1.0)), Ok(Reserve::Laps(0.5))]);
        for wrong in ["", "2", "l", "-1l", "101l", "21laps", "NaNl", "infl", "1gal", "2 l x", "ä"] {
            assert!(reserve(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn pit_loss_is_at_most_an_hour_and_may_be_zero() {
        let seconds = |text| pit_loss(text).map(|loss| loss.as_secs_f64());
        assert_eq!(
            [seconds("0"), seconds("0s"), seconds("55s"), seconds("1.5m")],
            [Ok(0.0), Ok(0.0), Ok(55.0), Ok(90.0)]
        );
        for wrong in ["", "55", "-1s", "61m", "NaNs"] {
            assert!(pit_loss(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn size_checks_its_range() {
        assert_eq!(size("1600x900"), Ok((1600, 900)));
        for wrong in ["", "1600", "x", "1600x", "-1x900", "100x900", "9000x900", "1600x900x3", "99999999999x900"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn address_text_reports_option_and_value_without_secrets() {
        let parse = |parser: AddressText, text: &str| {
            let command = Command::new("acevo").arg(Arg::new("to").long("to").value_name("STORE").value_parser(parser));
            command.try_get_matches_from(["acevo", "--to", text]).map_err(|error| error.to_string())
        };
        let error = parse(BROKER, "127.0.0.1").unwrap_err();
        assert!(error.contains("invalid value '127.0.0.1' for '--to <STORE>': the address of a broker is"), "{error}");
        assert!(parse(BROKER, "mqtt://127.0.0.1:99999").unwrap_err().contains("'mqtt://127.0.0.1:99999'"));
        let secret = parse(BROKER, "mqtt://me:secret@host").unwrap_err();
        assert!(secret.contains("mqtt.password_file") && !secret.contains("secret@"), "{secret}");
        assert!(parse(DATABASE, "127.0.0.1:8428").is_err() && parse(DATABASE, "http://host:8428/write").is_ok());
        assert!(parse(STORE, "http://host:99999").is_err());
        assert!(parse(STORE, "Z:\\acevo").is_ok() && parse(STORE, "https://host/x").is_ok());
    }

    #[test]
    fn curve_refuses_texts_and_unknown_channels() {
        assert_eq!(curve("speed").map(Channel::id), Ok("speed"));
        assert!(curve("sped").is_err() && curve("track").is_err());
    }

    #[test]
    fn speed_checks_its_range() {
        assert_eq!(speed("2.5"), Ok(2.5));
        for wrong in ["0", "-1", "NaN", "inf", "fast", "1001"] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
    }
}
