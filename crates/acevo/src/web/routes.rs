//! The addresses of the server.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use acevo_telemetry::{Channel, channel, channels, default_channels};
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap,
    HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, SET_COOKIE, VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use tracing::info;

use super::guard::{Verdict, is_page, only, parameter};
use super::json::json;
use super::server::Server;
use super::slots::Connection;
use super::{
    assets, control, documents, fuel_plan as planner, lap_list, layouts, library, metrics, mirror, network, playback,
    settings_page, socket, upgrade,
};

use crate::format::field_json::FieldJson;

const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

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
        .layer(from_fn_with_state(Arc::clone(server), protect))
        .with_state(Arc::clone(server))
}

/// Refuses requests that the guard rejects, and adds headers that restrict pages to this server.
async fn protect(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    server.counters.requests.fetch_add(1, Ordering::Relaxed);
    let path = request.uri().path().to_owned();
    let is_page = is_page(request.uri());
    let is_overlay = path == "/overlay" || path.starts_with("/overlay/");
    let advice = if is_overlay { OVERLAY_ADVICE } else { TOKEN_ADVICE };
    let host = only(request.headers(), &HOST).unwrap_or_default().to_owned();
    let verdict = server.guard.judge(connection.slot.ip(), connection.local, request.uri(), request.headers());
    if !matches!(verdict, Verdict::Refused(..)) {
        connection.slot.accept();
    }
    let (mut response, policy) = match verdict {
        Verdict::Accepted { cookie } => {
            let mut response = next.run(request).await;
            set(response.headers_mut(), SET_COOKIE, cookie);
            // For some browsers `self` does not include a WebSocket of the same host.
            (response, format!("{POLICY}; connect-src 'self' ws://{host}"))
        }
        Verdict::Redirected { address, cookie } => {
            let mut response = StatusCode::SEE_OTHER.into_response();
            set(response.headers_mut(), LOCATION, Some(address));
            set(response.headers_mut(), SET_COOKIE, Some(cookie));
            (response, POLICY.to_owned())
        }
        Verdict::Refused(status, why) => {
            server.counters.refused.fetch_add(1, Ordering::Relaxed);
            info!(peer = %connection.slot.ip(), %host, path, %status, "request refused: {}", why.trim_end());
            let needs_token = status == StatusCode::UNAUTHORIZED;
            let mut response = if needs_token && is_page { refuse_page(advice) } else { refuse(status, why) };
            set(response.headers_mut(), WWW_AUTHENTICATE, needs_token.then(|| "Bearer".to_owned()));
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

/// Pages load from this server only, and only its own pages embed them.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self'";

const HEADERS: [(HeaderName, &str); 5] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

fn set(headers: &mut HeaderMap, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        headers.insert(name, value);
    }
}

fn answer(content_type: &'static str, body: String) -> Response {
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

fn refuse(status: StatusCode, why: impl Into<Cow<'static, str>>) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], why.into()).into_response()
}

/// What to do without a valid token.
const TOKEN_ADVICE: &str =
    "Open the complete link that acevo printed, or that its Overlays view shows, including <code>?token=…</code>.";
const OVERLAY_ADVICE: &str =
    "Copy this overlay’s address again from the Overlays tab of the page: the token has changed or is missing.";

/// A page for browsers without a valid token. It is readable on the transparent background of an overlay, and needs no other file.
fn refuse_page(advice: &str) -> Response {
    let body = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>acevo</title>\
         <body bgcolor=\"#0c0f14\" text=\"#eef2f6\"><h3>acevo: Access denied</h3><p>{advice}</p>"
    );
    (StatusCode::UNAUTHORIZED, [(CONTENT_TYPE, HTML)], body).into_response()
}

fn file(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = assets::asset(name) else { return refuse(StatusCode::NOT_FOUND, "Not found.\n") };
    let content_type = (CONTENT_TYPE, asset.content_type);
    if asset.is_text() && accepts_gzip(headers) {
        let encoding = [content_type, (CONTENT_ENCODING, "gzip"), (VARY, "accept-encoding")];
        return (encoding, assets::gzipped(name, asset)).into_response();
    }
    ([content_type, (VARY, "accept-encoding")], asset.bytes).into_response()
}

/// True if a client decompresses gzip.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    encodings.flat_map(|value| value.split(',')).any(|encoding| {
        let (name, weight) = encoding.split_once(';').unwrap_or((encoding, ""));
        let refused = ["q=0", "q=0.0", "q=0.00", "q=0.000"].contains(&&*weight.replace(' ', ""));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
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
    answer(JSON, documents::token(server.guard.token()))
}

async fn addresses(State(server): State<Arc<Server>>, Extension(connection): Extension<Connection>) -> Response {
    let token = server.guard.token();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_gzip_reads_lists_with_weights() {
        let accepts = |value: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(value))]);
            accepts_gzip(&headers)
        };
        for value in ["gzip", "br, GZIP", "deflate, gzip;q=0.5", "gzip ; q=1"] {
            assert!(accepts(value), "{value}");
        }
        for value in ["", "br", "gzip;q=0", "br, gzip; q = 0.0", "xgzip"] {
            assert!(!accepts(value), "{value}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }
}
