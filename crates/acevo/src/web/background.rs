//! What the server of the background program can control.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::fleet::task::{FleetHandle, FleetState};
use crate::recording::task::{RecordingHandle, RecordingState};
use crate::settings::watch::SettingsStatus;
use crate::shutdown::Stop;
use crate::upload::task::{UploadHandle, UploadState};

/// What the page can control.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(super) recording: RecordingHandle,
    pub(super) settings: SettingsStatus,
    /// Other devices may change settings and control recording.
    allows_lan: Arc<AtomicBool>,
    /// Ends the program.
    pub(super) stop: Stop,
    /// Publishing to a broker and a database, if one is set.
    fleet: Option<FleetHandle>,
    /// Delivering recordings to a store, if one is set.
    upload: Option<UploadHandle>,
    /// Settings that are wrong, and what they switch off.
    wrong_settings: Vec<String>,
}

impl Control {
    /// `allows_lan`: other devices may change settings and control recording.
    pub(crate) fn new(
        recording: RecordingHandle,
        settings: SettingsStatus,
        allows_lan: Arc<AtomicBool>,
        stop: Stop,
    ) -> Self {
        Self { recording, settings, allows_lan, stop, fleet: None, upload: None, wrong_settings: vec![] }
    }

    /// With publishing to a broker and a database.
    #[must_use]
    pub(crate) fn with_fleet(self, fleet: Option<FleetHandle>) -> Self {
        Self { fleet, ..self }
    }

    /// With delivering to a store.
    #[must_use]
    pub(crate) fn with_upload(self, upload: Option<UploadHandle>) -> Self {
        Self { upload, ..self }
    }

    /// With settings that were wrong at the start, in a sentence each.
    #[must_use]
    pub(crate) fn with_wrong_settings(self, wrong_settings: Vec<String>) -> Self {
        Self { wrong_settings, ..self }
    }

    /// Settings that were wrong at the start.
    pub(super) fn wrong_settings(&self) -> &[String] {
        &self.wrong_settings
    }

    /// The state of delivering; `None` if no store is set.
    pub(super) fn upload(&self) -> Option<UploadState> {
        self.upload.as_ref().map(UploadHandle::state)
    }

    /// The state of publishing.
    pub(super) fn fleet(&self) -> FleetState {
        self.fleet.as_ref().map(FleetHandle::state).unwrap_or_default()
    }

    /// The state of the recording task.
    pub(super) fn recording(&self) -> RecordingState {
        self.recording.state()
    }

    /// Free bytes on the disk of the recordings, if they are known.
    pub(super) fn free_bytes(&self) -> Option<u64> {
        self.recording.free_bytes()
    }

    /// True if other devices may change settings and control recording.
    pub(super) fn allows_lan(&self) -> bool {
        self.allows_lan.load(Ordering::Relaxed)
    }
}
