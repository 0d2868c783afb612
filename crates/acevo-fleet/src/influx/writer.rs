//! Decides what is written when, and keeps what could not be written.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::points::{EVENTS, LAPS, Points};
use super::server::{LineServer, WriteError};
use crate::id::Uuid;
use crate::message::{Backlog, ChannelInfo};
use crate::outbox::{Outbox, Stored};
use crate::publisher::Identity;
use crate::retry::Retry;
use crate::session::{Fact, Moment, RigState, Session};
use crate::sink::Sink;
use crate::slug::slug;
use crate::spool::Spool;
use crate::unix_ms;

/// Maximum size of a request, bytes.
const MAX_BYTES: usize = 100_000;

/// Maximum number of laps and events in a request.
const MAX_LINES: usize = 500;

/// Samples are written together after this time.
const LIVE_EVERY: Duration = Duration::from_secs(1);

/// Time between two points of the rig.
const RIG_EVERY: Duration = Duration::from_secs(10);

/// Maximum size of the samples that wait, bytes: some ten minutes.
const MAX_LIVE: usize = 1 << 20;

/// How points are made.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InfluxOptions {
    /// The address in the state.
    pub address: String,
    /// The channels of samples.
    pub channels: Vec<ChannelInfo>,
    /// What is read, such as `game` or `demo`.
    pub source: String,
}

/// The state of a writer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct InfluxState {
    /// Where lines are written to.
    pub address: String,
    /// The tag `site`.
    pub site: String,
    /// The tag `rig`.
    pub rig: String,
    /// The last request was answered.
    pub connected: bool,
    /// At least one was.
    pub was_connected: bool,
    /// Laps and events that the database has acknowledged.
    pub acknowledged: u64,
    /// Samples that it has acknowledged.
    pub samples: u64,
    /// What waits, and what was lost.
    pub backlog: Backlog,
    /// Laps, events and samples that the database has refused. They are dropped.
    pub refused: u64,
    /// Why it has refused the last one.
    pub refusal: Option<String>,
    /// What is wrong now, with advice.
    pub problem: Option<String>,
    /// The problem stays until settings or files change.
    pub is_permanent: bool,
    /// Why the spool cannot be written or read now. Laps and events wait in memory, and are lost with the program.
    pub spool_problem: Option<String>,
}

/// What a request has.
#[derive(Debug)]
enum InFlight {
    /// The state of the rig.
    Rig,
    /// Entries of the spool, and the size of their lines.
    Facts(Vec<u64>, usize),
    /// Samples.
    Live(VecDeque<String>),
}

/// Writes what a rig does. It belongs to one thread, which calls [`run`](Self::run) often. It never waits, and never fails: what is wrong is
/// in its state.
pub struct InfluxWriter {
    channels: Vec<ChannelInfo>,
    points: Points,
    server: Box<dyn LineServer>,
    outbox: Outbox,
    live: VecDeque<String>,
    live_bytes: usize,
    /// When the oldest sample was noticed by [`run`](Self::run).
    live_since: Option<Instant>,
    rig: RigState,
    rig_sent: Option<Instant>,
    in_flight: Option<InFlight>,
    retry: Retry,
    /// When the database has begun to answer, if it does.
    connected: Option<Instant>,
    /// Maximum size of a request, as far as the database is known to take it.
    max_bytes: usize,
    /// Maximum number of laps and events in the next request: few while one of them is refused.
    max_lines: usize,
    dropped_samples: u64,
    state: InfluxState,
}

impl InfluxWriter {
    /// A writer that begins with the first [`run`](Self::run).
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new(
        identity: &Identity,
        options: InfluxOptions,
        server: Box<dyn LineServer>,
        spool: Spool,
    ) -> io::Result<Self> {
        Ok(Self {
            points: Points::new(identity, options.source),
            channels: options.channels,
            server,
            outbox: Outbox::new(spool),
            live: VecDeque::new(),
            live_bytes: 0,
            live_since: None,
            rig: RigState { state: "waiting".into(), ..RigState::default() },
            rig_sent: None,
            in_flight: None,
            retry: Retry::new(Uuid::random()?),
            connected: None,
            max_bytes: MAX_BYTES,
            max_lines: MAX_LINES,
            dropped_samples: 0,
            state: InfluxState {
                address: options.address,
                site: slug(&identity.site),
                rig: slug(&identity.rig),
                ..InfluxState::default()
            },
        })
    }

    /// Takes a fact. Laps and events are stored until the database has acknowledged them.
    pub fn publish(&mut self, fact: &Fact) {
        let (topic, line) = match fact {
            Fact::Lap(lap) => (LAPS, self.points.lap(lap)),
            Fact::Event(event) => (EVENTS, self.points.event(event)),
            Fact::Rig(rig) => return self.rig.clone_from(rig),
            // Its names are tags of everything else.
            Fact::Session(_) => return,
        };
        if let Some(line) = line {
            self.outbox.push(topic, &line);
        }
    }

    /// Takes a sample of the running session, which is written with others.
    pub fn sample(&mut self, session: Option<&Session>, moment: &Moment) {
        if let Some(line) = self.points.live(&self.channels, session, moment) {
            self.live_bytes += line.len() + 1;
            self.live.push_back(line);
            self.drop_oldest_samples();
        }
    }

    fn drop_oldest_samples(&mut self) {
        while self.live_bytes > MAX_LIVE {
            let Some(line) = self.live.pop_front() else { return };
            self.live_bytes -= line.len() + 1;
            self.dropped_samples += 1;
        }
    }

    /// Does what is due now: takes the outcome of a request, begins the next one, writes the spool. Never waits.
    pub fn run(&mut self, now: Instant) {
        self.outbox.run(now);
        if !self.live.is_empty() {
            self.live_since.get_or_insert(now);
        }
        if self.in_flight.is_some() {
            let Some(outcome) = self.server.outcome() else { return };
            if let Some(request) = self.in_flight.take() {
                self.finish(request, outcome, now);
            }
        }
        if self.retry.is_due(now) {
            self.begin(now);
        }
    }

    /// Begins the next request, if one is due: the state of the rig, then laps and events, then samples.
    fn begin(&mut self, now: Instant) {
        // The smallest and simplest line is the first one: if that is refused, nothing else is tried and lost.
        let is_rig_due = self.rig_sent.is_none_or(|sent| now.saturating_duration_since(sent) >= RIG_EVERY);
        if is_rig_due || self.connected.is_none() {
            self.rig_sent = Some(now);
            let backlog = self.outbox.backlog(self.dropped_samples);
            if let Some(line) = self.points.rig(&self.rig, &backlog, self.state.refused, unix_ms()) {
                return self.send(InFlight::Rig, line);
            }
        }
        let (numbers, lines) = self.facts();
        if !numbers.is_empty() {
            return self.send(InFlight::Facts(numbers, lines.len()), lines);
        }
        let is_old = self.live_since.is_some_and(|since| now.saturating_duration_since(since) >= LIVE_EVERY);
        if is_old || self.live_bytes >= self.max_bytes {
            self.send_live();
        }
    }

    fn send(&mut self, request: InFlight, lines: String) {
        self.server.write(lines);
        self.in_flight = Some(request);
    }

    /// The oldest entries of the spool that fit into a request.
    fn facts(&mut self) -> (Vec<u64>, String) {
        let (mut numbers, mut lines, mut after) = (vec![], String::new(), 0);
        while let Some(number) = self.outbox.next_after(after).filter(|_| numbers.len() < self.max_lines) {
            after = number;
            let entry = match self.outbox.read(number) {
                Stored::Entry(entry) => entry,
                Stored::Discarded => continue,
                Stored::Unreadable => break,
            };
            if !numbers.is_empty() && lines.len() + entry.text.len() >= self.max_bytes {
                break;
            }
            // A stored line must not lead elsewhere.
            let is_known = [LAPS, EVENTS].contains(&entry.topic.as_str()) && entry.text.starts_with(&entry.topic);
            if !is_known {
                self.outbox.discard(number);
                continue;
            }
            numbers.push(number);
            lines.push_str(&entry.text);
            lines.push('\n');
        }
        (numbers, lines)
    }

    /// Writes the samples that fit into a request.
    fn send_live(&mut self) {
        let (mut taken, mut lines) = (VecDeque::new(), String::new());
        while let Some(line) = self.live.pop_front() {
            if !taken.is_empty() && lines.len() + line.len() >= self.max_bytes {
                self.live.push_front(line);
                break;
            }
            lines.push_str(&line);
            lines.push('\n');
            taken.push_back(line);
        }
        self.live_bytes -= lines.len();
        if self.live.is_empty() {
            self.live_since = None;
        }
        if !taken.is_empty() {
            self.send(InFlight::Live(taken), lines);
        }
    }

    /// Takes the outcome of a request.
    fn finish(&mut self, request: InFlight, outcome: Result<(), WriteError>, now: Instant) {
        match outcome {
            Ok(()) => self.succeed(request, now),
            // A database that has not accepted anything yet refuses the address, not a line.
            Err(WriteError::Lines(text) | WriteError::TooLarge(text)) if self.connected.is_none() => {
                self.fail(request, &WriteError::Permanent(format!("{text}. Check influx.url")), now);
            }
            Err(WriteError::Lines(text)) => self.refuse(request, text, false),
            Err(WriteError::TooLarge(text)) => self.refuse(request, text, true),
            Err(error) => self.fail(request, &error, now),
        }
    }

    fn succeed(&mut self, request: InFlight, now: Instant) {
        self.connected.get_or_insert(now);
        (self.state.was_connected, self.state.problem, self.state.is_permanent) = (true, None, false);
        match request {
            InFlight::Rig => {}
            InFlight::Facts(numbers, _) => {
                numbers.iter().for_each(|number| self.outbox.acknowledge(*number));
                self.state.acknowledged += numbers.len() as u64;
                self.max_lines = (2 * self.max_lines).min(MAX_LINES);
            }
            InFlight::Live(lines) => self.state.samples += lines.len() as u64,
        }
    }

    /// The database does not accept a request. Laps and events are sent again in smaller parts, until the line that is refused is alone;
    /// writing a line twice changes nothing.
    fn refuse(&mut self, request: InFlight, text: String, is_too_large: bool) {
        let mut refused = 0;
        match request {
            InFlight::Rig => {}
            InFlight::Facts(numbers, bytes) => match numbers[..] {
                [number] => {
                    self.outbox.acknowledge(number);
                    refused = 1;
                }
                _ if is_too_large => self.max_bytes = bytes / 2,
                _ => self.max_lines = (numbers.len() / 2).max(1),
            },
            InFlight::Live(lines) if is_too_large && lines.len() > 1 => {
                self.max_bytes = lines.iter().map(|line| line.len() + 1).sum::<usize>() / 2;
                self.put_back(lines);
            }
            // The others of them are written by most databases, and the next ones come soon.
            InFlight::Live(lines) => refused = lines.len() as u64,
        }
        if refused > 0 {
            self.state.refused += refused;
            self.state.refusal = Some(text);
        }
    }

    fn fail(&mut self, request: InFlight, error: &WriteError, now: Instant) {
        if let InFlight::Live(lines) = request {
            self.put_back(lines);
        }
        let is_permanent = matches!(error, WriteError::Permanent(_));
        self.retry.fail(is_permanent, self.connected.take(), now);
        if let WriteError::Busy(_, wait) = error {
            self.retry.wait_for(*wait, now);
        }
        self.state.is_permanent = is_permanent;
        self.state.problem = Some(error.text().to_owned());
    }

    /// Takes samples back that could not be written.
    fn put_back(&mut self, mut lines: VecDeque<String>) {
        self.live_bytes += lines.iter().map(|line| line.len() + 1).sum::<usize>();
        lines.append(&mut self.live);
        self.live = lines;
        self.drop_oldest_samples();
    }

    /// The state now.
    pub fn state(&self) -> InfluxState {
        InfluxState {
            connected: self.connected.is_some(),
            backlog: self.outbox.backlog(self.dropped_samples),
            spool_problem: self.outbox.problem(),
            ..self.state.clone()
        }
    }

    /// Writes what waits, at most for this time. What the database does not acknowledge stays in the spool; samples are dropped.
    pub fn close(mut self, timeout: Duration) {
        let until = Instant::now() + timeout;
        while Instant::now() < until {
            // Samples are due now, also young ones.
            self.live_since = Instant::now().checked_sub(LIVE_EVERY);
            self.run(Instant::now());
            if self.in_flight.is_none() {
                let is_done = self.outbox.is_empty() && self.live.is_empty();
                if is_done || self.connected.is_none() {
                    break;
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        self.outbox.close();
    }
}

impl Sink for InfluxWriter {
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
