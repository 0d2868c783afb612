//! Reads the contents of messages. A field that is missing or wrong is unknown; the others count.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value;

use super::topic::Kind;

/// Maximum length of a name, characters.
const MAX_NAME: usize = 64;

/// Maximum time of a lap, milliseconds: a day.
const MAX_LAP_MS: u64 = 86_400_000;

/// The content of a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content {
    Status(Status),
    Session(Session),
    Lap(Box<LapContent>),
    Sample(Sample),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Status {
    pub(super) is_online: bool,
    pub(super) state: Option<String>,
    pub(super) source: Option<String>,
    pub(super) boot: Option<String>,
    pub(super) version: Option<String>,
    pub(super) missed: Option<u64>,
    pub(super) backlog: Option<u64>,
    pub(super) dropped: Option<u64>,
    pub(super) clock_ms: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Names {
    pub(super) driver: Option<String>,
    pub(super) car: Option<String>,
    pub(super) track: Option<String>,
    pub(super) configuration: Option<String>,
    pub(super) session: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Session {
    pub(super) id: Option<String>,
    pub(super) is_open: bool,
    pub(super) names: Names,
    pub(super) laps: Option<u64>,
    pub(super) best_ms: Option<u64>,
    pub(super) is_late: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct LapContent {
    pub(super) key: Option<String>,
    pub(super) session: Option<String>,
    pub(super) names: Names,
    pub(super) number: Option<u64>,
    pub(super) time_ms: Option<u64>,
    pub(super) is_complete: bool,
    pub(super) is_valid: bool,
    pub(super) ended_at: Option<u64>,
    pub(super) is_late: bool,
}

/// The newest values of a sample or a batch of samples.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub(super) struct Sample {
    #[serde(default)]
    pub(super) speed: Newest,
    #[serde(default)]
    pub(super) lap: Newest,
    #[serde(default)]
    pub(super) lap_position: Newest,
    #[serde(default)]
    pub(super) lap_time: Newest,
    #[serde(default)]
    pub(super) delta: Newest,
    #[serde(default)]
    pub(super) race_position: Newest,
    #[serde(default)]
    pub(super) flag: Newest,
    #[serde(default)]
    pub(super) in_pit_lane: Newest,
}

/// A number, or the last one of an array.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Newest(Option<f64>);

impl Newest {
    /// The number, if it is within these limits.
    pub(super) fn within(self, minimum: f64, maximum: f64) -> Option<f64> {
        self.0.filter(|value| (minimum..=maximum).contains(value))
    }
}

impl<'de> Deserialize<'de> for Newest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NewestVisitor)
    }
}

struct NewestVisitor;

impl<'de> Visitor<'de> for NewestVisitor {
    type Value = Newest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or an array of numbers")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Newest, E> {
        Ok(Newest(Some(value)))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Newest, E> {
        Ok(Newest(Some(value as f64)))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Newest, E> {
        Ok(Newest(Some(value as f64)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Newest, E> {
        Ok(Newest(None))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Newest, E> {
        Ok(Newest(None))
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Newest, E> {
        Ok(Newest(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Newest, A::Error> {
        let mut last = Newest(None);
        while let Some(value) = values.next_element()? {
            last = value;
        }
        Ok(last)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut values: A) -> Result<Newest, A::Error> {
        while values.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Newest(None))
    }
}

/// Reads messages, and removes from names what must not be shown.
#[derive(Debug)]
pub(super) struct Cleaner {
    is_unsafe: fn(char) -> bool,
}

impl Cleaner {
    pub(super) const fn new(is_unsafe: fn(char) -> bool) -> Self {
        Self { is_unsafe }
    }

    /// A name that can be shown, if something is left of it.
    pub(super) fn name(&self, text: &str) -> Option<String> {
        let letters = text.chars().filter(|letter| !(self.is_unsafe)(*letter));
        let name: String = letters.skip_while(|letter| letter.is_whitespace()).take(MAX_NAME).collect();
        let name = name.trim_end();
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// The content of a message; `None` if it is no object.
    pub(super) fn parse(&self, kind: Kind, text: &str) -> Option<Content> {
        if kind == Kind::Sample {
            return text.trim_start().starts_with('{').then(|| serde_json::from_str(text).ok().map(Content::Sample))?;
        }
        let fields = serde_json::from_str::<Value>(text).ok().filter(Value::is_object)?;
        Some(match kind {
            Kind::Status => Content::Status(self.status(&fields)),
            Kind::Session => Content::Session(self.session(&fields)),
            Kind::Lap => Content::Lap(Box::new(self.lap(&fields))),
            Kind::Sample => return None,
        })
    }

    fn text(&self, fields: &Value, name: &str) -> Option<String> {
        self.name(fields.get(name)?.as_str()?)
    }

    fn names(&self, fields: &Value) -> Names {
        let text = |name| self.text(fields, name);
        let [driver, car, track, configuration, session] =
            ["driver", "car", "track", "configuration", "session_name"].map(text);
        Names { driver, car, track, configuration, session }
    }

    fn status(&self, fields: &Value) -> Status {
        let text = |name| self.text(fields, name);
        let backlog = fields.get("backlog");
        Status {
            is_online: fields.get("online").and_then(Value::as_bool).unwrap_or(false),
            state: text("state"),
            source: text("source"),
            boot: text("boot"),
            version: text("version"),
            missed: count(fields, "missed"),
            backlog: backlog.and_then(|backlog| count(backlog, "messages")),
            dropped: backlog.and_then(|backlog| count(backlog, "dropped")),
            clock_ms: count(fields, "clock_ms"),
        }
    }

    fn session(&self, fields: &Value) -> Session {
        Session {
            id: self.text(fields, "id"),
            is_open: fields.get("state").and_then(Value::as_str) == Some("open"),
            names: self.names(fields),
            laps: count(fields, "laps"),
            best_ms: lap_ms(fields, "best_ms"),
            is_late: is_late(fields),
        }
    }

    fn lap(&self, fields: &Value) -> LapContent {
        LapContent {
            key: self.text(fields, "key"),
            session: self.text(fields, "session"),
            names: self.names(fields),
            number: count(fields, "number"),
            time_ms: lap_ms(fields, "time_ms"),
            is_complete: fields.get("incomplete").is_none_or(Value::is_null),
            is_valid: fields.get("validity").and_then(|validity| validity.get("is")?.as_str()) == Some("valid"),
            ended_at: count(fields, "ended_at"),
            is_late: is_late(fields),
        }
    }
}

/// A number that JavaScript has exactly, too.
fn count(fields: &Value, name: &str) -> Option<u64> {
    fields.get(name)?.as_u64().filter(|count| *count < 1 << 53)
}

/// The time of a lap.
fn lap_ms(fields: &Value, name: &str) -> Option<u64> {
    count(fields, name).filter(|time| (1..=MAX_LAP_MS).contains(time))
}

fn is_late(fields: &Value) -> bool {
    fields.get("late").and_then(Value::as_bool).unwrap_or(false)
}
