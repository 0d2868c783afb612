//! The settings with their defaults.

use std::path::{Path, PathBuf};

use acevo_shared_memory::ACEvoSessionType;
use acevo_telemetry::LearnedSectors;
use acevo_telemetry::UnitSystem;
use acevo_telemetry::analysis::{Reference, Sectors, Thresholds};

use crate::key::{KEYS, Key};
use crate::kind::{self, SESSIONS, THIRDS};
use crate::problem::Problem;
use crate::retention::RetentionLimits;
use crate::value::Value;

/// All settings. Start from [`Settings::default`], or read a file with [`Settings::from_toml`].
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Settings {
    /// Units of screens, pictures and tables.
    pub units: UnitSystem,
    /// Name of this computer and its wheel, up to 64 characters; may be empty.
    pub rig: String,
    /// Name of the place of this computer, up to 64 characters; may be empty.
    pub site: String,
    /// What is recorded, and for how long it is kept.
    pub recording: RecordingSettings,
    /// The web server.
    pub server: ServerSettings,
    /// Publishing to a broker of MQTT.
    pub mqtt: MqttSettings,
    /// Writing to a database of time series.
    pub influx: InfluxSettings,
    /// The store of finished recordings.
    pub upload: UploadSettings,
    /// The lap that the running lap is compared with: chosen, best, last or personal.
    pub reference: Reference,
    /// Sector boundaries.
    pub sectors: SectorSettings,
    /// Thresholds of events.
    pub thresholds: Thresholds,
    /// Level of the log file.
    pub log_level: LogLevel,
}

/// What is recorded, and for how long it is kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RecordingSettings {
    /// The background program records.
    pub enabled: bool,
    /// Text of the folder; may begin with `~/`. Empty for the default.
    pub folder: String,
    /// Kinds of sessions that are recorded, in this order: time-attack, race, hot-stint, cruise.
    pub sessions: Vec<&'static str>,
    /// Limits beyond which recordings are deleted. The default deletes nothing.
    pub limits: RetentionLimits,
}

impl Default for RecordingSettings {
    fn default() -> Self {
        Self { enabled: true, folder: String::new(), sessions: SESSIONS.to_vec(), limits: RetentionLimits::default() }
    }
}

impl RecordingSettings {
    /// The folder of recordings. `home` replaces `~`. `None` for the default, and for a path below `~/` without a home folder.
    pub fn folder(&self, home: Option<&Path>) -> Option<PathBuf> {
        kind::folder(&self.folder, home)
    }

    /// True if sessions of this kind are recorded. Kinds that the game does not name always are.
    pub fn records(&self, session: ACEvoSessionType) -> bool {
        let name = match session {
            ACEvoSessionType::TimeAttack => "time-attack",
            ACEvoSessionType::Race => "race",
            ACEvoSessionType::HotStint => "hot-stint",
            ACEvoSessionType::Cruise => "cruise",
            _ => return true,
        };
        self.sessions.contains(&name)
    }
}

/// The web server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerSettings {
    /// Port to listen on; 0 selects a free port.
    pub port: u16,
    /// Other devices in the network are accepted with the token.
    pub lan: bool,
    /// Other devices may change settings and control recording, too.
    pub lan_control: bool,
    /// The token stays the same after a restart.
    pub keep_token: bool,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self { port: 7333, lan: false, lan_control: false, keep_token: true }
    }
}

/// Publishing to a broker of MQTT. Empty texts are not set.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MqttSettings {
    /// The address; nothing is sent without one.
    pub broker: String,
    /// The first level of topics.
    pub site: String,
    /// The second level of topics.
    pub rig: String,
    /// The user.
    pub user: String,
    /// The file with the password.
    pub password_file: String,
    /// The file with certificates that are trusted.
    pub ca_file: String,
    /// The file with the certificate of this rig.
    pub client_certificate: String,
    /// The file with the private key of that certificate.
    pub client_key: String,
    /// Samples per second.
    pub rate: f64,
    /// Seconds of samples per message; 0 for a message per sample.
    pub batch: f64,
    /// Megabytes of what waits for the broker on the disk.
    pub spool_limit: u32,
    /// Home Assistant discovers the rig.
    pub home_assistant: bool,
}

impl Default for MqttSettings {
    fn default() -> Self {
        Self {
            broker: String::new(),
            site: String::new(),
            rig: String::new(),
            user: String::new(),
            password_file: String::new(),
            ca_file: String::new(),
            client_certificate: String::new(),
            client_key: String::new(),
            rate: 10.0,
            batch: 0.0,
            spool_limit: 64,
            home_assistant: false,
        }
    }
}

impl MqttSettings {
    /// The path in one of the texts. `home` replaces `~`. `None` for an empty text, and for a path below `~/` without a home folder.
    pub fn path(text: &str, home: Option<&Path>) -> Option<PathBuf> {
        kind::folder(text, home)
    }
}

/// Writing to a database of time series. Empty texts are not set.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct InfluxSettings {
    /// The address; nothing is sent without one.
    pub url: String,
    /// The user.
    pub user: String,
    /// The file with the password.
    pub password_file: String,
    /// The file with a token.
    pub token_file: String,
    /// The file with certificates that are trusted.
    pub ca_file: String,
    /// Samples per second.
    pub rate: f64,
}

impl Default for InfluxSettings {
    /// Five samples per second: a braking zone of two seconds still has ten of them, for half the disk that ten per second need. A recording
    /// has every packet.
    fn default() -> Self {
        let empty = String::new;
        Self { url: empty(), user: empty(), password_file: empty(), token_file: empty(), ca_file: empty(), rate: 5.0 }
    }
}

impl InfluxSettings {
    /// The path in one of the texts, as [`MqttSettings::path`].
    pub fn path(text: &str, home: Option<&Path>) -> Option<PathBuf> {
        kind::folder(text, home)
    }
}

/// The store of finished recordings. Empty texts are not set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct UploadSettings {
    /// Text of the folder; may begin with `~/`.
    pub folder: String,
    /// The address of a server.
    pub url: String,
    /// The address is that of a service that returns addresses.
    pub presign: bool,
    /// The user, if the server asks for user and password.
    pub user: String,
    /// The file with the token or the password.
    pub token_file: String,
    /// The file with certificates that are trusted.
    pub ca_file: String,
    /// Maximum rate in bytes per second.
    pub limit: Option<u64>,
    /// Uploads continue while the car is driven.
    pub always: bool,
}

impl UploadSettings {
    /// The path in one of the texts. `home` replaces `~`. `None` for an empty text, and for a path below `~/` without a home folder.
    pub fn path(text: &str, home: Option<&Path>) -> Option<PathBuf> {
        kind::folder(text, home)
    }

    /// True if there is a store.
    pub fn is_set(&self) -> bool {
        !self.folder.is_empty() || !self.url.is_empty()
    }
}

/// Sector boundaries.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct SectorSettings {
    /// Lap positions for tracks that are not in the list; `None` for three equal sectors.
    pub default: Option<Vec<f64>>,
    /// Tracks with boundaries of their own.
    pub tracks: Vec<TrackSectors>,
    /// The game's own boundaries, which the program has learned, and those that were drawn in the page; no key of the file.
    pub learned: LearnedSectors,
}

/// Sector boundaries of a track.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackSectors {
    /// The key: `TRACK` or `TRACK/CONFIGURATION`.
    pub name: String,
    /// Lap positions; `None` for three equal sectors.
    pub positions: Option<Vec<f64>>,
}

/// Maximum number of tracks with sectors of their own.
const MAX_TRACKS: usize = 1000;

/// Boundaries of three equal sectors.
const THREE: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

impl SectorSettings {
    /// The boundaries for the analysis.
    pub fn sectors(&self) -> Sectors {
        let mut sectors = Sectors::default();
        // Each list was checked when it was set; one that a caller has built is left out if it is wrong.
        if let Some(positions) = &self.default {
            let _ = sectors.set_others(positions);
        }
        // The file of settings comes before what was drawn in the page.
        self.learned.apply(&mut sectors);
        for track in &self.tracks {
            let (name, configuration) = track.name.split_once('/').unwrap_or((&track.name, ""));
            let positions = track.positions.as_deref().unwrap_or(&THREE);
            let _ = sectors.set(name.trim(), configuration.trim(), positions);
        }
        sectors
    }

    /// Sets the boundaries of a track.
    pub(crate) fn set_track(&mut self, name: &str, value: &Value) -> Result<(), String> {
        self.tracks.retain(|track| track.name != name);
        if self.tracks.len() >= MAX_TRACKS {
            return Err(format!("there are more than {MAX_TRACKS} tracks"));
        }
        self.tracks.push(TrackSectors { name: name.to_owned(), positions: kind::positions(value) });
        Ok(())
    }
}

impl TrackSectors {
    /// The value in the file.
    pub fn value(&self) -> Value {
        positions_value(self.positions.as_deref())
    }
}

fn positions_value(positions: Option<&[f64]>) -> Value {
    positions
        .map_or_else(|| THIRDS.into(), |positions| Value::List(positions.iter().copied().map(Value::from).collect()))
}

/// Level of the log: the least important messages that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum LogLevel {
    /// No log.
    Off,
    /// Only errors.
    Error,
    /// Also warnings.
    Warn,
    /// Also what the program does.
    #[default]
    Info,
    /// Also details for a bug report.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// Every level, from the fewest messages to the most.
    pub const ALL: [Self; 6] = [Self::Off, Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];

    /// The name in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Thresholds begin with this name.
const THRESHOLDS: &str = "thresholds.";

/// Reference laps by name.
const REFERENCES: [(&str, Reference); 4] = [
    ("chosen", Reference::Chosen),
    ("best", Reference::Best),
    ("last", Reference::Last),
    ("personal", Reference::Personal),
];

impl Settings {
    /// The value of a key.
    pub fn get(&self, key: &Key) -> Value {
        let limits = &self.recording.limits;
        match key.name {
            "units" => self.units.name().into(),
            "rig" => self.rig.as_str().into(),
            "site" => self.site.as_str().into(),
            "recording.enabled" => self.recording.enabled.into(),
            "recording.folder" => self.recording.folder.as_str().into(),
            "recording.sessions" => Value::List(self.recording.sessions.iter().map(|name| (*name).into()).collect()),
            "recording.max_age" => Value::Text(kind::age_text(limits.max_age)),
            "recording.max_size" => Value::Text(kind::size_text(limits.max_bytes)),
            "recording.min_free" => Value::Text(kind::size_text(limits.min_free_bytes)),
            "server.port" => Value::Integer(self.server.port.into()),
            "server.lan" => self.server.lan.into(),
            "server.lan_control" => self.server.lan_control.into(),
            "server.keep_token" => self.server.keep_token.into(),
            "mqtt.broker" => self.mqtt.broker.as_str().into(),
            "mqtt.site" => self.mqtt.site.as_str().into(),
            "mqtt.rig" => self.mqtt.rig.as_str().into(),
            "mqtt.user" => self.mqtt.user.as_str().into(),
            "mqtt.password_file" => self.mqtt.password_file.as_str().into(),
            "mqtt.ca_file" => self.mqtt.ca_file.as_str().into(),
            "mqtt.client_certificate" => self.mqtt.client_certificate.as_str().into(),
            "mqtt.client_key" => self.mqtt.client_key.as_str().into(),
            "mqtt.rate" => self.mqtt.rate.into(),
            "mqtt.batch" => self.mqtt.batch.into(),
            "mqtt.spool_limit" => Value::Integer(self.mqtt.spool_limit.into()),
            "mqtt.home_assistant" => self.mqtt.home_assistant.into(),
            "influx.url" => self.influx.url.as_str().into(),
            "influx.user" => self.influx.user.as_str().into(),
            "influx.password_file" => self.influx.password_file.as_str().into(),
            "influx.token_file" => self.influx.token_file.as_str().into(),
            "influx.ca_file" => self.influx.ca_file.as_str().into(),
            "influx.rate" => self.influx.rate.into(),
            "upload.folder" => self.upload.folder.as_str().into(),
            "upload.url" => self.upload.url.as_str().into(),
            "upload.presign" => self.upload.presign.into(),
            "upload.user" => self.upload.user.as_str().into(),
            "upload.token_file" => self.upload.token_file.as_str().into(),
            "upload.ca_file" => self.upload.ca_file.as_str().into(),
            "upload.limit" => Value::Text(kind::rate_text(self.upload.limit)),
            "upload.when" => if self.upload.always { "always" } else { "between sessions" }.into(),
            "analysis.reference" => {
                let named = REFERENCES.iter().find(|(_, reference)| *reference == self.reference);
                named.map_or("chosen", |(name, _)| name).into()
            }
            "sectors.default" => positions_value(self.sectors.default.as_deref()),
            "log.level" => self.log_level.name().into(),
            name => self.threshold(name).map_or(Value::Other("an unknown key"), Value::Number),
        }
    }

    /// Sets a key to a value.
    ///
    /// # Errors
    /// A problem without a line if the value is not of the key's kind or range. Nothing is changed.
    pub fn set(&mut self, key: &Key, value: &Value) -> Result<(), Problem> {
        let problem = |message| Problem::new(key.name, message);
        key.kind.check(value).map_err(|(message, suggestion)| problem(message).suggest(suggestion))?;
        self.assign(key.name, value).ok_or_else(|| problem("the value is not of the kind of this key".into()))
    }

    /// Assigns a value that was checked.
    fn assign(&mut self, name: &str, value: &Value) -> Option<()> {
        let text = || value.as_text().unwrap_or_default();
        let switch = || matches!(value, Value::Switch(true));
        let limits = &mut self.recording.limits;
        match name {
            "units" => self.units = text().parse().ok()?,
            "rig" => self.rig = text().trim().to_owned(),
            "site" => self.site = text().trim().to_owned(),
            "recording.enabled" => self.recording.enabled = switch(),
            "recording.folder" => self.recording.folder = text().to_owned(),
            "recording.sessions" => {
                let Value::List(names) = value else { return None };
                let has = |session: &&str| names.iter().any(|name| name.as_text() == Some(*session));
                self.recording.sessions = SESSIONS.iter().copied().filter(has).collect();
            }
            "recording.max_age" => limits.max_age = kind::age(text())?,
            "recording.max_size" => limits.max_bytes = kind::size(text())?,
            "recording.min_free" => limits.min_free_bytes = kind::size(text())?,
            "server.port" => {
                let Value::Integer(port) = value else { return None };
                self.server.port = u16::try_from(*port).ok()?;
            }
            "server.lan" => self.server.lan = switch(),
            "server.lan_control" => self.server.lan_control = switch(),
            "server.keep_token" => self.server.keep_token = switch(),
            "mqtt.broker" => self.mqtt.broker = text().trim().to_owned(),
            "mqtt.site" => self.mqtt.site = text().trim().to_owned(),
            "mqtt.rig" => self.mqtt.rig = text().trim().to_owned(),
            "mqtt.user" => self.mqtt.user = text().trim().to_owned(),
            "mqtt.password_file" => self.mqtt.password_file = text().to_owned(),
            "mqtt.ca_file" => self.mqtt.ca_file = text().to_owned(),
            "mqtt.client_certificate" => self.mqtt.client_certificate = text().to_owned(),
            "mqtt.client_key" => self.mqtt.client_key = text().to_owned(),
            "mqtt.rate" => self.mqtt.rate = value.as_number()?,
            "mqtt.batch" => self.mqtt.batch = value.as_number()?,
            "mqtt.spool_limit" => {
                let Value::Integer(megabytes) = value else { return None };
                self.mqtt.spool_limit = u32::try_from(*megabytes).ok()?;
            }
            "mqtt.home_assistant" => self.mqtt.home_assistant = switch(),
            "influx.url" => self.influx.url = text().trim().to_owned(),
            "influx.user" => self.influx.user = text().trim().to_owned(),
            "influx.password_file" => self.influx.password_file = text().to_owned(),
            "influx.token_file" => self.influx.token_file = text().to_owned(),
            "influx.ca_file" => self.influx.ca_file = text().to_owned(),
            "influx.rate" => self.influx.rate = value.as_number()?,
            "upload.folder" => self.upload.folder = text().to_owned(),
            "upload.url" => self.upload.url = text().trim().to_owned(),
            "upload.presign" => self.upload.presign = switch(),
            "upload.user" => self.upload.user = text().trim().to_owned(),
            "upload.token_file" => self.upload.token_file = text().to_owned(),
            "upload.ca_file" => self.upload.ca_file = text().to_owned(),
            "upload.limit" => self.upload.limit = kind::rate(text())?,
            "upload.when" => self.upload.always = text() == "always",
            "analysis.reference" => {
                self.reference = REFERENCES.iter().find(|(name, _)| *name == text())?.1.clone();
            }
            "sectors.default" => self.sectors.default = kind::positions(value),
            "log.level" => self.log_level = LogLevel::ALL.into_iter().find(|level| level.name() == text())?,
            name => self.set_threshold(name, value.as_number()?)?,
        }
        Some(())
    }

    fn threshold(&self, name: &str) -> Option<f64> {
        let all = serde_json::to_value(&self.thresholds).ok()?;
        all.get(name.strip_prefix(THRESHOLDS)?)?.as_f64()
    }

    fn set_threshold(&mut self, name: &str, number: f64) -> Option<()> {
        let name = name.strip_prefix(THRESHOLDS)?;
        let mut all = serde_json::to_value(&self.thresholds).ok()?;
        *all.get_mut(name)? = number.into();
        self.thresholds = serde_json::from_value(all).ok()?;
        Some(())
    }

    /// All settings as JSON: an object per section.
    pub fn to_json(&self) -> serde_json::Value {
        let mut all = serde_json::Map::new();
        for key in KEYS {
            let value = self.get(key).to_json();
            match key.name.split_once('.') {
                None => drop(all.insert(key.name.into(), value)),
                Some((section, name)) => {
                    let section = all.entry(section).or_insert_with(|| serde_json::Map::new().into());
                    if let Some(section) = section.as_object_mut() {
                        section.insert(name.into(), value);
                    }
                }
            }
        }
        if let Some(sectors) = all.get_mut("sectors").and_then(serde_json::Value::as_object_mut) {
            let tracks = self.sectors.tracks.iter().map(|track| (track.name.clone(), track.value().to_json()));
            sectors.insert("tracks".into(), serde_json::Value::Object(tracks.collect()));
        }
        all.into()
    }
}

impl Key {
    /// The default value.
    pub fn default_value(&self) -> Value {
        Settings::default().get(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_a_value_that_can_be_set_again() {
        let default = Settings::default();
        for key in KEYS {
            let value = default.get(key);
            let mut settings = default.clone();
            assert_eq!(settings.set(key, &value), Ok(()), "{}", key.name);
            assert_eq!(settings, default, "{}", key.name);
        }
    }

    #[test]
    fn every_threshold_is_a_key() {
        let Ok(serde_json::Value::Object(all)) = serde_json::to_value(Thresholds::default()) else { panic!() };
        for name in all.keys() {
            assert!(KEYS.iter().any(|key| key.name.strip_prefix(THRESHOLDS) == Some(name)), "{name}");
        }
    }

    #[test]
    fn sectors_of_a_track_have_its_name_and_configuration() {
        let text = "[sectors]\ndefault = [0.5]\n\"Monza\" = [0.3, 0.7]\n\"Ring / GP\" = \"thirds\"\n";
        let sectors = Settings::from_toml(text).unwrap().sectors.sectors();
        assert_eq!(sectors.lines("Monza", ""), [0.3, 0.7]);
        assert_eq!(sectors.lines("Ring", "GP"), THREE);
        assert_eq!(sectors.lines("Ring", ""), [0.5]);
    }

    #[test]
    fn records_only_the_selected_kinds_of_sessions_and_unknown_ones() {
        let settings = Settings::from_toml("recording.sessions = [\"race\"]").unwrap().recording;
        assert!(settings.records(ACEvoSessionType::Race) && settings.records(ACEvoSessionType::Unknown));
        assert!(!settings.records(ACEvoSessionType::Cruise));
        let all = [ACEvoSessionType::TimeAttack, ACEvoSessionType::HotStint, ACEvoSessionType::Cruise];
        assert!(all.into_iter().all(|session| RecordingSettings::default().records(session)));
    }
}
