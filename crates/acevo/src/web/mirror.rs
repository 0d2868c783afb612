//! The snapshot of the background program for the screen of another process on this computer.
//!
//! The screen shows laps, events and deltas since the game was started, which a second analysis would not know. So the snapshot itself is
//! transferred, rather than pages. The screen asks for each frame, with what it has already: it never gets more than it can draw, and the
//! newest data wins. Both processes have the same version, which is checked before.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};

use super::change::{Refusal, read_json};
use super::client::Client;
use super::server::Server;
use super::slots::Connection;
use crate::session::live_session::LiveSession;
use crate::session::mirror::{self, Mirror};
use crate::session::snapshot::{Snapshot, SnapshotCell, SnapshotSource};

/// Address of the document.
const PATH: &str = "/api/mirror";

/// Maximum size of a request.
const MAX_REQUEST: usize = 1024;

/// Answers with the snapshot, without what the client has.
pub(super) async fn answer(
    State(server): State<Arc<Server>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Result<Response, Refusal> {
    if !connection.is_local() {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This is for the screen on the computer that runs acevo."));
    }
    let known = read_json(request, MAX_REQUEST).await?;
    let state = server.state();
    let json = mirror::encode(&state.snapshot, state.versions, &known)
        .map_err(|error| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/json")], json).into_response())
}

/// Snapshots of the running background program. If it ends, this follows the game itself.
pub(crate) struct MirroredSession<F> {
    client: Client,
    mirror: Mirror,
    first: Snapshot,
    /// Follows the game.
    follow: F,
}

impl<F: FnOnce() -> LiveSession + Send> MirroredSession<F> {
    /// Connects to the background program at this port.
    ///
    /// # Errors
    /// If it does not answer, or has another version.
    pub(crate) fn connect(port: u16, follow: F) -> anyhow::Result<Self> {
        let (mut client, mut mirror) = (Client::connect(port)?, Mirror::default());
        let first = request(&mut client, &mut mirror)?;
        Ok(Self { client, mirror, first, follow })
    }
}

fn request(client: &mut Client, mirror: &mut Mirror) -> anyhow::Result<Snapshot> {
    let json = client.post(PATH, serde_json::to_string(mirror.known())?)?;
    let mut snapshot = mirror.take(&json).context("the answer is not a snapshot of this version")?;
    if !snapshot.location.is_empty() {
        snapshot.location.push_str(", read by `acevo run`");
    }
    Ok(snapshot)
}

impl<F: FnOnce() -> LiveSession + Send> SnapshotSource for MirroredSession<F> {
    fn snapshot_now(&mut self) -> Snapshot {
        self.first.clone()
    }

    fn publish_to(mut self, cell: &SnapshotCell, interval: Duration, done: &AtomicBool) {
        let mut next = Instant::now();
        while !done.load(Ordering::Relaxed) {
            let Ok(snapshot) = request(&mut self.client, &mut self.mirror) else {
                // The laps so far are not known to an analysis that begins now.
                return (self.follow)().publish_to(cell, interval, done);
            };
            cell.publish(snapshot);
            next = (next + interval).max(Instant::now());
            thread::sleep(next.saturating_duration_since(Instant::now()));
        }
    }
}
