//! The connection that looks after itself.

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
use crate::names::is_name;

pub use self::layout_check::{LayoutWarning, check_layout};
pub use self::liveness::ConnectionState;
pub use self::rate::PacketRate;

/// Between two looks for a game that is not there, in the long run.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Between the first two looks after a game has gone; then twice that, and so on. One that is started again at once is found
/// soon, and one that is not costs nothing.
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(10);

/// Between two looks at what changes rarely: the session's page, and whether anything moves at all.
const CHECK_EVERY: Duration = Duration::from_millis(250);

/// A counter that goes on for longer than this after a session has changed has nothing to do with that change any more.
const SESSION_SETTLES: Duration = Duration::from_secs(1);

/// Checks between two examinations of the layout.
const EXAMINE_EVERY: u32 = 4;

/// What has happened.
#[derive(Debug)]
#[non_exhaustive]
// A packet is handed over as it is: an allocation for each would cost more than the copy.
#[allow(clippy::large_enum_variant)]
pub enum ConnectionEvent {
    /// A game was found and is read from now on; [`Connection::frame`] has its pages as they were at that moment.
    Attached {
        /// Where its pages are, for people.
        place: String,
    },
    /// Its pages were let go. Looking for the next game has begun.
    Detached(DetachReason),
    /// Something else is going on than before.
    StateChanged {
        /// What was going on.
        before: ConnectionState,
        /// What is going on now.
        now: ConnectionState,
    },
    /// Another session has been loaded, or the same one anew: the session's page has changed, or a counter has gone back.
    SessionChanged,
    /// Another car is driven, by the name of its model.
    CarChanged,
    /// The pages look as if they were laid out in another way than this library believes; only what has not been told since
    /// attaching. Values may be wrong; the bytes are those of the game all the same.
    LayoutSuspicious(Vec<LayoutWarning>),
    /// New pages, which are in [`Connection::frame`], too.
    Packet(Packet),
}

/// Why pages were let go.
#[derive(Debug)]
#[non_exhaustive]
pub enum DetachReason {
    /// The game has ended, or its pages cannot be read any more, and why.
    Gone(Error),
    /// The pages say that the game is live, but stand still.
    Frozen,
    /// Another game has taken the place of the one that was read.
    Replaced,
}

impl fmt::Display for DetachReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone(error) => error.fmt(f),
            Self::Frozen => f.write_str(
                "the pages say that the game is live, but nothing has moved for some seconds: it has ended or hangs",
            ),
            Self::Replaced => f.write_str("another game has taken its place"),
        }
    }
}

impl std::error::Error for DetachReason {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Gone(error) => error.source(),
            Self::Frozen | Self::Replaced => None,
        }
    }
}

type Open = Box<dyn FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send>;

/// Telemetry that never ends by itself: waits for the game, attaches, follows it through menus, sessions, pauses and replays,
/// notices when it has ended in whatever way, lets go of everything, and waits again.
///
/// ```no_run
/// use std::time::Duration;
///
/// use acevo_telemetry::{ConnectionEvent, Connection};
///
/// let mut telemetry = Connection::new();
/// loop {
///     match telemetry.wait(Duration::from_secs(1)) {
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
    next_look: Instant,
    look_every: Duration,
    error: Option<Error>,
    /// Counters of the pages that were let go because they stood still; the same ones are no news.
    left: Option<[i32; 2]>,
    /// Model of the car that was driven last.
    car: String,
    events: VecDeque<ConnectionEvent>,
    /// Figures of the connections before this one.
    stats: Stats,
}

/// A game that is read.
#[derive(Debug)]
struct Attachment {
    packets: Packets<ACEvoSharedMemoryMapper>,
    frame: Frame,
    liveness: Liveness,
    since: Instant,
    checked: Instant,
    checks: u32,
    /// When the session has changed last, and whether the counters of physics and graphics may yet go back because of that: they
    /// do so when they move again, physics seconds later, when the session is loaded.
    session: Option<Instant>,
    may_go_back: [bool; 2],
    /// What was found suspicious at the last examination, and what was told.
    suspected: Vec<LayoutWarning>,
    told: Vec<LayoutWarning>,
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("state", &self.state).field("error", &self.error).finish_non_exhaustive()
    }
}

impl Connection {
    /// The telemetry of the game, found in the way that fits the system.
    pub fn new() -> Self {
        Self::from_opener(ACEvoSharedMemoryMapper::open)
    }

    /// The telemetry of a place of your choice: `open` is called to attach, again and again.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    /// use acevo_telemetry::{ConnectionState, Connection};
    ///
    /// let pages = LocalPages::new();
    /// let mut telemetry = Connection::from_opener(move || ACEvoSharedMemoryMapper::open_source(pages.clone()));
    /// telemetry.wait(std::time::Duration::ZERO);
    /// assert_eq!(telemetry.state(), ConnectionState::Waiting); // empty pages are no game
    /// ```
    pub fn from_opener(open: impl FnMut() -> Result<ACEvoSharedMemoryMapper, Error> + Send + 'static) -> Self {
        Self {
            open: Box::new(open),
            polling: Polling::default(),
            state: ConnectionState::Waiting,
            attachment: None,
            next_look: Instant::now(),
            look_every: LOOK_EVERY,
            error: None,
            left: None,
            car: String::new(),
            events: VecDeque::with_capacity(8),
            stats: Stats::default(),
        }
    }

    /// Waits for packets in another way than the default one.
    #[must_use]
    pub fn with_polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }

    /// Waits for the next event, at most for `timeout`. `None` where nothing has happened in that time.
    ///
    /// Everything is done in here: nothing is noticed, and nothing let go, while this is not called. With a timeout of zero it
    /// looks once and returns. Searching for the game, twice a second while there is none, takes some milliseconds longer than the
    /// timeout says; for a loop that cannot spare them this belongs into a thread of its own.
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

    /// What is going on.
    pub fn state(&self) -> ConnectionState {
        self.state
    }

    /// Why there is nothing to read, where attaching has failed.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// The newest pages, while attached.
    pub fn frame(&self) -> Option<&Frame> {
        self.attachment.as_ref().map(|attachment| &attachment.frame)
    }

    /// What the pages come from, while attached.
    pub fn mapper(&self) -> Option<&ACEvoSharedMemoryMapper> {
        self.attachment.as_ref().map(|attachment| attachment.packets.mapper())
    }

    /// What is suspicious about the layout of the pages, while attached.
    pub fn suspicions(&self) -> &[LayoutWarning] {
        self.attachment.as_ref().map_or(&[], |attachment| &attachment.told)
    }

    /// Figures about packets since the beginning, of all games together. A copy of some 30 KB: for now and then, not for every
    /// packet.
    pub fn stats(&self) -> Stats {
        let mut stats = self.stats.clone();
        if let Some(attachment) = &self.attachment {
            stats += attachment.packets.stats();
        }
        stats
    }

    /// Looks, or waits for what comes next, for at most `patience`.
    fn advance(&mut self, now: Instant, patience: Duration) {
        let Some(attachment) = &mut self.attachment else {
            if now >= self.next_look {
                self.look(now);
            } else {
                sleep(patience.min(self.next_look - now));
            }
            return;
        };
        let next_check = attachment.checked + CHECK_EVERY;
        match attachment.packets.wait(patience.min(next_check.saturating_duration_since(now))) {
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
    fn look(&mut self, now: Instant) {
        self.next_look = now + self.look_every;
        self.look_every = (2 * self.look_every).min(LOOK_EVERY);
        match self.open() {
            Ok((packets, frame)) if frame.is_blank() => {
                let page = PageKind::Graphics;
                self.wait_because(Error::PageNotThere { page, location: packets.mapper().location(page) });
            }
            Ok((packets, frame)) if self.left == Some(counters(&frame)) && is_live(&frame) => drop(packets),
            Ok((packets, frame)) => self.attach(packets, frame, now),
            Err(error) => self.wait_because(error),
        }
    }

    /// Opens the pages. Packets are waited for before the pages are captured: one that comes in between is in both, where
    /// else it would be in neither, and the last one before a pause would be missed.
    fn open(&mut self) -> Result<(Packets<ACEvoSharedMemoryMapper>, Frame), Error> {
        let packets = (self.open)()?.into_packets().with_polling(self.polling);
        let frame = packets.mapper().frame()?;
        Ok((packets, frame))
    }

    fn wait_because(&mut self, error: Error) {
        self.error = Some(error);
        self.left = None;
        self.change(ConnectionState::Waiting);
    }

    fn attach(&mut self, packets: Packets<ACEvoSharedMemoryMapper>, frame: Frame, now: Instant) {
        self.error = None;
        self.left = None;
        self.events.push_back(ConnectionEvent::Attached { place: packets.mapper().location(PageKind::Physics) });
        self.attachment = Some(Attachment {
            packets,
            frame,
            liveness: Liveness::new(now),
            since: now,
            checked: now,
            checks: 0,
            session: None,
            may_go_back: [false; 2],
            suspected: Vec::new(),
            told: Vec::new(),
        });
        self.note_car();
        self.judge(now);
        self.check_layout();
    }

    fn detach(&mut self, why: DetachReason, now: Instant) {
        let Some(attachment) = self.attachment.take() else { return };
        self.stats += attachment.packets.stats();
        let state = if let DetachReason::Frozen = why {
            self.left = Some(counters(&attachment.frame));
            ConnectionState::Frozen
        } else {
            ConnectionState::Waiting
        };
        if now.saturating_duration_since(attachment.since) < LOOK_EVERY {
            // One that fails at once is given more time with each attempt.
            self.next_look = now + self.look_every;
        } else {
            // One that is started again may be there already.
            (self.next_look, self.look_every) = (now, LOOK_AGAIN_AFTER);
        }
        self.events.push_back(ConnectionEvent::Detached(why));
        self.change(state);
    }

    /// Takes what has come.
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
        self.judge(packet.seen);
        if restarted {
            self.renew_session(true);
            if let Some(attachment) = &mut self.attachment {
                attachment.may_go_back = arrivals.map(|went_back| went_back != Some(true));
            }
        }
        if packet.graphics.is_some() {
            self.note_car();
        }
        // Where the game has gone meanwhile there is no frame to find it in.
        if self.attachment.is_some() {
            self.events.push_back(ConnectionEvent::Packet(packet));
        }
    }

    /// The pages were emptied, as by a publisher that ends while somebody keeps them, or that is about to begin.
    fn detach_blank(&mut self, now: Instant) {
        let Some(attachment) = &self.attachment else { return };
        let page = PageKind::Graphics;
        let place = attachment.packets.mapper().location(page);
        self.detach(DetachReason::Gone(Error::Gone { page, location: place }), now);
    }

    /// Looks at what changes rarely.
    fn check(&mut self, now: Instant) {
        let Some(attachment) = &mut self.attachment else { return };
        attachment.checked = now;
        attachment.checks = attachment.checks.wrapping_add(1);
        let check_layout = attachment.checks == 1 || attachment.checks.is_multiple_of(EXAMINE_EVERY);
        self.renew_pages();
        self.renew_session(false);
        self.judge(now);
        if check_layout {
            self.check_layout();
        }
    }

    /// Says what is going on, and draws the consequences.
    fn judge(&mut self, now: Instant) {
        let Some(attachment) = &mut self.attachment else { return };
        match attachment.liveness.judge(attachment.frame.graphics.status(), now) {
            Verdict::Is(state) => self.change(state),
            Verdict::Stale => self.detach(DetachReason::Frozen, now),
            Verdict::LookAgain => self.look_again(now),
        }
    }

    /// Nothing has moved for a while, and need not. Attaches anew to see whether the pages still are those of a game: somebody
    /// who keeps the pages of one that has ended would keep us, too.
    fn look_again(&mut self, now: Instant) {
        let Some(attachment) = &self.attachment else { return };
        let before = counters(&attachment.frame);
        let found = self.open();
        let is_as_before = |frame: Frame| counters(&frame) == before;
        if self.mapper().is_some_and(|mapper| mapper.frame().is_ok_and(|frame| !is_as_before(frame))) {
            // It has gone on meanwhile.
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

    /// Takes what has changed without its counter: whoever met a writer that was stopped behind the counter has an old page, and
    /// nothing else would tell in a pause.
    fn renew_pages(&mut self) {
        let Some(Attachment { packets, frame, .. }) = &mut self.attachment else { return };
        // What has gone is told by the packets.
        let Ok(now) = packets.mapper().frame() else { return };
        if now.physics.is_settled() && now.physics.packet_id() == frame.physics.packet_id() {
            frame.physics = now.physics;
        }
        if now.graphics.is_settled() && now.graphics.packet_id() == frame.graphics.packet_id() {
            frame.graphics = now.graphics;
        }
    }

    /// Takes the session's page where it has changed; where it is known to have `changed`, tells in any case.
    fn renew_session(&mut self, changed: bool) {
        let Some(attachment) = &mut self.attachment else { return };
        match attachment.packets.mapper().try_static_data() {
            Ok(session) => {
                let is_new = session.is_settled()
                    // By its bytes: what is no number never is the same.
                    && session.raw().as_bytes() != attachment.frame.static_data.raw().as_bytes();
                if is_new {
                    attachment.frame.static_data = session.snapshot();
                }
                if is_new || changed {
                    attachment.session = Some(Instant::now());
                    attachment.may_go_back = [true; 2];
                    self.events.push_back(ConnectionEvent::SessionChanged);
                }
            }
            Err(error) => self.detach(DetachReason::Gone(error), Instant::now()),
        }
    }

    /// Tells of another car. The name is empty in menus, and empty or a placeholder while a session loads.
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
            self.events.push_back(ConnectionEvent::CarChanged);
        }
    }

    /// Examines the layout, and tells what was wrong at the last examination, too: once is chance.
    fn check_layout(&mut self) {
        let Some(attachment) = &mut self.attachment else { return };
        let now = check_layout(attachment.packets.mapper(), &attachment.frame);
        let is_in = |list: &[LayoutWarning], one: &LayoutWarning| list.iter().any(|other| other.is_like(one));
        let before = std::mem::replace(&mut attachment.suspected, now);
        let news: Vec<_> = (attachment.suspected.iter())
            .filter(|one| is_in(&before, one) && !is_in(&attachment.told, one))
            .copied()
            .collect();
        if !news.is_empty() {
            attachment.told.extend_from_slice(&news);
            self.events.push_back(ConnectionEvent::LayoutSuspicious(news));
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

/// Counters of physics and graphics.
fn counters(frame: &Frame) -> [i32; 2] {
    [frame.physics.packet_id(), frame.graphics.packet_id()]
}
