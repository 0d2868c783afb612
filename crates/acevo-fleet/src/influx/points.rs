//! The points of facts and samples.
//!
//! Tags are what queries select and group by, and each new combination of them is a new series. So only names are tags, and the id of the
//! session; numbers of laps, texts and versions are fields.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::line::{FieldValue, Point};
use crate::id::Uuid;
use crate::message::{Backlog, ChannelInfo};
use crate::publisher::Identity;
use crate::sample::rounded;
use crate::session::{EventFact, LapFact, Moment, RigState, Session};
use crate::slug::slug;

/// The measurements.
pub(super) const LAPS: &str = "laps";
pub(super) const EVENTS: &str = "events";
const LIVE: &str = "live";
const RIG: &str = "rig";

/// Maximum number of values in a list that become fields.
const MAX_LIST: usize = 20;

/// A time that is that much after the one before it in its series was set back with the clock, and stays as it is. Milliseconds.
const MAX_AHEAD: u64 = 10_000;

/// Series whose last time is kept: a measurement and a kind of event.
const MAX_SERIES: usize = 500;

/// Makes points.
#[derive(Debug)]
pub(super) struct Points {
    site: String,
    rig: String,
    version: String,
    source: String,
    /// The session and the time of the last point of a series.
    last: HashMap<String, (Uuid, u64)>,
}

impl Points {
    pub(super) fn new(identity: &Identity, source: String) -> Self {
        let version = identity.version.clone();
        Self { site: slug(&identity.site), rig: slug(&identity.rig), version, source, last: HashMap::new() }
    }

    /// The tags of a session, in the order of their names. `kind` is that of an event.
    fn tags(&self, session: Option<&Session>, kind: &str) -> Vec<(&'static str, String)> {
        let name =
            |of: fn(&Session) -> &Option<String>| session.and_then(|session| of(session).clone()).unwrap_or_default();
        vec![
            ("car", name(|session| &session.names.car)),
            ("driver", name(|session| &session.names.driver)),
            ("kind", kind.to_owned()),
            ("rig", self.rig.clone()),
            ("session", session.map(|session| session.id.to_string()).unwrap_or_default()),
            ("site", self.site.clone()),
            ("track", name(|session| &session.names.track)),
        ]
    }

    /// The time of a point. Two points of a series with the same time would replace each other: the second one is a millisecond later.
    fn distinct(&mut self, series: &str, session: Uuid, unix_ms: u64) -> u64 {
        let before =
            self.last.get(series).filter(|(of, last)| *of == session && last.saturating_sub(unix_ms) < MAX_AHEAD);
        let time = before.map_or(unix_ms, |(_, last)| unix_ms.max(last.saturating_add(1)));
        if self.last.len() >= MAX_SERIES {
            self.last.clear();
        }
        self.last.insert(series.to_owned(), (session, time));
        time
    }

    pub(super) fn lap(&mut self, lap: &LapFact) -> Option<String> {
        let session = &lap.session;
        let mut fields = Fields::default();
        fields.push("complete", FieldValue::Switch(lap.facts.is_complete));
        fields.push("valid", FieldValue::Switch(lap.facts.counted_ms.is_some()));
        if let Some(time) = lap.facts.counted_ms {
            fields.push("counted_ms", FieldValue::Integer(time.into()));
        }
        for (key, name) in [
            ("layout", &session.names.configuration),
            ("session_name", &session.names.session_name),
            ("session_type", &session.kind),
        ] {
            if let Some(name) = name {
                fields.push(key, FieldValue::Text(name.clone()));
            }
        }
        fields.with_parts(&lap.fields);
        let unix_ms = self.distinct(LAPS, session.id, lap.unix_ms);
        Point { measurement: LAPS, tags: self.tags(Some(session), ""), fields: fields.0, unix_ms }.line()
    }

    pub(super) fn event(&mut self, event: &EventFact) -> Option<String> {
        let mut content = event.fields.clone();
        let kind = content.remove("event");
        let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("unknown");
        let mut fields = Fields::default();
        fields.push("text", FieldValue::Text(event.text.clone()));
        for (key, value) in &content {
            // Kinds of events share names of numbers, whole or not. A field has one type.
            match value.as_f64() {
                Some(number) => fields.push(key, FieldValue::Float(number)),
                None => fields.push_scalar(key, value),
            }
        }
        let unix_ms = self.distinct(kind, event.session.id, event.unix_ms);
        Point { measurement: EVENTS, tags: self.tags(Some(&event.session), kind), fields: fields.0, unix_ms }.line()
    }

    pub(super) fn live(&self, channels: &[ChannelInfo], session: Option<&Session>, moment: &Moment) -> Option<String> {
        let values = channels.iter().zip(&moment.values);
        let values = values.filter_map(|(channel, value)| Some((channel, rounded(*value, channel.decimals)?)));
        let fields = values.map(|(channel, value)| (channel.id.clone(), FieldValue::Float(value))).collect();
        Point { measurement: LIVE, tags: self.tags(session, ""), fields, unix_ms: moment.unix_ms }.line()
    }

    /// The state of the rig.
    pub(super) fn rig(&self, rig: &RigState, backlog: &Backlog, refused: u64, unix_ms: u64) -> Option<String> {
        let mut fields = Fields::default();
        // A number: InfluxQL cannot count flags.
        fields.push("driving", FieldValue::Integer(i64::from(rig.state == "live")));
        for (key, text) in [
            ("game", rig.game.as_deref().unwrap_or_default()),
            ("source", self.source.as_str()),
            ("state", rig.state.as_str()),
            ("version", self.version.as_str()),
        ] {
            if !text.is_empty() {
                fields.push(key, FieldValue::Text(text.to_owned()));
            }
        }
        for (key, count) in [
            ("missed", rig.missed),
            ("waiting", backlog.messages),
            ("waiting_bytes", backlog.bytes),
            ("dropped", backlog.dropped),
            ("dropped_samples", backlog.dropped_samples),
            ("refused", refused),
        ] {
            fields.push(key, FieldValue::Integer(i64::try_from(count).unwrap_or(i64::MAX)));
        }
        let tags = vec![("rig", self.rig.clone()), ("site", self.site.clone())];
        Point { measurement: RIG, tags, fields: fields.0, unix_ms }.line()
    }
}

/// The fields of a point.
#[derive(Debug, Default)]
struct Fields(Vec<(String, FieldValue)>);

impl Fields {
    fn push(&mut self, key: &str, value: FieldValue) {
        // A field that has the name of another one, or of a tag, could not be selected.
        let is_tag = ["car", "driver", "rig", "session", "site", "track"].contains(&key);
        if !is_tag && self.0.iter().all(|(known, _)| known != key) {
            self.0.push((key.to_owned(), value));
        }
    }

    /// Adds a number, flag or text. Their type follows the value: JSON of a float has a point.
    fn push_scalar(&mut self, key: &str, value: &Value) {
        let value = match value {
            Value::Bool(is_on) => FieldValue::Switch(*is_on),
            Value::String(text) => FieldValue::Text(text.clone()),
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(number), _) => FieldValue::Integer(number),
                (None, Some(number)) => FieldValue::Float(number),
                (None, None) => return,
            },
            Value::Null | Value::Array(_) | Value::Object(_) => return,
        };
        self.push(key, value);
    }

    /// Adds what a content has: `sectors_ms` becomes `sectors_ms_1` and so on, `speed_kmh` with parts `speed_kmh_max` and so on. What is
    /// deeper is left out: the temperatures of each tyre, which the samples of a recording have, would be half of all series.
    fn with_parts(&mut self, content: &Map<String, Value>) {
        for (key, value) in content {
            match value {
                Value::Array(values) => {
                    for (index, value) in values.iter().take(MAX_LIST).enumerate() {
                        self.push_scalar(&format!("{key}_{}", index + 1), value);
                    }
                }
                Value::Object(parts) => {
                    for (part, value) in parts {
                        self.push_scalar(&format!("{key}_{part}"), value);
                    }
                }
                value => self.push_scalar(key, value),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::session::{DrivenNames, Fact, LapFacts, Sessions};

    fn points() -> Points {
        let identity = Identity { site: "Club".into(), rig: "Rig 3".into(), version: "0.1.0".into() };
        Points::new(&identity, "game".into())
    }

    fn sessions() -> Sessions {
        let mut sessions = Sessions::new().unwrap();
        let name = |name: &str| Some(name.to_owned());
        let names =
            DrivenNames { track: name("Monza"), car: name("GT3 R"), driver: name("Ann"), ..DrivenNames::default() };
        sessions.follow(1, Some("race".into()), names);
        sessions
    }

    #[test]
    fn lap_has_tags_of_its_session_and_fields_of_its_content() {
        let (mut points, mut sessions) = (points(), sessions());
        let content = json!({
            "session": 1, "number": 3, "time_ms": 93_120, "sectors_ms": [31_020, null, 32_000], "car": "x", "fuel_used_l": 2.0,
            "validity": { "is": "valid" }, "speed_kmh": { "max": 250.5 }, "tyre_core_c": { "front_left": { "max": 90.0 } },
            "incomplete": null,
        });
        let facts = LapFacts { number: 3, attempt: 1, is_complete: true, counted_ms: Some(93_120) };
        let [Fact::Lap(lap)] = &sessions.lap(1, &content, facts, 1_000)[..] else { panic!() };
        let id = lap.session.id;
        assert_eq!(
            points.lap(lap).unwrap(),
            format!(
                "laps,car=GT3\\ R,driver=Ann,rig=rig-3,session={id},site=club,track=Monza complete=true,valid=true,counted_ms=93120i,\
                 session_type=\"race\",fuel_used_l=2,number=3i,sectors_ms_1=31020i,sectors_ms_3=32000i,session_number=1i,\
                 speed_kmh_max=250.5,time_ms=93120i,validity_is=\"valid\" 1000"
            )
        );
    }

    #[test]
    fn events_of_a_kind_at_one_time_do_not_replace_each_other() {
        let (mut points, mut sessions) = (points(), sessions());
        let mut line = |kind: &str, unix_ms| {
            let facts = sessions.event(1, &json!({ "event": kind, "seconds": 3 }), "a text".into(), unix_ms);
            let [Fact::Event(event)] = &facts[..] else { panic!() };
            points.event(event).unwrap()
        };
        let first = line("damage", 1_000_000);
        assert!(first.contains(",kind=damage,") && first.contains(" text=\"a text\",seconds=3 1000000"), "{first}");
        assert!(line("damage", 1_000_000).ends_with(" 1000001"));
        assert!(line("flag", 1_000_000).ends_with(" 1000000"));
        assert!(line("damage", 1_000_001).ends_with(" 1000002"));
        assert!(line("damage", 500_000).ends_with(" 500000"), "after the clock was set back");
    }

    #[test]
    fn live_has_rounded_floats_of_the_channels_that_are_known() {
        let channel = |id: &str, decimals| ChannelInfo {
            id: id.into(),
            title: id.into(),
            unit: String::new(),
            decimals,
            quality: "measured".into(),
        };
        let channels = [channel("speed", 1), channel("gear", 0), channel("delta", 3)];
        let moment = Moment { unix_ms: 7, values: vec![Some(213.3782), Some(5.0), None] };
        let line = points().live(&channels, sessions().running(), &moment).unwrap();
        assert!(line.starts_with("live,car=GT3\\ R,driver=Ann,rig=rig-3,session="), "{line}");
        assert!(line.ends_with(",track=Monza speed=213.4,gear=5 7"), "{line}");
        assert_eq!(points().live(&channels, None, &Moment { unix_ms: 7, values: vec![None; 3] }), None);
    }

    #[test]
    fn rig_has_its_state_and_what_waits() {
        let rig = RigState { state: "live".into(), game: None, missed: 2 };
        let line = points().rig(&rig, &Backlog { messages: 5, ..Backlog::default() }, 1, 7).unwrap();
        assert_eq!(
            line,
            "rig,rig=rig-3,site=club driving=1i,source=\"game\",state=\"live\",version=\"0.1.0\",missed=2i,waiting=5i,\
             waiting_bytes=0i,dropped=0i,dropped_samples=0i,refused=1i 7"
        );
    }
}
