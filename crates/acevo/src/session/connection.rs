//! The connection to the game, or to a recording or simulation in this process, with packet counts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use acevo_recording::{Lockstep, Opener, Playback, PlayerError};
use acevo_shared_memory::{Arrival, Error, Frame, Packet, PageKind};
use acevo_telemetry::{Connection, ConnectionEvent, ConnectionState, CounterConflict, PacketRate};
use serde::{Deserialize, Serialize};
use tracing::debug;

use crate::format::text::error_chain;
use crate::session::game_log::{LogFeed, LogItem, LogSource};
use crate::session::playback::handle::{PlaybackHandle, Restart};
use crate::session::status::ConnectionStatus;
use crate::session::waits::WaitCounter;

/// Packet rates of the last second, and packet counts since the game was attached.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Health {
    /// Physics packets per second; `None` until it is known.
    pub(crate) physics_rate: Option<f64>,
    /// Graphics packets per second; `None` until it is known.
    pub(crate) graphics_rate: Option<f64>,
    /// Physics packets lost by this program.
    pub(crate) physics_missed: u64,
    /// Steps of the physics counter that the game left out, for example around a pause.
    pub(crate) physics_skipped: u64,
    /// Packets that may be torn.
    pub(crate) unsettled: u64,
    /// Signs of an unknown page layout.
    pub(crate) layout_warnings: usize,
    /// Why the packet counters cannot be those of one game.
    pub(crate) conflict: Option<CounterConflict>,
}

/// Counts the packets of one page.
#[derive(Debug, Default)]
struct PacketCounter {
    written: u64,
    missed: u64,
    skipped: u64,
    unsettled: u64,
    rate: PacketRate,
}

impl PacketCounter {
    fn count<T>(&mut self, arrival: &Arrival<T>, now: Instant) {
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

/// A connection that counts packets and notices the end of a recording.
pub(crate) struct LiveConnection {
    connection: Connection,
    physics: PacketCounter,
    graphics: PacketCounter,
    recording: Option<PlayedRecording>,
    start: Instant,
    /// The clock of a recording or simulation in this process.
    lockstep: Option<Lockstep>,
    /// The time of the newest packet.
    time: Duration,
    waits: WaitCounter,
    /// The game's log.
    log: LogFeed,
    /// There are no pages.
    is_log_alone: bool,
    /// The last wait has returned no event.
    was_idle: bool,
    /// Where the game was looked for is in the log since it was attached last.
    has_logged_absence: bool,
}

/// A recording that is played.
#[derive(Debug)]
pub(crate) struct PlayedRecording {
    playback: Arc<Playback>,
    /// The file, and its control, if it can be controlled.
    control: Option<(PathBuf, PlaybackHandle)>,
    /// All pages from before a pause were read.
    is_still: bool,
    /// The player waits until the pages are attached again.
    is_restarting: bool,
    /// Why the player has ended early.
    failure: Arc<OnceLock<PlayerError>>,
    /// When the end was noticed.
    over_since: Option<Instant>,
    /// All pages were read, too.
    has_ended: bool,
    /// When the zero of the recording was, since 1970 (UTC).
    recorded: Option<Duration>,
}

impl PlayedRecording {
    /// `failure` is set before the end if the player has failed. `recorded` is when the zero of the recording was, since 1970 (UTC).
    pub(crate) fn new(
        playback: &Arc<Playback>,
        failure: Arc<OnceLock<PlayerError>>,
        recorded: Option<Duration>,
    ) -> Self {
        Self {
            playback: Arc::clone(playback),
            control: None,
            is_still: false,
            is_restarting: false,
            failure,
            over_since: None,
            has_ended: false,
            recorded,
        }
    }

    /// The file can be controlled.
    #[must_use]
    pub(crate) fn controlled(self, (path, handle): (&Path, PlaybackHandle)) -> Self {
        Self { control: Some((path.into(), handle)), ..self }
    }

    fn handle(&self) -> Option<&PlaybackHandle> {
        self.control.as_ref().map(|(_, handle)| handle)
    }

    /// The player has published all pages.
    fn is_over(&self) -> bool {
        self.playback.is_over() || self.handle().is_some_and(PlaybackHandle::has_ended)
    }
}

/// Minimum length of a wait that follows one without an event. So no loop can keep the processor busy while nothing arrives, even if it
/// asks to wait for no time at all.
const MIN_IDLE_WAIT: Duration = Duration::from_millis(5);

/// Time that a recording without pages is waited for after its end. Longer than the interval of attempts to attach.
const ATTACH_TIMEOUT: Duration = Duration::from_millis(600);

impl LiveConnection {
    /// A connection to pages that are opened this way.
    pub(crate) fn new(open: Opener) -> Self {
        let connection = Connection::from_opener(open);
        Self {
            connection,
            physics: PacketCounter::default(),
            graphics: PacketCounter::default(),
            recording: None,
            start: Instant::now(),
            lockstep: None,
            time: Duration::ZERO,
            waits: WaitCounter::default(),
            log: LogFeed::None,
            is_log_alone: false,
            was_idle: false,
            has_logged_absence: false,
        }
    }

    /// A connection to nothing but a log.
    pub(crate) fn of_log(path: &Path) -> Self {
        let nothing = || Err(Error::GameNotRunning { looked_for: "nothing: only a log is read".into() });
        let connection = Self::new(Box::new(nothing)).with_log(LogFeed::of(&LogSource::File(path.into())));
        Self { is_log_alone: true, ..connection }
    }

    /// A connection to a recording that is played.
    pub(crate) fn of_recording(open: Opener, recording: PlayedRecording) -> Self {
        Self { recording: Some(recording), ..Self::new(open) }
    }

    /// Takes the times of packets from the clock of their publisher.
    #[must_use]
    pub(crate) fn with_lockstep(mut self, lockstep: Lockstep) -> Self {
        lockstep.require_acknowledgement();
        self.lockstep = Some(lockstep);
        self
    }

    /// Takes the game's log from here.
    #[must_use]
    pub(crate) fn with_log(mut self, log: LogFeed) -> Self {
        self.log = log;
        self
    }

    /// Takes the game's log from this source, unless the pages come with one.
    #[must_use]
    pub(crate) fn with_log_of(self, source: &LogSource) -> Self {
        if matches!(self.log, LogFeed::None) && self.recording.is_none() {
            self.with_log(LogFeed::of(source))
        } else {
            self
        }
    }

    /// The next event of the game's log that is known. Never blocks.
    pub(crate) fn next_log_item(&mut self) -> Option<LogItem> {
        self.log.next(self.lockstep.as_ref().map_or_else(|| self.start.elapsed(), |_| self.time))
    }

    /// True if the log has the times of this computer.
    pub(crate) const fn has_live_log(&self) -> bool {
        self.log.is_live()
    }

    /// True after a recording was played and read to its end. Its last pages remain; no more packets arrive.
    pub(crate) fn has_ended(&self) -> bool {
        self.recording.as_ref().is_some_and(|recording| recording.has_ended)
    }

    /// The time of the newest packet: that of the recording or simulation in this process, or since this was created. Never
    /// decreases.
    pub(crate) const fn time(&self) -> Duration {
        self.time
    }

    /// The present on the clock of [`time`](Self::time): the time of the newest packet if it is of a recording or a simulation in this
    /// process.
    pub(crate) fn now(&self) -> Duration {
        if self.lockstep.is_some() { self.time } else { self.start.elapsed() }
    }

    /// How much earlier than [`time`](Self::time) a packet may have been published. Zero if its publisher reports the time.
    pub(crate) fn uncertainty(&self, packet: &Packet) -> Duration {
        if self.lockstep.is_some() { Duration::ZERO } else { packet.uncertainty }
    }

    /// When the newest packet was recorded, since 1970 (UTC); `None` if it is not of a recording with a date.
    pub(crate) fn recorded(&self) -> Option<Duration> {
        self.recording.as_ref()?.recorded?.checked_add(self.time)
    }

    fn time_of(&self, packet: &Packet) -> Duration {
        let Some(lockstep) = &self.lockstep else { return packet.seen.saturating_duration_since(self.start) };
        // Pages from before the publisher started have no time.
        lockstep.time_of_packet(packet).map_or(self.time, |time| time.max(self.time))
    }

    /// Why a recording was not played to its end; `None` before the end.
    pub(crate) fn failure(&self) -> Option<String> {
        let recording = self.recording.as_ref().filter(|recording| recording.has_ended)?;
        recording.failure.get().map(|failure| error_chain(failure))
    }

    /// Counts the waits of this connection.
    pub(crate) fn waits(&self) -> WaitCounter {
        self.waits.clone()
    }

    /// Why the packet counters cannot be those of one game, as long as they show that.
    pub(crate) fn conflict(&self) -> Option<CounterConflict> {
        self.connection.conflict()
    }

    /// Waits for the next event, at most for `timeout`. All commands that follow a session wait here. If the wait before has returned no
    /// event, this one takes at least [`MIN_IDLE_WAIT`] unless an event arrives.
    pub(crate) fn wait(&mut self, timeout: Duration) -> Option<ConnectionEvent> {
        let timeout = if self.was_idle { timeout.max(MIN_IDLE_WAIT) } else { timeout };
        let event = self.wait_for(timeout);
        self.was_idle = event.is_none();
        self.waits.count(event.is_some());
        match &event {
            None if !self.has_logged_absence => self.log_absence(),
            Some(ConnectionEvent::Attached { .. }) => self.has_logged_absence = false,
            _ => {}
        }
        event
    }

    /// Logs where the game was looked for, which messages leave out.
    fn log_absence(&mut self) {
        if let Some(error) = self.connection.error()
            && matches!(error, Error::GameNotRunning { .. })
            && self.recording.is_none()
        {
            debug!("{}", error_chain(error));
            self.has_logged_absence = true;
        }
    }

    fn wait_for(&mut self, timeout: Duration) -> Option<ConnectionEvent> {
        if self.has_ended() || self.is_still() {
            thread::sleep(timeout);
            return None;
        }
        // Checked before the pages are read, so that the last ones are read below.
        let is_over = self.recording.as_ref().is_some_and(PlayedRecording::is_over);
        let event = self.connection.wait(timeout);
        if let (Some(recording), true, None) = (&mut self.recording, is_over, &event) {
            let since = *recording.over_since.get_or_insert_with(Instant::now);
            recording.has_ended = self.connection.state().is_attached() || since.elapsed() >= ATTACH_TIMEOUT;
        }
        if let Some(recording) = &mut self.recording
            && let Some((_, handle)) = &recording.control
        {
            recording.is_still = event.is_none() && handle.is_paused();
            if std::mem::take(&mut recording.is_restarting) {
                handle.restarted();
            } else if handle.is_seeking() {
                // It may be of another time; the session begins again.
                return None;
            }
        }
        match &event {
            Some(ConnectionEvent::Detached(_)) => self.log.set_attached(false),
            Some(ConnectionEvent::Attached { .. }) => {
                self.log.set_attached(true);
                (self.physics, self.graphics) = Default::default();
                if let (Some(lockstep), Some(frame)) = (&self.lockstep, self.connection.frame()) {
                    lockstep.acknowledge(frame.graphics.packet_id());
                }
            }
            Some(ConnectionEvent::Packet(packet)) => {
                self.time = self.time_of(packet);
                packet.physics.iter().for_each(|arrival| self.physics.count(arrival, packet.seen));
                packet.graphics.iter().for_each(|arrival| self.graphics.count(arrival, packet.seen));
                if let (Some(lockstep), Some(arrival)) = (&self.lockstep, &packet.graphics) {
                    lockstep.acknowledge(arrival.view.packet_id());
                }
            }
            _ => {}
        }
        event
    }

    /// True if no packet can arrive because a recording is paused.
    fn is_still(&self) -> bool {
        let Some(recording) = &self.recording else { return false };
        recording.is_still && recording.handle().is_some_and(PlaybackHandle::is_paused)
    }

    /// The recording and its control, if it can be controlled.
    pub(crate) fn control(&self) -> Option<&(PathBuf, PlaybackHandle)> {
        self.recording.as_ref()?.control.as_ref()
    }

    /// Attaches again, as after a restart of the game, but without an interruption. `restart` is why; after a seek the clock begins at the new
    /// time. The player continues with the next wait.
    pub(crate) fn restart(&mut self, restart: Restart) {
        let Some(recording) = &mut self.recording else { return };
        self.connection = Connection::from_opener(recording.playback.opener());
        (recording.is_restarting, recording.is_still) = (true, false);
        if let Restart::At(time) = restart {
            self.time = time;
            self.log.rewind();
            (recording.has_ended, recording.over_since) = (false, None);
        }
        self.was_idle = false;
    }

    /// The state of the connection.
    pub(crate) fn status(&self) -> ConnectionStatus {
        if self.has_ended() {
            return self.failure().map_or(ConnectionStatus::Ended, ConnectionStatus::Broken);
        }
        if self.is_log_alone {
            return ConnectionStatus::LogAlone;
        }
        match ConnectionStatus::of(&self.connection) {
            ConnectionStatus::Absent(_) | ConnectionStatus::Frozen | ConnectionStatus::Unconfirmed
                if self.recording.is_some() =>
            {
                // Also during a pause, and until the first packet after a seek.
                if self.control().is_some() && self.connection.frame().is_some() {
                    return ConnectionStatus::Attached;
                }
                ConnectionStatus::RecordingGap
            }
            status => status,
        }
    }

    /// The newest pages; `None` without pages, or if they may be those of a game that has ended. Pages of a publisher in this
    /// process are always valid.
    pub(crate) fn frame(&self) -> Option<&Frame> {
        self.connection.frame().filter(|_| {
            self.lockstep.is_some() || self.connection.state() != ConnectionState::Attached || self.has_ended()
        })
    }

    /// True while a car is driven in the game.
    pub(crate) fn is_driven(&self) -> bool {
        self.recording.is_none() && self.connection.state() == ConnectionState::Live
    }

    /// The newest pages, even if they may be those of a game that has ended.
    pub(crate) fn pages(&self) -> Option<&Frame> {
        self.connection.frame()
    }

    /// Copies the bytes of the newest capture of a page, exactly as the game wrote them.
    pub(crate) fn captured(&self, page: PageKind, buffer: &mut [u8]) -> Option<usize> {
        self.connection.mapper()?.captured(page, buffer)
    }

    /// Reads the physics page again. If its bytes differ from `before` under the same counter, as around a pause, this copies them
    /// into `buffer` and returns whether the page is settled.
    pub(crate) fn changed_physics(&self, before: &[u8], buffer: &mut Vec<u8>) -> Option<bool> {
        let mapper = self.connection.mapper()?;
        let is_settled = mapper.try_physics().ok()?.is_settled();
        buffer.resize(PageKind::Physics.size(), 0);
        let length = mapper.captured(PageKind::Physics, buffer)?;
        buffer.truncate(length);
        let is_same_packet = before.first_chunk::<4>().is_some_and(|id| buffer.first_chunk() == Some(id));
        (is_same_packet && *buffer != before).then_some(is_settled)
    }

    /// Human-readable location of the pages.
    pub(crate) fn location(&self) -> Option<String> {
        self.connection.mapper().map(|mapper| mapper.location(PageKind::Physics))
    }

    /// Physics packets missed since the game was attached.
    pub(crate) fn missed(&self) -> u64 {
        self.physics.missed
    }

    /// Steps of the physics counter that the game left out since it was attached.
    pub(crate) fn skipped(&self) -> u64 {
        self.physics.skipped
    }

    /// Packets of physics and of graphics since the game was attached: written by the game, and missed.
    pub(crate) const fn packets(&self) -> [(u64, u64); 2] {
        [(self.physics.written, self.physics.missed), (self.graphics.written, self.graphics.missed)]
    }

    /// Packet rates and counts.
    pub(crate) fn health(&mut self, now: Instant) -> Health {
        Health {
            physics_rate: self.physics.per_second(now),
            graphics_rate: self.graphics.per_second(now),
            physics_missed: self.physics.missed,
            physics_skipped: self.physics.skipped,
            unsettled: self.physics.unsettled + self.graphics.unsettled,
            layout_warnings: self.connection.layout_warnings().len(),
            conflict: self.connection.conflict(),
        }
    }
}
