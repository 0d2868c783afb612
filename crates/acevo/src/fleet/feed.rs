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
    pub(super) due: DueSamples,
}

/// For whom a frame is a sample.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct DueSamples {
    pub(super) mqtt: bool,
    pub(super) influx: bool,
}

/// When samples are due at a rate.
#[derive(Debug)]
struct Pacer {
    interval: Option<Duration>,
    next: Option<Instant>,
}

impl Pacer {
    /// `rate` is in samples per second; zero for none.
    fn new(rate: f64) -> Self {
        let interval = Duration::try_from_secs_f64(1.0 / rate).ok().filter(|interval| !interval.is_zero());
        Self { interval, next: None }
    }

    /// Returns true if a sample is due, and plans the next one.
    fn take(&mut self, now: Instant) -> bool {
        let Some(interval) = self.interval.filter(|_| self.next.is_none_or(|at| at <= now)) else { return false };
        // At the same rate, also if frames come a little late.
        let planned = self.next.map_or(now + interval, |at| at + interval);
        self.next = Some(if planned + interval < now { now + interval } else { planned });
        true
    }
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
    frame: Option<(Frame, Axes, DueSamples)>,
    session: u32,
    mqtt: Pacer,
    influx: Pacer,
    next_names: Option<Instant>,
    next_state: Option<Instant>,
}

impl FleetFeed {
    /// The rates are in samples per second; zero for none.
    pub(super) fn new(queue: SyncSender<Item>, mqtt_rate: f64, influx_rate: f64) -> Self {
        Self {
            queue,
            waiting: VecDeque::new(),
            lost: 0,
            events: Vec::new(),
            frame: None,
            session: 0,
            mqtt: Pacer::new(mqtt_rate),
            influx: Pacer::new(influx_rate),
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
        let due = match frame.graphics.status() {
            ACEvoStatus::Live => DueSamples { mqtt: self.mqtt.take(now), influx: self.influx.take(now) },
            _ => DueSamples::default(),
        };
        let are_names_due = session != self.session || self.next_names.is_none_or(|at| at <= now);
        if !due.mqtt && !due.influx && !are_names_due {
            return;
        }
        self.session = session;
        self.next_names = Some(now + NAMES_INTERVAL);
        self.frame = Some((*frame, analysis.axes(), due));
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
        if let Some((frame, axes, due)) = self.frame.take() {
            let seen = Seen { frame, axes, session: self.session, unix_ms, due };
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
    fn pacer_keeps_its_rate_although_frames_come_late_and_skips_what_was_missed() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pacer = Pacer::new(10.0);
        let taken: Vec<u64> = (0..100).map(|frame| frame * 17).filter(|ms| pacer.take(at(*ms))).collect();
        assert_eq!(taken.len(), 17, "{taken:?}");
        assert!(pacer.take(at(10_000)) && !pacer.take(at(10_099)) && pacer.take(at(10_100)));
        let mut never = Pacer::new(0.0);
        assert!(!never.take(at(0)));
    }

    #[test]
    fn pass_keeps_events_of_a_full_queue_in_order_and_counts_those_that_are_lost() {
        let (queue, items) = mpsc::sync_channel(3);
        let mut feed = FleetFeed::new(queue, 10.0, 5.0);
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
