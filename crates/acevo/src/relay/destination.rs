//! Passes the records of a followed session to the queue of a relay.

use std::sync::Arc;
use std::time::Duration;

use acevo_recording::{Mark, Record, RecordSink, RecordingError, RecordingStream};
use acevo_relay::{Item, MAX_PAGE_BYTES, RelayQueue, RelayedPage};
use acevo_shared_memory::Packet;

use crate::recording::destination::Destination;
use crate::recording::file_name::Names;
use crate::recording::observation::Observation;
use crate::recording::reporter::Reporter;

/// Adds records to a queue.
pub(crate) struct RelaySink {
    queue: Arc<RelayQueue>,
    /// Seconds of the source per second.
    speed: f64,
    /// Time of the last item, in real time.
    last: Duration,
}

impl RecordSink for RelaySink {
    fn record(&mut self, record: &Record<'_>) -> Result<(), RecordingError> {
        if (1..=MAX_PAGE_BYTES).contains(&record.bytes.len()) {
            self.last = record.at.div_f64(self.speed).max(self.last);
            self.queue.push(Item::Page(RelayedPage::of(record, self.last)));
        }
        Ok(())
    }

    /// Marks are not relayed: the receiver finds sessions and laps in the pages.
    fn mark(&mut self, _: Mark) {}
}

/// The queue of a relay, as the destination of a recorder.
pub(crate) struct RelayDestination {
    stream: RecordingStream<RelaySink>,
}

impl RelayDestination {
    pub(crate) fn new(queue: Arc<RelayQueue>, speed: f64) -> Self {
        Self { stream: RecordingStream::new(RelaySink { queue, speed, last: Duration::ZERO }, Duration::ZERO) }
    }

    /// The game has ended: its pages are gone.
    pub(crate) fn end_game(&self) {
        let sink = &self.stream.sink;
        sink.queue.push(Item::GameEnded(sink.last));
    }
}

impl Destination for RelayDestination {
    type Sink = RelaySink;

    fn stream(&mut self) -> Option<&mut RecordingStream<RelaySink>> {
        Some(&mut self.stream)
    }

    fn begin(&mut self, now: &Observation, packet: Option<&Packet>) -> anyhow::Result<()> {
        let at = self.stream.at(now.now);
        now.begin(&mut self.stream, at, packet)
    }

    fn on_names(&mut self, _: &Names) {}

    fn update(&mut self, _: &Observation, _: &mut dyn Reporter) -> anyhow::Result<()> {
        Ok(())
    }

    fn close(self, _: &mut dyn Reporter) -> anyhow::Result<bool> {
        self.end_game();
        Ok(true)
    }
}
