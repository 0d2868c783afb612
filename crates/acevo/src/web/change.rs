//! Requests that change something. This computer may send them, and other devices if the settings allow that. The guard has refused
//! other web pages; this also requires a content type that they cannot send without permission.

use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

use super::background::Control;
use super::guard::only;
use super::server::Server;
use super::slots::Connection;

/// Why a request is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    reason: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into() }
    }

    /// The reason, as a sentence.
    pub(super) fn into_reason(self) -> String {
        self.reason
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, self.reason + "\n").into_response()
    }
}

impl Server {
    /// What can be controlled.
    ///
    /// # Errors
    /// If this is not the background program.
    pub(super) fn control(&self) -> Result<&Control, Refusal> {
        self.control.as_ref().ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "Only `acevo run` can be controlled."))
    }
}

/// Checks that a client may change something.
///
/// # Errors
/// If it is another device, and the settings do not allow that.
pub(super) fn may_change(server: &Server, connection: &Connection) -> Result<(), Refusal> {
    if connection.is_local() || server.control.as_ref().is_some_and(Control::allows_lan) {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::FORBIDDEN,
        "Only the computer that runs acevo can change this: the setting server.lan_control is off.",
    ))
}

/// The JSON content of a request that changes something.
///
/// # Errors
/// If the client may not change anything, or the content has another type, more than `limit` bytes, or another shape.
pub(super) async fn read_change<T: DeserializeOwned>(
    server: &Server,
    connection: &Connection,
    request: Request,
    limit: usize,
) -> Result<T, Refusal> {
    may_change(server, connection)?;
    read_json(request, limit).await
}

/// The JSON content of a request.
///
/// # Errors
/// If the content has another type, more than `limit` bytes, or another shape.
pub(super) async fn read_json<T: DeserializeOwned>(request: Request, limit: usize) -> Result<T, Refusal> {
    let body = read_body(request, limit).await?;
    serde_json::from_slice(&body)
        .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, format!("The request is not understood: {error}.")))
}

/// The bytes of a JSON request.
///
/// # Errors
/// If the content has another type or more than `limit` bytes.
pub(super) async fn read_body(request: Request, limit: usize) -> Result<Bytes, Refusal> {
    if only(request.headers(), &CONTENT_TYPE) != Some("application/json") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content must be application/json."));
    }
    let too_large = || Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, format!("A request has at most {limit} bytes."));
    to_bytes(request.into_body(), limit).await.map_err(|_| too_large())
}
