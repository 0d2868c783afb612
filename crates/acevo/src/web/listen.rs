//! Accepts connections, with limits on their number and duration.

use std::convert::Infallible;
use std::future::Future;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context;
use axum::body::Body;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tower_service::Service as _;
use tracing::{debug, warn};

use super::gate::{CLOSE_TIMEOUT, Gate};
use super::slots::Connection;
use crate::shutdown::Stop;

/// How often the server checks whether it must stop.
const CHECK_EVERY: Duration = Duration::from_millis(100);

/// Time limit for receiving a request, and for waiting for the next one on the same connection.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Time for the running request when a connection reaches its maximum age, or when the server stops.
const LAST_REQUEST: Duration = Duration::from_secs(10);

/// Maximum size, in bytes, and number of the headers of a request.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// Connections beyond the limit that get an answer at the same time. Others are closed without one.
const MAX_REFUSALS: usize = 16;
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);

/// Serves until a stop is requested.
///
/// # Errors
/// If the listener fails, or `check` does, which is called again and again.
pub(super) async fn serve(
    listener: StdListener,
    gate: Arc<Gate>,
    router: axum::Router,
    stop: &Stop,
    check: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener).context("cannot listen")?;
    let refusals = Arc::new(Semaphore::new(MAX_REFUSALS));
    let mut checks = interval(CHECK_EVERY);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.is_requested() {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let Ok(local) = stream.local_addr() else { continue };
                    if let Some(slot) = gate.slots.take(peer.ip(), local.ip()) {
                        debug!(%peer, "connection accepted");
                        let connection = Connection { local, slot: Arc::new(slot) };
                        tokio::spawn(serve_connection(stream, router.clone(), connection, Arc::clone(&gate)));
                    } else {
                        gate.counters.crowded.fetch_add(1, Ordering::Relaxed);
                        warn!(peer = %peer.ip(), "connection refused: too many connections");
                        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                            tokio::spawn(async move {
                                let _ = timeout(REFUSAL_TIMEOUT, refuse(stream)).await;
                                drop(permit);
                            });
                        }
                    }
                }
                // The client has gone, or too many files are open, which may change.
                Err(_) => sleep(CHECK_EVERY).await,
            },
            _ = checks.tick() => check()?,
        }
    }
    drop(listener);
    gate.closing.send_replace(true);
    let end = Instant::now() + CLOSE_TIMEOUT;
    while gate.slots.taken() > 0 && Instant::now() < end {
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Answers the requests of a connection.
async fn serve_connection(stream: TcpStream, router: axum::Router, connection: Connection, gate: Arc<Gate>) {
    // Frames are small, and must be sent at once.
    let _ = stream.set_nodelay(true);
    let slot = Arc::clone(&connection.slot);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(connection.clone());
        router.clone().call(request)
    });
    let serving = http().serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(serving);
    tokio::select! {
        _ = serving.as_mut() => return,
        () = slot.revoked() => {
            debug!(peer = %slot.ip(), "silent connection dropped: its slot is needed");
            return;
        }
        () = gate.closed() => {}
        () = sleep(gate.max_age) => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = timeout(LAST_REQUEST, serving).await;
}

/// Answers that there are too many connections.
fn refuse(stream: TcpStream) -> impl Future<Output = hyper::Result<()>> {
    let service = service_fn(async |_: Request<Incoming>| -> Result<Response<Body>, Infallible> {
        let headers = [(RETRY_AFTER, "5"), (CONNECTION, "close")];
        Ok((StatusCode::SERVICE_UNAVAILABLE, headers, "Too many connections.\n").into_response())
    });
    http().serve_connection(TokioIo::new(stream), service)
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST_TIMEOUT).max_buf_size(MAX_HEAD).max_headers(MAX_HEADERS);
    http
}
