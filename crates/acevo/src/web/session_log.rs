//! What the server keeps of a session besides its laps: counts, times of events, and traces of laps.

use std::collections::VecDeque;
use std::sync::Arc;

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::analysis::{Analysis, Sectors, SessionEvent, SessionEventKind};
use acevo_telemetry::traces::LapSampler;
use acevo_telemetry::{Frame, channel};

use super::traces::{CHANNELS, LapTrace, Traces};
use crate::session::snapshot::Witness;

/// Events whose times are kept: more than the events that are kept.
const MAX_EVENTS: usize = 1000;

/// Traces that are kept, the newest ones.
const MAX_TRACES: usize = 50;

/// Seconds since midnight in the game; `None` if the game does not report it.
pub(super) type TimeOfDay = Option<u32>;

/// Counts events and laps, and samples laps while they are driven.
pub(super) struct SessionLog {
    sampler: LapSampler,
    events: u64,
    laps: usize,
    event_times: Arc<VecDeque<TimeOfDay>>,
    /// Events of the frame that is being analysed. They get its time.
    new_events: usize,
    time_of_day: TimeOfDay,
    traces: Traces,
}

impl SessionLog {
    pub(super) fn new(sectors: Sectors) -> Self {
        let channels: Vec<_> = CHANNELS.into_iter().filter_map(channel).collect();
        Self {
            sampler: LapSampler::new(&channels, sectors),
            events: 0,
            laps: 0,
            event_times: Arc::default(),
            new_events: 0,
            time_of_day: None,
            traces: Traces::default(),
        }
    }

    /// The number of events so far.
    pub(super) const fn events(&self) -> u64 {
        self.events
    }

    /// The number of laps that have ended so far.
    pub(super) const fn laps(&self) -> usize {
        self.laps
    }

    /// The times of the last events, oldest first.
    pub(super) fn event_times(&self) -> Arc<VecDeque<TimeOfDay>> {
        Arc::clone(&self.event_times)
    }

    /// The traces of the last laps.
    pub(super) fn traces(&self) -> Traces {
        Arc::clone(&self.traces)
    }
}

impl Witness for SessionLog {
    fn told(&mut self, event: &SessionEvent) {
        self.events += 1;
        self.new_events += 1;
        let times = Arc::make_mut(&mut self.event_times);
        times.push_back(self.time_of_day);
        times.drain(..times.len().saturating_sub(MAX_EVENTS));
        let trace = self.sampler.on_event(&event.kind);
        if let SessionEventKind::Lap(_) = event.kind {
            if let Some(lap) = trace {
                let traces = Arc::make_mut(&mut self.traces);
                traces.push_back((self.laps, Arc::new(LapTrace::of(&lap))));
                traces.drain(..traces.len().saturating_sub(MAX_TRACES));
            }
            self.laps += 1;
        }
    }

    fn met(&mut self, pages: &Frame, analysis: &Analysis) {
        self.time_of_day = time_of_day(pages.graphics.time_of_day());
        if self.new_events > 0 {
            let times = Arc::make_mut(&mut self.event_times);
            times.iter_mut().rev().take(self.new_events).for_each(|time| *time = self.time_of_day);
            self.new_events = 0;
        }
        // A replay shows another lap.
        if pages.graphics.status() == ACEvoStatus::Live {
            self.sampler.on_frame(pages, analysis);
        }
    }
}

fn time_of_day((hours, minutes, seconds): (i32, i32, i32)) -> TimeOfDay {
    let part = |value: i32, end: u32| u32::try_from(value).ok().filter(|value| *value < end);
    Some((part(hours, 24)? * 60 + part(minutes, 60)?) * 60 + part(seconds, 60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_of_day_needs_plausible_parts() {
        assert_eq!(time_of_day((14, 1, 32)), Some(50_492));
        assert_eq!(time_of_day((0, 0, 0)), Some(0));
        for parts in [(-1, 0, 0), (24, 0, 0), (0, 60, 0), (0, 0, 60), (i32::MAX, i32::MIN, 0)] {
            assert_eq!(time_of_day(parts), None, "{parts:?}");
        }
    }
}
