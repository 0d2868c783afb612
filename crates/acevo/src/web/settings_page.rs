//! The settings as a document, and requests that change them. `docs/web-api.md` describes both.

use std::sync::Arc;

use acevo_settings::{Applies, Effective, KEYS, Key, Kind, Problem, SECTIONS, Settings, TrackSectors, Value};
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use tokio::task::spawn_blocking;

use super::change::{Refusal, may_change, read_change};
use super::json::json;
use super::server::Server;
use super::slots::Connection;
use crate::output::name_of;
use crate::settings::{self, ChangeError, Stored};

/// Maximum length of a request, bytes.
const MAX_REQUEST: usize = 64 * 1024;

/// Title of the keys at the top of the file.
const GENERAL: &str = "General";

/// A request that changes settings: new values by key, `null` to remove a key.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Changes {
    changes: Map<String, Json>,
}

#[derive(Debug, Serialize)]
struct Document {
    /// Path of the file; `None` if there is no folder for settings.
    path: Option<String>,
    exists: bool,
    /// The client may change settings.
    may_change: bool,
    /// Why it may not.
    refusal: Option<String>,
    /// What is wrong in the file and in the environment.
    problems: Vec<ProblemEntry>,
    sections: Vec<Section>,
    keys: Vec<Entry>,
    tracks: Vec<Track>,
}

#[derive(Debug, Serialize)]
struct Section {
    /// Empty for the top of the file.
    name: &'static str,
    title: &'static str,
}

/// A key.
#[derive(Debug, Serialize)]
struct Entry {
    name: &'static str,
    section: &'static str,
    summary: &'static str,
    kind: &'static str,
    /// The texts to choose from.
    choices: Option<&'static [&'static str]>,
    min: Option<f64>,
    max: Option<f64>,
    unit: &'static str,
    /// What is accepted, in words.
    range: String,
    default: Json,
    value: Json,
    origin: &'static str,
    /// The environment variable.
    variable: String,
    applies: &'static str,
    /// The value was changed since the program started, which uses it only after a restart.
    waits: bool,
}

/// A track with sectors of its own.
#[derive(Debug, Serialize)]
struct Track {
    name: String,
    value: Json,
    waits: bool,
}

#[derive(Debug, Serialize)]
struct ProblemEntry {
    /// The key or the environment variable; empty if it is the whole file.
    key: String,
    line: Option<usize>,
    message: String,
    suggestion: Option<String>,
}

impl From<Problem> for ProblemEntry {
    fn from(Problem { key, line, message, suggestion }: Problem) -> Self {
        Self { key, line, message, suggestion }
    }
}

impl ProblemEntry {
    fn of_file(message: String) -> Self {
        Self { key: String::new(), line: None, message, suggestion: None }
    }
}

impl Entry {
    fn new(key: &'static Key, effective: &Effective, at_start: &Settings) -> Self {
        let (kind, choices, min, max) = parts(key.kind);
        let value = effective.settings.get(key);
        Self {
            name: key.name,
            section: key.section(),
            summary: key.summary,
            kind,
            choices,
            min,
            max,
            unit: key.unit(),
            range: key.kind.range(),
            default: key.default_value().to_json(),
            origin: effective.origin(key).name(),
            variable: key.variable(),
            applies: key.applies.name(),
            waits: key.applies == Applies::Restart && value != at_start.get(key),
            value: value.to_json(),
        }
    }
}

impl Track {
    fn new(track: &TrackSectors, at_start: &Settings) -> Self {
        let waits = !at_start.sectors.tracks.contains(track);
        Self { name: track.name.clone(), value: track.value().to_json(), waits }
    }
}

/// The name of a kind, its texts, and its minimum and maximum. The maximum of a text is its number of characters.
#[expect(clippy::cast_precision_loss, reason = "ranges are small")]
fn parts(kind: Kind) -> (&'static str, Option<&'static [&'static str]>, Option<f64>, Option<f64>) {
    match kind {
        Kind::Switch => ("switch", None, None, None),
        Kind::Choice(names) => ("choice", Some(names), None, None),
        Kind::Choices(names) => ("choices", Some(names), None, None),
        Kind::Integer { min, max } => ("integer", None, Some(min as f64), Some(max as f64)),
        Kind::Number { min, max } => ("number", None, Some(min), Some(max)),
        Kind::Text { max } => ("text", None, None, Some(max as f64)),
        Kind::Folder => ("folder", None, None, None),
        Kind::Age => ("age", None, None, None),
        Kind::Size => ("size", None, None, None),
        Kind::Rate => ("rate", None, None, None),
        Kind::Positions => ("positions", None, None, None),
    }
}

impl Document {
    fn new(stored: Stored, at_start: &Settings, refusal: Option<String>) -> Self {
        let Stored { path, exists, effective, problems, unreadable } = stored;
        let titles = [("", GENERAL)].into_iter().chain(SECTIONS);
        let problems = unreadable.map(ProblemEntry::of_file).into_iter().chain(problems.into_iter().map(Into::into));
        Self {
            path: path.as_deref().map(name_of),
            exists,
            may_change: refusal.is_none(),
            refusal,
            problems: problems.collect(),
            sections: titles.map(|(name, title)| Section { name, title }).collect(),
            keys: KEYS.iter().map(|key| Entry::new(key, &effective, at_start)).collect(),
            tracks: effective.settings.sectors.tracks.iter().map(|track| Track::new(track, at_start)).collect(),
        }
    }
}

/// The settings.
pub(super) async fn read(State(server): State<Arc<Server>>, Extension(connection): Extension<Connection>) -> Response {
    document(&server, &connection).await.unwrap_or_else(Refusal::into_response)
}

/// Changes settings, and answers with the new ones.
pub(super) async fn write(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    try_write(&server, &connection, request).await.unwrap_or_else(Refusal::into_response)
}

/// Sections that other devices cannot change.
const LOCAL_SECTIONS: [&str; 3] = ["mqtt.", "influx.", "upload."];

async fn try_write(server: &Arc<Server>, connection: &Connection, request: Request) -> Result<Response, Refusal> {
    server.control()?;
    let Changes { changes } = read_change(server, connection, request, MAX_REQUEST).await?;
    // Who changes these could have everything sent elsewhere, also the content of a file as a password.
    let is_local_only = |key: &String| LOCAL_SECTIONS.iter().any(|section| key.starts_with(section));
    if !connection.is_local() && changes.keys().any(is_local_only) {
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Only the computer that runs acevo can change the settings of mqtt, influx and upload.",
        ));
    }
    let value = |json: &Json| if json.is_null() { None } else { Some(Value::from_json(json)) };
    let changes: Vec<_> = changes.iter().map(|(key, json)| (key.clone(), value(json))).collect();
    // The disk may be slow.
    match spawn_blocking(move || settings::change(&changes)).await.map_err(|_| failed())? {
        Ok(()) => document(server, connection).await,
        Err(error) => Ok(refused(error)),
    }
}

async fn document(server: &Arc<Server>, connection: &Connection) -> Result<Response, Refusal> {
    let stored = spawn_blocking(settings::stored).await.map_err(|_| failed())?;
    let allowed = server.control().and_then(|_| may_change(server, connection));
    let refusal = allowed.err().map(Refusal::into_reason);
    Ok(answer(StatusCode::OK, &Document::new(stored, &server.settings_at_start, refusal)))
}

fn failed() -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "Reading or writing the settings has failed.")
}

/// The answer to changes that were not made.
fn refused(error: ChangeError) -> Response {
    #[derive(Serialize)]
    struct Refused {
        problems: Vec<ProblemEntry>,
    }
    let (status, problems) = match error {
        ChangeError::Values(problems) => {
            (StatusCode::UNPROCESSABLE_ENTITY, problems.into_iter().map(Into::into).collect())
        }
        ChangeError::File(problems) => (StatusCode::CONFLICT, problems.into_iter().map(Into::into).collect()),
        ChangeError::Io(error) => {
            (StatusCode::INTERNAL_SERVER_ERROR, vec![ProblemEntry::of_file(format!("{error:#}"))])
        }
    };
    answer(status, &Refused { problems })
}

fn answer(status: StatusCode, document: &impl Serialize) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], json(document)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str, variable: Option<(&str, &str)>, at_start: &Settings) -> Json {
        let value = |name: &str| variable.filter(|(known, _)| *known == name).map(|(_, value)| value.into());
        let (effective, problems) = Effective::with_problems(Some(text), value);
        let stored = Stored { path: Some("/x/acevo.toml".into()), exists: true, effective, problems, unreadable: None };
        serde_json::to_value(Document::new(stored, at_start, None)).unwrap()
    }

    fn key<'a>(document: &'a Json, name: &str) -> &'a Json {
        let keys = document["keys"].as_array().unwrap();
        keys.iter().find(|key| key["name"] == name).unwrap()
    }

    #[test]
    fn document_has_every_key_with_value_and_origin() {
        let text = "[server]\nport = 81\n[sectors]\n\"Ring/GP\" = [0.5]\n";
        let document = document(text, Some(("ACEVO_UNITS", "kpa")), &Settings::default());
        assert_eq!(document["keys"].as_array().unwrap().len(), KEYS.len());
        let port = key(&document, "server.port");
        assert_eq!((&port["value"], &port["default"], &port["max"]), (&81.into(), &7333.into(), &65_535.0.into()));
        assert_eq!(
            (&port["origin"], &port["applies"], &port["waits"]),
            (&"file".into(), &"restart".into(), &true.into())
        );
        let units = key(&document, "units");
        assert_eq!((&units["value"], &units["variable"]), (&"kpa".into(), &"ACEVO_UNITS".into()));
        assert_eq!((&units["origin"], &units["waits"]), (&"environment".into(), &false.into()));
        assert_eq!(units["choices"].as_array().unwrap().len(), 4);
        assert_eq!(key(&document, "thresholds.hot_oil_c")["unit"], "°C");
        assert_eq!(document["tracks"], serde_json::json!([{ "name": "Ring/GP", "value": [0.5], "waits": true }]));
        let sections: Vec<_> =
            document["sections"].as_array().unwrap().iter().map(|section| &section["name"]).collect();
        assert!(document["keys"].as_array().unwrap().iter().all(|key| sections.contains(&&key["section"])));
        assert_eq!(key(&document, "rig")["origin"], "default");
    }

    #[test]
    fn document_waits_only_for_changes_since_the_start() {
        let text = "units = \"metric\"\n[server]\nport = 81\n[sectors]\nRing = [0.5]\n";
        let same = document(text, None, &Settings::from_toml(text).unwrap());
        let waiting = same["keys"].as_array().unwrap().iter().filter(|key| key["waits"] == true).count();
        assert_eq!((waiting, &same["tracks"][0]["waits"]), (0, &false.into()));
    }

    #[test]
    fn document_has_the_problems_of_the_file_with_lines() {
        let document = document("units = 1\n[server]\nprot = 1\nport = 81\n", None, &Settings::default());
        let problems = document["problems"].as_array().unwrap();
        assert_eq!((&problems[0]["line"], &problems[1]["line"]), (&1.into(), &3.into()));
        assert_eq!(problems[1]["suggestion"], "did you mean server.port?");
        assert_eq!(key(&document, "server.port")["value"], 81);
    }
}
