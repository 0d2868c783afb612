//! The session library: sessions, laps, bests, notes, deleted recordings, and recordings that are imported.

mod documents;
mod import;
pub(super) mod query;

use std::sync::Arc;

use acevo_library::{Library, LibraryError, Notes};
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use self::documents::{SessionDocument, SessionList};
use super::change::{Refusal, may_change, read_change};
use super::json::json;
use super::server::Server;
use super::slots::Connection;
use super::{lap, track};
use crate::format::text::{clean, error_chain};
use crate::library::LibraryTask;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Maximum length of a request with notes, bytes: a note of characters that are escaped in JSON.
const MAX_NOTES: usize = 256 * 1024;
const MAX_REQUEST: usize = 1024;

/// The addresses below `/api/library`.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/sessions", get(sessions))
        .route("/sessions/{id}", get(session).put(set_notes).delete(remove))
        .route("/undo", post(undo))
        .route("/bests", get(bests))
        .route("/progress", get(progress))
        .route("/import", post(import::import))
        .route("/laps/{lap}/samples", get(lap::samples))
        .route("/laps/{lap}/corners", get(lap::corners))
        .route("/laps/{lap}/file", get(lap::file))
        .route("/laps/{lap}/csv", get(lap::csv))
        .route("/laps/{lap}/png", get(lap::png))
        .route("/laps/{lap}/reference", post(lap::choose_reference).delete(lap::remove_reference))
        .route("/corners", get(track::corners).put(track::save_corners))
        .route("/sectors", get(track::sectors).put(track::save_sectors))
}

/// `GET /api/library/sessions`: sessions with what there is to filter by.
async fn sessions(State(server): State<Arc<Server>>, uri: Uri) -> Result<Response, Refusal> {
    let filter = query::filter(uri.query().unwrap_or_default())?;
    let is_scanning = server.library.is_scanning();
    let list = in_library(&server, move |library, _| {
        let page = library.sessions(&filter)?;
        Ok(SessionList::new(page, library.choices()?, library.unreadable()?, is_scanning))
    });
    Ok(document(json(&list.await?)))
}

/// `GET /api/library/sessions/{id}`: a session with its laps, stints and other cars.
async fn session(State(server): State<Arc<Server>>, Path(id): Path<i64>) -> Result<Response, Refusal> {
    let session = in_library(&server, move |library, _| {
        Ok(SessionDocument {
            session: library.session(id)?,
            laps: library.laps(id)?,
            stints: library.stints(id)?,
            other_cars: library.other_cars(id)?,
        })
    });
    Ok(document(json(&session.await?)))
}

/// `GET /api/library/bests`: the best lap of each car on each track.
async fn bests(State(server): State<Arc<Server>>, uri: Uri) -> Result<Response, Refusal> {
    let filter = query::filter(uri.query().unwrap_or_default())?;
    Ok(document(json(&in_library(&server, move |library, _| library.bests(&filter)).await?)))
}

/// `GET /api/library/progress`: the best laps of the sessions with a car on a track, the oldest first.
async fn progress(State(server): State<Arc<Server>>, uri: Uri) -> Result<Response, Refusal> {
    let filter = query::filter(uri.query().unwrap_or_default())?;
    Ok(document(json(&in_library(&server, move |library, _| library.progress(&filter)).await?)))
}

/// `PUT /api/library/sessions/{id}`: replaces title, note and tags.
async fn set_notes(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<i64>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let notes: Notes = read_change(&server, &connection, request, MAX_NOTES).await?;
    in_library(&server, move |library, _| library.set_notes(id, notes)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/library/sessions/{id}`: deletes the recording of a session. As for layouts, no content type is needed.
async fn remove(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<i64>,
) -> Result<Response, Refusal> {
    may_change(&server, &connection)?;
    let open_file = server.library.watched().open_file;
    let undo = in_library(&server, move |library, _| {
        if open_file.is_some_and(|open| library.file_of(id).is_ok_and(|file| file == open)) {
            return Ok(None);
        }
        library.trash(id).map(Some)
    });
    match undo.await? {
        Some(undo) => Ok(document(json(&Undo { undo }))),
        None => Err(Refusal::new(StatusCode::CONFLICT, "This session is being recorded: stop recording first.")),
    }
}

/// A recording that was deleted.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Undo {
    undo: i64,
}

/// `POST /api/library/undo`: restores a recording that was deleted.
async fn undo(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let Undo { undo } = read_change(&server, &connection, request, MAX_REQUEST).await?;
    in_library(&server, move |library, _| library.restore(undo)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Works with the library on a thread that may block.
pub(super) async fn in_library<T: Send + 'static>(
    server: &Arc<Server>,
    work: impl FnOnce(&Library, &LibraryTask) -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, Refusal> {
    let task = server.library.clone();
    let done = spawn_blocking(move || match task.library() {
        Ok(library) => work(library, &task).map_err(Refusal::from),
        Err(problem) => Err(unavailable(&problem)),
    });
    done.await.unwrap_or_else(|_| Err(unavailable("the request was interrupted")))
}

fn unavailable(problem: &str) -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The session library cannot be used: {}.", clean(problem)))
}

fn document(body: String) -> Response {
    ([(CONTENT_TYPE, JSON)], body).into_response()
}

impl From<LibraryError> for Refusal {
    fn from(error: LibraryError) -> Self {
        let status = match error {
            LibraryError::NotFound { .. } => StatusCode::NOT_FOUND,
            LibraryError::NotesTooLong(_) | LibraryError::Recording { .. } => StatusCode::BAD_REQUEST,
            LibraryError::Taken(_) | LibraryError::Notes { .. } => StatusCode::CONFLICT,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let reason = clean(&error_chain(&error));
        let mut letters = reason.chars();
        let first = letters.next().map(|letter| letter.to_uppercase().collect::<String>()).unwrap_or_default();
        Self::new(status, format!("{first}{}.", letters.as_str()))
    }
}
