//! Recordings as files, and their playback in this process.

use std::fs;
use std::path::Path;
use std::time::Duration;

use acevo_recording::{Playback, Player, Recording};
use anyhow::{Context, bail};

use crate::output::{name_of, say};
use crate::session::connection::LiveConnection;

/// Opens a recording. Folders and pipes are refused: opening a pipe blocks until another program writes to it.
pub(crate) fn open(path: &Path) -> anyhow::Result<Recording> {
    let metadata = fs::metadata(path);
    if metadata.as_ref().is_ok_and(fs::Metadata::is_dir) {
        bail!("{} is a folder; expected a recording (.acevo)", name_of(path));
    }
    if metadata.is_ok_and(|metadata| !metadata.is_file()) {
        bail!("{} is not a regular file; expected a recording (.acevo)", name_of(path));
    }
    Recording::open(path).with_context(|| format!("cannot read {}", name_of(path)))
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
