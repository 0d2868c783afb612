//! Where recorded packets go.

use acevo_recording::{RecordSink, RecordingStream};
use acevo_shared_memory::Packet;

use super::file_name::Names;
use super::observation::Observation;
use super::reporter::Reporter;

/// Where recorded packets go.
pub(crate) trait Destination {
    type Sink: RecordSink;

    /// The stream that takes packets now, if there is one.
    fn stream(&mut self) -> Option<&mut RecordingStream<Self::Sink>>;

    /// A game, or a session, begins. `packet` is the packet that is recorded next, if it has arrived already.
    fn begin(&mut self, now: &Observation, packet: Option<&Packet>) -> anyhow::Result<()>;

    /// A game, or a session, begins and continues in the running recording, if there is one. Arguments as for [`begin`](Self::begin).
    fn proceed(&mut self, now: &Observation, packet: Option<&Packet>) -> anyhow::Result<()> {
        match self.stream() {
            Some(stream) => now.begin(stream, stream.at(now.now), packet),
            None => self.begin(now, packet),
        }
    }

    /// The names of the session are known.
    fn on_names(&mut self, names: &Names);

    /// The session has ended.
    fn end(&mut self) {}

    /// The game has ended.
    fn detach(&mut self) {}

    /// No event has arrived for a while.
    fn idle(&mut self) {}

    /// Saves what is kept in memory, if this is such a destination.
    fn save(&mut self, now: &Observation, reporter: &mut dyn Reporter) {
        let _ = (now, reporter);
    }

    /// Reports messages and progress, and retries what has failed. Called all the time.
    fn update(&mut self, now: &Observation, reporter: &mut dyn Reporter) -> anyhow::Result<()>;

    /// Completes everything. Returns false if nothing was recorded, or something could not be completed.
    fn close(self, reporter: &mut dyn Reporter) -> anyhow::Result<bool>;
}
