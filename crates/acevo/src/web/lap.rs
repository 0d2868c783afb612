//! Laps of the library and of the running session: their samples, and files to share.

mod corners;
mod reference;
mod samples;
mod share;

use std::sync::Arc;
use std::time::Duration;

use acevo_library::LapRow;
use acevo_recording::{LapSpan, Recording, lap_samples};
use acevo_telemetry::{channel, display_name};
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use self::samples::LapAbout;
use self::share::OneLap;
use super::change::{Refusal, may_change, read_change};
use super::library::in_library;
use super::library::query::parameter;
use super::routes::requested_channels;
use super::server::Server;
use super::slots::Connection;
use crate::format::text::{clean, error_chain};

/// Maximum number of channels in a request for samples. A lap of two minutes has 160 kB for each.
const MAX_CHANNELS: usize = 32;

/// Laps that are read at the same time: each takes memory for all of its rows.
static READERS: Semaphore = Semaphore::const_new(2);

/// Maximum length of a request that changes something, bytes.
const MAX_REQUEST: usize = 1024;

/// A request without content: `{}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// Begins the id of a lap of the running session; its index follows.
const LIVE: &str = "live-";

/// A lap of a recording.
struct Recorded {
    lap: OneLap,
    about: LapAbout,
}

/// `GET /api/library/laps/{lap}/samples?channels=a,b`: all samples.
pub(super) async fn samples(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let ids = requested_channels(&uri).unwrap_or_default();
    if ids.len() > MAX_CHANNELS {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, format!("A request has at most {MAX_CHANNELS} channels.")));
    }
    let bytes = match id.strip_prefix(LIVE) {
        Some(index) => live(&server, &id, index, &ids)?,
        None => {
            let Recorded { lap, about } = recorded(&server, id).await?;
            reading(move || {
                let known: Vec<_> = ids.iter().filter_map(|id| channel(id)).collect();
                let mut samples = lap_samples(&mut Recording::open(&lap.file)?, lap.span, &known, |_| true)?;
                // Columns of channels that do not exist are empty.
                let rows = samples.time_s.len();
                let mut columns = std::mem::take(&mut samples.channels).into_iter();
                let column =
                    |id: &String| channel(id).and_then(|_| columns.next()).unwrap_or_else(|| vec![f32::NAN; rows]);
                samples.channels = ids.iter().map(column).collect();
                Ok(samples::encode(&about, &ids, &samples))
            })
            .await?
        }
    };
    Ok(([(CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

/// `GET /api/library/laps/{lap}/file`: a recording with only this lap.
pub(super) async fn file(State(server): State<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let lap = recorded(&server, id).await?;
    let name = name_of(&lap, "acevo");
    let bytes = reading(move || share::recording(&lap.lap)).await?;
    Ok(download(bytes, "application/octet-stream", &name))
}

/// `GET /api/library/laps/{lap}/csv`: the samples of the lap as a table.
pub(super) async fn csv(State(server): State<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let lap = recorded(&server, id).await?;
    let name = name_of(&lap, "csv");
    let bytes = reading(move || share::table(&lap.lap)).await?;
    Ok(download(bytes, "text/csv; charset=utf-8", &name))
}

/// `GET /api/library/laps/{lap}/png?against=LAP`: a picture of the lap, and of another one.
pub(super) async fn png(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let lap = recorded(&server, id).await?;
    let against = against(&server, &uri).await?;
    let name = name_of(&lap, "png");
    let bytes = reading(move || share::picture(&lap.lap, against.as_ref().map(|other| &other.lap))).await?;
    Ok(download(bytes, "image/png", &name))
}

/// `GET /api/library/laps/{lap}/corners?against=LAP`: the corners of the track, what was done in each, and the time lost to another lap.
pub(super) async fn corners(
    State(server): State<Arc<Server>>,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let lap = recorded(&server, id).await?;
    let against = against(&server, &uri).await?;
    let body = reading(move || corners::document(&lap.lap, against.as_ref().map(|other| &other.lap))).await?;
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// `POST /api/library/laps/{lap}/reference`: later laps with this car on this track are compared with this lap.
pub(super) async fn choose_reference(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<String>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let Nothing {} = read_change(&server, &connection, request, MAX_REQUEST).await?;
    let lap = recorded(&server, id).await?;
    reading(move || reference::choose(&lap)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/library/laps/{lap}/reference`: removes the reference lap of this car on this track.
pub(super) async fn remove_reference(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path(id): Path<String>,
) -> Result<StatusCode, Refusal> {
    may_change(&server, &connection)?;
    let lap = recorded(&server, id).await?;
    reading(move || reference::remove(&lap)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The other lap of `?against=LAP`.
async fn against(server: &Arc<Server>, uri: &Uri) -> Result<Option<Recorded>, Refusal> {
    match parameter(uri.query().unwrap_or_default(), "against").filter(|other| !other.is_empty()) {
        Some(other) => recorded(server, other).await.map(Some),
        None => Ok(None),
    }
}

/// Does work on a thread that may block, not too much of it at the same time.
async fn reading<T: Send + 'static>(work: impl FnOnce() -> anyhow::Result<T> + Send + 'static) -> Result<T, Refusal> {
    let _permit = READERS.acquire().await;
    let done = spawn_blocking(work).await.unwrap_or_else(|_| Err(anyhow::anyhow!("the request was interrupted")));
    done.map_err(|error| {
        let reason = format!("The lap cannot be read: {}.", error_chain(error.as_ref()));
        Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, clean(&reason))
    })
}

/// The samples of a lap of the running session.
fn live(server: &Server, id: &str, index: &str, channels: &[String]) -> Result<Vec<u8>, Refusal> {
    let none = || Refusal::new(StatusCode::NOT_FOUND, "This lap of the running session is not kept any more.");
    let state = server.state();
    let index: usize = index.parse().map_err(|_| none())?;
    let trace = state.trace(index).ok_or_else(none)?;
    let laps = state.laps();
    let lap = index.checked_sub(laps.first()).and_then(|at| laps.laps.get(at)).ok_or_else(none)?;
    let snapshot = &state.snapshot;
    let mut about = LapAbout { id: id.to_owned(), ..LapAbout::default() }.with_lap(lap);
    // Names and sectors are those of the running session.
    if lap.session == snapshot.session {
        let (track, layout) = snapshot.track_names();
        let car = snapshot.pages.as_ref().map_or("", |pages| pages.graphics.car_model());
        (about.track, about.layout, about.car) = (clean(track), clean(layout), clean(car));
        (about.track_name, about.layout_name, about.car_name) =
            (clean(&display_name(track)), clean(&display_name(layout)), clean(&display_name(car)));
        about.sector_ends.clone_from(&snapshot.sector_ends);
        about.length_m = snapshot.outline.track_length_m().or_else(|| snapshot.outline.length_m());
    }
    Ok(samples::encode(&about, channels, &samples::of_trace(trace, channels)))
}

/// A lap of the library.
async fn recorded(server: &Arc<Server>, id: String) -> Result<Recorded, Refusal> {
    let number: i64 = id.parse().map_err(|_| Refusal::new(StatusCode::NOT_FOUND, "There is no such lap."))?;
    let (lap, session) = in_library(server, move |library, _| {
        let lap = library.lap(number)?;
        let session = library.session(lap.session)?;
        Ok((lap, session))
    })
    .await?;
    let LapRow { path, number, attempt, counts, began, sectors_ms, .. } = lap;
    let seconds = |seconds: f64| Duration::try_from_secs_f64(seconds).unwrap_or_default();
    let time_ms = lap.time_ms.filter(|_| lap.incomplete.is_none());
    let about = LapAbout {
        id,
        session: Some(session.id),
        number,
        attempt,
        track: session.track,
        track_name: session.track_name,
        layout: session.layout,
        layout_name: session.layout_name,
        car: session.car,
        car_name: session.car_name,
        driver: session.driver,
        began: began.or(session.began),
        counts,
        time_ms,
        sectors_ms,
        sector_ends: session.sector_ends,
        length_m: session.track_length_m,
    };
    let span = LapSpan { from: seconds(lap.from_s), to: seconds(lap.to_s), time_ms };
    Ok(Recorded { lap: OneLap { file: path, span, number }, about })
}

/// The name of a file with this lap: letters and digits of the track, the car and the time.
fn name_of(lap: &Recorded, extension: &str) -> String {
    let about = &lap.about;
    let time = about.time_ms.map_or_else(String::new, |ms| format!(" {}.{:03}", ms / 1000, ms % 1000));
    let words = format!("{} {} {}{time}", about.track_name, about.layout_name, about.car_name);
    let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '_' };
    let name: String = words.trim().chars().take(80).map(safe).collect();
    format!("{name}_lap-{}.{extension}", about.number)
}

/// A file that the browser saves.
fn download(bytes: Vec<u8>, content_type: &'static str, name: &str) -> Response {
    let mut response = ([(CONTENT_TYPE, content_type)], bytes).into_response();
    if let Ok(value) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(CONTENT_DISPOSITION, value);
    }
    response
}
