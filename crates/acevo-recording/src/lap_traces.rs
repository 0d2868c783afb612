//! Lap traces of a recording.

use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, Settings};
use acevo_telemetry::traces::{LapSampler, LapTraces};

use super::analyze::analyze;
use super::lap_selector::LapSelector;
use super::laps::{LapError, LapIndexer, RecordedLap};
use super::reader::Recording;

/// Reads a recording and returns the traces of some of its laps, one for each selector: channel values over the lap position.
///
/// The channels that every plot needs (time, position, speed and acceleration) are always sampled. `keep_going` is called with the time
/// of each step; reading stops if it returns false.
///
/// # Errors
/// As [`LapIndex::find`](super::LapIndex::find); [`LapError::Recording`], [`LapError::Stopped`].
///
/// ```no_run
/// use acevo_recording::{LapSelector, Recording, lap_traces};
/// use acevo_telemetry::channel;
///
/// let mut recording = Recording::open("monza.acevo")?;
/// let channels = [channel("throttle").unwrap(), channel("brake").unwrap()];
/// let laps = lap_traces(&mut recording, &[LapSelector::best()], &channels, |_| true)?;
/// println!("{} samples", laps[0].positions.len());
/// # Ok::<(), acevo_recording::LapError>(())
/// ```
pub fn lap_traces<R: Read + Seek>(
    recording: &mut Recording<R>,
    laps: &[LapSelector],
    channels: &[&'static Channel],
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<Vec<LapTraces>, LapError> {
    let settings = Settings::default();
    let mut sampler = LapSampler::new(channels);
    let mut indexer = LapIndexer::default();
    // Which of them are selected is known at the end.
    let mut candidates: Vec<(RecordedLap, LapTraces)> = Vec::new();
    let is_complete = analyze(recording, &mut Analysis::new(settings), |analysis, step| {
        while let Some(event) = analysis.next_event() {
            let (lap, traces) = (indexer.on_event(&event.kind, step.at), sampler.on_event(&event.kind));
            let Some((lap, traces)) = lap.zip(traces) else { continue };
            if laps.iter().any(|selector| may_be_selected(*selector, lap, &candidates)) {
                candidates.push((lap.clone(), traces));
            }
        }
        indexer.on_step(analysis, step);
        if let Some(step) = step.step {
            sampler.on_frame(step.frame, analysis);
        }
        Ok::<_, LapError>(if keep_going(step.at) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    if !is_complete {
        return Err(LapError::Stopped);
    }
    let index = indexer.finish();
    let traces = |selector: &LapSelector| {
        let id = index.find(*selector)?.lap.id();
        let found = candidates.iter().find(|(candidate, _)| candidate.lap.id() == id).map(|(_, traces)| traces.clone());
        found.ok_or_else(|| LapError::NotFound(selector.to_string()))
    };
    laps.iter().map(traces).collect()
}

/// False if a faster candidate has the same car and track and is selected, too.
fn may_be_selected(selector: LapSelector, lap: &RecordedLap, candidates: &[(RecordedLap, LapTraces)]) -> bool {
    let is_faster = |(other, _): &(RecordedLap, LapTraces)| {
        selector.matches(&other.lap) && other.car_and_track == lap.car_and_track && other.lap.time_ms <= lap.lap.time_ms
    };
    selector.matches(&lap.lap) && !(selector.is_best() && candidates.iter().any(is_faster))
}
