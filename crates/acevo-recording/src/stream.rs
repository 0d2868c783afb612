//! A stream of records and marks, as a recording of a session has them.

use std::time::Duration;

use acevo_shared_memory::{Packet, PageKind};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::Lap;

use super::error::RecordingError;
use super::mark::{Mark, Marked};
use super::record::Record;
use super::ring::Ring;
use super::summary::SessionNames;
use super::threaded::ThreadedWriter;
use super::writer::{RecordingWriter, SeekableOutput};

/// Takes records and marks.
pub trait RecordSink {
    /// Takes a record.
    ///
    /// # Errors
    /// As [`RecordingWriter::record`].
    fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError>;

    /// Takes a mark. An error, such as a full disk, is returned by a later record, or at the end.
    fn mark(&mut self, mark: Mark);
}

impl RecordSink for ThreadedWriter {
    fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Self::record(self, record)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, mark);
    }
}

impl<W: SeekableOutput> RecordSink for RecordingWriter<W> {
    fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Self::record(self, record)
    }

    fn mark(&mut self, mark: Mark) {
        let _ = Self::mark(self, &mark);
    }
}

impl RecordSink for Ring {
    fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        Self::record(self, record)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, &mark);
    }
}

/// Passes records and marks of a session to a sink, with times since the stream's own zero: the opening pages, static pages that have
/// changed, and the marks of sessions and laps.
#[derive(Debug)]
pub struct RecordingStream<S> {
    /// The sink.
    pub sink: S,
    zero: Duration,
    /// Time of the last record.
    pub last: Duration,
    /// Number of complete laps.
    pub laps: usize,
    /// The static page that was recorded last.
    static_page: Vec<u8>,
    /// The session was marked, with its names.
    is_marked: bool,
}

impl<S: RecordSink> RecordingStream<S> {
    /// Starts a stream. `zero` is its zero on the clock of the caller.
    pub fn new(sink: S, zero: Duration) -> Self {
        Self { sink, zero, last: Duration::ZERO, laps: 0, static_page: Vec::new(), is_marked: false }
    }

    /// A time since the zero of the stream.
    pub fn at(&self, time: Duration) -> Duration {
        time.saturating_sub(self.zero)
    }

    /// Begins a session, with the newest pages as carried records. Pages of `packet` are left out, because it is recorded next. `bytes_of`
    /// returns the bytes of a page exactly as the game wrote them.
    ///
    /// # Errors
    /// As [`RecordSink::record`].
    pub fn begin<'a>(
        &mut self,
        frame: &'a Frame,
        bytes_of: impl Fn(PageKind) -> &'a [u8],
        at: Duration,
        packet: Option<&Packet>,
    ) -> Result<(), RecordingError> {
        let is_in_packet = |page| match page {
            PageKind::Physics => packet.is_some_and(|packet| packet.physics.is_some()),
            PageKind::Graphics => packet.is_some_and(|packet| packet.graphics.is_some()),
            PageKind::Static => false,
        };
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if is_in_packet(page) {
                continue;
            }
            let mut record = Record::new(page, at, bytes_of(page));
            record.carried = true;
            self.record(&record)?;
        }
        self.static_page = frame.bytes(PageKind::Static).to_vec();
        self.is_marked = false;
        Ok(())
    }

    /// Passes a record.
    ///
    /// # Errors
    /// As [`RecordSink::record`].
    pub fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        self.last = self.last.max(record.at);
        self.sink.record(record)
    }

    /// Another session has begun in the same recording. It is marked once its names are known.
    pub fn expect_session(&mut self) {
        self.is_marked = false;
    }

    /// Records the static page if it has changed, and marks the session once its names are known, which are then returned. `bytes` are those
    /// of the static page exactly as the game wrote them.
    ///
    /// # Errors
    /// As [`RecordSink::record`].
    pub fn follow_session(
        &mut self,
        frame: &Frame,
        bytes: &[u8],
        seen: Duration,
        session: u32,
    ) -> Result<Option<SessionNames>, RecordingError> {
        let page = frame.bytes(PageKind::Static);
        if self.static_page != page {
            self.static_page = page.to_vec();
            let at = self.at(seen);
            self.record(&Record::new(PageKind::Static, at, bytes))?;
        }
        if self.is_marked {
            return Ok(None);
        }
        let names = SessionNames::of(frame);
        if let Some(SessionNames { track, configuration, car, session: name }) = names.clone() {
            self.mark(seen, Marked::Session { session, name, track, configuration, car });
            self.is_marked = true;
        }
        Ok(names)
    }

    /// Marks an event at a time on the clock of the caller.
    pub fn mark(&mut self, at: Duration, what: Marked) {
        self.sink.mark(Mark::new(self.at(at), what));
    }

    /// Marks a lap that ended at a time on the clock of the caller.
    pub fn mark_lap(&mut self, at: Duration, lap: &Lap) {
        self.laps += usize::from(lap.incomplete.is_none());
        self.sink.mark(Mark::lap(self.at(at), lap));
    }
}
