//! Where recorded packets go.

use acevo_shared_memory::Packet;

use super::file_name::Names;
use super::recording_stream::{RecordSink, RecordingStream};
use crate::commands::progress::Progress;
use crate::session::connection::LiveConnection;

/// Where recorded packets go.
pub(super) trait Destination {
    type Sink: RecordSink;

    /// The stream that takes packets now, if there is one.
    fn stream(&mut self) -> Option<&mut RecordingStream<Self::Sink>>;

    /// A game, or a session, begins. `packet` is the packet that is recorded next, if it has arrived already.
    fn begin(&mut self, live: &LiveConnection, packet: Option<&Packet>) -> anyhow::Result<()>;

    /// A game, or a session, begins and continues in the running recording, if there is one. Arguments as for [`begin`](Self::begin).
    fn proceed(&mut self, live: &LiveConnection, packet: Option<&Packet>) -> anyhow::Result<()> {
        let now = live.now();
        match self.stream() {
            Some(stream) => stream.begin(live, stream.at(now), packet),
            None => self.begin(live, packet),
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

    /// Prints messages and progress, and retries what has failed. Called all the time; never blocks.
    fn update(&mut self, live: &LiveConnection, progress: &mut Progress) -> anyhow::Result<()>;

    /// Completes everything. Returns false if nothing was recorded, or something could not be completed.
    fn close(self) -> anyhow::Result<bool>;
}
