//! Why a request is refused.

use std::io;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};

/// Why a request is refused, as a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) reason: String,
    /// The number of bytes that the receiver has, if the request has another one.
    pub(crate) offset: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), offset: None }
    }

    /// A failure of the disk.
    pub(crate) fn of_disk(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::full(),
            _ => Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("The recording cannot be stored: {error}.")),
        }
    }

    /// The disk has no space.
    pub(crate) fn full() -> Self {
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "The disk of the receiver has not enough free space.")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response =
            (self.status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], self.reason + "\n").into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => drop(headers.insert(WWW_AUTHENTICATE, "Bearer".parse().expect("a header"))),
            StatusCode::SERVICE_UNAVAILABLE => drop(headers.insert(RETRY_AFTER, 5.into())),
            _ => {}
        }
        if let Some(offset) = self.offset {
            headers.insert(acevo_fleet::wire::UPLOAD_OFFSET, offset.into());
        }
        response
    }
}
