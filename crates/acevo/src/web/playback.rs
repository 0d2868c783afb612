//! The recording that is played: its state, and requests that control it.

use std::sync::Arc;
use std::time::Duration;

use acevo_recording::LapSelector;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};

use super::change::{Refusal, read_change};
use super::json::json;
use super::messages::{Playback, milliseconds};
use super::server::Server;
use super::slots::Connection;
use crate::session::playback::handle::{PlaybackHandle, PlaybackState, SPEEDS};

/// Maximum length of a request in bytes.
const MAX_REQUEST: usize = 1024;

/// A lap of the recording.
#[derive(Debug, Serialize)]
struct TimelineLap {
    /// Selects this lap.
    id: String,
    session: u32,
    number: u32,
    attempt: u32,
    from_s: f64,
    to_s: f64,
    time_ms: Option<u32>,
    /// A complete lap with a time.
    complete: bool,
}

/// The state with the laps.
fn document(state: &PlaybackState) -> String {
    #[derive(Serialize)]
    struct Document {
        #[serde(flatten)]
        playback: Playback,
        laps: Option<Vec<TimelineLap>>,
    }
    let lap = |recorded| {
        let (from, to) = state.span(recorded);
        let lap = &recorded.lap;
        TimelineLap {
            id: lap.id().to_string(),
            session: lap.session,
            number: lap.number,
            attempt: lap.attempt,
            from_s: milliseconds(from),
            to_s: milliseconds(to),
            time_ms: lap.time_ms,
            complete: lap.incomplete.is_none() && lap.time_ms.is_some(),
        }
    };
    let laps = state.laps.as_ref().map(|laps| laps.laps().iter().map(lap).collect());
    json(&Document { playback: Playback::of(state), laps })
}

/// A request to change something.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Action {
    Pause,
    Play,
    /// Continues at a time or at the beginning of a lap; exactly one of them.
    Seek {
        at_s: Option<f64>,
        lap: Option<String>,
    },
    Speed {
        factor: f64,
    },
}

/// The state as JSON.
pub(super) async fn state(State(server): State<Arc<Server>>) -> Result<Response, Refusal> {
    let playback = server.playback()?;
    Ok(([(CONTENT_TYPE, "application/json")], document(&playback.state())).into_response())
}

/// Does what a page has asked for.
pub(super) async fn act(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let playback = server.playback()?;
    let refused = |reason: String| Refusal::new(StatusCode::BAD_REQUEST, reason);
    match read_change(&server, &connection, request, MAX_REQUEST).await? {
        Action::Pause => playback.pause(),
        Action::Play => playback.play(),
        Action::Seek { at_s: Some(at_s), lap: None } => {
            let position = Duration::try_from_secs_f64(at_s);
            playback.seek(position.map_err(|_| refused("`at_s` is a number of seconds, from 0 on.".into()))?);
        }
        Action::Seek { at_s: None, lap: Some(lap) } => {
            let lap: LapSelector = lap.parse().map_err(|error| refused(format!("{error}.")))?;
            playback.seek_lap(lap).map_err(refused)?;
        }
        Action::Seek { .. } => return Err(refused("Either `at_s` or `lap` is needed.".into())),
        Action::Speed { factor } if (SPEEDS.0..=SPEEDS.1).contains(&factor) => playback.set_speed(factor),
        Action::Speed { .. } => return Err(refused(format!("`factor` is from {} to {}.", SPEEDS.0, SPEEDS.1))),
    }
    Ok(StatusCode::NO_CONTENT)
}

impl Server {
    /// The recording that is played.
    ///
    /// # Errors
    /// If no recording is played.
    fn playback(&self) -> Result<&PlaybackHandle, Refusal> {
        self.playback.as_ref().ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "No recording is played."))
    }
}
