//! The table of all keys.

use crate::kind::{Kind, SESSIONS};
use crate::problem::nearest;

/// A key of the settings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Key {
    /// The name with its section, such as `server.port`.
    pub name: &'static str,
    /// What it sets, with its unit.
    pub summary: &'static str,
    /// The kind and range of its values.
    pub kind: Kind,
    /// Options of commands that replace it, in the form of a document; may be empty.
    pub options: &'static str,
    /// When the background program uses a changed value.
    pub applies: Applies,
}

/// When the background program uses a changed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// At once.
    AtOnce,
    /// When the next session begins.
    NextSession,
    /// When the program starts again.
    Restart,
}

impl Applies {
    /// The name in documents: `at_once`, `next_session` or `restart`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::NextSession => "next_session",
            Self::Restart => "restart",
        }
    }

    /// As the end of a sentence: `at once`, `in the next session` or `after a restart`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::AtOnce => "at once",
            Self::NextSession => "in the next session",
            Self::Restart => "after a restart",
        }
    }
}

/// The sections of the file, in its order, with their titles.
pub const SECTIONS: [(&str, &str); 9] = [
    ("recording", "What is recorded, and for how long it is kept. Nothing is deleted by default"),
    ("server", "The page in the browser, overlays, and the interface for other programs"),
    ("mqtt", "Laps, events and live values for a broker of MQTT. Nothing is sent by default"),
    ("influx", "Laps, events and live values for a database of time series. Nothing is sent by default"),
    ("upload", "A store for finished recordings. Nothing is uploaded by default"),
    ("analysis", "How laps are compared"),
    (
        "sectors",
        "Sector boundaries as lap positions, without the finish line. A track has a key of its own: \"Monza\" = [0.31, 0.68], or \"TRACK/CONFIGURATION\"",
    ),
    ("thresholds", "When events are reported. Times are driving time; pauses do not count"),
    ("log", "The log file"),
];

const LEVELS: &[&str] = &["off", "error", "warn", "info", "debug", "trace"];
const UNITS: &[&str] = &["game", "metric", "kpa", "imperial"];
const REFERENCES: &[&str] = &["chosen", "best", "last", "personal"];
const UPLOAD_TIMES: &[&str] = &["between sessions", "always"];

const SECONDS: Kind = Kind::Number { min: 0.0, max: 3600.0 };
const LAPS: Kind = Kind::Number { min: 0.0, max: 1000.0 };
const LITRES: Kind = Kind::Number { min: 0.0, max: 1000.0 };
const SHARE: Kind = Kind::Number { min: 0.0, max: 1.0 };
const RATIO: Kind = Kind::Number { min: 0.0, max: 10.0 };
const CELSIUS: Kind = Kind::Number { min: -100.0, max: 1000.0 };

const ADDRESS: Kind = Kind::Text { max: 300 };
const NAME: Kind = Kind::Text { max: 64 };
/// The path of a file has the form of that of a folder.
const FILE: Kind = Kind::Folder;

const fn key(name: &'static str, kind: Kind, options: &'static str, summary: &'static str) -> Key {
    Key { name, summary, kind, options, applies: Applies::Restart }
}

/// A key whose changes take effect at once.
const fn live(name: &'static str, kind: Kind, options: &'static str, summary: &'static str) -> Key {
    Key { applies: Applies::AtOnce, ..key(name, kind, options, summary) }
}

/// An option of `acevo events`.
const THRESHOLD: &str = "`events --threshold`";

/// Every key with a fixed name, in the order of the file. Tracks have further keys in the section `sectors`.
pub const KEYS: &[Key] = &[
    live(
        "units",
        Kind::Choice(UNITS),
        "`channels`, `export`, `plot` `--units`",
        "Units of screens, pictures and tables",
    ),
    key("rig", Kind::Text { max: 64 }, "", "Name of this rig, for programs that receive data of several"),
    key("site", NAME, "`publish --site`", "Name of the place of this rig, such as a club; empty: default"),
    live("recording.enabled", Kind::Switch, "", "The background program records every drive"),
    live("recording.folder", Kind::Folder, "`record --output`", "Folder of recordings; empty: acevo in your documents"),
    live(
        "recording.sessions",
        Kind::Choices(SESSIONS),
        "",
        "Kinds of sessions that the background program records; those that the game does not name always are",
    ),
    live("recording.max_age", Kind::Age, "", "Age after which a recording may be deleted"),
    live("recording.max_size", Kind::Size, "", "Total size of the recordings above which the oldest may be deleted"),
    live("recording.min_free", Kind::Size, "", "Free disk space below which the oldest recordings may be deleted"),
    key(
        "server.port",
        Kind::Integer { min: 0, max: 65_535 },
        "`serve --port`",
        "Port to listen on; 0 selects a free port",
    ),
    key(
        "server.lan",
        Kind::Switch,
        "`serve --lan`",
        "Accept other devices in the network; they need the token in the address",
    ),
    live("server.lan_control", Kind::Switch, "", "Other devices may also change settings and control recording"),
    key(
        "server.keep_token",
        Kind::Switch,
        "`serve --token-file`",
        "The token stays the same after a restart, so that addresses remain valid; false creates a new one at each start",
    ),
    key(
        "mqtt.broker",
        ADDRESS,
        "`publish --broker`",
        "The broker: mqtt://HOST:PORT, or mqtts://HOST:PORT with TLS; empty: nothing is sent",
    ),
    key(
        "mqtt.site",
        NAME,
        "`publish --site`",
        "The first level of topics, and the name in tags and stores; empty: site",
    ),
    key(
        "mqtt.rig",
        NAME,
        "`publish --rig`",
        "The second level of topics, and the name in tags and stores; empty: rig, or the name of this computer",
    ),
    key("mqtt.user", Kind::Text { max: 256 }, "", "User at the broker; empty without one"),
    key("mqtt.password_file", FILE, "", "File with the password; the variable ACEVO_MQTT_PASSWORD replaces it"),
    key("mqtt.ca_file", FILE, "", "Certificates that are trusted (PEM); empty: those of the system"),
    key("mqtt.client_certificate", FILE, "", "Certificate of this rig (PEM); empty without one"),
    key("mqtt.client_key", FILE, "", "Private key of that certificate (PEM)"),
    key("mqtt.rate", Kind::Number { min: 0.0, max: 60.0 }, "", "Samples per second; 0 sends none"),
    key("mqtt.batch", Kind::Number { min: 0.0, max: 60.0 }, "", "Seconds of samples per message; 0 sends each alone"),
    key(
        "mqtt.spool_limit",
        Kind::Integer { min: 1, max: 10_000 },
        "",
        "Megabytes of laps, events and sessions that wait for the broker on the disk; beyond it the oldest are dropped",
    ),
    key("mqtt.home_assistant", Kind::Switch, "", "Home Assistant discovers the rig as a device"),
    key(
        "influx.url",
        ADDRESS,
        "`publish --influx`",
        "Where lines are written to, such as http://HOST:8428/write; empty: nothing is sent",
    ),
    key("influx.user", Kind::Text { max: 256 }, "", "User at the database; empty without one"),
    key("influx.password_file", FILE, "", "File with the password; the variable ACEVO_INFLUX_PASSWORD replaces it"),
    key("influx.token_file", FILE, "", "File with a token; the variable ACEVO_INFLUX_TOKEN replaces it"),
    key("influx.ca_file", FILE, "", "Certificates that are trusted (PEM); empty: those of the system"),
    key("influx.rate", Kind::Number { min: 0.0, max: 60.0 }, "", "Samples per second; 0 sends none"),
    key(
        "upload.folder",
        Kind::Folder,
        "`upload --to`",
        "Folder of the store, such as a network share; empty without one",
    ),
    key(
        "upload.url",
        ADDRESS,
        "`upload --to`",
        "Address of the store: http:// or https://; empty without one. Only one of folder and url is set",
    ),
    key(
        "upload.presign",
        Kind::Switch,
        "`upload --presign`",
        "The address is that of a service that returns addresses",
    ),
    key(
        "upload.user",
        Kind::Text { max: 256 },
        "",
        "User, if the server asks for user and password; empty: the token is enough",
    ),
    key(
        "upload.token_file",
        FILE,
        "`upload --token-file`",
        "File with the token or the password; the variable ACEVO_UPLOAD_TOKEN replaces it",
    ),
    key(
        "upload.ca_file",
        FILE,
        "`upload --ca-file`",
        "Certificates that are trusted (PEM); empty: those of the system",
    ),
    key("upload.limit", Kind::Rate, "`upload --limit`", "Maximum rate of uploads"),
    key("upload.when", Kind::Choice(UPLOAD_TIMES), "", "Uploads pause while you drive, or they do not"),
    key(
        "analysis.reference",
        Kind::Choice(REFERENCES),
        "`watch`, `laps`, `events`, `serve` `--reference`",
        "Lap that the running lap is compared with",
    ),
    key(
        "sectors.default",
        Kind::Positions,
        "`watch`, `laps`, `events`, `serve` `--sectors`",
        "Boundaries for all tracks that have no key of their own",
    ),
    key(
        "thresholds.hold_s",
        SECONDS,
        THRESHOLD,
        "Seconds for which a state (pit lane, box, services, pit limiter, flags) must persist",
    ),
    key("thresholds.wrong_way_s", SECONDS, THRESHOLD, "Seconds after which driving the wrong way is reported"),
    key("thresholds.off_track_s", SECONDS, THRESHOLD, "Seconds after which four tyres off the track are reported"),
    key(
        "thresholds.rev_limiter_every_s",
        SECONDS,
        THRESHOLD,
        "Minimum time between two events of the rev limiter, seconds",
    ),
    key("thresholds.low_fuel_laps", LAPS, THRESHOLD, "Laps left below which fuel is low"),
    key("thresholds.critical_fuel_laps", LAPS, THRESHOLD, "Laps left below which fuel is critical"),
    key("thresholds.low_fuel_l", LITRES, THRESHOLD, "Litres below which fuel is low while consumption is unknown"),
    key(
        "thresholds.critical_fuel_l",
        LITRES,
        THRESHOLD,
        "Litres below which fuel is critical while consumption is unknown",
    ),
    key(
        "thresholds.low_charge",
        SHARE,
        THRESHOLD,
        "Charge of an electric car, 0 to 1, below which it is low while consumption is unknown",
    ),
    key(
        "thresholds.critical_charge",
        SHARE,
        THRESHOLD,
        "Charge of an electric car, 0 to 1, below which it is critical while consumption is unknown",
    ),
    key("thresholds.damage_step", SHARE, THRESHOLD, "Minimum change of damage, as a part of its scale"),
    key("thresholds.cold_tyres", RATIO, THRESHOLD, "Part of the ideal temperature below which tyres are cold"),
    key("thresholds.hot_tyres", RATIO, THRESHOLD, "Part of the ideal temperature above which tyres are hot"),
    key(
        "thresholds.cold_tyres_c",
        CELSIUS,
        THRESHOLD,
        "Core temperature in °C below which tyres are cold if the ideal one is unknown",
    ),
    key(
        "thresholds.hot_tyres_c",
        CELSIUS,
        THRESHOLD,
        "Core temperature in °C above which tyres are hot if the ideal one is unknown",
    ),
    key("thresholds.tyres_s", SECONDS, THRESHOLD, "Seconds after which the state of a tyre is reported"),
    key("thresholds.hot_water_c", CELSIUS, THRESHOLD, "Coolant temperature in °C above which it is too hot"),
    key("thresholds.hot_oil_c", CELSIUS, THRESHOLD, "Oil temperature in °C above which it is too hot"),
    live("log.level", Kind::Choice(LEVELS), "`record`, `serve` `--log`", "Least important messages of the log file"),
];

impl Key {
    /// The key with this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }

    /// The section; empty for keys at the top of the file.
    pub fn section(&self) -> &'static str {
        self.name.split_once('.').map_or("", |(section, _)| section)
    }

    /// The name without the section.
    pub fn leaf(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(_, leaf)| leaf)
    }

    /// The environment variable, such as `ACEVO_SERVER_PORT`.
    pub fn variable(&self) -> String {
        format!("ACEVO_{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The unit of its numbers, such as `s` or `°C`; empty for a text, and for a number without a unit.
    pub fn unit(&self) -> &'static str {
        let is_number = matches!(self.kind, Kind::Number { .. } | Kind::Integer { .. });
        match self.leaf().rsplit_once('_') {
            Some((_, "s")) if is_number => "s",
            Some((_, "laps")) if is_number => "laps",
            Some((_, "l")) if is_number => "l",
            Some((_, "c")) if is_number => "°C",
            _ => "",
        }
    }

    /// The key that a misspelt name, or one in the wrong section, could mean.
    pub(crate) fn nearest(name: &str) -> Option<&'static str> {
        let leaf = name.rsplit('.').next().unwrap_or(name);
        let is_section = |key: &&Self| name.split_once('.').is_some_and(|(section, _)| key.section() == section);
        let by_leaf = |leaf: &str, keys: Vec<&'static Self>| {
            let found = nearest(leaf, keys.iter().map(|key| key.leaf()));
            found.and_then(|leaf| keys.into_iter().find(|key| key.leaf() == leaf))
        };
        let in_section = by_leaf(leaf, KEYS.iter().filter(is_section).collect());
        let found = in_section.or_else(|| by_leaf(leaf, KEYS.iter().collect()));
        found.map(|key| key.name).or_else(|| nearest(name, KEYS.iter().map(|key| key.name)))
    }
}

#[cfg(test)]
mod tests {
    use acevo_telemetry::UnitSystem;

    use super::*;
    use crate::settings::LogLevel;

    #[test]
    fn keys_are_unique_and_in_known_sections() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(KEYS[index + 1..].iter().all(|other| other.variable() != key.variable()), "{}", key.name);
            assert!(
                key.section().is_empty() || SECTIONS.iter().any(|(name, _)| *name == key.section()),
                "{}",
                key.name
            );
        }
    }

    #[test]
    fn choices_are_those_of_the_libraries() {
        assert_eq!(UNITS, UnitSystem::ALL.map(UnitSystem::name));
        assert_eq!(LEVELS, LogLevel::ALL.map(LogLevel::name));
    }

    #[test]
    fn unit_follows_the_name() {
        let unit = |name| Key::find(name).unwrap().unit();
        assert_eq!(unit("thresholds.tyres_s"), "s");
        assert_eq!(unit("thresholds.low_fuel_laps"), "laps");
        assert_eq!(unit("thresholds.low_fuel_l"), "l");
        assert_eq!(unit("thresholds.hot_oil_c"), "°C");
        for name in ["thresholds.hot_tyres", "server.port", "units", "recording.sessions"] {
            assert_eq!(unit(name), "", "{name}");
        }
    }

    #[test]
    fn nearest_prefers_keys_of_the_same_section() {
        assert_eq!(Key::nearest("server.prot"), Some("server.port"));
        assert_eq!(Key::nearest("port"), Some("server.port"));
        assert_eq!(Key::nearest("serve.lan"), Some("server.lan"));
        assert_eq!(Key::nearest("recording.maxage"), Some("recording.max_age"));
        assert_eq!(Key::nearest("quality"), None);
    }
}
