//! Takes connections, not too many, and none that takes for ever.

use std::convert::Infallible;
use std::future::Future;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::{Context, ensure};
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

use super::slots::Slot;
use super::{FAREWELL, Server, routes};
use crate::shutdown::Stop;

/// Ctrl-C is noticed within this time.
const PATIENCE: Duration = Duration::from_millis(50);

/// A request has to be there within this time, and so has the next one on the same connection.
const REQUEST: Duration = Duration::from_secs(10);

/// Documents come and go on one connection for so long at most; then the browser takes another one. WebSockets live longer.
const LONGEST: Duration = Duration::from_secs(120);

/// What is under way then, or when the server ends, has so much time.
const REST: Duration = Duration::from_secs(10);

/// Bytes and number of the headers of a request.
const LONGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;

/// Connections that are told at a time that there is no place; more are closed without a word.
const REFUSALS: usize = 16;
const REFUSAL: Duration = Duration::from_secs(2);

/// What a request came through.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    /// The address that was connected to.
    pub(super) local: SocketAddr,
    /// Kept as long as anybody needs the connection.
    pub(super) slot: Arc<Slot>,
}

/// Serves until it is asked to stop, or the telemetry is not read any more.
pub(super) async fn serve(
    listener: StdListener,
    server: Arc<Server>,
    stop: &Stop,
    is_read: impl Fn() -> bool,
) -> anyhow::Result<()> {
    let listener = TcpListener::from_std(listener).context("cannot listen")?;
    let router = routes::router(&server);
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let mut looks = interval(PATIENCE);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !stop.is_requested() {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match server.slots.take(peer.ip()) {
                    Some(slot) => {
                        let Ok(local) = stream.local_addr() else { continue };
                        let connection = Connection { local, slot: Arc::new(slot) };
                        tokio::spawn(converse(stream, router.clone(), connection, Arc::clone(&server)));
                    }
                    None => {
                        server.counters.crowded.fetch_add(1, Ordering::Relaxed);
                        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                            tokio::spawn(async move {
                                let _ = timeout(REFUSAL, refuse(stream)).await;
                                drop(permit);
                            });
                        }
                    }
                },
                // The other side has gone again, or there are too many open files, which may change.
                Err(_) => sleep(PATIENCE).await,
            },
            _ = looks.tick() => ensure!(is_read(), "the thread that reads the telemetry has failed"),
        }
    }
    drop(listener);
    server.closing.send_replace(true);
    let end = Instant::now() + FAREWELL;
    while server.slots.taken() > 0 && Instant::now() < end {
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Answers the requests of a connection.
async fn converse(stream: TcpStream, router: axum::Router, connection: Connection, server: Arc<Server>) {
    // Frames are small and must not wait for each other.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(connection.clone());
        router.clone().call(request)
    });
    let conversation = http().serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::pin!(conversation);
    tokio::select! {
        _ = conversation.as_mut() => return,
        () = server.closed() => {}
        () = sleep(LONGEST) => {}
    }
    conversation.as_mut().graceful_shutdown();
    let _ = timeout(REST, conversation).await;
}

/// Says that there is no place.
fn refuse(stream: TcpStream) -> impl Future<Output = hyper::Result<()>> {
    let service = service_fn(async |_: Request<Incoming>| -> Result<Response<Body>, Infallible> {
        let headers = [(RETRY_AFTER, "5"), (CONNECTION, "close")];
        Ok((StatusCode::SERVICE_UNAVAILABLE, headers, "Too many connections.\n").into_response())
    });
    http().serve_connection(TokioIo::new(stream), service)
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST).max_buf_size(LONGEST_HEAD).max_headers(MOST_HEADERS);
    http
}
