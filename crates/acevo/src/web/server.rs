//! The state that all tasks of the server of a session share.

use std::sync::Arc;

use acevo_settings::Settings;
use tokio::sync::watch;

use super::background::Control;
use super::gate::Gate;
use super::lap_texts::LapTexts;
use super::state::State;
use crate::layouts::Layouts;
use crate::library::LibraryTask;
use crate::session::playback::handle::PlaybackHandle;

/// The state that all tasks of the server share.
pub(super) struct Server {
    pub(super) gate: Arc<Gate>,
    pub(super) states: watch::Receiver<Arc<State>>,
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
}

impl Server {
    /// The newest state.
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.states.borrow())
    }
}
