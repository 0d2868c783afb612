//! State and control of the background program.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use acevo_fleet::{InfluxState, PublisherState};
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::background::Control;
use super::change::{Refusal, may_change, read_change};
use super::json::json;
use super::server::Server;
use super::slots::Connection;
use crate::format::text::{clean, driver, name};
use crate::recording::task::{RecordingCommand, RecordingState};
use crate::upload::task::UploadState;

/// Maximum length of a note, and of a whole request, in bytes.
const MAX_NOTE: usize = 400;
const MAX_REQUEST: usize = 4096;

/// A request to change something. Variants without content have braces: serde ignores further members of others.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    /// Starts or stops recording.
    Record { on: bool },
    /// Saves the last part, which is kept in memory.
    SaveLast {},
    /// Marks this moment.
    Mark {
        #[serde(default)]
        text: String,
    },
    /// Ends the program.
    Quit {},
}

/// The state of the program and its tasks.
#[derive(Debug, Serialize)]
struct Status {
    running: bool,
    /// Name of this rig; empty without one.
    rig: String,
    pid: u32,
    version: &'static str,
    uptime_s: f64,
    /// What is read: `game`, `demo` or `recording`.
    source: &'static str,
    /// The connection to the game in a sentence.
    connection: String,
    track: String,
    layout: String,
    car: String,
    driver: String,
    /// Packets of physics that were missed.
    missed: u64,
    clients: u64,
    /// `None` without a recording task.
    recording: Option<RecordingState>,
    /// Publishing to a broker; `None` if none is set.
    mqtt: Option<PublisherState>,
    /// Writing to a database; `None` if none is set.
    influx: Option<InfluxState>,
    /// Delivering recordings to a store; `None` if none is set.
    upload: Option<UploadState>,
    /// Free bytes in the folder of recordings.
    disk_free: Option<u64>,
    /// What is wrong now.
    problems: Vec<String>,
    /// Keys of the settings whose change takes effect when the program starts again.
    restart_for: Vec<String>,
    /// The client may send requests to `/api/control`.
    may_control: bool,
    /// Why it may not.
    refusal: Option<String>,
}

/// The state of the program and its tasks for a client, as JSON.
pub(super) fn status(server: &Server, connection: &Connection) -> String {
    let state = server.state();
    let snapshot = &state.snapshot;
    let recording = server.control.as_ref().map(Control::recording);
    let disk_free = server.control.as_ref().and_then(Control::free_bytes);
    let problem = recording.as_ref().and_then(|recording| Some(format!("recording: {}", recording.problem.as_ref()?)));
    let of_settings =
        server.control.as_ref().and_then(|control| Some(format!("settings: {}", control.settings.problem()?)));
    let wrong = server.control.as_ref().map(Control::wrong_settings).unwrap_or_default();
    let wrong = wrong.iter().map(|text| format!("settings: {text}"));
    let fleet = server.control.as_ref().map(Control::fleet).unwrap_or_default();
    let upload = server.control.as_ref().and_then(Control::upload);
    let of_upload = upload.as_ref().and_then(|upload| Some(format!("upload: {}", upload.problem.as_ref()?)));
    let (track, layout) = snapshot.track_names();
    let pages = snapshot.pages.as_ref();
    let driver = pages.map(driver).unwrap_or_default();
    let car = pages.map(|pages| name(pages.graphics.car_model())).unwrap_or_default();
    let refusal = server.control().and_then(|_| may_change(server, connection)).err().map(Refusal::into_reason);
    json(&Status {
        running: true,
        rig: clean(&server.settings_at_start.rig),
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: state.at_s,
        source: snapshot.source.name(),
        connection: snapshot.connection.message(),
        track: clean(track),
        layout: clean(layout),
        car,
        driver,
        missed: snapshot.health.physics_missed,
        clients: server.gate.counters.clients.load(Ordering::Relaxed),
        recording,
        problems: [problem, of_settings, of_upload]
            .into_iter()
            .flatten()
            .chain(wrong)
            .chain(fleet.problems())
            .collect(),
        mqtt: fleet.mqtt,
        influx: fleet.influx,
        upload,
        disk_free,
        restart_for: server.control.as_ref().map(|control| control.settings.waiting()).unwrap_or_default(),
        may_control: refusal.is_none(),
        refusal,
    })
}

/// Does what a page has asked for.
pub(super) async fn act(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let control = server.control()?;
    match read_change(&server, &connection, request, MAX_REQUEST).await? {
        Action::Mark { text } if text.len() > MAX_NOTE => {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, format!("A note has at most {MAX_NOTE} bytes.")));
        }
        Action::Mark { .. } if server.state().snapshot.pages.is_none() => {
            return Err(Refusal::new(StatusCode::CONFLICT, "There is nothing to mark: the game is not running."));
        }
        Action::Record { on } => control.recording.request(RecordingCommand::Record(on)),
        Action::SaveLast {} => control.recording.request(RecordingCommand::SaveLast),
        Action::Mark { text } => control.recording.request(RecordingCommand::Mark(clean(&text))),
        Action::Quit {} => control.stop.request(),
    }
    Ok(StatusCode::NO_CONTENT)
}
