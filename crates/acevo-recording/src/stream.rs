//! A stream of records and marks with times.

use std::fs::File;
use std::time::Duration;

use acevo_recording::{Mark, Marked, Record, RecordingWriter, Ring, ThreadedWriter};
use acevo_shared_memory::{Packet, PageKind};
use acevo_telemetry::Frame;
use acevo_telemetry::analysis::Lap;

use super::file_name::Names;
use super::observation::Observation;

/// The program that recordings name as their writer.
pub(crate) const PROGRAM: &str = concat!("acevo ", env!("CARGO_PKG_VERSION"));

/// Takes records and marks. Never waits for a disk.
pub(crate) trait RecordSink {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()>;
    fn mark(&mut self, mark: Mark);
}

impl RecordSink for ThreadedWriter {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, mark);
    }
}

impl RecordSink for RecordingWriter<File> {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    /// An error, such as a full disk, is reported by the next record, and at the end.
    fn mark(&mut self, mark: Mark) {
        let _ = Self::mark(self, &mark);
    }
}

impl RecordSink for Ring {
    fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        Ok(Self::record(self, record)?)
    }

    fn mark(&mut self, mark: Mark) {
        Self::mark(self, &mark);
    }
}

/// Passes records and marks to a sink, with times since the stream's own zero. The clock is that of [`Observation::now`], or that
/// of a simulation.
pub(crate) struct RecordingStream<S> {
    pub(crate) sink: S,
    zero: Duration,
    /// Time of the last record.
    pub(crate) last: Duration,
    /// The number of complete laps.
    pub(crate) laps: usize,
    /// The static page that was recorded last.
    static_page: Vec<u8>,
    /// The session was marked, with its names.
    is_marked: bool,
}

impl<S: RecordSink> RecordingStream<S> {
    pub(crate) fn new(sink: S, zero: Duration) -> Self {
        Self { sink, zero, last: Duration::ZERO, laps: 0, static_page: Vec::new(), is_marked: false }
    }

    /// A time since the zero of the stream.
    pub(super) fn at(&self, time: Duration) -> Duration {
        time.saturating_sub(self.zero)
    }

    /// Begins a session, with the newest pages as carried records. Pages of `packet` are left out, because it is recorded next.
    pub(super) fn begin(&mut self, now: &Observation, at: Duration, packet: Option<&Packet>) -> anyhow::Result<()> {
        let Some(frame) = &now.frame else { return Ok(()) };
        let is_in_packet = |page| match page {
            PageKind::Physics => packet.is_some_and(|packet| packet.physics.is_some()),
            PageKind::Graphics => packet.is_some_and(|packet| packet.graphics.is_some()),
            PageKind::Static => false,
        };
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if is_in_packet(page) {
                continue;
            }
            let mut record = Record::new(page, at, now.frame_bytes(frame, page));
            record.carried = true;
            self.record(&record)?;
        }
        self.static_page = frame.bytes(PageKind::Static).to_vec();
        self.is_marked = false;
        Ok(())
    }

    pub(crate) fn record(&mut self, record: &Record<'_>) -> anyhow::Result<()> {
        self.last = self.last.max(record.at);
        self.sink.record(record)
    }

    /// Another session has begun in the same recording. It is marked once its names are known.
    pub(crate) fn expect_session(&mut self) {
        self.is_marked = false;
    }

    /// Records the static page if it has changed, and marks the session once its names are known, which are then returned. If the frame
    /// is that of an observation, the page is recorded byte for byte as the game wrote it.
    pub(crate) fn follow_session(
        &mut self,
        frame: &Frame,
        observed: Option<&Observation>,
        seen: Duration,
        session: u32,
    ) -> anyhow::Result<Option<Names>> {
        let bytes = frame.bytes(PageKind::Static);
        if self.static_page != bytes {
            self.static_page = bytes.to_vec();
            let at = self.at(seen);
            let bytes = observed.map_or(bytes, |observed| observed.frame_bytes(frame, PageKind::Static));
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

    pub(crate) fn mark(&mut self, at: Duration, what: Marked) {
        self.sink.mark(Mark::new(self.at(at), what));
    }

    pub(crate) fn mark_lap(&mut self, at: Duration, lap: &Lap) {
        self.laps += usize::from(lap.incomplete.is_none());
        self.sink.mark(Mark::lap(self.at(at), lap));
    }
}
