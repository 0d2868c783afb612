//! Recordings as files, and their playback in this process.

pub(crate) mod checkpoints;
pub(crate) mod handle;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use acevo_recording::{LogMarks, Playback, Player, PlayerError, Recording, RecordingError};
use anyhow::{Context, bail};

use self::handle::PlaybackHandle;
use crate::format::text::error_chain;
use crate::output::name_of;
use crate::session::connection::{LiveConnection, PlayedRecording};
use crate::session::game_log::LogFeed;

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
    _playback: Arc<Playback>,
    /// `None` if it is played to its end without control.
    handle: Option<PlaybackHandle>,
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

    /// Controls it, if that is possible.
    pub(crate) fn handle(&self) -> Option<&PlaybackHandle> {
        self.handle.as_ref()
    }
}

impl Drop for RunningPlayback {
    fn drop(&mut self) {
        if let Some(handle) = &self.handle {
            handle.stop();
        }
    }
}

/// Plays a recording in this process. With `is_controlled` it can be paused and sought, and stays at its end; else it ends there.
pub(crate) fn start(path: &Path, speed: f64, is_controlled: bool) -> anyhow::Result<(RunningPlayback, LiveConnection)> {
    let recording = open(path)?;
    let (recorded, info) = (recorded(&recording), recording.info());
    let log = LogFeed::Marks(LogMarks::of(recording.marks()));
    let handle = is_controlled.then(|| PlaybackHandle::new(info.start, info.end, speed));
    let player = Player::new(recording).with_speed(speed);
    let failure = Arc::new(OnceLock::new());
    let failed = Arc::clone(&failure);
    let on_error = move |error| {
        // The player fails only once.
        let _ = failed.set(error);
    };
    let playback = match handle.clone() {
        Some(handle) => Playback::start_controlled(player, handle, on_error),
        None => Playback::start_with(player, on_error),
    };
    let playback = Arc::new(playback.with_context(|| format!("cannot play {}", name_of(path)))?);
    let played = PlayedRecording::new(&playback, Arc::clone(&failure), recorded);
    let played = handle.clone().map(|handle| (path, handle)).into_iter().fold(played, PlayedRecording::controlled);
    let connection = LiveConnection::of_recording(playback.opener(), played);
    let connection = connection.with_lockstep(playback.lockstep()).with_log(log);
    Ok((RunningPlayback { path: path.into(), _playback: playback, handle, failure }, connection))
}
