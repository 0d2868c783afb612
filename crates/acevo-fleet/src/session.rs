//! The sessions of a rig, and what happens in them.
//!
//! Ids of sessions are assigned here alone, so that everything that is published about a session has the same one.

use std::collections::VecDeque;
use std::io;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::id::Uuid;
use crate::unix_ms;

/// Sessions whose ids are kept: laps and events may come after the next one has begun.
const MAX_SESSIONS: usize = 16;

/// The state of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// It runs.
    Open,
    /// It has ended.
    Closed,
    /// The game or the connection to it has ended before the session.
    Abandoned,
}

/// Names of what is driven; `None` if they are not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DrivenNames {
    /// Name of the track.
    pub track: Option<String>,
    /// Layout of the track.
    pub configuration: Option<String>,
    /// Name of the car.
    pub car: Option<String>,
    /// Name of the driver.
    pub driver: Option<String>,
    /// Name of the session, such as `Practice`.
    pub session_name: Option<String>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Session {
    /// Unique, also among rigs.
    pub id: Uuid,
    /// Whether it runs.
    pub state: SessionState,
    /// The kind of session, such as `race`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// What is driven.
    #[serde(flatten)]
    pub names: DrivenNames,
    /// When it was noticed first, milliseconds since 1970.
    pub started: u64,
    /// Laps that have ended.
    pub laps: u32,
    /// Best lap time that counts, milliseconds.
    pub best_ms: Option<u64>,
}

/// What a lap is, beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LapFacts {
    /// Its number in the session.
    pub number: u32,
    /// The attempt, from 1, among laps of the same number.
    pub attempt: u32,
    /// It was driven from line to line.
    pub is_complete: bool,
    /// Its time in milliseconds, if it counts.
    pub counted_ms: Option<u32>,
}

/// A lap that has ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LapFact {
    /// Its session, which counts it already.
    pub session: Session,
    /// Unique for a lap, also if it is published twice.
    pub key: String,
    /// What it is.
    pub facts: LapFacts,
    /// The fields of its content.
    pub fields: Map<String, Value>,
    /// When it ended, milliseconds since 1970.
    pub unix_ms: u64,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EventFact {
    /// Its session.
    pub session: Session,
    /// The fields of its content.
    pub fields: Map<String, Value>,
    /// It in one line.
    pub text: String,
    /// When it happened, milliseconds since 1970.
    pub unix_ms: u64,
}

/// What the rig does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RigState {
    /// `waiting`, `menu`, `live`, `paused`, `replay` or `frozen`.
    pub state: String,
    /// The version of the game.
    pub game: Option<String>,
    /// Packets that were missed.
    pub missed: u64,
}

/// Values of the channels at an instant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub unix_ms: u64,
    /// In the order of the channels.
    pub values: Vec<Option<f64>>,
}

/// Something that is published.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A session has begun, has other names, or has ended.
    Session(Session),
    /// A lap has ended.
    Lap(LapFact),
    /// Something has happened.
    Event(EventFact),
    /// The state of the rig now.
    Rig(RigState),
}

/// The sessions of a rig. It turns what the caller sees into facts, which the caller passes on in their order.
#[derive(Debug)]
pub struct Sessions {
    /// The sessions of the caller, the newest one last.
    sessions: VecDeque<(u32, Session)>,
    /// The id of a session if the system has no random numbers any more.
    fallback: Uuid,
}

impl Sessions {
    /// Without a session.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new() -> io::Result<Self> {
        Ok(Self { sessions: VecDeque::new(), fallback: Uuid::random()? })
    }

    /// Begins a session, or learns the names of the running one. `number` identifies it to the caller.
    pub fn follow(&mut self, number: u32, kind: Option<String>, names: DrivenNames) -> Vec<Fact> {
        let is_new = self.sessions.back().is_none_or(|(newest, _)| *newest != number);
        let mut facts = vec![];
        if is_new {
            facts.extend(self.end(SessionState::Closed));
            self.begin(number);
        }
        if let Some((_, session)) = self.sessions.back_mut() {
            let is_reopened = session.state != SessionState::Open;
            if is_new || is_reopened || session.kind != kind || session.names != names {
                (session.kind, session.names, session.state) = (kind, names, SessionState::Open);
                facts.push(Fact::Session(session.clone()));
            }
        }
        facts
    }

    /// Ends the running session, if there is one.
    pub fn end(&mut self, state: SessionState) -> Option<Fact> {
        let session = self.sessions.back_mut().map(|(_, session)| session);
        let session = session.filter(|session| session.state == SessionState::Open)?;
        session.state = state;
        Some(Fact::Session(session.clone()))
    }

    fn begin(&mut self, number: u32) {
        let started = unix_ms();
        // The system had random numbers when it was asked first.
        let id = Uuid::of_time(started).unwrap_or(self.fallback);
        let (state, names) = (SessionState::Open, DrivenNames::default());
        self.sessions.push_back((number, Session { id, state, kind: None, names, started, laps: 0, best_ms: None }));
        if self.sessions.len() > MAX_SESSIONS {
            self.sessions.pop_front();
        }
    }

    /// Does something with the session that the caller identifies by this number, which begins if it is not known.
    fn in_session(&mut self, number: u32, fact: impl FnOnce(&mut Session) -> Fact) -> Vec<Fact> {
        let mut facts = vec![];
        if !self.sessions.iter().any(|(known, _)| *known == number) {
            facts.extend(self.end(SessionState::Closed));
            self.begin(number);
        }
        let session = self.sessions.iter_mut().find(|(known, _)| *known == number);
        facts.extend(session.map(|(_, session)| fact(session)));
        facts
    }

    /// A lap of a session has ended, at `unix_ms`. The field `session` of the content, a number, becomes `session_number`.
    pub fn lap(&mut self, session: u32, content: &impl Serialize, facts: LapFacts, unix_ms: u64) -> Vec<Fact> {
        let fields = fields(content);
        self.in_session(session, |of| {
            of.laps += u32::from(facts.is_complete);
            of.best_ms = [of.best_ms, facts.counted_ms.map(u64::from)].into_iter().flatten().min();
            let attempt = if facts.attempt > 1 { format!("#{}", facts.attempt) } else { String::new() };
            let key = format!("{}/{}{attempt}", of.id, facts.number);
            Fact::Lap(LapFact { session: of.clone(), key, facts, fields, unix_ms })
        })
    }

    /// An event of a session has happened, at `unix_ms`. `text` is the event in one line. The field `session` of the content becomes
    /// `session_number`, too.
    pub fn event(&mut self, session: u32, content: &impl Serialize, text: String, unix_ms: u64) -> Vec<Fact> {
        let fields = fields(content);
        self.in_session(session, |of| Fact::Event(EventFact { session: of.clone(), fields, text, unix_ms }))
    }

    /// The running session, if there is one.
    pub fn running(&self) -> Option<&Session> {
        self.sessions.back().map(|(_, session)| session).filter(|session| session.state == SessionState::Open)
    }
}

/// The fields of a serialized object; empty for anything else.
fn fields(content: &impl Serialize) -> Map<String, Value> {
    let Ok(Value::Object(mut fields)) = serde_json::to_value(content) else { return Map::new() };
    if let Some(number) = fields.remove("session") {
        fields.insert("session_number".into(), number);
    }
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(track: &str) -> DrivenNames {
        DrivenNames { track: Some(track.into()), ..DrivenNames::default() }
    }

    const LAP: LapFacts = LapFacts { number: 3, attempt: 2, is_complete: true, counted_ms: Some(90_000) };

    #[test]
    fn sessions_of_a_lap_and_an_event_have_one_id_and_count_laps() {
        let mut sessions = Sessions::new().unwrap();
        let [Fact::Session(begun)] = &sessions.follow(7, Some("race".into()), names("Monza"))[..] else { panic!() };
        let [Fact::Lap(lap)] = &sessions.lap(7, &json!({ "session": 7, "x": 1 }), LAP, 5)[..] else { panic!() };
        let [Fact::Event(event)] = &sessions.event(7, &json!({}), "text".into(), 6)[..] else { panic!() };
        assert_eq!((lap.session.id, event.session.id), (begun.id, begun.id));
        assert_eq!((lap.session.laps, lap.session.best_ms), (1, Some(90_000)));
        assert_eq!(lap.key, format!("{}/3#2", begun.id));
        assert_eq!(Value::Object(lap.fields.clone()), json!({ "session_number": 7, "x": 1 }));
    }

    #[test]
    fn follow_reports_changes_only_and_closes_the_session_before() {
        let mut sessions = Sessions::new().unwrap();
        assert_eq!(sessions.follow(1, None, names("Monza")).len(), 1);
        assert!(sessions.follow(1, None, names("Monza")).is_empty());
        assert_eq!(sessions.follow(1, None, names("Spa")).len(), 1);
        let states: Vec<_> = sessions
            .follow(2, None, names("Spa"))
            .into_iter()
            .map(|fact| if let Fact::Session(session) = fact { session.state } else { panic!() })
            .collect();
        assert_eq!(states, [SessionState::Closed, SessionState::Open]);
        // A lap that comes late has its own session.
        let [Fact::Lap(lap)] = &sessions.lap(1, &json!({}), LAP, 5)[..] else { panic!() };
        assert_ne!(Some(lap.session.id), sessions.running().map(|session| session.id));
        assert!(sessions.end(SessionState::Abandoned).is_some() && sessions.end(SessionState::Closed).is_none());
        assert!(sessions.running().is_none());
    }
}
