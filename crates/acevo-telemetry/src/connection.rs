//! The connection to the game: attaches, follows its state, and reconnects.

mod counter_monitor;
mod layout_check;
mod liveness;
mod rate;

use std::collections::VecDeque;
use std::fmt;
use std::thread::sleep;
use std::time::{Duration, Instant};

use acevo_shared_memory::{
    ACEvoSharedMemoryMapper, ACEvoStatus, Error, Frame, Packet, Packets, Page, PageKind, Polling, Stats,
};

use self::liveness::{Liveness, Verdict};
use crate::limiter::Limiter;
use crate::names::is_name;

pub use self::counter_monitor::{CounterConflict, CounterMonitor};
pub use self::layout_check::{LayoutWarning, check_layout};
pub use self::liveness::ConnectionState;
pub use self::rate::PacketRate;

/// Maximum time between two searches for a game.
const MAX_SEARCH_INTERVAL: Duration = Duration::from_millis(500);

/// Searches without a trace of the game after which it is looked for less often, and the time between two of those. A search reads the
/// names of all processes, and the game takes longer to start.
const SEARCHES_UNTIL_RARE: u32 = 120;
const RARE_SEARCH_INTERVAL: Duration = Duration::from_secs(5);

/// Games that may end at once before acevo waits longer for the next one, and how many more of them per second. No player restarts a game
/// that often; pages that are removed and created again all the time are not games.
const SHORT_GAMES: (f64, f64) = (240.0, 0.25);

/// Time until the next search if there were too many of them.
const RETRY_INTERVAL: Duration = Duration::from_secs(8);

/// Time between the first two searches after a game has ended. It doubles with each search, so that a game that is restarted at once is
/// found soon.
const FIRST_SEARCH_INTERVAL: Duration = Duration::from_millis(10);

/// Time between two checks of the static page and of whether any counter moves.
const CHECK_INTERVAL: Duration = Duration::from_millis(250);

/// Time after a session change within which a counter may go back because of that change.
const SESSION_SETTLES: Duration = Duration::from_secs(1);

/// Changes of session and car that are reported at once, and per second for long. No game comes near the limit; garbage does.
const MAX_CHANGES: (f64, f64) = (20.0, 0.2);

/// Number of checks between two checks of the layout.
const LAYOUT_CHECK_EVERY: u32 = 4;

/// An event of the connection.
#[derive(Debug)]
#[non_exhaustive]
// A packet is handed over as it is: an allocation for each would cost more than the copy.
#[allow(clippy::large_enum_variant)]
pub enum ConnectionEvent {
    /// A game was found and is read from now on. [`Connection::frame`] has its pages at that moment.
    Attached {
        /// Human-readable location of its pages.
        location: String,
    },
    /// The game was detached, and the search for the next one has begun.
    Detached(DetachReason),
    /// The state has changed.
    StateChanged {
        /// The state before.
        before: ConnectionState,
        /// The state now.
        now: ConnectionState,
    },
    /// A session was loaded or restarted: the static page has changed, or a counter has gone back. Not reported during a
    /// [`CounterConflict`], and not more often than a game can load sessions.
    SessionChanged,
    /// The car has changed, by the name of its model. Limited as [`SessionChanged`](Self::SessionChanged).
    CarChanged,
    /// The counters of the pages are not those of one game: two programs write the pages, or they hold other data. Reported once, until
    /// [`Connection::conflict`] is over.
    Conflict(CounterConflict),
    /// The pages look as if the game had changed their layout, so values may be wrong. Contains only warnings that were not reported
    /// since attaching.
    LayoutSuspicious(Vec<LayoutWarning>),
    /// New pages. [`Connection::frame`] has them, too.
    Packet(Packet),
}

/// Why a game was detached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DetachReason {
    /// The game has ended, or its pages cannot be read any more.
    #[error(transparent)]
    Gone(Error),
    /// The pages report a live game but do not change.
    #[error("the game reports that it is live but has sent nothing for several seconds: it has ended or hangs")]
    Frozen,
    /// Another game has replaced the one that was read.
    #[error("another game has replaced it")]
    Replaced,
}

type Open = Box<dyn FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send>;

/// A connection to the game that never ends by itself: it waits for the game, attaches, follows it through menus, sessions, pauses and
/// replays, detects when it has ended, detaches, and waits again.
///
/// ```no_run
/// use std::time::Duration;
///
/// use acevo_telemetry::{Connection, ConnectionEvent};
///
/// let mut connection = Connection::new();
/// loop {
///     match connection.wait(Duration::from_secs(1)) {
///         Some(ConnectionEvent::Packet(packet)) => {
///             if let Some(physics) = packet.physics {
///                 println!("{:.0} km/h", physics.view.raw().speedKmh);
///             }
///         }
///         Some(ConnectionEvent::StateChanged { now, .. }) => eprintln!("{now}"),
///         _ => {}
///     }
/// }
/// ```
pub struct Connection {
    open: Open,
    polling: Polling,
    state: ConnectionState,
    attachment: Option<Attachment>,
    next_search: Instant,
    search_interval: Duration,
    /// Searches in a row in which the game was not running.
    vain_searches: u32,
    short_games: Limiter,
    error: Option<Error>,
    /// Counters of pages that were detached because they did not change. Pages with the same counters are not attached again.
    frozen: Option<[i32; 2]>,
    /// Model of the last car.
    car: String,
    events: VecDeque<ConnectionEvent>,
    /// Statistics of the games before this one.
    stats: Stats,
    counters: CounterMonitor,
    start: Instant,
    changes: Limiter,
}

/// An attached game.
#[derive(Debug)]
struct Attachment {
    packets: Packets<ACEvoSharedMemoryMapper>,
    frame: Frame,
    liveness: Liveness,
    since: Instant,
    checked: Instant,
    checks: u32,
    /// When the session changed last.
    session: Option<Instant>,
    /// Whether the counters of physics and graphics may still go back because of that. They do so when they move again: physics only
    /// seconds later, once the session is loaded.
    may_go_back: [bool; 2],
    /// Warnings of the last check.
    warnings: Vec<LayoutWarning>,
    /// Warnings that were reported.
    reported: Vec<LayoutWarning>,
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("state", &self.state).field("error", &self.error).finish_non_exhaustive()
    }
}

impl Connection {
    /// A connection to the game, which is searched for in the way that fits the system.
    pub fn new() -> Self {
        Self::from_opener(ACEvoSharedMemoryMapper::open)
    }

    /// A connection to a source of your choice: `open` is called for every attempt to attach.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    /// use acevo_telemetry::{Connection, ConnectionState};
    ///
    /// let pages = LocalPages::new();
    /// let mut connection = Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(pages.clone()));
    /// connection.wait(std::time::Duration::ZERO);
    /// assert_eq!(connection.state(), ConnectionState::Waiting); // empty pages are no game
    /// ```
    pub fn from_opener(open: impl FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send + 'static) -> Self {
        Self {
            open: Box::new(open),
            polling: Polling::default(),
            state: ConnectionState::Waiting,
            attachment: None,
            next_search: Instant::now(),
            search_interval: MAX_SEARCH_INTERVAL,
            vain_searches: 0,
            short_games: Limiter::new(SHORT_GAMES.0, SHORT_GAMES.1),
            error: None,
            frozen: None,
            car: String::new(),
            events: VecDeque::with_capacity(8),
            stats: Stats::default(),
            counters: CounterMonitor::default(),
            start: Instant::now(),
            changes: Limiter::new(MAX_CHANGES.0, MAX_CHANGES.1),
        }
    }

    /// Sets how packets are waited for.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Waits for the next event, at most for `timeout`. `None` if nothing happens in that time.
    ///
    /// All work is done in this call: nothing is detected or detached between calls. With a timeout of zero it polls once and returns.
    /// Searching for the game, twice a second while it does not run, may take some milliseconds longer than the timeout; run this on a
    /// dedicated thread in latency-sensitive loops.
    pub fn wait(&mut self, timeout: Duration) -> Option<ConnectionEvent> {
        let deadline = Instant::now().checked_add(timeout);
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(event);
            }
            let now = Instant::now();
            let left = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(now));
            self.advance(now, left);
            if self.events.is_empty() && deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return None;
            }
        }
    }

    /// The state of the connection.
    pub fn state(&self) -> ConnectionState {
        self.state
    }

    /// Why the last attempt to attach has failed.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The newest pages, while attached.
    pub fn frame(&self) -> Option<&Frame> {
        self.attachment.as_ref().map(|attachment| &attachment.frame)
    }

    /// The source of the pages, while attached.
    pub fn mapper(&self) -> Option<&ACEvoSharedMemoryMapper> {
        self.attachment.as_ref().map(|attachment| attachment.packets.mapper())
    }

    /// Warnings about the layout of the pages, while attached.
    pub fn layout_warnings(&self) -> &[LayoutWarning] {
        self.attachment.as_ref().map_or(&[], |attachment| &attachment.reported)
    }

    /// Why the counters of the pages cannot be those of one game, as long as they show that.
    pub fn conflict(&self) -> Option<CounterConflict> {
        self.counters.conflict()
    }

    /// Statistics about packets since the beginning, of all games together. A copy of some 30 kB: call it now and then, not for every
    /// packet.
    pub fn stats(&self) -> Stats {
        let mut stats = self.stats.clone();
        if let Some(attachment) = &self.attachment {
            stats += attachment.packets.stats();
        }
        stats
    }

    /// Searches for a game, or waits for a packet, for at most `timeout`.
    fn advance(&mut self, now: Instant, timeout: Duration) {
        let Some(attachment) = &mut self.attachment else {
            if now >= self.next_search {
                self.search(now);
            } else {
                sleep(timeout.min(self.next_search - now));
            }
            return;
        };
        let next_check = attachment.checked + CHECK_INTERVAL;
        match attachment.packets.wait(timeout.min(next_check.saturating_duration_since(now))) {
            Ok(Some(packet)) => self.take(packet),
            Ok(None) => {}
            Err(error) => return self.detach(DetachReason::Gone(error), Instant::now()),
        }
        let now = Instant::now();
        if now >= next_check {
            self.check(now);
        }
    }

    /// Tries to attach.
    fn search(&mut self, now: Instant) {
        let interval = self.search_interval;
        self.search_interval = (2 * interval).min(MAX_SEARCH_INTERVAL);
        let opened = self.open();
        let is_running = !matches!(opened, Err(Error::GameNotRunning { .. }));
        self.vain_searches = if is_running { 0 } else { self.vain_searches.saturating_add(1) };
        let is_rare = self.vain_searches > SEARCHES_UNTIL_RARE;
        self.next_search = now + if is_rare { RARE_SEARCH_INTERVAL } else { interval };
        match opened {
            Ok((packets, frame)) if frame.is_blank() => {
                let page = PageKind::Graphics;
                self.wait_because(Error::PageNotThere { page, location: packets.mapper().location(page) });
            }
            Ok((packets, frame)) if self.frozen == Some(counters(&frame)) && is_live(&frame) => drop(packets),
            Ok((packets, frame)) => self.attach(packets, frame, now),
            Err(error) => self.wait_because(error),
        }
    }

    /// Opens the pages. Waiting for packets begins before the pages are captured, so that a packet that comes in between is not missed,
    /// such as the last one before a pause.
    fn open(&mut self) -> Result<(Packets<ACEvoSharedMemoryMapper>, Frame), Error> {
        let packets = (self.open)()?.into_packets().with_polling(self.polling);
        let frame = packets.mapper().frame()?;
        Ok((packets, frame))
    }

    fn wait_because(&mut self, error: Error) {
        self.error = Some(error);
        self.frozen = None;
        self.change(ConnectionState::Waiting);
    }

    fn attach(&mut self, packets: Packets<ACEvoSharedMemoryMapper>, frame: Frame, now: Instant) {
        self.error = None;
        self.frozen = None;
        self.counters.restart();
        self.events.push_back(ConnectionEvent::Attached { location: packets.mapper().location(PageKind::Physics) });
        self.attachment = Some(Attachment {
            packets,
            frame,
            liveness: Liveness::new(now),
            since: now,
            checked: now,
            checks: 0,
            session: None,
            may_go_back: [false; 2],
            warnings: Vec::new(),
            reported: Vec::new(),
        });
        self.note_car();
        self.judge(now);
        self.check_layout();
    }

    fn detach(&mut self, why: DetachReason, now: Instant) {
        let Some(attachment) = self.attachment.take() else { return };
        self.stats += attachment.packets.stats();
        let state = if let DetachReason::Frozen = why {
            self.frozen = Some(counters(&attachment.frame));
            ConnectionState::Frozen
        } else {
            ConnectionState::Waiting
        };
        if now.saturating_duration_since(attachment.since) < MAX_SEARCH_INTERVAL {
            // A game that fails at once is given more time with each attempt.
            let is_allowed = self.short_games.allows((now - self.start).as_secs_f64());
            self.next_search = now + if is_allowed { self.search_interval } else { RETRY_INTERVAL };
        } else {
            // A game that was restarted may be there already.
            self.next_search = now;
            self.search_interval = FIRST_SEARCH_INTERVAL;
        }
        self.events.push_back(ConnectionEvent::Detached(why));
        self.change(state);
    }

    /// Takes a packet.
    fn take(&mut self, packet: Packet) {
        let Some(attachment) = &mut self.attachment else { return };
        attachment.liveness.moved(packet.seen);
        let mut restarted = false;
        let arrivals = [packet.physics.map(|page| page.restarted), packet.graphics.map(|page| page.restarted)];
        for (went_back, may_go_back) in arrivals.into_iter().zip(&mut attachment.may_go_back) {
            let has_settled = attachment.session.is_none_or(|session| packet.seen - session > SESSION_SETTLES);
            match went_back {
                Some(true) if *may_go_back => *may_go_back = false,
                Some(true) => restarted = true,
                Some(false) if has_settled => *may_go_back = false,
                _ => {}
            }
        }
        if let Some(physics) = packet.physics {
            attachment.frame.physics = physics.view;
        }
        if let Some(graphics) = packet.graphics {
            attachment.frame.graphics = graphics.view;
        }
        attachment.frame.validity = packet.validity;
        if attachment.frame.is_blank() {
            return self.detach_blank(packet.seen);
        }
        let conflict = self.counters.note(&packet);
        self.events.extend(conflict.map(ConnectionEvent::Conflict));
        self.judge(packet.seen);
        if restarted && self.conflict().is_none() {
            self.renew_session(true);
            if let Some(attachment) = &mut self.attachment {
                attachment.may_go_back = arrivals.map(|went_back| went_back != Some(true));
            }
        }
        if packet.graphics.is_some() {
            self.note_car();
        }
        // If the game was detached meanwhile there is no frame.
        if self.attachment.is_some() {
            self.events.push_back(ConnectionEvent::Packet(packet));
        }
    }

    /// The pages are blank: their publisher has ended while another program keeps them, or is about to begin.
    fn detach_blank(&mut self, now: Instant) {
        let Some(attachment) = &self.attachment else { return };
        let page = PageKind::Graphics;
        let location = attachment.packets.mapper().location(page);
        self.detach(DetachReason::Gone(Error::Gone { page, location }), now);
    }

    /// Checks what changes rarely.
    fn check(&mut self, now: Instant) {
        let Some(attachment) = &mut self.attachment else { return };
        attachment.checked = now;
        attachment.checks = attachment.checks.wrapping_add(1);
        let check_layout = attachment.checks == 1 || attachment.checks.is_multiple_of(LAYOUT_CHECK_EVERY);
        self.renew_pages();
        self.renew_session(false);
        self.judge(now);
        if check_layout {
            self.check_layout();
        }
    }

    /// Determines the state, and detaches or searches again if necessary.
    fn judge(&mut self, now: Instant) {
        let Some(attachment) = &mut self.attachment else { return };
        match attachment.liveness.judge(attachment.frame.graphics.status(), now) {
            Verdict::Is(state) => self.change(state),
            Verdict::Stale => self.detach(DetachReason::Frozen, now),
            Verdict::Reopen => self.reopen(now),
        }
    }

    /// Nothing has changed for a while, as is normal in a menu or a pause. Opens the pages again to find out whether they still belong to a
    /// running game: they stay readable as long as any program keeps them.
    fn reopen(&mut self, now: Instant) {
        let Some(attachment) = &self.attachment else { return };
        let before = counters(&attachment.frame);
        let found = self.open();
        let is_as_before = |frame: Frame| counters(&frame) == before;
        if self.mapper().is_some_and(|mapper| mapper.frame().is_ok_and(|frame| !is_as_before(frame))) {
            // The pages have changed meanwhile.
            return;
        }
        match found {
            Ok((_, frame)) if frame.is_blank() => self.detach_blank(now),
            Ok((_, frame)) if is_as_before(frame) => {}
            Ok((packets, frame)) => {
                self.detach(DetachReason::Replaced, now);
                self.attach(packets, frame, now);
            }
            Err(error) => self.detach(DetachReason::Gone(error), now),
        }
    }

    /// Takes changes without a new counter: a writer that is interrupted after it has written the counter leaves an old page, which would
    /// stay for the length of a pause.
    fn renew_pages(&mut self) {
        let Some(Attachment { packets, frame, .. }) = &mut self.attachment else { return };
        // A game that has ended is detected by its packets.
        let Ok(now) = packets.mapper().frame() else { return };
        if now.physics.is_settled() && now.physics.packet_id() == frame.physics.packet_id() {
            frame.physics = now.physics;
        }
        if now.graphics.is_settled() && now.graphics.packet_id() == frame.graphics.packet_id() {
            frame.graphics = now.graphics;
        }
    }

    /// Takes the static page if it has changed. Reports a new session then, and also if it is known to have `changed`.
    fn renew_session(&mut self, changed: bool) {
        let Some(attachment) = &mut self.attachment else { return };
        match attachment.packets.mapper().try_static_data() {
            Ok(session) => {
                let is_new = session.is_settled()
                    // Compared by its bytes, because NaN is not equal to itself.
                    && session.raw().as_bytes() != attachment.frame.static_data.raw().as_bytes();
                if is_new {
                    attachment.frame.static_data = session.snapshot();
                }
                if is_new || changed {
                    let now = Instant::now();
                    attachment.session = Some(now);
                    attachment.may_go_back = [true; 2];
                    self.report_change(ConnectionEvent::SessionChanged, now);
                }
            }
            Err(error) => self.detach(DetachReason::Gone(error), Instant::now()),
        }
    }

    /// Reports another car. The name is empty in menus, and empty or a placeholder while a session loads.
    fn note_car(&mut self) {
        let Some(attachment) = &self.attachment else { return };
        let car = attachment.frame.graphics.car_model();
        if !is_name(car) || car == self.car {
            return;
        }
        let is_first = self.car.is_empty();
        self.car.clear();
        self.car.push_str(car);
        if !is_first {
            self.report_change(ConnectionEvent::CarChanged, Instant::now());
        }
    }

    /// Reports another session or another car, unless the pages change so often that no game can cause it.
    fn report_change(&mut self, change: ConnectionEvent, now: Instant) {
        let is_reported = self.conflict().is_none() && self.changes.allows((now - self.start).as_secs_f64());
        self.events.extend(Some(change).filter(|_| is_reported));
    }

    /// Checks the layout. Reports warnings of two checks in a row: a single one may be chance.
    fn check_layout(&mut self) {
        let Some(attachment) = &mut self.attachment else { return };
        let now = check_layout(attachment.packets.mapper(), &attachment.frame);
        let is_in = |list: &[LayoutWarning], one: &LayoutWarning| list.iter().any(|other| other.is_like(one));
        let before = std::mem::replace(&mut attachment.warnings, now);
        let new: Vec<_> = (attachment.warnings.iter())
            .filter(|one| is_in(&before, one) && !is_in(&attachment.reported, one))
            .copied()
            .collect();
        if !new.is_empty() {
            attachment.reported.extend_from_slice(&new);
            self.events.push_back(ConnectionEvent::LayoutSuspicious(new));
        }
    }

    fn change(&mut self, now: ConnectionState) {
        let before = std::mem::replace(&mut self.state, now);
        if before != now {
            self.events.push_back(ConnectionEvent::StateChanged { before, now });
        }
    }
}

fn is_live(frame: &Frame) -> bool {
    frame.graphics.status() == ACEvoStatus::Live
}

/// Packet counters of physics and graphics.
fn counters(frame: &Frame) -> [i32; 2] {
    [frame.physics.packet_id(), frame.graphics.packet_id()]
}
