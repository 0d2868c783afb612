//! What is recorded, wherever it goes: pages with their times, and marks.

use std::fs::File;
use std::time::{Duration, Instant};

use acevo_recording::{Mark, Marked, Record, RecordingWriter, Ring, ThreadedWriter};
use acevo_shared_memory::PageKind;
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::Lap;

use super::name::Names;

/// Takes records and marks. Never waits for a disk.
pub(crate) trait Sink {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()>;
    fn mark(&mut self, mark: Mark);
}

impl Sink for ThreadedWriter {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, mark);
    }
}

impl Sink for RecordingWriter<File> {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    /// A disk that is full says so with the next record, and at the end.
    fn mark(&mut self, mark: Mark) {
        let _ = Self::mark(self, &mark);
    }
}

impl Sink for Ring {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, &mark);
    }
}

/// Records and marks, with times since a zero of their own.
pub(crate) struct Tape<S> {
    pub(crate) sink: S,
    zero: Instant,
    /// Time of the last record.
    pub(crate) last: Duration,
    /// Laps that are complete.
    pub(crate) laps: usize,
    /// The session's page as it was recorded last.
    session: Vec<u8>,
    /// The session was marked, with its names.
    is_marked: bool,
}

impl<S: Sink> Tape<S> {
    pub(crate) fn new(sink: S, zero: Instant) -> Self {
        Self { sink, zero, last: Duration::ZERO, laps: 0, session: Vec::new(), is_marked: false }
    }

    /// Since the tape's zero.
    pub(super) fn at(&self, time: Instant) -> Duration {
        time.saturating_duration_since(self.zero)
    }

    /// A session begins, with the pages as they are.
    pub(super) fn open_with(&mut self, frame: &Frame, at: Duration) -> anyhow::Result<()> {
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            let mut record = Record::new(page, at, frame.bytes(page));
            record.carried = true;
            self.record(&record)?;
        }
        self.session = frame.bytes(PageKind::Static).to_vec();
        self.is_marked = false;
        Ok(())
    }

    pub(crate) fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        self.last = self.last.max(record.at);
        self.sink.record(record)
    }

    /// Another session has begun in the same recording: it is marked once its names are known.
    pub(crate) fn expect_session(&mut self) {
        self.is_marked = false;
    }

    /// Records the session's page where it has changed, and marks the session once its names are known: then it returns them.
    pub(crate) fn follow_session(
        &mut self,
        frame: &Frame,
        seen: Instant,
        session: u32,
    ) -> anyhow::Result<Option<Names>> {
        let bytes = frame.bytes(PageKind::Static);
        if self.session != bytes {
            self.session = bytes.to_vec();
            let at = self.at(seen);
            self.record(&Record::new(PageKind::Static, at, bytes))?;
        }
        if self.is_marked {
            return Ok(None);
        }
        let names = Names::of(frame);
        if let Some(Names { track, configuration, car, session: name }) = names.clone() {
            self.mark(seen, Marked::Session { session, name, track, configuration, car });
            self.is_marked = true;
        }
        Ok(names)
    }

    pub(crate) fn mark(&mut self, at: Instant, what: Marked) {
        self.sink.mark(Mark::new(self.at(at), what));
    }

    pub(crate) fn mark_lap(&mut self, at: Instant, lap: &Lap) {
        self.laps += usize::from(lap.incomplete.is_none());
        self.sink.mark(Mark::lap(self.at(at), lap));
    }
}
