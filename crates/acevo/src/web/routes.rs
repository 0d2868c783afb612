//! The addresses of the server.

use std::sync::Arc;

use acevo_telemetry::{Channel, channel, channels, default_channels};
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::{StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::answers::{JSON, answer, file, refuse};
use super::guard::parameter;
use super::json::json;
use super::protect::protect;
use super::server::Server;
use super::slots::Connection;
use super::{
    assets, control, documents, fuel_plan as planner, lap_list, layouts, library, metrics, mirror, playback,
    settings_page, socket, upgrade,
};

use crate::format::field_json::FieldJson;
use crate::network;

/// Maximum number of channels in a request; more than there are.
const MAX_CHANNELS: usize = 512;

pub(super) fn router(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| file(assets::PAGE, &headers)))
        .route("/overlay", get(async |headers: HeaderMap| file(assets::OVERLAY, &headers)))
        .route("/overlay/{name}", get(async |headers: HeaderMap| file(assets::OVERLAY, &headers)))
        .route("/assets/{*name}", get(async |Path(name): Path<String>, headers: HeaderMap| file(&name, &headers)))
        .route("/api/snapshot", get(snapshot))
        .route("/api/channels", get(catalogue))
        .route("/api/token", get(token))
        .route("/api/laps", get(laps))
        .route("/api/laps/{index}/trace", get(lap_trace))
        .route("/api/outline", get(outline))
        .route("/api/field", get(field))
        .route("/api/events", get(events))
        .route("/api/addresses", get(addresses))
        .route("/api/status", get(status))
        .route("/api/settings", get(settings_page::read).put(settings_page::write))
        .route("/api/control", post(control::act))
        .route("/api/playback", get(playback::state).post(playback::act))
        .route("/api/fuel-plan", get(fuel_plan))
        .route("/api/layouts", get(layouts::list))
        .route("/api/layouts/{name}", get(layouts::read).put(layouts::save).delete(layouts::remove))
        .route("/api/mirror", post(mirror::answer))
        .nest("/api/library", library::router())
        .route(
            "/metrics",
            get(async |State(server): State<Arc<Server>>| answer(metrics::CONTENT_TYPE, metrics::metrics(&server))),
        )
        .route("/ws", get(web_socket))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "Not found.\n"))
        .layer(from_fn_with_state(Arc::clone(&server.gate), protect))
        .with_state(Arc::clone(server))
}

/// The channel ids of `?channels=a,b`, if the query has them.
pub(super) fn requested_channels(uri: &Uri) -> Option<Vec<String>> {
    let ids = parameter(uri, "channels")?;
    // Ids have no characters that need an escape; commas may be escaped.
    let ids = ids.replace("%2C", ",").replace("%2c", ",");
    Some(ids.split(',').filter(|id| !id.is_empty()).take(MAX_CHANNELS).map(str::to_owned).collect())
}

async fn snapshot(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    let state = server.state();
    let body = match requested_channels(&uri) {
        Some(ids) => documents::snapshot(&state, ids.iter().map(|id| (id.as_str(), channel(id)))),
        None => {
            let channels = default_channels().map(|channel| (channel.id(), Some(channel)));
            documents::snapshot(&state, channels)
        }
    };
    answer(JSON, body)
}

async fn catalogue(uri: Uri) -> Response {
    let ids = requested_channels(&uri);
    let is_requested = |channel: &&Channel| ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == channel.id()));
    answer(JSON, documents::catalogue(channels().iter().filter(is_requested)))
}

async fn token(State(server): State<Arc<Server>>) -> Response {
    answer(JSON, documents::token(server.gate.guard.token()))
}

async fn addresses(State(server): State<Arc<Server>>, Extension(connection): Extension<Connection>) -> Response {
    let token = server.gate.guard.token();
    let network = if token.is_some() { network::addresses() } else { vec![] };
    answer(JSON, documents::addresses(connection.local.port(), &network, token, connection.is_local()))
}

async fn status(State(server): State<Arc<Server>>, Extension(connection): Extension<Connection>) -> Response {
    answer(JSON, control::status(&server, &connection))
}

/// The laps, all or from `?from=INDEX` on.
async fn laps(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    let Ok(from) = parameter(&uri, "from").unwrap_or("0").parse() else {
        return refuse(StatusCode::BAD_REQUEST, "`from` is the index of a lap.\n");
    };
    ([(CONTENT_TYPE, JSON)], lap_list::document(&server, from)).into_response()
}

async fn lap_trace(State(server): State<Arc<Server>>, Path(index): Path<String>) -> Response {
    let state = server.state();
    let trace = index.parse().ok().and_then(|index| state.trace(index));
    trace.map_or_else(|| refuse(StatusCode::NOT_FOUND, "No trace of this lap.\n"), |trace| answer(JSON, json(&**trace)))
}

async fn outline(State(server): State<Arc<Server>>) -> Response {
    let state = server.state();
    answer(JSON, documents::outline(&state.snapshot, state.outline_version))
}

async fn field(State(server): State<Arc<Server>>) -> Response {
    answer(JSON, json(&FieldJson::of(&server.state().snapshot.standings)))
}

async fn events(State(server): State<Arc<Server>>) -> Response {
    answer(JSON, json(&*server.state().snapshot.events))
}

/// The stops for fuel of the running race, or of the race that the query describes.
async fn fuel_plan(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    match planner::document(&server.state().snapshot, uri.query().unwrap_or_default()) {
        Ok(body) => answer(JSON, body),
        Err(refusal) => refuse(StatusCode::BAD_REQUEST, refusal),
    }
}

async fn web_socket(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    upgrade::upgrade(request, move |socket| socket::serve(socket, server, connection.slot))
}
