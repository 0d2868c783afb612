//! The state that all tasks of the server share.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use acevo_settings::Settings;
use tokio::sync::watch;

use super::background::Control;
use super::guard::Guard;
use super::lap_texts::LapTexts;
use super::slots::Slots;
use super::state::State;
use crate::layouts::Layouts;
use crate::library::LibraryTask;
use crate::session::playback::handle::PlaybackHandle;

/// Time for clients to close their connections when the server stops.
pub(super) const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// The state that all tasks of the server share.
pub(super) struct Server {
    pub(super) states: watch::Receiver<Arc<State>>,
    pub(super) guard: Guard,
    pub(super) slots: Slots,
    pub(super) counters: Counters,
    pub(super) laps: LapTexts,
    /// Layouts of overlays.
    pub(super) layouts: Layouts,
    /// The session library.
    pub(super) library: LibraryTask,
    /// What the page can control; `None` if this is not the background program.
    pub(super) control: Option<Control>,
    /// The recording that is played; `None` if the session is not that of a recording.
    pub(super) playback: Option<PlaybackHandle>,
    /// The settings with which the program started, without its options.
    pub(super) settings_at_start: Settings,
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

impl Server {
    /// The newest state.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.states.borrow())
    }

    /// Waits until all connections must close.
    pub(super) async fn closed(&self) {
        // An error would mean that the server no longer exists.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}
