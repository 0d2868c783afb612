//! The thread that publishes.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use acevo_fleet::{DrivenNames, Fact, InfluxState, LapFacts, Moment, PublisherState, SessionState, Sessions};
use acevo_recording::SessionNames;
use acevo_shared_memory::{ACEvoSessionType, ACEvoStatus, Frame};
use acevo_telemetry::analysis::{SessionEvent, SessionEventKind};
use anyhow::Context;

use super::feed::{FleetFeed, Item, Seen};
use super::outlet::{Outlet, OutletState, Report};
use super::plan::{FleetPlan, InfluxPlan, MqttPlan};
use super::sampler;
use crate::format::text::{clean, driver};

/// Items that wait for the thread.
const QUEUE: usize = 1000;

/// Interval at which the thread looks for acknowledgements.
const INTERVAL: Duration = Duration::from_millis(20);

/// The same if nothing was read for a while.
const IDLE_INTERVAL: Duration = Duration::from_millis(200);

/// Interval of updates of the shared state.
const STATE_INTERVAL: Duration = Duration::from_millis(200);

/// Time to take an announcement.
const ANNOUNCE_TIMEOUT: Duration = Duration::from_secs(5);

/// The states of what is published to; `None` for what is not set.
#[derive(Debug, Clone, Default)]
pub(crate) struct FleetState {
    pub(crate) mqtt: Option<PublisherState>,
    pub(crate) influx: Option<InfluxState>,
}

impl FleetState {
    /// What is wrong, in a sentence each.
    pub(crate) fn problems(&self) -> Vec<String> {
        fn of<S: OutletState>(state: &Option<S>) -> impl Iterator<Item = String> {
            let problems = state.as_ref().map(S::problems).unwrap_or_default();
            problems.into_iter().map(|problem| format!("{}: {problem}", S::NAME))
        }
        of(&self.mqtt).chain(of(&self.influx)).collect()
    }

    /// Why publishing has never begun, and will not until the user does something.
    pub(crate) fn refusal(&self) -> Option<String> {
        fn of<S: OutletState>(state: &Option<S>) -> Option<String> {
            let state = state.as_ref().filter(|state| state.is_permanent() && !state.was_connected())?;
            state.problems().into_iter().next()
        }
        of(&self.mqtt).or_else(|| of(&self.influx))
    }
}

/// A handle to the state of the task.
#[derive(Debug, Clone)]
pub(crate) struct FleetHandle(Arc<Mutex<FleetState>>);

impl FleetHandle {
    /// The state a moment ago.
    pub(crate) fn state(&self) -> FleetState {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A file in a store, as a JSON object, and where the task reports that it was taken.
type Announcement = (serde_json::Value, Sender<()>);

/// Announces files in a store to the broker.
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
    /// Without a broker there is nothing to announce files to.
    announcer: Option<Announcer>,
    thread: JoinHandle<()>,
}

impl FleetTask {
    /// Starts the task. The feed is the way to it. `report` gets messages for the user: that something is connected, that it has a problem, or
    /// that another rig has the same name.
    ///
    /// # Errors
    /// If the thread cannot be started, or the system has no random numbers.
    pub(crate) fn start(
        plan: FleetPlan,
        report: impl FnMut(Report<'_>) + Send + 'static,
    ) -> anyhow::Result<(FleetFeed, Self)> {
        let (queue, items) = mpsc::sync_channel(QUEUE);
        let handle = FleetHandle(Arc::default());
        let FleetPlan { source, mqtt, influx } = plan;
        let rates = (mqtt.as_ref().map_or(0.0, |plan| plan.rate), influx.as_ref().map_or(0.0, |plan| plan.rate));
        let feed = FleetFeed::new(queue, rates.0, rates.1);
        let (announcer, announcements) = mpsc::channel();
        let announcer = mqtt.is_some().then_some(Announcer(announcer));
        let task = Task {
            announcements,
            sessions: Sessions::new().context("the system has no random numbers")?,
            names: Names::default(),
            outlets: Outlets {
                mqtt: mqtt.map(|plan| Outlet::new(plan, source)),
                influx: influx.map(|plan| Outlet::new(plan, source)),
            },
            state: handle.clone(),
            report,
        };
        let thread = thread::Builder::new().name("publishing".into());
        let thread = thread.spawn(move || task.run(&items)).context("cannot start a thread")?;
        Ok((feed, Self { handle, announcer, thread }))
    }

    /// A handle to its state.
    pub(crate) fn handle(&self) -> FleetHandle {
        self.handle.clone()
    }

    /// Announces files in a store; `None` without a broker.
    pub(crate) fn announcer(&self) -> Option<Announcer> {
        self.announcer.clone()
    }

    /// Waits for the end of the task, which comes after its feed was dropped, and after what waits was sent if that is possible soon.
    pub(crate) fn finish(self) {
        // A task that has failed has nothing to be waited for.
        let _ = self.thread.join();
    }
}

/// What is published to.
struct Outlets {
    mqtt: Option<Outlet<MqttPlan>>,
    influx: Option<Outlet<InfluxPlan>>,
}

impl Outlets {
    fn publish(&mut self, facts: impl IntoIterator<Item = Fact>) {
        for fact in facts {
            self.mqtt.iter_mut().for_each(|mqtt| mqtt.publish(&fact));
            self.influx.iter_mut().for_each(|influx| influx.publish(&fact));
        }
    }

    fn run(&mut self, now: Instant) {
        self.mqtt.iter_mut().for_each(|mqtt| mqtt.run(now));
        self.influx.iter_mut().for_each(|influx| influx.run(now));
    }

    fn update(&mut self, lost: u64, report: &mut impl FnMut(Report<'_>)) -> FleetState {
        let mqtt = self.mqtt.as_mut().map(|mqtt| mqtt.update(lost, report));
        FleetState { mqtt, influx: self.influx.as_mut().map(|influx| influx.update(lost, report)) }
    }
}

struct Task<R> {
    announcements: Receiver<Announcement>,
    sessions: Sessions,
    names: Names,
    outlets: Outlets,
    state: FleetHandle,
    report: R,
}

impl<R: FnMut(Report<'_>)> Task<R> {
    fn run(mut self, items: &Receiver<Item>) {
        let mut lost = 0;
        let (mut updated, mut seen) = (None::<Instant>, Instant::now());
        // What comes before is for it, too.
        self.outlets.run(Instant::now());
        loop {
            let interval = if seen.elapsed() > Duration::from_secs(2) { IDLE_INTERVAL } else { INTERVAL };
            match items.recv_timeout(interval) {
                Ok(first) => {
                    // Only frames and events are activity: the state comes all the time.
                    for item in std::iter::once(first).chain(items.try_iter().take(QUEUE)) {
                        if !matches!(item, Item::Rig(_)) {
                            seen = Instant::now();
                        }
                        lost += self.take(item);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.announce();
            self.outlets.run(Instant::now());
            if updated.is_none_or(|updated| updated.elapsed() >= STATE_INTERVAL) {
                updated = Some(Instant::now());
                let state = self.outlets.update(lost, &mut self.report);
                *self.state.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
            }
        }
        self.outlets.publish(self.sessions.end(SessionState::Closed));
        self.outlets.mqtt.into_iter().for_each(Outlet::close);
        self.outlets.influx.into_iter().for_each(Outlet::close);
    }

    /// Stores announcements. They wait while there is no spool.
    fn announce(&mut self) {
        let Some(publisher) = self.outlets.mqtt.as_mut().and_then(Outlet::sink) else { return };
        for (file, done) in self.announcements.try_iter() {
            publisher.file(&file);
            // The sender may have ended meanwhile.
            let _ = done.send(());
        }
    }

    /// Passes an item on. Returns the number of events that were lost.
    fn take(&mut self, item: Item) -> u64 {
        match item {
            Item::Event(event, unix_ms) => self.event(&event, unix_ms),
            Item::Frame(seen) => self.follow(&seen),
            Item::Rig(rig) => self.outlets.publish([Fact::Rig(rig)]),
            Item::Detached => self.outlets.publish(self.sessions.end(SessionState::Abandoned)),
            Item::Lost(count) => return count,
        }
        0
    }

    fn event(&mut self, event: &SessionEvent, unix_ms: u64) {
        if let SessionEventKind::Lap(lap) = &event.kind {
            let counted_ms = lap.time_ms.filter(|_| lap.counts());
            let (number, attempt, is_complete) = (lap.number, lap.attempt, lap.incomplete.is_none());
            let facts = LapFacts { number, attempt, is_complete, counted_ms };
            self.outlets.publish(self.sessions.lap(lap.session, lap, facts, unix_ms));
        }
        self.outlets.publish(self.sessions.event(event.session, event, event.kind.to_string(), unix_ms));
    }

    fn follow(&mut self, seen: &Seen) {
        let (frame, names) = (&seen.frame, &mut self.names);
        if frame.graphics.status() == ACEvoStatus::Off {
            return self.outlets.publish(self.sessions.end(SessionState::Closed));
        }
        if names.session != seen.session {
            *names = Names { session: seen.session, ..Names::default() };
        }
        if let Some(known) = SessionNames::of(frame) {
            names.names = driven(known, frame);
            names.kind = kind(frame.static_data.session());
        }
        if seen.session > 0 {
            self.outlets.publish(self.sessions.follow(seen.session, names.kind.clone(), names.names.clone()));
        }
        if seen.due.mqtt || seen.due.influx {
            let moment = Moment { unix_ms: seen.unix_ms, values: sampler::values(frame, &seen.axes) };
            let session = self.sessions.running();
            if let Some(mqtt) = self.outlets.mqtt.as_mut().filter(|_| seen.due.mqtt) {
                mqtt.sample(session, &moment);
            }
            if let Some(influx) = self.outlets.influx.as_mut().filter(|_| seen.due.influx) {
                influx.sample(session, &moment);
            }
        }
    }
}

/// The names of what is driven, which may change while a session loads.
#[derive(Debug, Default)]
struct Names {
    session: u32,
    names: DrivenNames,
    kind: Option<String>,
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
