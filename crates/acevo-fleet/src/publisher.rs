//! Turns facts and samples into messages, and sends them.
//!
//! A publisher belongs to one thread, which calls [`Publisher::run`] often. It never waits, and never fails: what is wrong is in its state.

use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use crate::broker::{
    Broker, BrokerError, BrokerEvent, Connection, Hello, Message, QualityOfService, Subscription, Ticket, chain,
};
use crate::home_assistant::discovery;
use crate::id::Uuid;
use crate::message::{
    Backlog, ChannelInfo, Channels, Envelope, Offline, SessionMessage, Status, enveloped, stamped, text, with_rig,
};
use crate::outbox::{Outbox, Stored};
use crate::retry::Retry;
use crate::sample::Batch;
use crate::session::{EventFact, Fact, LapFact, Moment, RigState, Session, SessionState};
use crate::sink::Sink;
use crate::slug::slug;
use crate::spool::Spool;
use crate::unix_ms;

/// Entries of the spool that wait for their acknowledgement.
const WINDOW: usize = 20;

/// The ticket of a status. Entries have their numbers, which are smaller.
const STATUS: Ticket = Ticket(u64::MAX);

/// Time between two messages of the same status, and of the same session.
const STATUS_EVERY: Duration = Duration::from_secs(10);
const SESSION_EVERY: Duration = Duration::from_secs(20);

/// Minimum time between two messages of a status.
const MIN_STATUS_EVERY: Duration = Duration::from_secs(1);

/// Time after which another program with the same name is forgotten, if nothing more comes from it.
const FOREIGN_FOR: Duration = Duration::from_secs(300);

/// Time in which the broker has to pass on a status that it has acknowledged.
const RETURN_WITHIN: Duration = Duration::from_secs(30);

/// Time after which a silent client is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Maximum size of the status of a rig that is received, bytes.
const MAX_STATUS: usize = 16 * 1024;

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The site, such as a club; becomes a slug.
    pub site: String,
    /// The name of the rig; becomes a slug.
    pub rig: String,
    /// The version of the program.
    pub version: String,
}

/// How samples are published.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// The channels of the samples.
    pub channels: Vec<ChannelInfo>,
    /// Samples per second that the caller passes.
    pub rate: f64,
    /// Time of samples in one message; zero for a message per sample.
    pub batch: Duration,
    /// A discovery message for Home Assistant is published.
    pub home_assistant: bool,
    /// What is read, such as `game` or `demo`.
    pub source: String,
}

/// The state of a publisher.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct PublisherState {
    /// The prefix of the topics, such as `acevo/v1/default/rig-3`.
    pub topic: String,
    /// The broker has accepted the connection.
    pub connected: bool,
    /// It has done so at least once.
    pub was_connected: bool,
    /// Laps, events and sessions that the broker has acknowledged.
    pub acknowledged: u64,
    /// What waits, and what was lost.
    pub backlog: Backlog,
    /// What is wrong now, with advice.
    pub problem: Option<String>,
    /// The problem stays until settings or files change.
    pub is_permanent: bool,
    /// Why the spool cannot be written or read now. Laps and events wait in memory, and are lost with the program.
    pub spool_problem: Option<String>,
    /// Another program publishes with the same name, or has done so in the last minutes.
    pub is_duplicate: bool,
    /// The broker acknowledges the status, but does not pass it on: it may throw away what this user writes.
    pub is_withheld: bool,
}

/// A running connection.
struct Running {
    connection: Box<dyn Connection>,
    is_up: bool,
    since: Instant,
    /// Entries up to this number were made before the connection.
    late_to: u64,
    /// The last entry that was sent.
    sent_to: u64,
    in_flight: usize,
    /// When the broker acknowledged a status that has not come back yet.
    unreturned: Option<Instant>,
    /// The broker has refused to send our status.
    is_deaf: bool,
}

/// Publishes what a rig does.
pub struct Publisher {
    identity: Identity,
    options: Options,
    prefix: String,
    boot: Uuid,
    since_ms: u64,
    format: u32,
    broker: Box<dyn Broker>,
    outbox: Outbox,
    running: Option<Running>,
    retry: Retry,
    rig: RigState,
    status_seq: u64,
    /// When a status was sent, and its state.
    status_sent: Option<(Instant, RigState)>,
    /// The broker has acknowledged a status of this program.
    is_announced: bool,
    /// The newest session.
    session: Option<Session>,
    session_sent: Option<Instant>,
    batch: Batch,
    dropped_samples: u64,
    /// When something came last of another program with the same name.
    foreign: Option<Instant>,
    state: PublisherState,
}

impl Publisher {
    /// A publisher that connects with the first [`run`](Self::run).
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new(identity: Identity, options: Options, broker: Box<dyn Broker>, spool: Spool) -> io::Result<Self> {
        let identity = Identity { site: slug(&identity.site), rig: slug(&identity.rig), ..identity };
        let prefix = format!("acevo/v1/{}/{}", identity.site, identity.rig);
        let state = PublisherState { topic: prefix.clone(), ..PublisherState::default() };
        let boot = Uuid::random()?;
        Ok(Self {
            format: crc32fast::hash(text(&options.channels).as_bytes()),
            identity,
            options,
            prefix,
            boot,
            since_ms: unix_ms(),
            broker,
            outbox: Outbox::new(spool),
            running: None,
            retry: Retry::new(boot),
            rig: RigState { state: "waiting".into(), ..RigState::default() },
            status_seq: 0,
            status_sent: None,
            is_announced: false,
            session: None,
            session_sent: None,
            batch: Batch::default(),
            dropped_samples: 0,
            foreign: None,
            state,
        })
    }

    /// The id of the program start, which is in each message that is not a sample.
    pub const fn boot(&self) -> Uuid {
        self.boot
    }

    /// Takes a fact. Laps, events and sessions are stored until the broker has acknowledged them.
    pub fn publish(&mut self, fact: &Fact) {
        let rig = self.identity.rig.as_str();
        match fact {
            Fact::Rig(rig) => self.rig.clone_from(rig),
            Fact::Session(session) => {
                self.outbox.push("session", &text(&SessionMessage { session, rig }));
                self.session = Some(session.clone());
            }
            Fact::Lap(LapFact { session, key, fields, unix_ms, .. }) => {
                let (key, names) = (Some(key.as_str()), Some(&session.names));
                let envelope = Envelope { session: session.id, key, rig, ended_at: Some(*unix_ms), at: None, names };
                self.outbox.push("lap", &enveloped(fields, &envelope));
                if self.session.as_ref().is_none_or(|newest| newest.started <= session.started) {
                    self.session = Some(session.clone());
                }
                self.session_sent = None;
            }
            Fact::Event(EventFact { session, fields, unix_ms, .. }) => {
                let (at, session) = (Some(*unix_ms), session.id);
                let envelope = Envelope { session, key: None, rig, ended_at: None, at, names: None };
                self.outbox.push("event", &enveloped(fields, &envelope));
            }
        }
    }

    /// Stores that a file is in a store now.
    pub fn file(&mut self, content: &impl Serialize) {
        self.outbox.push("file", &with_rig(content, &self.identity.rig));
    }

    /// Takes a sample of the running session, which is sent at once or with the next batch.
    pub fn sample(&mut self, session: Option<&Session>, moment: &Moment) {
        let session = session.map(|session| session.id);
        let in_columns = !self.options.batch.is_zero();
        if self.batch.is_closed_for(session, self.options.channels.len()) {
            self.send_batch();
        }
        let values = moment.values.iter().copied().chain(std::iter::repeat(None)).take(self.options.channels.len());
        self.batch.push(session, moment.unix_ms, values);
        if !in_columns || u128::from(self.batch.span_ms()) >= self.options.batch.as_millis() {
            self.send_batch();
        }
    }

    fn send_batch(&mut self) {
        let samples = self.batch.len() as u64;
        let in_columns = !self.options.batch.is_zero();
        let Some(text) = self.batch.take(&self.options.channels, self.format, in_columns) else { return };
        if !self.send("sample", text, QualityOfService::AtMostOnce, false, None) {
            self.dropped_samples += samples;
        }
    }

    /// Sends a message if the broker is connected.
    fn send(
        &mut self,
        topic: &str,
        text: String,
        quality: QualityOfService,
        is_retained: bool,
        ticket: Option<Ticket>,
    ) -> bool {
        let topic = if topic.contains('/') { topic.to_owned() } else { format!("{}/{topic}", self.prefix) };
        let Some(running) = self.running.as_mut().filter(|running| running.is_up) else { return false };
        running.connection.publish(Message { topic, text, quality, is_retained }, ticket)
    }

    /// Does what is due now: connects, sends, takes acknowledgements, writes the spool. Never waits.
    pub fn run(&mut self, now: Instant) {
        self.outbox.run(now);
        if self.running.is_none() && self.retry.is_due(now) {
            self.connect(now);
        }
        while let Some(event) = self.running.as_mut().and_then(|running| running.connection.next_event()) {
            self.on_event(event, now);
        }
        if self.running.as_ref().is_some_and(|running| running.is_up) {
            self.send_facts();
            self.send_status(now);
            self.send_session(now);
        }
        let is_within = |at: Instant, time| now.saturating_duration_since(at) < time;
        self.state.is_duplicate = self.foreign.is_some_and(|at| is_within(at, FOREIGN_FOR));
        let running = self.running.as_ref().filter(|running| running.is_up && !running.is_deaf);
        let unreturned = running.and_then(|running| running.unreturned);
        self.state.is_withheld = unreturned.is_some_and(|at| !is_within(at, RETURN_WITHIN));
    }

    fn connect(&mut self, now: Instant) {
        let status = format!("{}/status", self.prefix);
        let last_will = Message {
            topic: status.clone(),
            text: text(&Offline { online: false, boot: self.boot }),
            quality: QualityOfService::AtLeastOnce,
            is_retained: true,
        };
        let client_id = match self.identity.site.as_str() {
            "default" => format!("acevo-{}", self.identity.rig),
            site => format!("acevo-{site}-{}", self.identity.rig),
        };
        let hello = Hello {
            client_id,
            last_will: Some(last_will),
            subscriptions: vec![Subscription { topics: status, quality: QualityOfService::AtLeastOnce }],
            keep_alive: KEEP_ALIVE,
            // The spool knows what was not acknowledged, also after a restart.
            is_kept: false,
            max_received: MAX_STATUS,
        };
        match self.broker.connect(hello) {
            Ok(connection) => {
                self.running = Some(Running {
                    connection,
                    is_up: false,
                    since: now,
                    late_to: 0,
                    sent_to: 0,
                    in_flight: 0,
                    unreturned: None,
                    is_deaf: false,
                });
            }
            Err(error) => self.fail(&error, now),
        }
    }

    fn fail(&mut self, error: &BrokerError, now: Instant) {
        let connected = self.running.take().filter(|running| running.is_up).map(|running| running.since);
        self.retry.fail(error.is_permanent(), connected, now);
        self.state.is_permanent = error.is_permanent();
        self.state.problem = Some(chain(error));
    }

    fn on_event(&mut self, event: BrokerEvent, now: Instant) {
        match event {
            BrokerEvent::Connected => {
                let last = self.outbox.last();
                if let Some(running) = &mut self.running {
                    (running.is_up, running.since, running.late_to) = (true, now, last);
                }
                (self.state.was_connected, self.state.is_permanent, self.state.problem) = (true, false, None);
                (self.status_sent, self.session_sent) = (None, None);
                self.introduce();
            }
            BrokerEvent::Acknowledged(STATUS) => {
                self.is_announced = true;
                if let Some(running) = &mut self.running {
                    running.unreturned.get_or_insert(now);
                }
            }
            BrokerEvent::Acknowledged(Ticket(number)) => {
                self.outbox.acknowledge(number);
                self.state.acknowledged += 1;
                if let Some(running) = &mut self.running {
                    running.in_flight = running.in_flight.saturating_sub(1);
                }
            }
            BrokerEvent::Received(message) => self.compare(&message, now),
            // Without its own status it notices neither another rig with its name nor that nothing is passed on, and nothing else.
            BrokerEvent::NotSubscribed => {
                if let Some(running) = &mut self.running {
                    running.is_deaf = true;
                }
            }
            BrokerEvent::TooLarge(_) => {}
            BrokerEvent::Failed(error) => self.fail(&error, now),
        }
    }

    /// Sends what describes the rig.
    fn introduce(&mut self) {
        let Options { channels, rate, batch, home_assistant, .. } = &self.options;
        let batch_s = batch.as_secs_f64();
        let catalogue = text(&Channels { format: self.format, rate: *rate, batch_s, channels });
        let device = home_assistant.then(|| {
            let Identity { rig, version, .. } = &self.identity;
            discovery(&self.prefix, rig, rig, version, !batch.is_zero())
        });
        self.send("channels", catalogue, QualityOfService::AtLeastOnce, true, None);
        if let Some((topic, content)) = device {
            self.send(&topic, content, QualityOfService::AtLeastOnce, true, None);
        }
    }

    /// Compares a status at our own topic with ours.
    fn compare(&mut self, message: &Message, now: Instant) {
        let Ok(Value::Object(status)) = serde_json::from_str(&message.text) else { return };
        let Some(boot) = status.get("boot").and_then(Value::as_str) else { return };
        let is_foreign = boot != self.boot.to_string();
        if let (false, Some(running)) = (is_foreign, &mut self.running) {
            running.unreturned = None;
        }
        let is_online = status.get("online").and_then(Value::as_bool).unwrap_or(false);
        // What is retained at the first connection is of an earlier start. Later it is ours, unless another program has replaced it.
        if is_foreign && (self.is_announced && message.is_retained || is_online && !message.is_retained) {
            self.foreign = Some(now);
        }
    }

    /// Sends entries of the spool, oldest first.
    fn send_facts(&mut self) {
        while let Some(running) = self.running.as_mut().filter(|running| running.in_flight < WINDOW) {
            let Some(number) = self.outbox.next_after(running.sent_to) else { return };
            let is_late = number <= running.late_to;
            let entry = match self.outbox.read(number) {
                Stored::Entry(entry) => entry,
                Stored::Discarded => continue,
                Stored::Unreadable => return,
            };
            // A stored topic must not lead elsewhere.
            let is_known = ["lap", "event", "session", "file"].contains(&entry.topic.as_str());
            let Some(text) = stamped(&entry.text, number, self.boot, is_late).filter(|_| is_known) else {
                self.outbox.discard(number);
                continue;
            };
            // An old state must not replace a newer one.
            let is_retained = entry.topic == "session" && !is_late;
            let topic = format!("{}/{}", self.prefix, entry.topic);
            let message = Message { topic, text, quality: QualityOfService::AtLeastOnce, is_retained };
            if !running.connection.publish(message, Some(Ticket(number))) {
                return;
            }
            (running.sent_to, running.in_flight) = (number, running.in_flight + 1);
        }
    }

    fn send_status(&mut self, now: Instant) {
        if let Some((sent, state)) = &self.status_sent {
            let minimum = if self.rig.state == state.state { STATUS_EVERY } else { MIN_STATUS_EVERY };
            if now.saturating_duration_since(*sent) < minimum {
                return;
            }
        }
        self.status_seq += 1;
        let status = text(&Status {
            online: true,
            state: &self.rig.state,
            source: &self.options.source,
            boot: self.boot,
            seq: self.status_seq,
            version: &self.identity.version,
            game: self.rig.game.as_deref(),
            since: self.since_ms,
            backlog: self.outbox.backlog(self.dropped_samples),
            missed: self.rig.missed,
            clock_ms: unix_ms(),
        });
        if self.send("status", status, QualityOfService::AtLeastOnce, true, Some(STATUS)) {
            self.status_sent = Some((now, self.rig.clone()));
        }
    }

    /// Repeats the state of the session after all entries were sent, so that late joiners need no history.
    fn send_session(&mut self, now: Instant) {
        let Some(session) = &self.session else { return };
        let is_due = match self.session_sent {
            None => true,
            Some(sent) => session.state == SessionState::Open && now.saturating_duration_since(sent) >= SESSION_EVERY,
        };
        let sent_to = self.running.as_ref().map_or(0, |running| running.sent_to);
        if !is_due || self.outbox.next_after(sent_to).is_some() {
            return;
        }
        let message = text(&SessionMessage { session, rig: &self.identity.rig });
        let Some(text) = stamped(&message, self.outbox.last(), self.boot, false) else { return };
        if self.send("session", text, QualityOfService::AtLeastOnce, true, None) {
            self.session_sent = Some(now);
        }
    }

    /// The state now.
    pub fn state(&self) -> PublisherState {
        PublisherState {
            connected: self.running.as_ref().is_some_and(|running| running.is_up),
            backlog: self.outbox.backlog(self.dropped_samples),
            spool_problem: self.outbox.problem(),
            ..self.state.clone()
        }
    }

    /// Sends what waits, at most for this time, says that the rig is offline, and ends the connection. What the broker does not acknowledge
    /// stays in the spool.
    pub fn close(mut self, timeout: Duration) {
        let until = Instant::now() + timeout;
        self.send_batch();
        while Instant::now() < until && self.state().connected && !self.outbox.is_empty() {
            self.run(Instant::now());
            std::thread::sleep(Duration::from_millis(2));
        }
        let offline = text(&Offline { online: false, boot: self.boot });
        let is_sent = self.send("status", offline, QualityOfService::AtLeastOnce, true, None);
        if let (true, Some(running)) = (is_sent, self.running.take()) {
            running.connection.close(timeout);
        }
        self.outbox.close();
    }
}

impl Sink for Publisher {
    fn publish(&mut self, fact: &Fact) {
        Self::publish(self, fact);
    }

    fn sample(&mut self, session: Option<&Session>, moment: &Moment) {
        Self::sample(self, session, moment);
    }

    fn run(&mut self, now: Instant) {
        Self::run(self, now);
    }

    fn close(self, timeout: Duration) {
        Self::close(self, timeout);
    }
}
