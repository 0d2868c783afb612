//! A client for the server of the background program on this computer.

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_TYPE, HOST};
use axum::http::{Method, Request};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// Time limit of a request.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Maximum size of an answer in bytes.
const MAX_ANSWER: usize = 64 << 20;

/// A client with one connection. It connects again if the server has closed it, as it does from time to time.
pub(crate) struct Client {
    port: u16,
    runtime: Runtime,
    sender: Option<SendRequest<Body>>,
}

impl Client {
    /// A client of the server at this port.
    ///
    /// # Errors
    /// If the system has no sockets left.
    pub(crate) fn connect(port: u16) -> anyhow::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build().context("cannot open a socket")?;
        Ok(Self { port, runtime, sender: None })
    }

    /// The text of a document.
    ///
    /// # Errors
    /// If the server does not answer in time, or answers with an error.
    pub(crate) fn get(&mut self, path: &str) -> anyhow::Result<String> {
        let bytes = self.request(Method::GET, path, String::new())?;
        String::from_utf8(bytes.to_vec()).context("the answer is not UTF-8")
    }

    /// The answer to JSON.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub(crate) fn post(&mut self, path: &str, json: String) -> anyhow::Result<Bytes> {
        self.request(Method::POST, path, json)
    }

    fn request(&mut self, method: Method, path: &str, body: String) -> anyhow::Result<Bytes> {
        let Self { port, runtime, sender } = self;
        runtime.block_on(async {
            let Ok(answer) = timeout(TIMEOUT, send(sender, *port, method, path, body)).await else {
                bail!("no answer within {} s", TIMEOUT.as_secs());
            };
            answer
        })
    }
}

async fn send(
    sender: &mut Option<SendRequest<Body>>,
    port: u16,
    method: Method,
    path: &str,
    body: String,
) -> anyhow::Result<Bytes> {
    let mut open = match sender.take() {
        Some(open) => open,
        None => open_connection(port).await?,
    };
    if open.ready().await.is_err() {
        open = open_connection(port).await?;
    }
    let request = Request::builder().method(method).uri(path).header(HOST, format!("127.0.0.1:{port}"));
    let request = request.header(CONTENT_TYPE, "application/json").body(Body::from(body))?;
    let response = open.send_request(request).await?;
    let status = response.status();
    let bytes = to_bytes(Body::new(response.into_body()), MAX_ANSWER).await?;
    ensure!(status.is_success(), "{status}: {}", String::from_utf8_lossy(&bytes).trim());
    *sender = Some(open);
    Ok(bytes)
}

async fn open_connection(port: u16) -> anyhow::Result<SendRequest<Body>> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
