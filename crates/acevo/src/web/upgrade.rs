//! The handshake of a WebSocket, and its stream with a limit on frames.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use acevo_protocol::FrameLimit;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION,
    UPGRADE,
};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::guard::only;

/// The version of the protocol.
const VERSION: &str = "13";

/// Maximum size of a message, in bytes. Clients with smaller invalid messages get a reason.
const MAX_MESSAGE: usize = 64 * 1024;

/// Size of the buffer for messages of a client, in bytes. They are short, and the default is 128 KiB per client.
const READ_BUFFER: usize = 8 * 1024;

/// Bytes that are read of a client after it has violated the protocol, so that it gets the reason.
const MAX_DISCARDED: usize = 64 * 1024;

/// The WebSocket of a client.
pub(super) type Socket = WebSocketStream<LimitedStream<TokioIo<Upgraded>>>;

/// Answers a request for a WebSocket, and serves the client in a task.
pub(super) fn upgrade<F>(mut request: Request, serve: impl FnOnce(Socket) -> F + Send + 'static) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    let Some(key) = key(request.method(), request.headers()) else {
        let headers = [(CONNECTION, "upgrade"), (UPGRADE, "websocket"), (SEC_WEBSOCKET_VERSION, VERSION)];
        return (StatusCode::UPGRADE_REQUIRED, headers, "This address is for WebSockets.\n").into_response();
    };
    let accept = derive_accept_key(key.as_bytes());
    let upgraded = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        // It fails only if the client has gone.
        let Ok(upgraded) = upgraded.await else { return };
        let stream = LimitedStream::new(TokioIo::new(upgraded));
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE))
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0);
        serve(WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await).await;
    });
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    *response.body_mut() = Body::empty();
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::try_from(accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

/// The key of a handshake, or `None` if the request is not a handshake of this version.
fn key<'a>(method: &Method, headers: &'a HeaderMap) -> Option<&'a str> {
    let is_handshake = method == Method::GET
        && has_token(headers, &CONNECTION, "upgrade")
        && has_token(headers, &UPGRADE, "websocket")
        && only(headers, &SEC_WEBSOCKET_VERSION) == Some(VERSION);
    only(headers, &SEC_WEBSOCKET_KEY).filter(|_| is_handshake)
}

/// True if a header with a list of words has this one, in any case.
fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(token))
}

/// The stream of a client. Reading fails once the client has sent too many frames; the WebSocket itself returns only whole messages,
/// and would read fragments without an end.
#[derive(Debug)]
pub(super) struct LimitedStream<S> {
    inner: S,
    limit: FrameLimit,
}

impl<S: AsyncRead + AsyncWrite + Unpin> LimitedStream<S> {
    fn new(inner: S) -> Self {
        Self { inner, limit: FrameLimit::new(Instant::now()) }
    }

    /// Ends sending, and reads what the client still sends, up to a limit. Unread data would reset the connection, and the client might
    /// not get the reason.
    pub(super) async fn discard(&mut self) {
        if self.inner.shutdown().await.is_err() {
            return;
        }
        let mut buffer = [0; 4096];
        let mut left = MAX_DISCARDED;
        while let Ok(length @ 1..) = self.inner.read(&mut buffer).await
            && left > 0
        {
            left = left.saturating_sub(length);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LimitedStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        let result = self.limit.take(&buffer.filled()[before..], Instant::now());
        if result.is_err() {
            buffer.set_filled(before);
        }
        Poll::Ready(result.map_err(io::Error::other))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LimitedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_handshake(method: &Method, changed: &[(&'static str, Option<&'static str>)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in changed {
            headers.remove(*name);
            headers.extend(value.map(|value| (HeaderName::from_static(name), HeaderValue::from_static(value))));
        }
        key(method, &headers).is_some()
    }

    #[test]
    fn key_is_that_of_a_complete_handshake() {
        assert!(is_handshake(&Method::GET, &[]));
        assert!(!is_handshake(&Method::HEAD, &[]));
        for (name, value) in [
            ("connection", Some("close")),
            ("upgrade", Some("h2c")),
            ("sec-websocket-version", Some("8")),
            ("sec-websocket-version", None),
            ("sec-websocket-key", None),
        ] {
            assert!(!is_handshake(&Method::GET, &[(name, value)]), "{name}: {value:?}");
        }
        assert_eq!(derive_accept_key(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "RFC 6455, 1.3");
    }
}
