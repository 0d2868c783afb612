//! Answers to requests.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, VARY};
use axum::response::{IntoResponse as _, Response};

use super::assets;

pub(super) const JSON: &str = "application/json";
pub(super) const HTML: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

pub(super) fn answer(content_type: &'static str, body: String) -> Response {
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

pub(super) fn refuse(status: StatusCode, why: impl Into<Cow<'static, str>>) -> Response {
    (status, [(CONTENT_TYPE, TEXT)], why.into()).into_response()
}

/// A file of the page.
pub(super) fn file(name: &str, headers: &HeaderMap) -> Response {
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

#[cfg(test)]
mod tests {
    use axum::http::header::HeaderValue;

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
