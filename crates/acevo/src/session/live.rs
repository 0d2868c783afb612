//! What is watched: the connection that looks after itself, in words, and the packets of the game that is attached, counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Arrival, Error, Frame, Packet, PageKind};
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState, LayoutWarning, PacketRate};

use crate::session::pace::Pace;

/// How to attach.
pub(crate) type Open = Box<dyn FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send>;

/// Where the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Link {
    /// Not there, or not any more, and why. Waiting for it.
    Absent(String),
    /// There, and cannot be used, and why.
    Unusable(String),
    /// There and live by its own word, but nothing moves: pages that have outlived their game.
    Frozen,
    /// The same, but too short to tell.
    Unproven,
    /// Telemetry can be read.
    Attached,
    /// A recording is played, and has nothing to read at this point: no page yet, or none between two games.
    Silent,
    /// A recording was played to its end.
    Ended,
}

impl Link {
    pub(crate) fn of(telemetry: &Connection) -> Self {
        match (telemetry.state(), telemetry.error()) {
            (ConnectionState::Frozen, _) => Self::Frozen,
            (ConnectionState::Attached, _) => Self::Unproven,
            (ConnectionState::Waiting, None) => Self::Absent("looking for the game".into()),
            (ConnectionState::Waiting, Some(error)) if error.is_absence() => Self::Absent(with_causes(error)),
            (ConnectionState::Waiting, Some(error)) => Self::Unusable(with_causes(error)),
            _ => Self::Attached,
        }
    }

    /// What is the matter, in a few words.
    pub(crate) const fn headline(&self) -> &'static str {
        match self {
            Self::Absent(_) => "Waiting for Assetto Corsa EVO",
            Self::Unusable(_) => "Assetto Corsa EVO cannot be read",
            Self::Frozen => "The telemetry stands still",
            Self::Unproven => "Nothing has moved yet",
            Self::Attached => "Attached",
            Self::Silent => "Nothing is recorded at this point",
            Self::Ended => "End of recording",
        }
    }

    /// Why, and what comes next.
    pub(crate) fn detail(&self) -> &str {
        match self {
            Self::Absent(reason) | Self::Unusable(reason) => reason,
            Self::Frozen => {
                "It says that it is live, but nothing has moved for some seconds: the game has ended or hangs, or its pages were \
                 left behind, by another program that keeps them or by a publisher that was killed. Looking again until it moves."
            }
            Self::Unproven => "The pages say that the game is live. Waiting for the first packet.",
            Self::Attached => "Telemetry can be read.",
            Self::Silent => "The recording goes on.",
            Self::Ended => "The whole recording was played. Its laps and events stay here.",
        }
    }
}

/// An error with everything behind it, in one line.
pub(crate) fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        text.push_str(&format!(": {deeper}"));
        cause = deeper.source();
    }
    text
}

/// Packets of the game that is attached: rates of the last second, and how many were never seen or may be torn.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Health {
    pub(crate) physics_rate: Option<f64>,
    pub(crate) graphics_rate: Option<f64>,
    pub(crate) physics_missed: u64,
    /// Steps of the physics counter that held no data of the car: the game leaps over them around a pause, or counts zero pages.
    pub(crate) physics_skipped: u64,
    pub(crate) unsettled: u64,
    /// Signs of another layout.
    pub(crate) suspicious: usize,
}

/// The packets of one page.
#[derive(Debug, Default)]
struct Counted {
    written: u64,
    missed: u64,
    skipped: u64,
    unsettled: u64,
    rate: PacketRate,
}

impl Counted {
    fn add<T>(&mut self, arrival: &Arrival<T>, now: Instant) {
        self.written += u64::from(arrival.missed) + 1;
        self.missed += u64::from(arrival.missed);
        self.skipped += u64::from(arrival.skipped);
        self.unsettled += u64::from(!arrival.view.is_settled());
        self.rate.note(self.written, now);
    }

    fn per_second(&mut self, now: Instant) -> Option<f64> {
        self.rate.note(self.written, now);
        self.rate.per_second(now)
    }
}

/// Connection, counted.
pub(crate) struct Live {
    telemetry: Connection,
    physics: Counted,
    graphics: Counted,
    recording: Option<Played>,
    /// When it was opened, and the pace of what runs in this process.
    start: Instant,
    pace: Option<Pace>,
    /// The time of the packet before.
    time: Duration,
}

/// A recording that is played.
#[derive(Debug)]
struct Played {
    /// Set by the player when it has published all pages.
    over: Arc<AtomicBool>,
    /// When that was noticed.
    since: Option<Instant>,
    /// All of it was read, too.
    has_ended: bool,
}

/// A recording that was played before it was attached to is looked for this long: longer than from one look to the next.
const LAST_LOOK: Duration = Duration::from_millis(600);

impl Live {
    pub(crate) fn new(open: Open) -> Self {
        let telemetry = Connection::from_opener(open);
        Self {
            telemetry,
            physics: Counted::default(),
            graphics: Counted::default(),
            recording: None,
            start: Instant::now(),
            pace: None,
            time: Duration::ZERO,
        }
    }

    /// A recording that is played; `over` is set by its player at the end.
    pub(crate) fn of_recording(open: Open, over: Arc<AtomicBool>) -> Self {
        Self { recording: Some(Played { over, since: None, has_ended: false }), ..Self::new(open) }
    }

    /// Takes the times of packets from what publishes them.
    #[must_use]
    pub(crate) fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = Some(pace);
        self
    }

    /// True once a recording was played and read to its end. Its last pages stay; nothing comes any more.
    pub(crate) fn has_ended(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| recording.has_ended)
    }

    /// The time of the packet that has come last: of the recording or the simulation that is played in this process, or since
    /// this was opened. Never goes back.
    pub(crate) const fn time(&self) -> Duration {
        self.time
    }

    /// The present on the clock of [`time`](Self::time): the time of the packet that has come last if it is of a recording or a
    /// simulation that is played in this process.
    pub(crate) fn now(&self) -> Duration {
        if self.pace.is_some() { self.time } else { self.start.elapsed() }
    }

    /// How much earlier than [`time`](Self::time) a packet may have been published. Zero if its publisher reports the time.
    pub(crate) fn uncertainty(&self, packet: &Packet) -> Duration {
        if self.pace.is_some() { Duration::ZERO } else { packet.uncertainty }
    }

    fn time_of(&self, packet: &Packet) -> Duration {
        let Some(pace) = &self.pace else { return packet.seen.saturating_duration_since(self.start) };
        let physics = packet.physics.as_ref().and_then(|page| pace.time_of(PageKind::Physics, page.view.packet_id()));
        let graphics =
            packet.graphics.as_ref().and_then(|page| pace.time_of(PageKind::Graphics, page.view.packet_id()));
        // A page that was there before anything ran has no time.
        physics.max(graphics).map_or(self.time, |time| time.max(self.time))
    }

    /// Waits for what comes next, at most for `timeout`.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ConnectionEvent> {
        if self.has_ended() {
            thread::sleep(timeout);
            return None;
        }
        // Asked before the pages are read: what is published when it is over, is read below.
        let is_over = self.recording.as_ref().is_some_and(|recording| recording.over.load(Ordering::Acquire));
        let event = self.telemetry.wait(timeout);
        if let (Some(recording), true, None) = (&mut self.recording, is_over, &event) {
            let since = *recording.since.get_or_insert_with(Instant::now);
            recording.has_ended = self.telemetry.state().is_attached() || since.elapsed() >= LAST_LOOK;
        }
        match &event {
            Some(ConnectionEvent::Attached { .. }) => {
                (self.physics, self.graphics) = Default::default();
                if let (Some(pace), Some(frame)) = (&self.pace, self.telemetry.frame()) {
                    pace.read(frame.graphics.packet_id());
                }
            }
            Some(ConnectionEvent::Packet(packet)) => {
                self.time = self.time_of(packet);
                packet.physics.iter().for_each(|arrival| self.physics.add(arrival, packet.seen));
                packet.graphics.iter().for_each(|arrival| self.graphics.add(arrival, packet.seen));
                if let (Some(pace), Some(arrival)) = (&self.pace, &packet.graphics) {
                    pace.read(arrival.view.packet_id());
                }
            }
            _ => {}
        }
        event
    }

    pub(crate) fn link(&self) -> Link {
        if self.has_ended() {
            return Link::Ended;
        }
        match Link::of(&self.telemetry) {
            Link::Absent(_) | Link::Frozen | Link::Unproven if self.recording.is_some() => Link::Silent,
            link => link,
        }
    }

    /// The newest pages; `None` while there is nothing to believe. What runs in this process is believed at once: nobody has left
    /// it behind.
    pub(crate) fn frame(&self) -> Option<&Frame> {
        self.telemetry
            .frame()
            .filter(|_| self.pace.is_some() || self.telemetry.state() != ConnectionState::Attached || self.has_ended())
    }

    /// The game itself is there, and a car is driven.
    pub(crate) fn is_driven(&self) -> bool {
        self.recording.is_none() && self.telemetry.state() == ConnectionState::Live
    }

    /// The newest pages, believed or not.
    pub(crate) fn pages(&self) -> Option<&Frame> {
        self.telemetry.frame()
    }

    /// The bytes of the page that was captured last, as the game had them.
    pub(crate) fn captured(&self, page: PageKind, buffer: &mut [u8]) -> Option<usize> {
        self.telemetry.mapper()?.captured(page, buffer)
    }

    /// Reads the physics page again. If it has other bytes than `before` under the same counter, as around a pause, it puts them into
    /// `buffer` and returns whether the page was seen to stand still.
    pub(crate) fn standing_physics(&self, before: &[u8], buffer: &mut Vec<u8>) -> Option<bool> {
        let mapper = self.telemetry.mapper()?;
        let is_settled = mapper.try_physics().ok()?.is_settled();
        buffer.resize(PageKind::Physics.size(), 0);
        let length = mapper.captured(PageKind::Physics, buffer)?;
        buffer.truncate(length);
        let is_same_packet = before.first_chunk::<4>().is_some_and(|id| buffer.first_chunk() == Some(id));
        (is_same_packet && *buffer != before).then_some(is_settled)
    }

    /// Where the telemetry comes from, for people.
    pub(crate) fn place(&self) -> Option<String> {
        self.telemetry.mapper().map(|mapper| mapper.place(PageKind::Physics))
    }

    /// Physics packets missed since the game was attached.
    pub(crate) fn missed(&self) -> u64 {
        self.physics.missed
    }

    /// Steps of the physics counter since the game was attached that held no data of the car.
    pub(crate) fn skipped(&self) -> u64 {
        self.physics.skipped
    }

    /// Packets of physics and of graphics since the game was attached: how many it has written, and how many of them were missed.
    pub(crate) const fn packets(&self) -> [(u64, u64); 2] {
        [(self.physics.written, self.physics.missed), (self.graphics.written, self.graphics.missed)]
    }

    pub(crate) fn health(&mut self, now: Instant) -> Health {
        Health {
            physics_rate: self.physics.per_second(now),
            graphics_rate: self.graphics.per_second(now),
            physics_missed: self.physics.missed,
            physics_skipped: self.physics.skipped,
            unsettled: self.physics.unsettled + self.graphics.unsettled,
            suspicious: self.telemetry.suspicions().len(),
        }
    }
}

/// Says on one line each what has happened to the connection.
pub(crate) fn tell(event: &ConnectionEvent, say: &mut dyn FnMut(std::fmt::Arguments<'_>)) {
    match event {
        ConnectionEvent::Attached { place } => say(format_args!("acevo: attached to {place}")),
        ConnectionEvent::Detached(why) => say(format_args!("acevo: detached: {why}")),
        ConnectionEvent::LayoutSuspicious(suspicions) => {
            say(format_args!(
                "acevo: warning: these are not the pages as this program knows them; values may be wrong:"
            ));
            for suspicion in few(suspicions) {
                say(format_args!("acevo:   {suspicion}"));
            }
            say(format_args!(
                "acevo: `acevo doctor` tells more; `acevo dump --raw FILE` writes the bytes for a bug report"
            ));
        }
        _ => {}
    }
}

/// The first of many say enough.
fn few(suspicions: &[LayoutWarning]) -> &[LayoutWarning] {
    &suspicions[..suspicions.len().min(5)]
}
