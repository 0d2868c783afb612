//! The running lap beside another one.

use serde::Serialize;

use super::trace::{Reference, Trace, TraceRecorder};

/// How the running lap compares.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Delta {
    /// Seconds that it is slower (positive) or faster than the reference was at the same place.
    pub seconds: f64,
    /// The lap time that it will have if nothing is gained or lost any more, in seconds.
    pub predicted_s: f64,
    /// The lap time of the reference, in seconds.
    pub reference_s: f64,
}

/// Traces laps, and keeps those that others are compared with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pace {
    running: TraceRecorder,
    /// The lap that has crossed the line and waits for its time.
    ended: TraceRecorder,
    best: Option<Trace>,
    last: Option<Trace>,
    pub(crate) reference: Reference,
}

impl Pace {
    pub(crate) fn begin_lap(&mut self) {
        self.running.begin();
    }

    pub(crate) fn note(&mut self, place: f64, elapsed_s: f64) {
        self.running.note(place, elapsed_s);
    }

    pub(crate) fn cross(&mut self) {
        std::mem::swap(&mut self.running, &mut self.ended);
    }

    /// A lap has got its time; `None` where it has none. Gives its trace where there is one.
    pub(crate) fn end_lap(&mut self, time_s: Option<f64>, is_best: bool) -> Option<&Trace> {
        self.last = Some(self.ended.finish(time_s?)?);
        if is_best {
            self.best.clone_from(&self.last);
        }
        self.last.as_ref()
    }

    /// Another session.
    pub(crate) fn forget(&mut self) {
        (self.best, self.last) = (None, None);
    }

    /// Compares.
    pub(crate) fn delta(&self, personal: Option<&Trace>, place: f64, elapsed_s: f64) -> Option<Delta> {
        let trace = self.reference.trace(self.best.as_ref(), self.last.as_ref(), personal)?;
        let seconds = trace.delta(place, elapsed_s)?;
        Some(Delta { seconds, predicted_s: trace.predicted(seconds), reference_s: trace.time() })
    }
}
