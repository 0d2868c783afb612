//! What is where.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use acevo_telemetry::{channel, default_channels};
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, SET_COOKIE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};

use super::guard::{Verdict, only};
use super::listen::Connection;
use super::{Server, assets, documents, metrics, socket};

const JSON: &str = "application/json";
const TEXT: &str = "text/plain; charset=utf-8";

/// What tungstenite refuses by itself, in bytes; of less than that the client is told why it goes.
const LONGEST_MESSAGE: usize = 64 * 1024;

/// Channels that one request may name; all of them are fewer.
const MOST_CHANNELS: usize = 512;

pub(super) fn router(server: &Arc<Server>) -> Router {
    Router::new()
        .route("/", get(async || file(assets::PAGE)))
        .route("/overlay/{name}", get(async || file(assets::OVERLAY)))
        .route("/assets/{*name}", get(async |Path(name): Path<String>| file(&name)))
        .route("/api/snapshot", get(snapshot))
        .route("/api/channels", get(async || answer(JSON, documents::catalogue())))
        .route(
            "/api/laps",
            get(async |State(server): State<Arc<Server>>| answer(JSON, documents::laps(&server.moment()))),
        )
        .route("/api/laps/{index}/trace", get(trace))
        .route("/api/outline", get(outline))
        .route("/api/events", get(events))
        .route(
            "/metrics",
            get(async |State(server): State<Arc<Server>>| answer(metrics::CONTENT_TYPE, metrics::metrics(&server))),
        )
        .route("/ws", get(upgrade))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "There is nothing here.\n"))
        .layer(from_fn_with_state(Arc::clone(server), watch_over))
        .with_state(Arc::clone(server))
}

/// Asks the guard, and tells browsers what pages from here may do: nothing but talk to this server.
async fn watch_over(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    server.counters.requests.fetch_add(1, Ordering::Relaxed);
    let host = only(request.headers(), &HOST).unwrap_or_default().to_owned();
    let verdict = server.guard.judge(connection.local, request.uri(), request.headers());
    let (mut response, policy) = match verdict {
        Verdict::Welcome { cookie } => {
            let mut response = next.run(request).await;
            set(response.headers_mut(), SET_COOKIE, cookie);
            // Some browsers do not take a WebSocket of the same host for `self`.
            (response, format!("{POLICY}; connect-src 'self' ws://{host}"))
        }
        Verdict::Elsewhere { address, cookie } => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            set(response.headers_mut(), LOCATION, Some(address));
            set(response.headers_mut(), SET_COOKIE, Some(cookie));
            (response, POLICY.to_owned())
        }
        Verdict::Refused(status, why) => {
            server.counters.refused.fetch_add(1, Ordering::Relaxed);
            let mut response = refuse(status, why);
            let asks = (status == StatusCode::UNAUTHORIZED).then(|| "Bearer".to_owned());
            set(response.headers_mut(), WWW_AUTHENTICATE, asks);
            (response, POLICY.to_owned())
        }
    };
    let headers = response.headers_mut();
    set(headers, CONTENT_SECURITY_POLICY, Some(policy));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Overlays are shown on the page, and nothing is anywhere else.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self'";

const HEADERS: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        headers.insert(name, value);
    }
}

fn answer(content_type: &'static str, body: String) -> Response {
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

fn refuse(status: StatusCode, why: &'static str) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], why).into_response()
}

fn file(name: &str) -> Response {
    match assets::asset(name) {
        Some(asset) => ([(CONTENT_TYPE, asset.content_type())], asset.bytes).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "There is no such file.\n"),
    }
}

async fn snapshot(State(server): State<Arc<Server>>, uri: Uri) -> Response {
    let moment = server.moment();
    // Commas may be escaped; nothing else in a name is.
    let wanted = uri.query().unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("channels="));
    let body = match wanted.map(|ids| ids.replace("%2C", ",").replace("%2c", ",")) {
        Some(ids) => {
            let ids = ids.split(',').filter(|id| !id.is_empty()).take(MOST_CHANNELS);
            documents::snapshot(&moment, ids.map(|id| (id, channel(id))))
        }
        None => documents::snapshot(&moment, default_channels().map(|channel| (channel.id(), Some(channel)))),
    };
    answer(JSON, body)
}

async fn trace(State(server): State<Arc<Server>>, Path(index): Path<String>) -> Response {
    let moment = server.moment();
    let trace = index.parse().ok().and_then(|index| moment.trace(index));
    trace.map_or_else(
        || refuse(StatusCode::NOT_FOUND, "There is no such lap, or not any more.\n"),
        |trace| answer(JSON, documents::json(&**trace)),
    )
}

async fn outline(State(server): State<Arc<Server>>) -> Response {
    let moment = server.moment();
    answer(JSON, documents::outline(&moment.seen, moment.outline_version, &server.sectors))
}

async fn events(State(server): State<Arc<Server>>) -> Response {
    answer(JSON, documents::json(&*server.moment().seen.events))
}

async fn upgrade(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade
        .max_message_size(LONGEST_MESSAGE)
        .max_frame_size(LONGEST_MESSAGE)
        .read_buffer_size(LONGEST_READ)
        .write_buffer_size(0)
        .on_upgrade(move |it| socket::serve(it, server, connection.slot))
}

/// Clients say little: the usual buffer of 128 KiB each is too much.
const LONGEST_READ: usize = 8 * 1024;
