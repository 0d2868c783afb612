//! Laps of recordings, for comparisons.

use std::path::Path;

use acevo_recording::{LapSelector, lap_traces};
use acevo_telemetry::Channel;
use acevo_telemetry::traces::LapTraces;
use anyhow::{Context, ensure};

use crate::output::name_of;
use crate::session::playback::open;
use crate::shutdown::Stop;

/// Traces of laps of a recording, one for each selector.
pub(super) fn laps_of(
    file: &Path,
    laps: &[LapSelector],
    channels: &[&'static Channel],
    stop: &Stop,
) -> anyhow::Result<Vec<LapTraces>> {
    let traces = lap_traces(&mut open(file)?, laps, channels, |_| !stop.is_requested());
    traces.with_context(|| format!("cannot use the laps of {}", name_of(file)))
}

/// Names the recording of a lap, to distinguish it from laps of other recordings.
pub(super) fn name_recording(lap: &mut LapTraces, file: &Path) {
    lap.recording = file.file_stem().map_or_else(String::new, |name| name_of(Path::new(name)));
}

/// Refuses two laps of different tracks. A track whose name is unknown may be the same.
pub(super) fn check_same_track(lap: &LapTraces, other: &LapTraces) -> anyhow::Result<()> {
    let track = |lap: &LapTraces| format!("{} {}", lap.track, lap.layout);
    let are_known = !lap.track.is_empty() && !other.track.is_empty();
    ensure!(
        !are_known || track(lap) == track(other),
        "laps of different tracks cannot be compared: {} and {}",
        track(lap).trim(),
        track(other).trim()
    );
    Ok(())
}
