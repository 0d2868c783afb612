//! Progress of an export.

use std::io::{Read, Seek};
use std::path::Path;
use std::time::Duration;

use acevo_recording::Recording;

use crate::{ExportError, RecordingReport};

/// Steps between two reports.
const STEPS: u64 = 1000;

/// Receives the progress of an export and can cancel it. All methods have defaults; `()` ignores everything.
pub trait Progress {
    /// A recording begins: its number, from 1, and the number of all recordings.
    fn begin(&mut self, path: &Path, number: usize, total: usize) {
        let _ = (path, number, total);
    }

    /// Progress of the whole export in bytes of recordings; the total is [`Recordings::bytes`](crate::Recordings::bytes).
    fn advance(&mut self, bytes: u64) {
        let _ = bytes;
    }

    /// A recording is done.
    fn end(&mut self, report: &RecordingReport) {
        let _ = report;
    }

    /// Returns true to stop the export. Files that are complete are kept.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Progress for () {}

/// Progress in one recording, which is read once or several times.
pub(crate) struct Tracker<'a> {
    progress: &'a mut dyn Progress,
    /// Bytes of the previous recordings.
    before: u64,
    start: Duration,
    length: Duration,
    bytes: u64,
    passes: u32,
    /// Passes that are complete.
    passed: u32,
    steps: u64,
}

impl<'a> Tracker<'a> {
    pub(crate) fn new(progress: &'a mut dyn Progress, before: u64) -> Self {
        let length = Duration::from_millis(1);
        Self { progress, before, start: Duration::ZERO, length, bytes: 0, passes: 1, passed: 0, steps: 0 }
    }

    /// Starts a recording that is read this many times.
    pub(crate) fn start<R: Read + Seek>(&mut self, recording: &Recording<R>, passes: u32) {
        let info = recording.info();
        (self.start, self.length) = (info.start, info.duration().max(Duration::from_millis(1)));
        (self.bytes, self.passes, self.passed) = (info.bytes, passes, 0);
    }

    /// Starts the next pass.
    pub(crate) fn next_pass(&mut self) {
        self.passed += 1;
    }

    /// Counts a step at a time of the recording.
    ///
    /// # Errors
    /// [`ExportError::Cancelled`].
    pub(crate) fn step(&mut self, at: Duration) -> Result<(), ExportError> {
        self.steps += 1;
        if !self.steps.is_multiple_of(STEPS) {
            return Ok(());
        }
        let fraction = (at.saturating_sub(self.start).as_secs_f64() / self.length.as_secs_f64()).min(1.0);
        let passes = (f64::from(self.passed) + fraction) / f64::from(self.passes);
        self.progress.advance(self.before + (passes * self.bytes as f64) as u64);
        if self.progress.is_cancelled() { Err(ExportError::Cancelled) } else { Ok(()) }
    }
}
