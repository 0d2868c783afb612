//! Turns laps, events, sessions and samples into messages, and sends them.
//!
//! A publisher belongs to one thread, which calls [`Publisher::run`] often. It never waits, and never fails: what is wrong is in its state.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use serde_json::Value;

use crate::broker::{
    Broker, BrokerError, BrokerEvent, Connection, Hello, Message, QualityOfService, Subscription, Ticket, chain,
};
use crate::home_assistant::discovery;
use crate::id::Uuid;
use crate::message::{
    Backlog, ChannelInfo, Channels, DrivenNames, Envelope, Offline, Session, SessionState, Status, enveloped, stamped,
    text, with_rig,
};
use crate::retry::Retry;
use crate::sample::Batch;
use crate::slug::slug;
use crate::spool::{Spool, SpoolError};

/// Entries of the spool that wait for their acknowledgement.
const WINDOW: usize = 20;

/// The ticket of a status. Entries have their numbers, which are smaller.
const STATUS: Ticket = Ticket(u64::MAX);

/// Time between two messages of the same status, and of the same session.
const STATUS_EVERY: Duration = Duration::from_secs(10);
const SESSION_EVERY: Duration = Duration::from_secs(20);

/// Minimum time between two messages of a status.
const MIN_STATUS_EVERY: Duration = Duration::from_secs(1);

/// Time between two calls of [`Spool::sync`].
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Time after which a silent client is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Maximum size of the status of a rig that is received, bytes.
const MAX_STATUS: usize = 16 * 1024;

/// Sessions whose ids are kept: laps and events may come after the next one has begun.
const MAX_SESSIONS: usize = 16;

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

/// What the rig does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RigState {
    /// `waiting`, `menu`, `live`, `paused`, `replay` or `frozen`.
    pub state: String,
    /// The version of the game.
    pub game: Option<String>,
    /// Packets that were missed.
    pub missed: u64,
}

/// Values of the channels at an instant.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub unix_ms: u64,
    /// In the order of [`Options::channels`].
    pub values: Vec<Option<f64>>,
}

/// What a lap is, beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LapFacts {
    /// Its number in the session.
    pub number: u32,
    /// The attempt, from 1, among laps of the same number.
    pub attempt: u32,
    /// It was driven from line to line.
    pub is_complete: bool,
    /// Its time in milliseconds, if it counts.
    pub counted_ms: Option<u32>,
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
    /// Another program publishes with the same name.
    pub is_duplicate: bool,
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
    spool: Spool,
    running: Option<Running>,
    retry: Retry,
    rig: RigState,
    status_seq: u64,
    /// When a status was sent, and its state.
    status_sent: Option<(Instant, RigState)>,
    /// The broker has acknowledged a status of this program.
    is_announced: bool,
    /// The sessions of the caller, the newest one last.
    sessions: VecDeque<(u32, Session)>,
    session_sent: Option<Instant>,
    batch: Batch,
    synced: Option<Instant>,
    lost: u64,
    dropped_samples: u64,
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
            spool,
            running: None,
            retry: Retry::new(boot),
            rig: RigState { state: "waiting".into(), ..RigState::default() },
            status_seq: 0,
            status_sent: None,
            is_announced: false,
            sessions: VecDeque::new(),
            session_sent: None,
            batch: Batch::default(),
            synced: None,
            lost: 0,
            dropped_samples: 0,
            state,
        })
    }

    /// The id of the program start, which is in each message that is not a sample.
    pub const fn boot(&self) -> Uuid {
        self.boot
    }

    /// Sets what the rig does.
    pub fn set_rig(&mut self, rig: RigState) {
        self.rig = rig;
    }

    /// Begins a session, or learns the names of the running one. `number` identifies it to the caller.
    pub fn session(&mut self, number: u32, kind: Option<String>, names: DrivenNames) {
        let is_new = self.sessions.back().is_none_or(|(newest, _)| *newest != number);
        if is_new {
            self.end_session(SessionState::Closed);
            self.begin(number);
        }
        let Some((_, session)) = self.sessions.back_mut() else { return };
        let is_reopened = session.state != SessionState::Open;
        if is_new || is_reopened || session.kind != kind || session.names != names {
            (session.kind, session.names, session.state) = (kind, names, SessionState::Open);
            self.store_session();
        }
    }

    fn begin(&mut self, number: u32) {
        let now = unix_ms();
        // The system had random numbers when it was asked first.
        let id = Uuid::of_time(now).unwrap_or(self.boot);
        let (state, rig) = (SessionState::Open, self.identity.rig.clone());
        let names = DrivenNames::default();
        let session = Session { id, state, kind: None, names, started: now, laps: 0, best_ms: None, rig };
        self.sessions.push_back((number, session));
        if self.sessions.len() > MAX_SESSIONS {
            self.sessions.pop_front();
        }
    }

    /// Ends the running session, if there is one.
    pub fn end_session(&mut self, state: SessionState) {
        if let Some((_, session)) = self.sessions.back_mut().filter(|(_, session)| session.state == SessionState::Open)
        {
            session.state = state;
            self.store_session();
        }
    }

    /// Stores the state of the running session.
    fn store_session(&mut self) {
        if let Some((_, session)) = self.sessions.back() {
            let stored = text(session);
            self.store("session", &stored);
        }
    }

    /// The session that the caller identifies by this number. It begins if it is not known.
    fn session_of(&mut self, number: u32) -> Option<&mut Session> {
        if !self.sessions.iter().any(|(known, _)| *known == number) {
            self.end_session(SessionState::Closed);
            self.begin(number);
        }
        self.sessions.iter_mut().find(|(known, _)| *known == number).map(|(_, session)| session)
    }

    /// Stores a lap of a session. `unix_ms` is when it ended. The field `session` of the content, a number, becomes `session_number`.
    pub fn lap(&mut self, session: u32, content: &impl Serialize, lap: LapFacts, unix_ms: u64) {
        let Some(of) = self.session_of(session) else { return };
        of.laps += u32::from(lap.is_complete);
        of.best_ms = [of.best_ms, lap.counted_ms.map(u64::from)].into_iter().flatten().min();
        let attempt = if lap.attempt > 1 { format!("#{}", lap.attempt) } else { String::new() };
        let key = Some(format!("{}/{}{attempt}", of.id, lap.number));
        let (session, names) = (of.id, Some(of.names.clone()));
        let envelope = Envelope { session, key, rig: &self.identity.rig, ended_at: Some(unix_ms), at: None, names };
        let text = enveloped(content, &envelope);
        self.store("lap", &text);
        self.session_sent = None;
    }

    /// Stores an event of a session. `unix_ms` is when it happened. The field `session` of the content becomes `session_number`, too.
    pub fn event(&mut self, session: u32, content: &impl Serialize, unix_ms: u64) {
        let Some(of) = self.session_of(session) else { return };
        let (session, at) = (of.id, Some(unix_ms));
        let envelope = Envelope { session, key: None, rig: &self.identity.rig, ended_at: None, at, names: None };
        let text = enveloped(content, &envelope);
        self.store("event", &text);
    }

    /// Stores that a file is in a store now.
    pub fn file(&mut self, content: &impl Serialize) {
        let text = with_rig(content, &self.identity.rig);
        self.store("file", &text);
    }

    fn store(&mut self, topic: &str, text: &str) {
        // An error means that it is too large.
        self.lost += u64::from(self.spool.push(topic, text).is_err());
    }

    /// Takes a sample, which is sent at once or with the next batch.
    pub fn sample(&mut self, moment: Moment) {
        let open = self.sessions.back().filter(|(_, session)| session.state == SessionState::Open);
        let session = open.map(|(_, session)| session.id);
        let in_columns = !self.options.batch.is_zero();
        if self.batch.is_closed_for(session, self.options.channels.len()) {
            self.send_batch();
        }
        let mut values = moment.values;
        values.resize(self.options.channels.len(), None);
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
        if self.running.is_none() && self.retry.is_due(now) {
            self.connect(now);
        }
        while let Some(event) = self.running.as_mut().and_then(|running| running.connection.next_event()) {
            self.take(event, now);
        }
        if self.running.as_ref().is_some_and(|running| running.is_up) {
            self.send_facts();
            self.send_status(now);
            self.send_session(now);
        }
        self.sync(now);
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
                let (late_to, sent_to, in_flight) = (0, 0, 0);
                self.running = Some(Running { connection, is_up: false, since: now, late_to, sent_to, in_flight });
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

    fn take(&mut self, event: BrokerEvent, now: Instant) {
        match event {
            BrokerEvent::Connected => {
                let last = self.spool.last();
                if let Some(running) = &mut self.running {
                    (running.is_up, running.since, running.late_to) = (true, now, last);
                }
                (self.state.was_connected, self.state.is_permanent, self.state.problem) = (true, false, None);
                (self.status_sent, self.session_sent) = (None, None);
                self.introduce();
            }
            BrokerEvent::Acknowledged(STATUS) => self.is_announced = true,
            BrokerEvent::Acknowledged(Ticket(number)) => {
                self.spool.acknowledge(number);
                self.state.acknowledged += 1;
                if let Some(running) = &mut self.running {
                    running.in_flight = running.in_flight.saturating_sub(1);
                }
            }
            BrokerEvent::Received(message) => self.compare(&message),
            // Without its own status it does not notice another rig with its name, and nothing else.
            BrokerEvent::TooLarge(_) | BrokerEvent::NotSubscribed => {}
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
    fn compare(&mut self, message: &Message) {
        let Ok(Value::Object(status)) = serde_json::from_str(&message.text) else { return };
        let is_foreign = status.get("boot").and_then(Value::as_str).is_some_and(|boot| boot != self.boot.to_string());
        let is_online = status.get("online").and_then(Value::as_bool).unwrap_or(false);
        // What is retained at the first connection is of an earlier start. Later it is ours, unless another program has replaced it.
        if is_foreign && (self.is_announced && message.is_retained || is_online && !message.is_retained) {
            self.state.is_duplicate = true;
        }
    }

    /// Sends entries of the spool, oldest first.
    fn send_facts(&mut self) {
        while let Some(running) = self.running.as_mut().filter(|running| running.in_flight < WINDOW) {
            let Some(number) = self.spool.next_after(running.sent_to) else { return };
            let is_late = number <= running.late_to;
            let entry = match self.spool.read(number) {
                Ok(entry) => entry,
                Err(SpoolError::Io { path, source }) => {
                    self.state.spool_problem = Some(chain(&SpoolError::Io { path, source }));
                    return;
                }
                Err(_) => {
                    self.spool.discard(number);
                    continue;
                }
            };
            // A stored topic must not lead elsewhere.
            let is_known = ["lap", "event", "session", "file"].contains(&entry.topic.as_str());
            let Some(text) = stamped(&entry.text, number, self.boot, is_late).filter(|_| is_known) else {
                self.spool.discard(number);
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
            backlog: self.backlog(),
            missed: self.rig.missed,
            clock_ms: unix_ms(),
        });
        if self.send("status", status, QualityOfService::AtLeastOnce, true, Some(STATUS)) {
            self.status_sent = Some((now, self.rig.clone()));
        }
    }

    /// Repeats the state of the session after all entries were sent, so that late joiners need no history.
    fn send_session(&mut self, now: Instant) {
        let Some((_, session)) = self.sessions.back() else { return };
        let is_due = match self.session_sent {
            None => true,
            Some(sent) => session.state == SessionState::Open && now.saturating_duration_since(sent) >= SESSION_EVERY,
        };
        let sent_to = self.running.as_ref().map_or(0, |running| running.sent_to);
        if !is_due || self.spool.next_after(sent_to).is_some() {
            return;
        }
        let Some(text) = stamped(&text(session), self.spool.last(), self.boot, false) else { return };
        if self.send("session", text, QualityOfService::AtLeastOnce, true, None) {
            self.session_sent = Some(now);
        }
    }

    fn sync(&mut self, now: Instant) {
        if self.synced.is_some_and(|synced| now.saturating_duration_since(synced) < SYNC_EVERY) {
            return;
        }
        self.synced = Some(now);
        self.spool.expire(SystemTime::now());
        self.state.spool_problem = self.spool.sync().err().map(|error| chain(&error));
    }

    fn backlog(&self) -> Backlog {
        Backlog {
            messages: self.spool.len() as u64,
            bytes: self.spool.bytes(),
            dropped: self.spool.dropped() + self.lost,
            dropped_samples: self.dropped_samples,
        }
    }

    /// The state now.
    pub fn state(&self) -> PublisherState {
        PublisherState {
            connected: self.running.as_ref().is_some_and(|running| running.is_up),
            backlog: self.backlog(),
            ..self.state.clone()
        }
    }

    /// Ends the session, sends what waits, at most for this time, says that the rig is offline, and ends the connection. What the broker
    /// does not acknowledge stays in the spool.
    pub fn close(mut self, timeout: Duration) {
        let until = Instant::now() + timeout;
        self.send_batch();
        self.end_session(SessionState::Closed);
        while Instant::now() < until && self.state().connected && !self.spool.is_empty() {
            self.run(Instant::now());
            std::thread::sleep(Duration::from_millis(2));
        }
        let offline = text(&Offline { online: false, boot: self.boot });
        let is_sent = self.send("status", offline, QualityOfService::AtLeastOnce, true, None);
        if let (true, Some(running)) = (is_sent, self.running.take()) {
            running.connection.close(timeout);
        }
        // What cannot be written now is sent again after the next start.
        let _ = self.spool.sync();
    }
}

fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}
