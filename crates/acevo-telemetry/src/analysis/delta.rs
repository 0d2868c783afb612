//! The running lap compared with another one.

use serde::{Deserialize, Serialize};

use crate::lap_trace::{Reference, Trace, TraceRecorder};

/// How the running lap compares with the reference lap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Delta {
    /// Seconds by which the running lap is slower (positive) or faster than the reference lap at the same lap position.
    pub seconds: f64,
    /// Predicted lap time if the difference does not change any more, seconds.
    pub predicted_s: f64,
    /// Lap time of the reference lap, seconds.
    pub reference_s: f64,
}

/// Records traces of laps and keeps those that can be reference laps.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeltaTracker {
    running: TraceRecorder,
    /// The lap that has crossed the line and waits for its time.
    ended: TraceRecorder,
    best: Option<Trace>,
    last: Option<Trace>,
}

impl DeltaTracker {
    /// A lap begins.
    pub(crate) fn begin_lap(&mut self) {
        self.running.begin();
    }

    /// Takes the lap position and the age of the running lap, seconds.
    pub(crate) fn note(&mut self, lap_position: f64, elapsed_s: f64) {
        self.running.note(lap_position, elapsed_s);
    }

    /// The running lap has crossed the line.
    pub(crate) fn cross_line(&mut self) {
        std::mem::swap(&mut self.running, &mut self.ended);
    }

    /// A lap has ended, with this time if it has one. Returns its trace if there is one.
    pub(crate) fn end_lap(&mut self, time_s: Option<f64>, is_best: bool) -> Option<&Trace> {
        self.last = Some(self.ended.finish(time_s?)?);
        if is_best {
            self.best.clone_from(&self.last);
        }
        self.last.as_ref()
    }

    /// Drops the traces of the session.
    pub(crate) fn forget(&mut self) {
        self.best = None;
        self.last = None;
    }

    /// Compares the running lap with the reference lap; `None` if there is no such lap.
    pub(crate) fn delta(
        &self,
        reference: &Reference,
        personal: Option<&Trace>,
        chosen: Option<&Trace>,
        lap_position: f64,
        elapsed_s: f64,
    ) -> Option<Delta> {
        let trace = reference.trace(self.best.as_ref(), self.last.as_ref(), personal, chosen)?;
        let seconds = trace.delta(lap_position, elapsed_s)?;
        Some(Delta { seconds, predicted_s: trace.predicted(seconds), reference_s: trace.time() })
    }
}
