//! State and control of the background program.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use sysinfo::Disks;

use super::guard::only;
use super::messages::{json, track_names};
use super::server::Server;
use super::slots::Connection;
use crate::format::text::{clean, driver, name};
use crate::recording::task::{RecordingCommand, RecordingHandle, RecordingState};
use crate::shutdown::Stop;

/// Maximum length of a note, and of a whole request, in bytes.
const MAX_NOTE: usize = 400;
const MAX_REQUEST: usize = 4096;

/// What the page can control.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) recording: RecordingHandle,
    /// Ends the program.
    pub(super) stop: Stop,
}

/// A request to change something.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Action {
    /// Starts or stops recording.
    Record { on: bool },
    /// Saves the last part, which is kept in memory.
    SaveLast,
    /// Marks this moment.
    Mark {
        #[serde(default)]
        text: String,
    },
    /// Ends the program.
    Quit,
}

/// The state of the program and its tasks.
#[derive(Debug, Serialize)]
struct Status {
    running: bool,
    pid: u32,
    version: &'static str,
    uptime_s: f64,
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
    /// Free bytes in the folder of recordings.
    disk_free: Option<u64>,
    /// What is wrong now.
    problems: Vec<String>,
}

/// The state of the program and its tasks, as JSON.
pub(super) fn status(server: &Server) -> String {
    let state = server.state();
    let snapshot = &state.snapshot;
    let recording = server.control.as_ref().map(|control| control.recording.state());
    let disk_free = recording.as_ref().and_then(|recording| free_space(&recording.folder));
    let problem = recording.as_ref().and_then(|recording| recording.problem.clone());
    let (track, layout) = track_names(snapshot);
    let pages = snapshot.pages.as_ref();
    let driver = pages.map(driver).unwrap_or_default();
    let car = pages.map(|pages| name(pages.graphics.car_model())).unwrap_or_default();
    json(&Status {
        running: true,
        pid: std::process::id(),
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: state.at_s,
        connection: snapshot.connection.message(),
        track: clean(track),
        layout: clean(layout),
        car,
        driver,
        missed: snapshot.health.physics_missed,
        clients: server.counters.clients.load(Ordering::Relaxed),
        recording,
        disk_free,
        problems: problem.map(|problem| format!("recording: {problem}")).into_iter().collect(),
    })
}

/// Free bytes on the disk of a folder.
fn free_space(folder: &Path) -> Option<u64> {
    let folder = folder.canonicalize().ok()?;
    let disks = Disks::new_with_refreshed_list();
    let holds = |disk: &&sysinfo::Disk| folder.starts_with(disk.mount_point());
    let disk = disks.iter().filter(holds).max_by_key(|disk| disk.mount_point().components().count())?;
    Some(disk.available_space())
}

/// Does what a page has asked for. Only this computer may ask. The guard has refused other web pages, and they cannot send this type of
/// content without permission.
pub(super) async fn act(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    let refuse = |status: StatusCode, why: String| (status, why + "\n").into_response();
    let Some(control) = &server.control else {
        return refuse(StatusCode::NOT_FOUND, "Only `acevo run` can be controlled.".into());
    };
    if !connection.is_local() {
        return refuse(StatusCode::FORBIDDEN, "Only this computer can control acevo.".into());
    }
    if only(request.headers(), &CONTENT_TYPE) != Some("application/json") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content must be application/json.".into());
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_REQUEST).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, format!("A request has at most {MAX_REQUEST} bytes."));
    };
    match serde_json::from_slice(&body) {
        Err(error) => return refuse(StatusCode::BAD_REQUEST, format!("Not a known action: {error}.")),
        Ok(Action::Mark { text }) if text.len() > MAX_NOTE => {
            return refuse(StatusCode::BAD_REQUEST, format!("A note has at most {MAX_NOTE} bytes."));
        }
        Ok(Action::Record { on }) => control.recording.request(RecordingCommand::Record(on)),
        Ok(Action::SaveLast) => control.recording.request(RecordingCommand::SaveLast),
        Ok(Action::Mark { text }) => control.recording.request(RecordingCommand::Mark(clean(&text))),
        Ok(Action::Quit) => control.stop.request(),
    }
    StatusCode::NO_CONTENT.into_response()
}
