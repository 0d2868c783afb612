//! What every request passes, and what every answer has.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, SET_COOKIE, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::info;

use super::answers::{HTML, refuse};
use super::gate::Gate;
use super::guard::{Verdict, is_page, only};
use super::slots::Connection;

/// Refuses requests that the guard rejects, and adds headers that restrict pages to this gate.
pub(super) async fn protect(
    State(gate): State<Arc<Gate>>,
    Extension(connection): Extension<Connection>,
    request: Request,
    next: Next,
) -> Response {
    gate.counters.requests.fetch_add(1, Ordering::Relaxed);
    let path = request.uri().path().to_owned();
    let is_page = is_page(request.uri());
    let is_overlay = path == "/overlay" || path.starts_with("/overlay/");
    let advice = if is_overlay { OVERLAY_ADVICE } else { TOKEN_ADVICE };
    let host = only(request.headers(), &HOST).unwrap_or_default().to_owned();
    let verdict = gate.guard.judge(connection.slot.ip(), connection.local, request.uri(), request.headers());
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
            gate.counters.refused.fetch_add(1, Ordering::Relaxed);
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
