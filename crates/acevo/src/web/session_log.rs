//! Numbers of laps and events of a session, and traces of the last laps.

use std::sync::Arc;

use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::analysis::{Analysis, SessionEvent, SessionEventKind};
use acevo_telemetry::traces::LapSampler;
use acevo_telemetry::{Frame, channel};

use super::traces::{CHANNELS, LapTrace, Traces};
use crate::output::say;
use crate::session::live_session::Observer;

/// Maximum number of traces that are kept.
pub(super) const MAX_TRACES: usize = 50;

/// Counts events and laps, and samples laps while they are driven.
pub(super) struct SessionLog {
    sampler: LapSampler,
    events: u64,
    laps: usize,
    traces: Traces,
    seeks: u32,
}

impl SessionLog {
    /// The number of events so far.
    pub(super) const fn events(&self) -> u64 {
        self.events
    }

    /// The number of laps that have ended so far.
    pub(super) const fn laps(&self) -> usize {
        self.laps
    }

    /// The number of seeks in a recording so far. After one, laps and events are others.
    pub(super) const fn seeks(&self) -> u32 {
        self.seeks
    }

    /// The index of the oldest lap with a trace.
    pub(super) fn first_trace(&self) -> Option<usize> {
        self.traces.front().map(|(index, _)| *index)
    }

    /// The traces of the last laps.
    pub(super) fn traces(&self) -> Traces {
        Arc::clone(&self.traces)
    }
}

impl Default for SessionLog {
    fn default() -> Self {
        Self { sampler: sampler(), events: 0, laps: 0, traces: Traces::default(), seeks: 0 }
    }
}

/// A sampler that has seen no frame.
fn sampler() -> LapSampler {
    let channels: Vec<_> = CHANNELS.into_iter().filter_map(channel).collect();
    LapSampler::new(&channels)
}

impl Observer for SessionLog {
    fn on_event(&mut self, event: &SessionEvent) {
        self.events += 1;
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

    fn on_seek(&mut self, analysis: &Analysis) {
        self.sampler = sampler();
        self.laps = analysis.laps().len();
        // Earlier laps are the same as before.
        Arc::make_mut(&mut self.traces).retain(|(index, _)| *index < self.laps);
        self.seeks = self.seeks.wrapping_add(1);
    }

    fn on_problem(&mut self, problem: &str) {
        say(format_args!("acevo: warning: {problem}"));
    }

    fn on_frame(&mut self, pages: &Frame, analysis: &Analysis) {
        // A replay shows another lap.
        if pages.graphics.status() == ACEvoStatus::Live {
            self.sampler.on_frame(pages, analysis);
        }
    }
}
