//! The server of the page of all rigs: the page, one document, and a WebSocket that sends updates. `docs/wall.md` describes it.

use std::sync::Arc;

use anyhow::{bail, ensure};
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Message;

use super::answers::{JSON, answer, file, refuse};
use super::gate::Gate;
use super::peer::{End, Peer};
use super::protect::protect;
use super::slots::{Connection, Slot};
use super::upgrade::Socket;
use super::{Site, assets, upgrade};
use crate::fleet::wall::{WallTask, WallUpdate};
use crate::shutdown::Stop;

/// What the tasks of this server share.
struct WallServer {
    gate: Arc<Gate>,
    updates: watch::Receiver<Arc<WallUpdate>>,
}

impl Site {
    /// Serves the page of all rigs until a stop is requested.
    ///
    /// # Errors
    /// If the network fails, or the broker refuses the wall at the start, for example because of a wrong password.
    pub(crate) fn run_wall(self, task: &WallTask, stop: &Stop) -> anyhow::Result<()> {
        let server = Arc::new(WallServer { gate: Arc::clone(&self.gate), updates: task.updates() });
        self.answer(router(&server), stop, || {
            ensure!(task.is_running(), "the thread that subscribes to the broker has failed");
            let broker = task.broker();
            match broker.problem {
                // Later, the page shows it.
                Some(problem) if broker.is_permanent && !broker.was_connected => bail!("{problem}"),
                _ => Ok(()),
            }
        })
    }
}

fn router(server: &Arc<WallServer>) -> Router {
    Router::new()
        .route("/", get(async |headers: HeaderMap| file(assets::WALL, &headers)))
        .route("/assets/{*name}", get(async |Path(name): Path<String>, headers: HeaderMap| file(&name, &headers)))
        .route("/api/snapshot", get(snapshot))
        .route("/ws", get(web_socket))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "Not found.\n"))
        .layer(from_fn_with_state(Arc::clone(&server.gate), protect))
        .with_state(Arc::clone(server))
}

async fn snapshot(State(server): State<Arc<WallServer>>) -> Response {
    let update = Arc::clone(&server.updates.borrow());
    answer(JSON, update.full.as_str().to_owned())
}

async fn web_socket(
    State(server): State<Arc<WallServer>>,
    Extension(connection): Extension<Connection>,
    request: Request,
) -> Response {
    upgrade::upgrade(request, move |socket| serve(socket, server, connection.slot))
}

/// Serves a client until the connection ends.
async fn serve(socket: Socket, server: Arc<WallServer>, slot: Arc<Slot>) {
    let mut peer = Peer::new(socket, slot.ip(), &server.gate);
    let mut updates = server.updates.clone();
    let end = match follow(&mut peer, &mut updates).await {
        Err(end) => end,
        Ok(never) => match never {},
    };
    peer.finish(end).await;
}

/// Sends updates. One that the client is too slow for is left out, and the next one is a whole state.
async fn follow(
    peer: &mut Peer<'_>,
    updates: &mut watch::Receiver<Arc<WallUpdate>>,
) -> Result<std::convert::Infallible, End> {
    let mut sent = 0;
    updates.mark_changed();
    loop {
        tokio::select! {
            // What a client sends has no meaning here; the page subscribes as that of a session does.
            message = peer.next() => drop(message?),
            changed = updates.changed() => {
                changed.map_err(|_| End::Closing)?;
                let update = Arc::clone(&updates.borrow_and_update());
                if peer.is_asleep().await? {
                    continue;
                }
                let is_next = sent > 0 && update.number == sent + 1;
                let text = update.changes.as_ref().filter(|_| is_next).unwrap_or(&update.full);
                peer.send(Message::Text(text.clone())).await?;
                sent = update.number;
            }
        }
    }
}
