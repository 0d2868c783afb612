//! What a wait for the next event has returned, with copies of all bytes that a recording needs.

use std::time::Duration;

use acevo_recording::{RecordSink, RecordingStream};
use acevo_shared_memory::{Frame, Packet, Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use acevo_telemetry::ConnectionEvent;

use crate::session::connection::LiveConnection;
use crate::session::game_log::LogItem;

/// What has happened.
#[derive(Debug, Clone, Default)]
// A packet is stored as it is: an allocation for each would cost more than the copy.
#[expect(clippy::large_enum_variant)]
pub(crate) enum ObservedEvent {
    /// Nothing for a while.
    #[default]
    Nothing,
    /// A game was found at this place.
    Attached(String),
    /// The game was detached, with the reason.
    Detached(String),
    /// New pages.
    Packet(Packet),
    /// Anything else.
    Other,
}

impl ObservedEvent {
    fn of(event: Option<&ConnectionEvent>) -> Self {
        match event {
            None => Self::Nothing,
            Some(ConnectionEvent::Attached { location }) => Self::Attached(location.clone()),
            Some(ConnectionEvent::Detached(reason)) => Self::Detached(reason.to_string()),
            Some(ConnectionEvent::Packet(packet)) => Self::Packet(*packet),
            Some(_) => Self::Other,
        }
    }
}

/// A result of [`LiveConnection::wait`], with the pages of that moment. It owns everything, so that another thread can record it.
#[derive(Debug, Default)]
pub(crate) struct Observation {
    /// The event.
    pub(crate) event: ObservedEvent,
    /// The present, on the clock of [`LiveConnection::now`].
    pub(crate) now: Duration,
    /// The time of the newest packet.
    pub(crate) time: Duration,
    /// How much earlier the packet may have been published.
    pub(crate) uncertainty: Duration,
    /// The newest pages, even if they may be those of a game that has ended.
    pub(crate) frame: Option<Frame>,
    /// Packets of physics and of graphics that were lost between the last observation and this one, on the way to another thread.
    pub(crate) dropped: [u32; 2],
    /// Events of the game's log since the last observation.
    pub(crate) log: Vec<LogItem>,
    /// The packet counters cannot be those of one game.
    pub(crate) has_conflict: bool,
    /// The physics page has changed under the same counter, as around a pause; true if it is settled.
    pub(crate) changed_physics: Option<bool>,
    /// The bytes of each page exactly as the game wrote them; empty if they are not known.
    captured: [Vec<u8>; 3],
}

/// Makes observations.
#[derive(Debug, Default)]
pub(crate) struct Observer {
    /// The physics page that was observed last.
    physics: Vec<u8>,
}

impl Observer {
    /// Fills an observation. Its buffers are reused.
    pub(crate) fn observe(
        &mut self,
        live: &LiveConnection,
        event: Option<&ConnectionEvent>,
        observation: &mut Observation,
    ) {
        observation.now = live.now();
        observation.time = live.time();
        observation.has_conflict = live.conflict().is_some();
        observation.frame = live.pages().copied();
        observation.changed_physics = None;
        observation.uncertainty = Duration::ZERO;
        for (page, bytes) in PageKind::ALL.into_iter().zip(&mut observation.captured) {
            bytes.resize(page.size(), 0);
            let length = live.captured(page, bytes).unwrap_or(0);
            bytes.truncate(length);
        }
        if let Some(ConnectionEvent::Packet(packet)) = event {
            observation.uncertainty = live.uncertainty(packet);
            self.follow_physics(live, packet, observation);
        }
        observation.event = ObservedEvent::of(event);
    }

    /// Notices a physics page that changes under the same counter.
    fn follow_physics(&mut self, live: &LiveConnection, packet: &Packet, observation: &mut Observation) {
        let bytes = &mut observation.captured[PageKind::Physics as usize];
        if let Some(physics) = &packet.physics {
            self.physics.clear();
            self.physics.extend_from_slice(of_view(bytes, physics.view.raw().as_bytes()));
        } else if !packet.validity.is_current() {
            observation.changed_physics = live.changed_physics(&self.physics, bytes);
            if observation.changed_physics.is_some() {
                self.physics.clone_from(bytes);
            }
        }
    }
}

impl Observation {
    /// Begins a session in a stream, with the newest pages.
    pub(crate) fn begin(
        &self,
        stream: &mut RecordingStream<impl RecordSink>,
        at: Duration,
        packet: Option<&Packet>,
    ) -> anyhow::Result<()> {
        let Some(frame) = &self.frame else { return Ok(()) };
        Ok(stream.begin(frame, |page| self.frame_bytes(frame, page), at, packet)?)
    }

    /// The bytes of a page of the packet exactly as the game wrote them, or those of the view if another packet was captured meanwhile.
    pub(crate) fn packet_bytes<'a>(&'a self, page: PageKind, view: &'a [u8]) -> &'a [u8] {
        of_view(&self.captured[page as usize], view)
    }

    /// The bytes of the physics page that has changed under the same counter.
    pub(crate) fn changed_bytes(&self) -> &[u8] {
        &self.captured[PageKind::Physics as usize]
    }

    /// The bytes of a page of the frame exactly as the game wrote them, or those of the frame if another page was captured meanwhile.
    pub(crate) fn frame_bytes<'a>(&'a self, frame: &'a Frame, page: PageKind) -> &'a [u8] {
        let (known, raw) = (frame.bytes(page), &self.captured[page as usize]);
        let is_of_frame = !raw.is_empty()
            && match page {
                PageKind::Physics => SPageFilePhysics::from_bytes(raw).as_bytes() == known,
                PageKind::Graphics => SPageFileGraphicEvo::from_bytes(raw).as_bytes() == known,
                PageKind::Static => SPageFileStaticEvo::from_bytes(raw).as_bytes() == known,
            };
        if is_of_frame { raw } else { known }
    }
}

/// The captured bytes if they have the counter of the view; otherwise those of the view.
fn of_view<'a>(captured: &'a [u8], view: &'a [u8]) -> &'a [u8] {
    let is_same = captured.first_chunk::<4>().is_some_and(|counter| view.first_chunk() == Some(counter));
    if is_same { captured } else { view }
}
