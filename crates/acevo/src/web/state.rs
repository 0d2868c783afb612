//! The state that all clients share: one thread reads telemetry and publishes it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acevo_telemetry::analysis::{Analysis, Outline, SessionEvent};
use acevo_telemetry::{ConnectionEvent, Frame};
use serde::Serialize;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::lap_texts::Laps;
use super::messages::{Cars, Fuel, LapCount, OutlineVersion, Playback, Running, Status, message};
use super::session_log::SessionLog;
use super::traces::{LapTrace, Traces};
use crate::fleet::feed::FleetFeed;
use crate::format::field_json::FieldJson;
use crate::recording::task::RecordingFeed;
use crate::session::connection::LiveConnection;
use crate::session::game_log::LogItem;
use crate::session::live_session::{LiveSession, Observer};
use crate::session::mirror::{VersionCounter, Versions};
use crate::session::snapshot::Snapshot;

/// Time between two states: 60 per second, the highest rate of a client.
const STATE_EVERY: Duration = Duration::from_micros(16_667);

/// The same without a game. A game that starts is found as fast as before, because the connection itself looks for it.
const IDLE_EVERY: Duration = Duration::from_millis(200);

/// Shared messages are updated at most this often.
const MESSAGES_EVERY: Duration = Duration::from_millis(200);

/// If only packet rates have changed, the status is updated at most this often.
const RATES_EVERY: Duration = Duration::from_secs(1);

/// The number of shared messages.
pub(super) const MESSAGES: usize = 8;

/// A message for all clients.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedMessage {
    /// Changes with the text.
    pub(super) version: u32,
    pub(super) text: Utf8Bytes,
}

impl SharedMessage {
    fn set(&mut self, kind: &str, content: &impl Serialize) {
        let text = message(kind, content);
        if self.text.as_str() != text {
            *self = Self { version: self.version.wrapping_add(1), text: text.into() };
        }
    }
}

/// Everything that clients can read at one instant.
#[derive(Debug)]
pub(super) struct State {
    /// Seconds since the server started.
    pub(super) at_s: f64,
    pub(super) snapshot: Snapshot,
    /// Versions of the lists of the snapshot.
    pub(super) versions: Versions,
    /// For the physics and the graphics page: packets written by the game, and packets missed of them.
    pub(super) packets: [(u64, u64); 2],
    pub(super) messages: [SharedMessage; MESSAGES],
    pub(super) outline_version: u32,
    /// The number of events since the server started. Only the last ones are kept.
    pub(super) event_count: u64,
    /// The number of laps that have ended since the server started. Only the last ones are kept.
    pub(super) laps_ended: usize,
    /// The number of seeks in a recording.
    seeks: u32,
    traces: Traces,
}

impl State {
    /// The trace of the lap with this index, if it is kept.
    pub(super) fn trace(&self, index: usize) -> Option<&Arc<LapTrace>> {
        self.traces.iter().find(|(lap, _)| *lap == index).map(|(_, trace)| trace)
    }

    /// The laps that are kept.
    pub(super) fn laps(&self) -> Laps<'_> {
        Laps { laps: &self.snapshot.laps, ended: self.laps_ended, seeks: self.seeks }
    }

    /// The last events, at most `count`, oldest first.
    pub(super) fn last_events(&self, count: usize) -> impl Iterator<Item = &SessionEvent> {
        let events = &self.snapshot.events;
        events.range(events.len().saturating_sub(count)..)
    }
}

/// Reads telemetry and publishes states.
pub(super) struct Publisher {
    session: LiveSession,
    observers: Observers,
    start: Instant,
    messages: SharedMessages,
    versions: VersionCounter,
    states: watch::Sender<Arc<State>>,
}

impl Publisher {
    /// Publishes the first state.
    pub(super) fn new(
        mut session: LiveSession,
        recording: Option<RecordingFeed>,
        fleet: Option<FleetFeed>,
    ) -> (Self, watch::Receiver<Arc<State>>) {
        let start = Instant::now();
        let mut observers = Observers { log: SessionLog::default(), recording, fleet };
        let mut messages = SharedMessages::default();
        session.run_until_with(start, &mut observers);
        let mut versions = VersionCounter::default();
        let first = take(&mut session, &observers.log, &mut messages, &mut versions, start);
        let (states, receiver) = watch::channel(Arc::new(first));
        (Self { session, observers, start, messages, versions, states }, receiver)
    }

    /// Reads and publishes on this thread until `done` is set. Returns the recording, which has to be completed.
    pub(super) fn run(mut self, done: &AtomicBool) -> Option<RecordingFeed> {
        let mut next = Instant::now();
        while !done.load(Ordering::Relaxed) {
            let is_attached = self.session.connection().location().is_some();
            next = (next + if is_attached { STATE_EVERY } else { IDLE_EVERY }).max(Instant::now());
            self.session.run_until_with(next, &mut self.observers);
            let Self { session, observers, messages, versions, start, .. } = &mut self;
            let state = take(session, &observers.log, messages, versions, *start);
            self.states.send_replace(Arc::new(state));
        }
        self.observers.recording
    }
}

/// The session log, and recording and publishing if there are any.
struct Observers {
    log: SessionLog,
    recording: Option<RecordingFeed>,
    fleet: Option<FleetFeed>,
}

impl Observer for Observers {
    fn on_event(&mut self, event: &SessionEvent) {
        self.log.on_event(event);
        if let Some(fleet) = &mut self.fleet {
            fleet.on_event(event);
        }
    }

    fn on_frame(&mut self, pages: &Frame, analysis: &Analysis) {
        self.log.on_frame(pages, analysis);
        if let Some(fleet) = &mut self.fleet {
            fleet.on_frame(pages, analysis);
        }
    }

    fn on_seek(&mut self, analysis: &Analysis) {
        self.log.on_seek(analysis);
    }

    fn on_problem(&mut self, problem: &str) {
        self.log.on_problem(problem);
    }

    fn on_log(&mut self, item: &LogItem) {
        if let Some(recording) = &mut self.recording {
            recording.feed_log(item);
        }
    }

    fn on_wait(&mut self, connection: &LiveConnection, event: Option<&ConnectionEvent>) {
        if let Some(recording) = &mut self.recording {
            recording.feed(connection, event);
        }
        if let Some(fleet) = &mut self.fleet {
            fleet.feed(connection, event);
        }
    }
}

fn take(
    session: &mut LiveSession,
    log: &SessionLog,
    messages: &mut SharedMessages,
    versions: &mut VersionCounter,
    start: Instant,
) -> State {
    let now = Instant::now();
    let snapshot = session.snapshot(now);
    messages.update(&snapshot, log, now);
    State {
        at_s: now.saturating_duration_since(start).as_secs_f64(),
        packets: session.connection().packets(),
        messages: messages.messages.clone(),
        outline_version: messages.outline_version,
        event_count: log.events(),
        laps_ended: log.laps(),
        seeks: log.seeks(),
        traces: log.traces(),
        versions: versions.count(&snapshot),
        snapshot,
    }
}

/// The messages for all clients, each serialized once for all of them.
#[derive(Default)]
struct SharedMessages {
    messages: [SharedMessage; MESSAGES],
    updated: Option<Instant>,
    status: Option<(Instant, Status)>,
    outline: Arc<Outline>,
    sector_ends: Vec<f64>,
    outline_version: u32,
}

impl SharedMessages {
    fn update(&mut self, snapshot: &Snapshot, log: &SessionLog, now: Instant) {
        if self.updated.is_some_and(|updated| now.saturating_duration_since(updated) < MESSAGES_EVERY) {
            return;
        }
        self.updated = Some(now);
        if !Arc::ptr_eq(&self.outline, &snapshot.outline) || self.sector_ends != snapshot.sector_ends {
            self.outline = Arc::clone(&snapshot.outline);
            self.sector_ends.clone_from(&snapshot.sector_ends);
            self.outline_version = self.outline_version.wrapping_add(1);
        }
        self.update_status(Status::of(snapshot), now);
        let [_, lap, laps_ended, fuel, outline, cars, field, playback] = &mut self.messages;
        lap.set("lap", &Running::of(snapshot));
        laps_ended.set("laps", &LapCount { count: log.laps(), first_trace: log.first_trace(), seeks: log.seeks() });
        fuel.set("fuel", &Fuel::of(snapshot));
        outline.set("outline", &OutlineVersion { version: self.outline_version });
        cars.set("cars", &Cars::of(snapshot));
        field.set("field", &FieldJson::of(&snapshot.standings));
        if let Some(state) = &snapshot.playback {
            playback.set("playback", &Playback::of(state));
        }
    }

    fn update_status(&mut self, status: Status, now: Instant) {
        if let Some((at, last)) = &self.status {
            let may_update_rates = now.saturating_duration_since(*at) >= RATES_EVERY;
            if *last == status || (!may_update_rates && last.has_same_state(&status)) {
                return;
            }
        }
        self.messages[0].set("status", &status);
        self.status = Some((now, status));
    }
}
