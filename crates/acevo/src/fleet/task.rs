//! The thread that publishes.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use acevo_fleet::{
    Backlog, DrivenNames, LapFacts, Moment, Options, Publisher, PublisherState, SessionState, Spool, SpoolError,
};
use acevo_recording::SessionNames;
use acevo_shared_memory::{ACEvoSessionType, ACEvoStatus, Frame};
use acevo_telemetry::analysis::SessionEventKind;
use anyhow::Context;

use super::feed::{FleetFeed, Item, Seen};
use super::plan::FleetPlan;
use super::sampler;
use crate::format::text::{clean, driver, error_chain};

/// Items that wait for the thread.
const QUEUE: usize = 1000;

/// Interval at which the thread looks for acknowledgements.
const INTERVAL: Duration = Duration::from_millis(20);

/// The same if nothing was read for a while.
const IDLE_INTERVAL: Duration = Duration::from_millis(200);

/// Interval of updates of the shared state.
const STATE_INTERVAL: Duration = Duration::from_millis(200);

/// Time between two attempts to open the spool.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Time to take an announcement.
const ANNOUNCE_TIMEOUT: Duration = Duration::from_secs(5);

/// Time to send what waits at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A handle to the state of the task.
#[derive(Debug, Clone)]
pub(crate) struct FleetHandle(Arc<Mutex<PublisherState>>);

impl FleetHandle {
    /// The state a moment ago.
    pub(crate) fn state(&self) -> PublisherState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file in a store, as a JSON object, and where the task reports that it was taken.
type Announcement = (serde_json::Value, Sender<()>);

/// Announces files in a store.
#[derive(Debug, Clone)]
pub(crate) struct Announcer(Sender<Announcement>);

impl Announcer {
    /// Waits until the task has stored the announcement, from where it is sent. Returns false if the task has ended, or cannot store
    /// anything: the announcement may have to be repeated.
    pub(crate) fn announce(&self, file: serde_json::Value) -> bool {
        let (done, is_done) = mpsc::channel();
        self.0.send((file, done)).is_ok() && is_done.recv_timeout(ANNOUNCE_TIMEOUT).is_ok()
    }
}

/// A running task.
#[derive(Debug)]
pub(crate) struct FleetTask {
    handle: FleetHandle,
    announcer: Announcer,
    thread: JoinHandle<()>,
}

impl FleetTask {
    /// Starts the task. The feed is the way to it. `report` gets messages for the user: connected, problems, another rig with the same name.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(crate) fn start(
        plan: FleetPlan,
        report: impl FnMut(&str) + Send + 'static,
    ) -> anyhow::Result<(FleetFeed, Self)> {
        let (queue, items) = mpsc::sync_channel(QUEUE);
        let handle = FleetHandle(Arc::default());
        let feed = FleetFeed::new(queue, plan.rate);
        let (announcer, announcements) = mpsc::channel();
        let task = Task {
            plan,
            announcements,
            state: handle.clone(),
            reports: Reports { report, last: PublisherState::default() },
        };
        let thread = thread::Builder::new().name("mqtt task".into());
        let thread = thread.spawn(move || task.run(&items)).context("cannot start a thread")?;
        Ok((feed, Self { handle, announcer: Announcer(announcer), thread }))
    }

    /// A handle to its state.
    pub(crate) fn handle(&self) -> FleetHandle {
        self.handle.clone()
    }

    /// Announces files in a store.
    pub(crate) fn announcer(&self) -> Announcer {
        self.announcer.clone()
    }

    /// Waits for the end of the task, which comes after its feed was dropped, and after what waits was sent if that is possible soon.
    pub(crate) fn finish(self) {
        // A task that has failed has nothing to be waited for.
        let _ = self.thread.join();
    }
}

struct Task<R> {
    plan: FleetPlan,
    announcements: Receiver<Announcement>,
    state: FleetHandle,
    reports: Reports<R>,
}

impl<R: FnMut(&str)> Task<R> {
    fn run(mut self, items: &Receiver<Item>) {
        let Some((mut publisher, mut lost)) = self.open(items) else { return };
        let mut names = Names::default();
        let (mut updated, mut seen) = (Instant::now(), Instant::now());
        loop {
            let interval = if seen.elapsed() > Duration::from_secs(2) { IDLE_INTERVAL } else { INTERVAL };
            match items.recv_timeout(interval) {
                Ok(first) => {
                    // Only frames and events are activity: the state comes all the time.
                    for item in std::iter::once(first).chain(items.try_iter().take(QUEUE)) {
                        if !matches!(item, Item::Rig(_)) {
                            seen = Instant::now();
                        }
                        lost += take(&mut publisher, &mut names, item);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            for (file, done) in self.announcements.try_iter() {
                publisher.file(&file);
                // The sender may have ended meanwhile.
                let _ = done.send(());
            }
            publisher.run(Instant::now());
            if updated.elapsed() >= STATE_INTERVAL {
                updated = Instant::now();
                let mut state = publisher.state();
                state.backlog.dropped += lost;
                self.update(state);
            }
        }
        publisher.close(CLOSE_TIMEOUT);
    }

    /// Opens the spool, again and again, and counts the events that are lost meanwhile. `None` if the task has to end.
    fn open(&mut self, items: &Receiver<Item>) -> Option<(Publisher, u64)> {
        let mut lost = 0;
        loop {
            match self.try_open() {
                Ok(publisher) => return Some((publisher, lost)),
                Err((error, is_permanent)) => {
                    let problem = Some(error_chain(error.as_ref()));
                    let backlog = Backlog { dropped: lost, ..Backlog::default() };
                    self.update(PublisherState { problem, is_permanent, backlog, ..PublisherState::default() });
                }
            }
            let until = Instant::now() + RETRY_INTERVAL;
            while let Some(left) = until.checked_duration_since(Instant::now()) {
                // What comes meanwhile is lost: there is no place for it.
                match items.recv_timeout(left) {
                    Ok(item) => lost += u64::from(matches!(item, Item::Event(..))),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return None,
                }
            }
        }
    }

    /// The error, and whether it stays until the user does something.
    fn try_open(&self) -> Result<Publisher, (anyhow::Error, bool)> {
        let plan = &self.plan;
        let folder = plan.spool_folder().map_err(|error| (error, true))?;
        let spool = Spool::open(folder, plan.spool).map_err(|error| match error {
            SpoolError::InUse(_) => {
                let advice =
                    "another acevo on this computer publishes as the same rig: end one, or give it another name";
                (anyhow::Error::new(error).context(advice), true)
            }
            error => (error.into(), false),
        })?;
        let options = Options {
            channels: sampler::catalogue(),
            rate: plan.rate,
            batch: plan.batch,
            home_assistant: plan.home_assistant,
            source: plan.source.name().into(),
        };
        Publisher::new(plan.identity.clone(), options, Box::new(plan.broker.clone()), spool)
            .map_err(|error| (error.into(), false))
    }

    fn update(&mut self, state: PublisherState) {
        self.reports.compare(&state, &self.plan);
        *self.state.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Messages for the user, each once.
struct Reports<R> {
    report: R,
    last: PublisherState,
}

impl<R: FnMut(&str)> Reports<R> {
    fn compare(&mut self, state: &PublisherState, plan: &FleetPlan) {
        if state.connected && !self.last.connected {
            (self.report)(&format!("connected to {} as {}", plan.broker.address, state.topic));
        }
        let problems = [(&state.problem, &self.last.problem), (&state.spool_problem, &self.last.spool_problem)];
        for (problem, last) in problems {
            if let Some(problem) = problem.as_ref().filter(|problem| last.as_ref() != Some(*problem)) {
                (self.report)(problem);
            }
        }
        if state.is_duplicate && !self.last.is_duplicate {
            (self.report)(&duplicate(&state.topic));
        }
        self.last = state.clone();
    }
}

/// What is wrong if two rigs have the same name.
pub(crate) fn duplicate(topic: &str) -> String {
    format!(
        "another acevo publishes as {topic}, and both interrupt each other: give each rig a name of its own (mqtt.rig)"
    )
}

/// The names of what is driven, which may change while a session loads.
#[derive(Debug, Default)]
struct Names {
    session: u32,
    names: DrivenNames,
    kind: Option<String>,
}

/// Passes an item on. Returns the number of events that were lost.
fn take(publisher: &mut Publisher, names: &mut Names, item: Item) -> u64 {
    match item {
        Item::Event(event, unix_ms) => {
            if let SessionEventKind::Lap(lap) = &event.kind {
                let counted_ms = lap.time_ms.filter(|_| lap.counts());
                let (number, attempt, is_complete) = (lap.number, lap.attempt, lap.incomplete.is_none());
                publisher.lap(lap.session, lap, LapFacts { number, attempt, is_complete, counted_ms }, unix_ms);
            }
            publisher.event(event.session, &event, unix_ms);
        }
        Item::Frame(seen) => follow(publisher, names, &seen),
        Item::Rig(rig) => publisher.set_rig(rig),
        Item::Detached => publisher.end_session(SessionState::Abandoned),
        Item::Lost(count) => return count,
    }
    0
}

fn follow(publisher: &mut Publisher, names: &mut Names, seen: &Seen) {
    let frame = &seen.frame;
    if frame.graphics.status() == ACEvoStatus::Off {
        publisher.end_session(SessionState::Closed);
        return;
    }
    if names.session != seen.session {
        *names = Names { session: seen.session, ..Names::default() };
    }
    if let Some(known) = SessionNames::of(frame) {
        names.names = driven(known, frame);
        names.kind = kind(frame.static_data.session());
    }
    if seen.session > 0 {
        publisher.session(seen.session, names.kind.clone(), names.names.clone());
    }
    if seen.is_sample {
        publisher.sample(Moment { unix_ms: seen.unix_ms, values: sampler::values(frame, &seen.axes) });
    }
}

fn driven(names: SessionNames, frame: &Frame) -> DrivenNames {
    let SessionNames { track, configuration, car, session, .. } = names;
    let known = |name: &str| Some(clean(name)).filter(|name| !name.is_empty());
    DrivenNames {
        track: known(&track),
        configuration: known(&configuration),
        car: known(&car),
        driver: known(&driver(frame)),
        session_name: known(&session),
    }
}

/// The kind of a session, as the settings name it.
fn kind(session: ACEvoSessionType) -> Option<String> {
    let name = match session {
        ACEvoSessionType::TimeAttack => "time-attack",
        ACEvoSessionType::Race => "race",
        ACEvoSessionType::HotStint => "hot-stint",
        ACEvoSessionType::Cruise => "cruise",
        _ => return None,
    };
    Some(name.into())
}
