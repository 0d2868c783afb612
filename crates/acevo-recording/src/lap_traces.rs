//! Lap traces of a recording.

use std::collections::VecDeque;
use std::io::{Read, Seek};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, Outline, Settings};
use acevo_telemetry::traces::{LapSampler, LapTraces};

use super::analyze::analyze;
use super::lap_selector::LapSelector;
use super::laps::{LapError, LapIndex, LapIndexer, RecordedLap};
use super::reader::Recording;

/// Maximum number of laps whose traces are kept although no selector selects them. They take about 60 MB.
const MAX_OTHERS: usize = 200;

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
    keep_going: impl FnMut(Duration) -> bool,
) -> Result<Vec<LapTraces>, LapError> {
    let traced = TracedLaps::read_some(recording, laps, false, channels, keep_going)?;
    laps.iter().map(|selector| traced.find(*selector).map(|(_, traces)| traces.clone())).collect()
}

/// The laps of a recording with their traces, and the outline of the track.
#[derive(Debug, Clone)]
pub struct TracedLaps {
    index: LapIndex,
    outline: Outline,
    traced: Vec<(RecordedLap, LapTraces)>,
}

impl TracedLaps {
    /// Reads a recording. It keeps the traces of laps that may be selected, and of the last 200 other laps that count. The channels that
    /// every plot needs are always sampled. `keep_going` is called with the time of each step; reading stops if it returns false.
    ///
    /// # Errors
    /// [`LapError::Recording`], [`LapError::Stopped`].
    pub fn read<R: Read + Seek>(
        recording: &mut Recording<R>,
        laps: &[LapSelector],
        channels: &[&'static Channel],
        keep_going: impl FnMut(Duration) -> bool,
    ) -> Result<Self, LapError> {
        Self::read_some(recording, laps, true, channels, keep_going)
    }

    /// The same; `others` also keeps laps that cannot be selected.
    fn read_some<R: Read + Seek>(
        recording: &mut Recording<R>,
        laps: &[LapSelector],
        others: bool,
        channels: &[&'static Channel],
        mut keep_going: impl FnMut(Duration) -> bool,
    ) -> Result<Self, LapError> {
        let (mut sampler, mut indexer) = (LapSampler::new(channels), LapIndexer::default());
        let mut analysis = Analysis::new(Settings::laps_only());
        // Which of them are selected is known at the end.
        let (mut traced, mut other_ids) = (Vec::new(), VecDeque::new());
        let is_complete = analyze(recording, &mut analysis, |analysis, step| {
            while let Some(event) = analysis.next_event() {
                let (lap, traces) = (indexer.on_event(&event.kind, step.at), sampler.on_event(&event.kind));
                let Some((lap, traces)) = lap.zip(traces) else { continue };
                let is_candidate = laps.iter().any(|selector| may_be_selected(*selector, lap, &traced));
                if !is_candidate && others && lap.lap.counts() {
                    other_ids.push_back(lap.lap.id());
                    if other_ids.len() > MAX_OTHERS {
                        let oldest = other_ids.pop_front();
                        traced.retain(|(lap, _): &(RecordedLap, LapTraces)| Some(lap.lap.id()) != oldest);
                    }
                }
                if is_candidate || (others && lap.lap.counts()) {
                    traced.push((lap.clone(), traces));
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
        Ok(Self { index: indexer.finish(), outline: analysis.outline().clone(), traced })
    }

    /// The lap that a selector selects, with its traces.
    ///
    /// # Errors
    /// As [`LapIndex::find`]; [`LapError::NotFound`] for a lap whose traces were not kept.
    pub fn find(&self, selector: LapSelector) -> Result<(&RecordedLap, &LapTraces), LapError> {
        let id = self.index.find(selector)?.lap.id();
        let found = self.laps().find(|(lap, _)| lap.lap.id() == id);
        found.ok_or_else(|| LapError::NotFound(selector.to_string()))
    }

    /// The laps whose traces were kept, in the order in which they ended.
    pub fn laps(&self) -> impl Iterator<Item = (&RecordedLap, &LapTraces)> {
        self.traced.iter().map(|(lap, traces)| (lap, traces))
    }

    /// The outline of the last track of the recording.
    pub fn outline(&self) -> &Outline {
        &self.outline
    }
}

/// False if a faster candidate has the same car and track and is selected, too.
fn may_be_selected(selector: LapSelector, lap: &RecordedLap, candidates: &[(RecordedLap, LapTraces)]) -> bool {
    let is_faster = |(other, _): &(RecordedLap, LapTraces)| {
        selector.matches(&other.lap) && other.car_and_track == lap.car_and_track && other.lap.time_ms <= lap.lap.time_ms
    };
    selector.matches(&lap.lap) && !(selector.is_best() && candidates.iter().any(is_faster))
}
