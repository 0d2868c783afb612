//! The server of `acevo collect`: what has arrived of a recording, and its bytes. `docs/collect.md` describes it.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use acevo_fleet::wire::{
    PARTIAL_UPLOAD, REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET, byte_count, switch, switch_text,
};
use acevo_fleet::{Fingerprint, Sha256};
use acevo_telemetry::Limiter;
use anyhow::Context;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_LOCATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use axum::{Extension, Router};
use futures_util::StreamExt as _;
use indicatif::HumanBytes;
use serde_json::json;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::gate::Gate;
use super::guard::{Guard, bearer, only};
use super::listen;
use super::slots::Connection;
use crate::collect::{CollectPlan, Depot, LakeQueue, Part, Place, Refusal, Stored, Tokens, Waker};
use crate::network;
use crate::output::say;
use crate::shutdown::Stop;

/// Bytes that are written at once, and the time in which they must come: more than a kilobyte per second.
const BLOCK: usize = 256 * 1024;
const BLOCK_TIMEOUT: Duration = Duration::from_secs(120);

/// Maximum age of a connection. An upload that is longer continues on another one.
const MAX_AGE: Duration = Duration::from_secs(24 * 3600);

/// Messages about refused requests at once, and per second for long.
const MESSAGES: (f64, f64) = (10.0, 0.1);

/// Accepts recordings.
pub(crate) struct CollectServer {
    listener: TcpListener,
    address: SocketAddr,
    server: Arc<Server>,
}

struct Server {
    depot: Arc<Depot>,
    tokens: Tokens,
    plan: CollectPlan,
    waker: Waker,
    messages: Mutex<(Instant, Limiter)>,
}

impl CollectServer {
    /// Begins to listen.
    ///
    /// # Errors
    /// If the address cannot be used.
    pub(crate) fn listen(
        plan: CollectPlan,
        tokens: Tokens,
        depot: Arc<Depot>,
        queue: &LakeQueue,
    ) -> anyhow::Result<Self> {
        let listener = network::bind(plan.listen, "--listen")?;
        listener.set_nonblocking(true).context("cannot listen")?;
        let address = listener.local_addr().context("cannot read the port number")?;
        let messages = Mutex::new((Instant::now(), Limiter::new(MESSAGES.0, MESSAGES.1)));
        let server = Arc::new(Server { depot, tokens, plan, waker: queue.waker(), messages });
        Ok(Self { listener, address, server })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until a stop is requested.
    ///
    /// # Errors
    /// If the network fails.
    pub(crate) fn run(self, stop: &Stop) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the server")?;
        let router = Router::new()
            // For monitors and proxies: it runs.
            .route("/", get(async || StatusCode::NO_CONTENT))
            .route("/{site}/{rig}/{name}", any(answer))
            .fallback(async || Refusal::new(StatusCode::NOT_FOUND, "Recordings are stored at /SITE/RIG/NAME.acevo."))
            .with_state(self.server);
        // Each request has to have a token, for any host: there may be a proxy.
        let gate = Gate { max_age: MAX_AGE, ..Gate::new(Guard::new(self.address.port(), None)) };
        let served = runtime.block_on(listen::serve(self.listener, Arc::new(gate), router, stop, || Ok(())));
        // What is being written is continued after the next start.
        runtime.shutdown_timeout(Duration::from_secs(2));
        served
    }
}

/// Answers a request for a recording.
async fn answer(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    Path((site, rig, name)): Path<(String, String, String)>,
    request: Request,
) -> Response {
    let peer = connection.slot.ip();
    let what = format!("{} {site}/{rig}/{name}", request.method());
    let is_head = request.method() == Method::HEAD;
    let answered = async {
        let place = Place::new(&site, &rig, &name)?;
        server.tokens.check(bearer(request.headers()), &place)?;
        connection.slot.accept();
        match *request.method() {
            Method::HEAD => found(&server, place, request.headers()).await,
            Method::PATCH => patch(&server, place, request).await,
            Method::PUT => put(&server, place, request).await,
            _ => {
                Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Recordings are stored by PUT, or by HEAD and PATCH."))
            }
        }
    };
    let answered = answered.await;
    match answered {
        Ok(response) => response,
        Err(refusal) => {
            // That a part is asked for at the wrong time is no problem.
            if refusal.status != StatusCode::SERVICE_UNAVAILABLE || !is_head {
                server
                    .say(true, &format!("{peer}: {what} is refused ({}): {}", refusal.status.as_u16(), refusal.reason));
            }
            refusal.into_response()
        }
    }
}

/// What a request says about the whole recording.
fn content_of(server: &Server, headers: &HeaderMap, length: &HeaderName) -> Result<Fingerprint, Refusal> {
    let bad = |reason: &str| Refusal::new(StatusCode::BAD_REQUEST, reason);
    let sha256 = only(headers, &HeaderName::from_static(REPR_DIGEST)).and_then(Sha256::from_header);
    let sha256 = sha256.ok_or_else(|| bad("The header Repr-Digest with sha-256 is missing or wrong."))?;
    let bytes = only(headers, length).and_then(byte_count);
    let bytes = bytes.ok_or_else(|| bad("The header with the length of the recording is missing or wrong."))?;
    check_size(server, bytes)?;
    Ok(Fingerprint { bytes, sha256 })
}

fn check_size(server: &Server, bytes: u64) -> Result<(), Refusal> {
    let max = server.plan.max_bytes;
    if bytes > max {
        let reason = format!("A recording has at most {max} bytes here.");
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason));
    }
    Ok(())
}

/// `HEAD`: how much of a recording has arrived.
async fn found(server: &Arc<Server>, place: Place, headers: &HeaderMap) -> Result<Response, Refusal> {
    let content = content_of(server, headers, &HeaderName::from_static(UPLOAD_LENGTH))?;
    let depot = Arc::clone(&server.depot);
    blocking(move || {
        if let Some(stored) = depot.find(&place, content)? {
            return Ok(complete(&stored));
        }
        let offset = depot.incoming.offset(&place, content)?;
        let headers = [(UPLOAD_COMPLETE, switch_text(false).to_owned()), (UPLOAD_OFFSET, offset.to_string())];
        Ok((StatusCode::NO_CONTENT, headers).into_response())
    })
    .await
}

/// `PATCH`: the rest of a recording.
async fn patch(server: &Arc<Server>, place: Place, request: Request) -> Result<Response, Refusal> {
    let (headers, bad) = (request.headers(), |reason: &str| Refusal::new(StatusCode::BAD_REQUEST, reason));
    let header = |name: &'static str| only(headers, &HeaderName::from_static(name));
    if only(headers, &CONTENT_TYPE) != Some(PARTIAL_UPLOAD) {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("The rest has the type {PARTIAL_UPLOAD}."),
        ));
    }
    let content = content_of(server, headers, &HeaderName::from_static(UPLOAD_LENGTH))?;
    let offset = header(UPLOAD_OFFSET).and_then(byte_count);
    let offset = offset.ok_or_else(|| bad("The header Upload-Offset is missing or wrong."))?;
    if header(UPLOAD_COMPLETE).and_then(switch) != Some(true) {
        return Err(bad("The rest comes in one request: Upload-Complete is ?1."));
    }
    let length = only(headers, &CONTENT_LENGTH).map(byte_count);
    if length.is_some_and(|length| length != content.bytes.checked_sub(offset)) {
        return Err(bad("Content-Length is not that of the rest."));
    }
    let (depot, of) = (Arc::clone(&server.depot), place.clone());
    let part = blocking(move || depot.incoming.receive(&of, content, Some(offset))).await?;
    receive(server, place, part, request.into_body()).await
}

/// `PUT`: a whole recording.
async fn put(server: &Arc<Server>, place: Place, request: Request) -> Result<Response, Refusal> {
    let headers = request.headers();
    let length = only(headers, &CONTENT_LENGTH).and_then(byte_count);
    if let Some(length) = length {
        check_size(server, length)?;
    }
    let content = match (headers.contains_key(REPR_DIGEST), length) {
        (true, Some(_)) => Some(content_of(server, headers, &CONTENT_LENGTH)?),
        _ => None,
    };
    let max = length.unwrap_or(server.plan.max_bytes);
    let (depot, of) = (Arc::clone(&server.depot), place.clone());
    let part = blocking(move || match content {
        Some(content) => depot.incoming.receive(&of, content, None),
        None => depot.incoming.receive_unknown(&of, max),
    });
    receive(server, place, part.await?, request.into_body()).await
}

/// Writes what arrives, and stores the recording after that.
async fn receive(server: &Arc<Server>, place: Place, mut part: Part, body: Body) -> Result<Response, Refusal> {
    let mut stream = body.into_data_stream();
    let mut is_at_end = false;
    while !is_at_end {
        let mut block = Vec::with_capacity(BLOCK);
        let filled = timeout(BLOCK_TIMEOUT, async {
            while block.len() < BLOCK {
                match stream.next().await {
                    Some(Ok(bytes)) => block.extend_from_slice(&bytes),
                    Some(Err(_)) => return Err("The request has ended early."),
                    None => return Ok(true),
                }
            }
            Ok(false)
        });
        // What has come is kept, also if nothing follows.
        let filled = filled.await.unwrap_or(Err("The bytes come too slowly."));
        part = blocking(move || part.append(&block).map(|()| part)).await?;
        is_at_end = filled.map_err(|reason| Refusal::new(StatusCode::REQUEST_TIMEOUT, reason))?;
    }
    if let Some(content) = part.content.filter(|content| content.bytes != part.offset) {
        let reason = format!("The request has ended after {} of {} bytes.", part.offset, content.bytes);
        return Err(Refusal::new(StatusCode::BAD_REQUEST, reason));
    }
    let depot = Arc::clone(&server.depot);
    let stored = blocking(move || depot.store(part, &place)).await?;
    if stored.is_new {
        server.say(false, &format!("stored {} ({})", stored.name, HumanBytes(stored.content.bytes)));
        server.waker.wake();
    }
    Ok(complete(&stored))
}

/// The answer about a recording that is stored.
fn complete(stored: &Stored) -> Response {
    let Stored { name, content, is_new } = stored;
    let body = json!({ "path": name, "bytes": content.bytes, "sha256": content.sha256, "new": is_new });
    let status = if *is_new { StatusCode::CREATED } else { StatusCode::OK };
    let location: String = name.split('/').map(|part| format!("/{}", acevo_fleet::path_part(part))).collect();
    let mut response = (status, [(CONTENT_TYPE, "application/json")], format!("{body}\n")).into_response();
    let headers = response.headers_mut();
    let texts = [
        (HeaderName::from_static(UPLOAD_COMPLETE), switch_text(true).to_owned()),
        (HeaderName::from_static(UPLOAD_OFFSET), content.bytes.to_string()),
        (HeaderName::from_static(REPR_DIGEST), content.sha256.to_header()),
        (CONTENT_LOCATION, location),
    ];
    for (name, text) in texts {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.insert(name, value);
        }
    }
    response
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let interrupted = || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "The request was interrupted.");
    spawn_blocking(work).await.unwrap_or_else(|_| Err(interrupted()))
}

impl Server {
    /// Prints a message. Those that a stranger can cause are limited.
    fn say(&self, is_limited: bool, message: &str) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let now = messages.0.elapsed().as_secs_f64();
        if !self.plan.is_quiet && (!is_limited || messages.1.allows(now)) {
            say(format_args!("acevo: {message}"));
        }
    }
}
