//! What every server has: access control, connections, and their counters.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tokio::sync::watch;

use super::guard::Guard;
use super::slots::Slots;

/// Time for clients to close their connections when the server stops.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Maximum age of a connection for documents.
const MAX_AGE: Duration = Duration::from_secs(120);

/// Decides about requests and connections, and counts them.
pub(super) struct Gate {
    pub(super) guard: Guard,
    pub(super) slots: Slots,
    pub(super) counters: Counters,
    /// Maximum age of a connection without a WebSocket. Clients then open another one.
    pub(super) max_age: Duration,
    /// True when all connections must close.
    pub(super) closing: watch::Sender<bool>,
}

/// Counters of the server.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) clients: AtomicU64,
    pub(super) frames: AtomicU64,
    pub(super) skipped: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) requests: AtomicU64,
    /// Requests refused by the guard.
    pub(super) refused: AtomicU64,
    /// Connections refused because there were too many.
    pub(super) crowded: AtomicU64,
}

impl Gate {
    pub(super) fn new(guard: Guard) -> Self {
        let (slots, counters) = (Slots::default(), Counters::default());
        Self { guard, slots, counters, max_age: MAX_AGE, closing: watch::Sender::new(false) }
    }

    /// Waits until all connections must close.
    pub(super) async fn closed(&self) {
        // An error would mean that the server no longer exists.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}
