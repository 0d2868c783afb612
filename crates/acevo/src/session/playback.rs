//! Recordings as files, and their playback in this process.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use acevo_recording::{Playback, Player, PlayerError, Recording, RecordingError};
use anyhow::{Context, bail};

use crate::format::text::error_chain;
use crate::output::name_of;
use crate::session::connection::{LiveConnection, PlayedRecording};

/// Opens a recording. Folders, pipes and devices are refused.
pub(crate) fn open(path: &Path) -> anyhow::Result<Recording> {
    let opened = Recording::open(path);
    if let Some(found) = opened.as_ref().err().and_then(RecordingError::not_a_file) {
        bail!("{} is {}; expected a recording (.acevo)", name_of(path), found.name());
    }
    opened.with_context(|| format!("cannot read {}", name_of(path)))
}

/// When the zero of a recording was, since 1970 (UTC); `None` if it has no date.
pub(crate) fn recorded(recording: &Recording) -> Option<Duration> {
    recording.description().map(|description| Duration::from_micros(description.unix_us)).filter(|time| !time.is_zero())
}

/// A recording that is played in this process until this is dropped.
#[derive(Debug)]
pub(crate) struct RunningPlayback {
    path: PathBuf,
    _playback: Playback,
    /// Why the player has ended early.
    failure: Arc<OnceLock<PlayerError>>,
}

impl RunningPlayback {
    /// # Errors
    /// Why the recording could not be played any further, if that has happened.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        match self.failure.get() {
            Some(failure) => bail!("cannot play {} to its end: {}", name_of(&self.path), error_chain(failure)),
            None => Ok(()),
        }
    }
}

/// Plays a recording in this process.
pub(crate) fn start(path: &Path, speed: f64) -> anyhow::Result<(RunningPlayback, LiveConnection)> {
    let recording = open(path)?;
    let recorded = recorded(&recording);
    let player = Player::new(recording).with_speed(speed);
    let failure = Arc::new(OnceLock::new());
    let failed = Arc::clone(&failure);
    let playback = Playback::start_with(player, move |error| {
        // The player fails only once.
        let _ = failed.set(error);
    });
    let playback = playback.with_context(|| format!("cannot play {}", name_of(path)))?;
    let played = PlayedRecording::new(playback.over(), Arc::clone(&failure), recorded);
    let connection = LiveConnection::of_recording(playback.opener(), played);
    let connection = connection.with_lockstep(playback.lockstep());
    Ok((RunningPlayback { path: path.into(), _playback: playback, failure }, connection))
}
