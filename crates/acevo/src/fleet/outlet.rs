//! Where facts and samples go: a broker, a database. Each is opened again and again until it has its spool.

use std::time::{Duration, Instant};

use acevo_fleet::{
    Fact, Identity, InfluxOptions, InfluxServer, InfluxState, InfluxWriter, Moment, Options, Publisher, PublisherState,
    Session, Sink, Spool, SpoolError, SpoolLimits,
};

use super::plan::{InfluxPlan, MqttPlan, spool_folder};
use super::sampler;
use crate::format::text::error_chain;
use crate::session::feeder::SourceKind;

/// Time between two attempts to open a spool.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Time to send what waits at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// A message for the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Report<'a> {
    /// The name of the settings: `mqtt` or `influx`.
    pub(crate) name: &'static str,
    pub(crate) text: &'a str,
    /// It is why publishing has not begun, and stays until the user does something.
    pub(crate) is_refusal: bool,
}

/// Why a sink cannot be opened, and whether that stays until the user does something.
pub(super) struct OpenError {
    error: anyhow::Error,
    is_permanent: bool,
}

impl<E: Into<anyhow::Error>> From<E> for OpenError {
    fn from(error: E) -> Self {
        Self { error: error.into(), is_permanent: false }
    }
}

/// What can be opened after a plan.
pub(super) trait Openable {
    type Sink: Sink;
    type State: OutletState;

    fn open(&self, source: SourceKind) -> Result<Self::Sink, OpenError>;
    fn state(sink: &Self::Sink) -> Self::State;
    /// The message after it is connected.
    fn connected(&self, state: &Self::State) -> String;
}

/// What all states have in common.
pub(crate) trait OutletState: Clone + Default {
    /// The name of its settings.
    const NAME: &'static str;

    fn is_connected(&self) -> bool;
    fn was_connected(&self) -> bool;
    fn is_permanent(&self) -> bool;
    /// What the user should know, in a sentence each.
    fn problems(&self) -> Vec<String>;
    /// The state of what cannot be opened.
    fn failed(problem: String, is_permanent: bool) -> Self;
    /// Adds events that did not reach the sink.
    fn add_lost(&mut self, count: u64);
}

/// A sink that is there, or will be.
pub(super) struct Outlet<P: Openable> {
    plan: P,
    source: SourceKind,
    sink: Option<P::Sink>,
    next_attempt: Option<Instant>,
    /// Events that came without a sink.
    lost: u64,
    /// The state of the last report.
    state: P::State,
    /// Problems that were reported, and are still there.
    reported: Vec<String>,
}

impl<P: Openable> Outlet<P> {
    pub(super) fn new(plan: P, source: SourceKind) -> Self {
        Self { plan, source, sink: None, next_attempt: None, lost: 0, state: P::State::default(), reported: vec![] }
    }

    /// Without a spool there is no place for it: it is lost, and counted.
    pub(super) fn publish(&mut self, fact: &Fact) {
        match &mut self.sink {
            Some(sink) => sink.publish(fact),
            // Each lap is an event, too.
            None => self.lost += u64::from(matches!(fact, Fact::Event(_))),
        }
    }

    pub(super) fn sample(&mut self, session: Option<&Session>, moment: &Moment) {
        if let Some(sink) = &mut self.sink {
            sink.sample(session, moment);
        }
    }

    /// What is passed to, if it is there.
    pub(super) fn sink(&mut self) -> Option<&mut P::Sink> {
        self.sink.as_mut()
    }

    /// Does what is due.
    pub(super) fn run(&mut self, now: Instant) {
        if self.sink.is_none() && self.next_attempt.is_none_or(|at| at <= now) {
            self.next_attempt = Some(now + RETRY_INTERVAL);
            match self.plan.open(self.source) {
                Ok(sink) => self.sink = Some(sink),
                Err(OpenError { error, is_permanent }) => {
                    self.state = P::State::failed(error_chain(error.as_ref()), is_permanent);
                }
            }
        }
        if let Some(sink) = &mut self.sink {
            sink.run(now);
        }
    }

    /// The state now. `report` gets messages for the user, each once. `lost` is the number of events that did not come here.
    pub(super) fn update(&mut self, lost: u64, report: &mut impl FnMut(Report<'_>)) -> P::State {
        let mut state = self.sink.as_ref().map_or_else(|| self.state.clone(), P::state);
        if state.is_connected() && !self.state.is_connected() {
            report(Report { name: P::State::NAME, text: &self.plan.connected(&state), is_refusal: false });
        }
        let problems = state.problems();
        let is_refusal = state.is_permanent() && !state.was_connected();
        for problem in problems.iter().filter(|problem| !self.reported.contains(problem)) {
            report(Report { name: P::State::NAME, text: problem, is_refusal });
        }
        self.reported = problems;
        self.state = state.clone();
        state.add_lost(lost + self.lost);
        state
    }

    /// Sends what waits, if that is possible soon.
    pub(super) fn close(self) {
        if let Some(sink) = self.sink {
            sink.close(CLOSE_TIMEOUT);
        }
    }
}

fn open_spool(kind: &str, identity: &Identity, limits: SpoolLimits) -> Result<Spool, OpenError> {
    let folder = spool_folder(kind, identity).map_err(|error| OpenError { error, is_permanent: true })?;
    Spool::open(folder, limits).map_err(|error| match error {
        SpoolError::InUse(_) => {
            let advice = "another acevo on this computer publishes as the same rig: end one, or give it another name";
            OpenError { error: anyhow::Error::new(error).context(advice), is_permanent: true }
        }
        error => error.into(),
    })
}

impl Openable for MqttPlan {
    type Sink = Publisher;
    type State = PublisherState;

    fn open(&self, source: SourceKind) -> Result<Publisher, OpenError> {
        let spool = open_spool(PublisherState::NAME, &self.identity, self.spool)?;
        let options = Options {
            channels: sampler::catalogue(),
            rate: self.rate,
            batch: self.batch,
            home_assistant: self.home_assistant,
            source: source.name().into(),
        };
        Ok(Publisher::new(self.identity.clone(), options, Box::new(self.broker.clone()), spool)?)
    }

    fn state(sink: &Publisher) -> PublisherState {
        sink.state()
    }

    fn connected(&self, state: &PublisherState) -> String {
        format!("connected to {} as {}", self.broker.address, state.topic)
    }
}

impl OutletState for PublisherState {
    const NAME: &'static str = "mqtt";

    fn is_connected(&self) -> bool {
        self.connected
    }

    fn was_connected(&self) -> bool {
        self.was_connected
    }

    fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    fn problems(&self) -> Vec<String> {
        let duplicate = self.is_duplicate.then(|| {
            format!(
                "another acevo publishes as {}, and both interrupt each other: give each rig a name of its own (mqtt.rig)",
                self.topic
            )
        });
        let withheld = self.is_withheld.then(|| {
            format!("the broker does not pass on {}/status: may this user write to it, and read it?", self.topic)
        });
        let problems = [&self.problem, &self.spool_problem].into_iter().flatten().cloned();
        problems.chain(duplicate).chain(withheld).collect()
    }

    fn failed(problem: String, is_permanent: bool) -> Self {
        Self { problem: Some(problem), is_permanent, ..Self::default() }
    }

    fn add_lost(&mut self, count: u64) {
        self.backlog.dropped += count;
    }
}

impl Openable for InfluxPlan {
    type Sink = InfluxWriter;
    type State = InfluxState;

    fn open(&self, source: SourceKind) -> Result<InfluxWriter, OpenError> {
        let spool = open_spool(InfluxState::NAME, &self.identity, SpoolLimits::default())?;
        let database = self.database.clone();
        let options = InfluxOptions {
            address: database.address.to_string(),
            channels: sampler::catalogue(),
            source: source.name().into(),
        };
        let server = InfluxServer::start(database.address.clone(), move || database.client())?;
        Ok(InfluxWriter::new(&self.identity, options, Box::new(server), spool)?)
    }

    fn state(sink: &InfluxWriter) -> InfluxState {
        sink.state()
    }

    fn connected(&self, state: &InfluxState) -> String {
        format!("writes to {} as rig {} of site {}", state.address, state.rig, state.site)
    }
}

impl OutletState for InfluxState {
    const NAME: &'static str = "influx";

    fn is_connected(&self) -> bool {
        self.connected
    }

    fn was_connected(&self) -> bool {
        self.was_connected
    }

    fn is_permanent(&self) -> bool {
        self.is_permanent
    }

    fn problems(&self) -> Vec<String> {
        [&self.problem, &self.spool_problem].into_iter().flatten().cloned().collect()
    }

    fn failed(problem: String, is_permanent: bool) -> Self {
        Self { problem: Some(problem), is_permanent, ..Self::default() }
    }

    fn add_lost(&mut self, count: u64) {
        self.backlog.dropped += count;
    }
}
