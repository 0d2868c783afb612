//! Passes what the session thread sees to the task, and never waits.

use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_fleet::RigState;
use acevo_shared_memory::{ACEvoStatus, Frame};
use acevo_telemetry::analysis::{Analysis, SessionEvent};
use acevo_telemetry::{Axes, ConnectionEvent};

use crate::format::text::name;
use crate::session::connection::LiveConnection;
use crate::session::status::ConnectionStatus;

/// Interval at which the state of the rig is passed on.
const STATE_INTERVAL: Duration = Duration::from_millis(250);

/// Interval of frames whose names are passed on, if samples are not sent or come later.
const NAMES_INTERVAL: Duration = Duration::from_millis(500);

/// Maximum number of events that wait for a very slow task.
const MAX_WAITING: usize = 10_000;

/// What the task gets.
#[derive(Debug)]
pub(super) enum Item {
    /// An event, and when it happened, in milliseconds since 1970.
    Event(Box<SessionEvent>, u64),
    /// A frame.
    Frame(Box<Seen>),
    /// What the rig does.
    Rig(RigState),
    /// The game has ended or was detached.
    Detached,
    /// The number of events that were lost because the task was too slow.
    Lost(u64),
}

/// A frame with what belongs to it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) frame: Frame,
    pub(super) axes: Axes,
    pub(super) session: u32,
    pub(super) unix_ms: u64,
    /// A sample is due.
    pub(super) is_sample: bool,
}

/// Passes on what the session thread sees.
#[derive(Debug)]
pub(crate) struct FleetFeed {
    queue: SyncSender<Item>,
    /// What did not fit into the queue, in its order.
    waiting: VecDeque<Item>,
    lost: u64,
    /// Events since the last wait.
    events: Vec<SessionEvent>,
    /// The frame since the last wait that has to be passed on.
    frame: Option<(Frame, Axes, bool)>,
    session: u32,
    sample_interval: Option<Duration>,
    next_sample: Option<Instant>,
    next_names: Option<Instant>,
    next_state: Option<Instant>,
}

impl FleetFeed {
    /// `rate` is in samples per second; zero sends none.
    pub(super) fn new(queue: SyncSender<Item>, rate: f64) -> Self {
        Self {
            queue,
            waiting: VecDeque::new(),
            lost: 0,
            events: Vec::new(),
            frame: None,
            session: 0,
            sample_interval: Duration::try_from_secs_f64(1.0 / rate).ok().filter(|interval| !interval.is_zero()),
            next_sample: None,
            next_names: None,
            next_state: None,
        }
    }

    /// Takes an event of the analysis.
    pub(crate) fn on_event(&mut self, event: &SessionEvent) {
        self.events.push(event.clone());
    }

    /// Takes a frame after its analysis, and after its events.
    pub(crate) fn on_frame(&mut self, frame: &Frame, analysis: &Analysis) {
        let (now, session) = (Instant::now(), analysis.session());
        let is_due = |at: Option<Instant>| at.is_none_or(|at| at <= now);
        let is_live = frame.graphics.status() == ACEvoStatus::Live;
        let is_sample = is_live && self.sample_interval.is_some() && is_due(self.next_sample);
        if !is_sample && session == self.session && !is_due(self.next_names) {
            return;
        }
        self.session = session;
        self.next_names = Some(now + NAMES_INTERVAL);
        if let (true, Some(interval)) = (is_sample, self.sample_interval) {
            // At the same rate, also if frames come a little late.
            let planned = self.next_sample.map_or(now, |at| at + interval);
            self.next_sample = Some(if planned + interval < now { now + interval } else { planned });
        }
        self.frame = Some((*frame, analysis.axes(), is_sample));
    }

    /// Passes on what has come, with what [`LiveConnection::wait`] has returned. Never waits.
    pub(crate) fn feed(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) {
        let now = Instant::now();
        let is_state_due = self.next_state.is_none_or(|at| at <= now);
        let is_detached = matches!(event, Some(ConnectionEvent::Detached(_)));
        if self.events.is_empty() && self.frame.is_none() && !is_detached && !is_state_due {
            return;
        }
        let since_1970 = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let time = live.recorded().unwrap_or_else(since_1970);
        let unix_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        for event in std::mem::take(&mut self.events) {
            self.pass(Item::Event(Box::new(event), unix_ms));
        }
        if let Some((frame, axes, is_sample)) = self.frame.take() {
            let seen = Seen { frame, axes, session: self.session, unix_ms, is_sample };
            self.pass(Item::Frame(Box::new(seen)));
        }
        if is_detached {
            self.pass(Item::Detached);
        }
        if is_state_due {
            self.next_state = Some(now + STATE_INTERVAL);
            self.pass(Item::Rig(rig_state(live)));
        }
    }

    fn pass(&mut self, item: Item) {
        while let Some(first) = self.waiting.pop_front() {
            if let Err(TrySendError::Full(first) | TrySendError::Disconnected(first)) = self.queue.try_send(first) {
                self.waiting.push_front(first);
                return self.keep(item);
            }
        }
        if self.lost > 0 && self.queue.try_send(Item::Lost(self.lost)).is_ok() {
            self.lost = 0;
        }
        if let Err(TrySendError::Full(item) | TrySendError::Disconnected(item)) = self.queue.try_send(item) {
            self.keep(item);
        }
    }

    /// Keeps an event for the next attempt. Frames and states are replaced by later ones.
    fn keep(&mut self, item: Item) {
        match item {
            Item::Event(..) | Item::Detached if self.waiting.len() < MAX_WAITING => self.waiting.push_back(item),
            Item::Event(..) => self.lost += 1,
            _ => {}
        }
    }
}

/// What the rig does.
fn rig_state(live: &LiveConnection) -> RigState {
    let frame = live.frame();
    let state = match (live.status(), frame.map(|frame| frame.graphics.status())) {
        (ConnectionStatus::Frozen, _) => "frozen",
        (ConnectionStatus::Attached, Some(ACEvoStatus::Live)) => "live",
        (ConnectionStatus::Attached, Some(ACEvoStatus::Pause)) => "paused",
        (ConnectionStatus::Attached, Some(ACEvoStatus::Replay)) => "replay",
        (ConnectionStatus::Attached, Some(_)) => "menu",
        _ => "waiting",
    };
    let game = frame.map(|frame| name(frame.static_data.ac_evo_version())).filter(|game| !game.is_empty());
    RigState { state: state.into(), game, missed: live.missed() }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn event(at_s: f64) -> Item {
        let event = serde_json::json!({ "at_s": at_s, "session_s": at_s, "session": 1, "event": "session" });
        let event: SessionEvent = serde_json::from_value(event).unwrap();
        Item::Event(Box::new(event), 0)
    }

    #[test]
    fn pass_keeps_events_of_a_full_queue_in_order_and_counts_those_that_are_lost() {
        let (queue, items) = mpsc::sync_channel(3);
        let mut feed = FleetFeed::new(queue, 10.0);
        let count = MAX_WAITING + 10;
        (0..count).for_each(|at| feed.pass(event(at as f64)));
        let (mut times, mut lost) = (vec![], 0);
        while times.len() + lost < count {
            for item in items.try_iter() {
                match item {
                    Item::Event(event, _) => times.push(event.at_s),
                    Item::Lost(count) => lost += usize::try_from(count).unwrap(),
                    _ => {}
                }
            }
            feed.pass(Item::Rig(RigState::default()));
        }
        assert_eq!((times.len(), lost), (MAX_WAITING + 3, 7));
        assert!(times.is_sorted());
    }
}
