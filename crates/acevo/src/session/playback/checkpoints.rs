//! The analysis of a recording at any time: what it would be if the recording had been played from its beginning.
//!
//! A thread analyses the whole recording once, which finds the laps, and keeps the analysis at some times. For a seek, one of them continues to
//! the new time. So a lap is never counted twice, and laps have the same numbers as in `acevo laps FILE`.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use acevo_recording::{LapError, LapIndex};
use acevo_telemetry::analysis::{Analysis, SessionEvent};
use tracing::warn;

use super::handle::PlaybackHandle;
use super::{open, recorded};

/// Maximum number of analyses that are kept.
const MAX_KEPT: u32 = 40;

/// Minimum time between two of them.
const MIN_INTERVAL: Duration = Duration::from_secs(30);

/// Time that is read before the first step that is analysed: the state of the game is known then, also after a pause.
const LEAD: Duration = Duration::from_secs(3);

/// The analysis at some times.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    path: PathBuf,
    handle: PlaybackHandle,
    max_events: usize,
    /// Ordered by time; the first one is the analysis before the first step.
    kept: Arc<Mutex<Vec<Checkpoint>>>,
}

/// An analysis after a step.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoint {
    /// The time of the step; `None` before the first one.
    at: Option<Duration>,
    pub(crate) analysis: Analysis,
    /// The newest events.
    pub(crate) events: VecDeque<SessionEvent>,
}

impl Checkpoint {
    fn add(&mut self, event: SessionEvent, max_events: usize) {
        if self.events.len() == max_events {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }
}

impl Checkpoints {
    /// Begins to analyse a recording. `analysis` has seen no frame yet. At most `max_events` events are kept.
    pub(crate) fn start(path: PathBuf, handle: PlaybackHandle, analysis: Analysis, max_events: usize) -> Self {
        let first = Checkpoint { at: None, analysis, events: VecDeque::new() };
        let kept = Arc::new(Mutex::new(vec![first.clone()]));
        let checkpoints = Self { path: path.clone(), handle: handle.clone(), max_events, kept: Arc::clone(&kept) };
        // It ends with the recording, or after a stop.
        thread::spawn(move || match read(&path, &handle, first, max_events, &kept) {
            Ok(laps) => handle.set_laps(laps),
            Err(error) if matches!(error.downcast_ref(), Some(LapError::Stopped)) => {}
            Err(error) => warn!("the laps of the recording cannot be found: {error:#}"),
        });
        checkpoints
    }

    /// The analysis after all steps before a time. `None` if another seek has followed, or the recording cannot be read.
    pub(crate) fn at(&self, time: Duration) -> Option<Checkpoint> {
        let nearest = {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter().rfind(|kept| kept.at.is_none_or(|at| at < time))?.clone()
        };
        match self.continued(nearest, time) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                warn!("the recording cannot be analysed: {error:#}");
                None
            }
        }
    }

    fn continued(&self, mut checkpoint: Checkpoint, time: Duration) -> anyhow::Result<Option<Checkpoint>> {
        let mut recording = open(&self.path)?;
        let date = recorded(&recording).unwrap_or_default();
        recording.seek(checkpoint.at.unwrap_or_default().saturating_sub(LEAD))?;
        while let Some(step) = recording.next_step()?.filter(|step| step.at < time) {
            if checkpoint.at.is_some_and(|at| step.at <= at) {
                continue;
            }
            if self.handle.is_superseded() {
                return Ok(None);
            }
            checkpoint.analysis.context_mut().date = date.saturating_add(step.at).as_secs();
            checkpoint.analysis.feed(step.at, step.frame);
            while let Some(event) = checkpoint.analysis.next_event() {
                checkpoint.add(event, self.max_events);
            }
        }
        // Laps that are not played now are no new personal bests.
        drop(checkpoint.analysis.take_new_personal_bests());
        Ok(Some(checkpoint))
    }
}

/// Reads all of a recording, and keeps the analysis at some times.
fn read(
    path: &std::path::Path,
    handle: &PlaybackHandle,
    first: Checkpoint,
    max_events: usize,
    kept: &Mutex<Vec<Checkpoint>>,
) -> anyhow::Result<LapIndex> {
    let mut recording = open(path)?;
    let info = recording.info();
    let interval = MIN_INTERVAL.max(info.duration() / MAX_KEPT);
    let mut next = info.start.saturating_add(interval);
    let Checkpoint { mut analysis, .. } = first.clone();
    let mut now = first;
    let laps = LapIndex::read_with(&mut recording, &mut analysis, |analysis, events, at| {
        events.iter().for_each(|event| now.add(event.clone(), max_events));
        if at >= next {
            next = at.saturating_add(interval);
            let checkpoint = Checkpoint { at: Some(at), analysis: analysis.clone(), events: now.events.clone() };
            kept.lock().unwrap_or_else(PoisonError::into_inner).push(checkpoint);
        }
        !handle.is_stopped()
    })?;
    Ok(laps)
}

#[cfg(test)]
mod tests {
    use acevo_recording::Recording;
    use acevo_simulator::{Options, Scenario, TrackName};
    use acevo_telemetry::analysis::Settings;

    use super::*;

    #[test]
    fn at_returns_the_laps_and_events_of_a_recording_that_was_read_to_that_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("laps.acevo");
        let mut options = Options::default();
        (options.scenario, options.track, options.laps) = (Scenario::HotLaps, TrackName::Karsthafen, Some(3));
        acevo_testkit::recordings::changed(&path, options, Duration::MAX, |_, _| {});
        let info = Recording::open(&path).unwrap().info();
        let handle = PlaybackHandle::new(info.start, info.end, 1.0);
        let checkpoints = Checkpoints::start(path.clone(), handle.clone(), Analysis::new(Settings::default()), 500);
        while handle.state().laps.is_none() {
            thread::yield_now();
        }
        assert!(checkpoints.kept.lock().unwrap().len() > 3);
        let laps = handle.state().laps.unwrap();
        let ends: Vec<_> = laps.laps().iter().map(|lap| lap.to).collect();
        assert!(ends.len() >= 3, "{ends:?}");
        // Backwards and forwards, also to where a checkpoint is, and before the first step.
        let second = Duration::from_secs(1);
        for time in [ends[2] - second, Duration::ZERO, ends[0] + second, ends[1] + second, ends[1] - second, info.end] {
            let found = checkpoints.at(time).unwrap();
            let (mut whole, mut recording) = (Analysis::new(Settings::default()), Recording::open(&path).unwrap());
            let mut events = Vec::new();
            while let Some(step) = recording.next_step().unwrap().filter(|step| step.at < time) {
                whole.feed(step.at, step.frame);
                events.extend(std::iter::from_fn(|| whole.next_event()));
            }
            assert_eq!(found.analysis.laps(), whole.laps(), "{time:?}");
            assert_eq!(found.analysis.current_lap_id(), whole.current_lap_id(), "{time:?}");
            assert_eq!(found.events, events, "{time:?}");
        }
        handle.seek(second);
        assert!(checkpoints.at(info.end).is_none(), "another seek has followed");
    }
}
