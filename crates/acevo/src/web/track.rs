//! What is stored about a track: its corners and sectors. The page reads and edits them.

use std::io;
use std::sync::Arc;

use acevo_telemetry::analysis::SectorKind;
use acevo_telemetry::corners::{Corner, Corners};
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use super::change::{Refusal, read_change};
use super::json::json;
use super::library::query::parameter;
use super::server::Server;
use super::slots::Connection;
use crate::format::text::{clean, error_chain};
use crate::session::{known_corners, learned_sectors};

/// Maximum length of a request, in bytes.
const MAX_REQUEST: usize = 64 * 1024;

/// The track and the layout that a request is about.
#[derive(Debug, Clone)]
pub(super) struct TrackNames {
    pub(super) track: String,
    pub(super) layout: String,
}

impl TrackNames {
    /// Reads `?track=&layout=`.
    fn of(uri: &Uri) -> Result<Self, Refusal> {
        let name = |name| parameter(uri.query().unwrap_or_default(), name).unwrap_or_default();
        let names = Self { track: name("track"), layout: name("layout") };
        if names.track.is_empty() {
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "`track` is the name of a track."));
        }
        Ok(names)
    }
}

/// The corners of a track, as the page edits them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EditedCorners {
    corners: Vec<Corner>,
}

/// `GET /api/library/corners?track=&layout=`: the stored corners; none if they were not detected yet.
pub(super) async fn corners(uri: Uri) -> Result<Response, Refusal> {
    let TrackNames { track, layout } = TrackNames::of(&uri)?;
    let known = on_disk(move || {
        let empty = || Corners { track: track.clone(), configuration: layout.clone(), corners: Vec::new() };
        let known = known_corners::load(&track, &layout, None);
        Ok(known.map_err(|error| failure(StatusCode::INTERNAL_SERVER_ERROR, error.as_ref()))?.unwrap_or_else(empty))
    });
    Ok(document(json(&known.await?)))
}

/// `PUT /api/library/corners?track=&layout=` with `{"corners": […]}`: stores corners.
pub(super) async fn save_corners(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let TrackNames { track, layout } = TrackNames::of(&uri)?;
    let EditedCorners { mut corners } = read_change(&server, &connection, request, MAX_REQUEST).await?;
    corners.sort_by(|a, b| a.apex.total_cmp(&b.apex));
    let corners = Corners { track, configuration: layout, corners };
    corners.check().map_err(|error| failure(StatusCode::BAD_REQUEST, &error))?;
    on_disk(move || {
        let path = known_corners::path_of(&corners.track, &corners.configuration);
        let path = path.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "There is no folder for data."))?;
        corners.save(&path).map_err(|error| failure(StatusCode::INTERNAL_SERVER_ERROR, &error))
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sectors as the page draws them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrawnSectors {
    /// Ends of all sectors but the last; `None` for those of the game, or thirds.
    ends: Option<Vec<f64>>,
}

/// `GET /api/library/sectors?track=&layout=`: the sectors that laps on a track have.
pub(super) async fn sectors(State(server): State<Arc<Server>>, uri: Uri) -> Result<Response, Refusal> {
    #[derive(Serialize)]
    struct Document<'a> {
        track: &'a str,
        layout: &'a str,
        ends: &'a [f64],
        kind: SectorKind,
    }
    let TrackNames { track, layout } = TrackNames::of(&uri)?;
    let mut settings = server.settings_at_start.sectors.clone();
    on_disk(move || {
        settings.learned = learned_sectors::load();
        let sectors = settings.sectors();
        let (ends, kind) = (sectors.lines(&track, &layout), sectors.kind(&track, &layout));
        Ok(document(json(&Document { track: &track, layout: &layout, ends, kind })))
    })
    .await
}

/// `PUT /api/library/sectors?track=&layout=` with `{"ends": […]}`: stores sectors, or removes them with `null`.
pub(super) async fn save_sectors(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    uri: Uri,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let TrackNames { track, layout } = TrackNames::of(&uri)?;
    let DrawnSectors { ends } = read_change(&server, &connection, request, MAX_REQUEST).await?;
    on_disk(move || {
        learned_sectors::draw(&track, &layout, ends.as_deref()).map_err(|error| {
            let is_wrong = error.kind() == io::ErrorKind::InvalidInput;
            failure(if is_wrong { StatusCode::BAD_REQUEST } else { StatusCode::INTERNAL_SERVER_ERROR }, &error)
        })
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Works with files on a thread that may block, because the folder may be on a slow disk.
async fn on_disk<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let interrupted = || Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "The request was interrupted.");
    spawn_blocking(work).await.unwrap_or_else(|_| Err(interrupted()))
}

fn document(body: String) -> Response {
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// An error as a sentence.
fn failure(status: StatusCode, error: &(dyn std::error::Error + 'static)) -> Refusal {
    Refusal::new(status, clean(&format!("This cannot be done: {}.", error_chain(error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn track_names_are_read_without_their_escapes() {
        let names = |query: &str| TrackNames::of(&format!("/x?{query}").parse().unwrap());
        let known = names("track=N%C3%BCrburg+Ring&layout=GP%2F1").unwrap();
        assert_eq!((known.track.as_str(), known.layout.as_str()), ("Nürburg Ring", "GP/1"));
        assert_eq!(names("track=Monza").unwrap().layout, "");
        for wrong in ["", "layout=GP", "track=", "track=%ff"] {
            assert!(names(wrong).is_err(), "{wrong}");
        }
    }
}
