//! A client for the server of the background program on this computer.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use axum::body::{Body, to_bytes};
use axum::http::header::HOST;
use axum::http::{Method, Request};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum size of an answer in bytes.
const MAX_ANSWER: usize = 1 << 20;

/// Requests a document of the server at this port.
///
/// # Errors
/// If the server does not answer in time, or answers with an error.
pub(crate) fn get(port: u16, path: &str) -> anyhow::Result<String> {
    request(port, Method::GET, path, String::new())
}

fn request(port: u16, method: Method, path: &str, body: String) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot open a socket")?;
    runtime.block_on(async {
        let Ok(answer) = timeout(TIMEOUT, send(port, method, path, body)).await else {
            bail!("no answer within {} s", TIMEOUT.as_secs());
        };
        answer
    })
}

async fn send(port: u16, method: Method, path: &str, body: String) -> anyhow::Result<String> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::builder().method(method).uri(path).header(HOST, format!("127.0.0.1:{port}"));
    let response = sender.send_request(request.body(Body::from(body))?).await?;
    let status = response.status();
    let bytes = to_bytes(Body::new(response.into_body()), MAX_ANSWER).await?;
    let text = String::from_utf8(bytes.to_vec()).context("the answer is not UTF-8")?;
    ensure!(status.is_success(), "{status}: {}", text.trim());
    Ok(text)
}
