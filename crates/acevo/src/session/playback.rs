//! Recordings as files, and their playback in this process.

use std::path::Path;
use std::time::Duration;

use acevo_recording::{Playback, Player, Recording, RecordingError};
use anyhow::{Context, bail};

use crate::output::{name_of, say};
use crate::session::connection::LiveConnection;

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

/// Plays a recording in this process until the playback is dropped. Prints a warning if it cannot be read to its end.
pub(crate) fn start(path: &Path, speed: f64) -> anyhow::Result<(Playback, LiveConnection)> {
    let recording = open(path)?;
    let recorded = recorded(&recording);
    let player = Player::new(recording).with_speed(speed);
    let playback = Playback::start_with(player, |error| {
        let error = anyhow::Error::from(error);
        say(format_args!("acevo: warning: the rest of the recording cannot be read: {error:#}"));
    });
    let playback = playback.with_context(|| format!("cannot play {}", name_of(path)))?;
    let connection = LiveConnection::of_recording(playback.opener(), playback.over(), recorded);
    let connection = connection.with_lockstep(playback.lockstep());
    Ok((playback, connection))
}
