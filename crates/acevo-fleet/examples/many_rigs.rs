//! Many rigs in one program, and a subscriber that counts what arrives: how a broker copes with them.
//!
//! ```console
//! cargo run --release -p acevo-fleet --features mqtt --example many_rigs -- mqtt://127.0.0.1:1883 200 60 10 0
//! ```
//!
//! The arguments are the broker, the number of rigs, seconds, samples per second of a rig, and the seconds of a message with samples (0: each
//! sample alone). Each rig has a spool and a connection of its own, and drives a lap of ten seconds. The program prints a JSON object. It exits
//! with 1 if a lap or an event is missing, if a number comes twice with another content, or if a rig is not offline at the end.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_fleet::{
    Address, Broker as _, BrokerEvent, ChannelInfo, Connection, Credentials, DrivenNames, Fact, Hello, Identity,
    LapFacts, Message, Moment, MqttBroker, Options, Publisher, QualityOfService, RigState, SessionState, Sessions,
    Spool, SpoolLimits, Subscription, TlsFiles,
};
use serde_json::{Value, json};

/// Simulated lap time.
const LAP: Duration = Duration::from_secs(10);

/// Threads that share the rigs.
const THREADS: usize = 4;

/// Time in which everything has to arrive after the last message.
const PATIENCE: Duration = Duration::from_secs(60);

/// The channels of samples.
const CHANNELS: [&str; 18] = [
    "speed",
    "rpm",
    "gear",
    "throttle",
    "brake",
    "steering",
    "g_lateral",
    "g_longitudinal",
    "position_x",
    "position_z",
    "fuel",
    "lap",
    "lap_position",
    "lap_time",
    "delta",
    "race_position",
    "flag",
    "in_pit_lane",
];

#[derive(Debug, Clone)]
struct Plan {
    address: Address,
    rigs: usize,
    time: Duration,
    rate: f64,
    batch: f64,
}

impl Plan {
    fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [address, rigs, seconds, rate, batch] = arguments.as_slice() else {
            return Err("usage: many_rigs BROKER RIGS SECONDS RATE BATCH".into());
        };
        let time = Duration::try_from_secs_f64(seconds.parse()?)?;
        Ok(Self { address: address.parse()?, rigs: rigs.parse()?, time, rate: rate.parse()?, batch: batch.parse()? })
    }

    fn broker(&self) -> MqttBroker {
        MqttBroker::new(self.address.clone(), Credentials::default(), TlsFiles::default())
    }
}

fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

/// What a rig has published.
#[derive(Debug, Clone, Copy, Default)]
struct Published {
    laps: u64,
    events: u64,
    samples: u64,
    dropped_samples: u64,
}

struct Rig {
    publisher: Publisher,
    sessions: Sessions,
    published: Published,
    next_sample: Instant,
    next_lap: Instant,
    number: u32,
}

impl Rig {
    fn new(plan: &Plan, index: usize, folder: &std::path::Path) -> Result<Self, Box<dyn Error>> {
        let channels = CHANNELS.iter().map(|id| ChannelInfo {
            id: (*id).into(),
            title: (*id).into(),
            unit: String::new(),
            decimals: 3,
            quality: "measured".into(),
        });
        let options = Options {
            channels: channels.collect(),
            rate: plan.rate,
            batch: Duration::try_from_secs_f64(plan.batch)?,
            home_assistant: false,
            source: "demo".into(),
        };
        let name = format!("rig-{index:05}");
        let spool = Spool::open(folder.join(&name), SpoolLimits::default())?;
        let identity = Identity { site: "many".into(), rig: name, version: env!("CARGO_PKG_VERSION").into() };
        let mut publisher = Publisher::new(identity, options, Box::new(plan.broker()), spool)?;
        publisher.publish(&Fact::Rig(RigState { state: "live".into(), game: None, missed: 0 }));
        let text = |text: &str| Some(text.to_owned());
        let names = DrivenNames {
            track: text("Monza"),
            configuration: None,
            car: text("Velocita GT3 R"),
            driver: Some(format!("Driver {index}")),
            session_name: text("Practice"),
        };
        let mut sessions = Sessions::new()?;
        sessions.follow(1, text("time-attack"), names).into_iter().for_each(|fact| publisher.publish(&fact));
        // Laps and samples of the rigs are spread over the time.
        let share = |time: Duration| time.mul_f64(index as f64 / plan.rigs as f64);
        let now = Instant::now();
        Ok(Self {
            publisher,
            sessions,
            published: Published::default(),
            next_sample: now + share(Duration::from_millis(100)),
            next_lap: now + share(LAP),
            number: 0,
        })
    }

    fn step(&mut self, now: Instant, rate: f64) {
        while rate > 0.0 && self.next_sample <= now {
            self.next_sample += Duration::from_secs_f64(1.0 / rate);
            let count = self.published.samples as f64;
            let values = (0..CHANNELS.len()).map(|channel| Some((count * 0.1 + channel as f64).sin() * 100.0));
            self.publisher.sample(self.sessions.running(), &Moment { unix_ms: unix_ms(), values: values.collect() });
            self.published.samples += 1;
        }
        if self.next_lap <= now {
            self.next_lap += LAP;
            self.lap();
        }
        self.publisher.run(now);
    }

    fn publish(&mut self, facts: impl IntoIterator<Item = Fact>) {
        facts.into_iter().for_each(|fact| self.publisher.publish(&fact));
    }

    /// A lap, and the four events that it has on average.
    fn lap(&mut self) {
        self.number += 1;
        let (number, at_s) = (self.number, f64::from(self.number) * 10.0);
        let time_ms = 10_000 + number % 7;
        let lap = json!({
            "number": number, "attempt": 1, "time_ms": time_ms, "validity": { "is": "valid" },
            "sectors_ms": [3300, 3300, 3400], "fuel_used": 2.31, "max_speed": 281.4, "track": "Monza",
            "tyres": { "compound": "soft", "wear": [0.98, 0.97, 0.99, 0.99], "core_temperature": [81.2, 82.0, 79.1, 78.8] },
        });
        let facts = LapFacts { number, attempt: 1, is_complete: true, counted_ms: Some(time_ms) };
        let mut all: Vec<_> = self.sessions.lap(1, &lap, facts, unix_ms()).into_iter().collect();
        for kind in ["sector", "sector", "lap", "fuel"] {
            let event = json!({ "at_s": at_s, "session_s": at_s, "session": 1, "event": kind, "number": number });
            all.extend(self.sessions.event(1, &event, kind.into(), unix_ms()));
        }
        self.publish(all);
        self.published.laps += 1;
        self.published.events += 4;
    }
}

/// Runs a share of the rigs to the end. Returns what they have published.
fn run_rigs(plan: &Plan, indices: &[usize], connected: &AtomicUsize, folder: &std::path::Path) -> Vec<Published> {
    let rigs: Result<Vec<_>, _> = indices.iter().map(|index| Rig::new(plan, *index, folder)).collect();
    let mut rigs = rigs.unwrap_or_else(|error| panic!("cannot start: {error}"));
    let mut is_connected = vec![false; rigs.len()];
    while connected.load(Ordering::Relaxed) < plan.rigs {
        for (rig, is_connected) in rigs.iter_mut().zip(&mut is_connected) {
            rig.publisher.run(Instant::now());
            let state = rig.publisher.state();
            if state.connected && !*is_connected {
                *is_connected = true;
                connected.fetch_add(1, Ordering::Relaxed);
            }
            if let Some(problem) = state.problem.filter(|_| state.is_permanent) {
                panic!("{problem}");
            }
        }
        thread::sleep(Duration::from_millis(20));
    }
    let end = Instant::now() + plan.time;
    let now = Instant::now();
    for rig in &mut rigs {
        rig.next_sample = rig.next_sample.max(now);
        rig.next_lap = rig.next_lap.max(now);
    }
    while Instant::now() < end {
        for rig in &mut rigs {
            rig.step(Instant::now(), plan.rate);
        }
        thread::sleep(Duration::from_millis(10));
    }
    let closed = rigs.into_iter().map(|mut rig| {
        let end = rig.sessions.end(SessionState::Closed);
        rig.publish(end);
        let until = Instant::now() + PATIENCE;
        while rig.publisher.state().backlog.messages > 0 && Instant::now() < until {
            rig.publisher.run(Instant::now());
            thread::sleep(Duration::from_millis(1));
        }
        rig.published.dropped_samples = rig.publisher.state().backlog.dropped_samples;
        rig.publisher.close(Duration::from_secs(5));
        rig.published
    });
    closed.collect()
}

/// What the subscriber has got.
#[derive(Debug, Default)]
struct Counted {
    /// Laps by key, and events by rig, start and number.
    laps: HashMap<String, Value>,
    events: HashMap<String, Value>,
    repeated: u64,
    conflicts: u64,
    samples: u64,
    messages: u64,
    bytes: u64,
    /// Milliseconds between publishing and arrival.
    lap_delays: Vec<u64>,
    sample_delays: Vec<u64>,
    online: BTreeMap<String, bool>,
}

impl Counted {
    fn take(&mut self, message: &Message) {
        self.messages += 1;
        self.bytes += u64::try_from(message.topic.len() + message.text.len()).unwrap_or_default();
        let levels: Vec<_> = message.topic.split('/').collect();
        let [_, _, _, rig, name] = levels.as_slice() else { return };
        let Ok(content) = serde_json::from_str::<Value>(&message.text) else {
            self.conflicts += 1;
            return;
        };
        let since = |time: &Value| time.as_u64().map(|time| unix_ms().saturating_sub(time));
        match *name {
            "lap" => {
                self.lap_delays.extend(since(&content["ended_at"]));
                let key = content["key"].to_string();
                keep(&mut self.laps, key, content, &mut self.repeated, &mut self.conflicts);
            }
            "event" => {
                let key = format!("{rig} {} {}", content["boot"], content["seq"]);
                keep(&mut self.events, key, content, &mut self.repeated, &mut self.conflicts);
            }
            "sample" => {
                let last = content["dt"].as_array().map(|steps| (steps.len(), steps.last().and_then(Value::as_u64)));
                let (count, end) = last.map_or((1, 0), |(count, end)| (count, end.unwrap_or_default()));
                self.samples += u64::try_from(count).unwrap_or_default();
                self.sample_delays.extend(since(&content["t"]).map(|delay| delay.saturating_sub(end)));
            }
            "status" => {
                self.online.insert((*rig).to_owned(), content["online"] == true);
            }
            _ => {}
        }
    }
}

fn keep(known: &mut HashMap<String, Value>, key: String, mut content: Value, repeated: &mut u64, conflicts: &mut u64) {
    // A message that comes again is late.
    if let Some(fields) = content.as_object_mut() {
        fields.remove("late");
    }
    match known.insert(key, content.clone()) {
        Some(before) if before == content => *repeated += 1,
        Some(_) => *conflicts += 1,
        None => {}
    }
}

/// The connection that counts. The broker keeps what arrives while it is cut.
struct Subscriber<'a> {
    plan: &'a Plan,
    connection: Box<dyn Connection>,
    reconnects: u32,
}

impl<'a> Subscriber<'a> {
    fn new(plan: &'a Plan) -> Result<Self, Box<dyn Error>> {
        Ok(Self { plan, connection: connect(plan, true)?, reconnects: 0 })
    }

    /// The next message; `None` if none has come.
    fn next_message(&mut self) -> Result<Option<Message>, Box<dyn Error>> {
        loop {
            match self.connection.next_event() {
                Some(BrokerEvent::Received(message)) => return Ok(Some(message)),
                Some(BrokerEvent::Failed(_)) => {
                    self.connection = connect(self.plan, true)?;
                    self.reconnects += 1;
                }
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Ends the session, so that the broker keeps no more messages for it. Returns how often the connection was cut.
    fn end(self) -> Result<u32, Box<dyn Error>> {
        drop(self.connection);
        connect(self.plan, false)?;
        Ok(self.reconnects)
    }
}

/// Connects, and tries again while the broker is away.
fn connect(plan: &Plan, is_kept: bool) -> Result<Box<dyn Connection>, Box<dyn Error>> {
    let until = Instant::now() + PATIENCE * 2;
    let hello = || Hello {
        client_id: format!("many-rigs-{}", std::process::id()),
        last_will: None,
        subscriptions: vec![Subscription { topics: "acevo/v1/many/#".into(), quality: QualityOfService::AtLeastOnce }],
        keep_alive: Duration::from_secs(30),
        is_kept,
        max_received: 1 << 20,
    };
    let mut connection = plan.broker().connect(hello())?;
    loop {
        match connection.next_event() {
            Some(BrokerEvent::Connected) => return Ok(connection),
            Some(BrokerEvent::Failed(error)) if Instant::now() > until => return Err(error.into()),
            Some(BrokerEvent::Failed(_)) => {
                thread::sleep(Duration::from_millis(500));
                connection = plan.broker().connect(hello())?;
            }
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// The value below which this part of the values is.
fn quantile(values: &mut [u64], part: f64) -> u64 {
    values.sort_unstable();
    let index = (values.len() as f64 * part) as usize;
    values.get(index.min(values.len().saturating_sub(1))).copied().unwrap_or_default()
}

/// The maximum of memory that this process had, bytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn run() -> Result<bool, Box<dyn Error>> {
    let plan = Plan::from_arguments()?;
    let folder = std::env::temp_dir().join(format!("many-rigs-{}", std::process::id()));
    let mut subscriber = Subscriber::new(&plan)?;
    let connected = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..THREADS)
        .map(|thread| {
            let indices: Vec<usize> = (0..plan.rigs).filter(|index| index % THREADS == thread).collect();
            let (plan, connected, folder) = (plan.clone(), Arc::clone(&connected), folder.clone());
            thread::spawn(move || run_rigs(&plan, &indices, &connected, &folder))
        })
        .collect();
    let mut counted = Counted::default();
    let mut published: Option<Published> = None;
    let mut workers = Some(workers);
    let mut until = Instant::now() + plan.time + PATIENCE * 2;
    let is_complete = |counted: &Counted, published: &Published| {
        counted.laps.len() as u64 == published.laps
            && counted.events.len() as u64 == published.events
            && counted.online.len() == plan.rigs
            && counted.online.values().all(|is_online| !is_online)
    };
    while Instant::now() < until {
        match subscriber.next_message()? {
            Some(message) => counted.take(&message),
            None => {
                if published.as_ref().is_some_and(|published| is_complete(&counted, published)) {
                    break;
                }
                if workers.as_ref().is_some_and(|workers| workers.iter().all(thread::JoinHandle::is_finished)) {
                    let ended = workers.take().into_iter().flatten().map(thread::JoinHandle::join);
                    let all: Result<Vec<_>, _> = ended.collect();
                    let all = all.map_err(|_| "a thread of the rigs has failed")?;
                    let sum = all.into_iter().flatten().fold(Published::default(), |sum, rig| Published {
                        laps: sum.laps + rig.laps,
                        events: sum.events + rig.events,
                        samples: sum.samples + rig.samples,
                        dropped_samples: sum.dropped_samples + rig.dropped_samples,
                    });
                    published = Some(sum);
                    until = Instant::now() + PATIENCE;
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    let reconnects = subscriber.end()?;
    let published = published.ok_or("the rigs did not end in time")?;
    let seconds = plan.time.as_secs_f64();
    let result = json!({
        "broker": plan.address.to_string(),
        "rigs": plan.rigs,
        "seconds": seconds,
        "messages_per_s": (counted.messages as f64 / seconds).round(),
        "kilobytes_per_s": (counted.bytes as f64 / seconds / 1000.0).round(),
        "laps": { "published": published.laps, "arrived": counted.laps.len() },
        "events": { "published": published.events, "arrived": counted.events.len() },
        "samples": { "published": published.samples, "arrived": counted.samples, "dropped": published.dropped_samples },
        "arrived_twice": counted.repeated,
        "conflicts": counted.conflicts,
        "lap_delay_ms": { "median": quantile(&mut counted.lap_delays, 0.5), "p99": quantile(&mut counted.lap_delays, 0.99) },
        "sample_delay_ms": {
            "median": quantile(&mut counted.sample_delays, 0.5), "p99": quantile(&mut counted.sample_delays, 0.99),
        },
        "subscriber_reconnects": reconnects,
        "memory_bytes": peak_memory(),
    });
    println!("{result:#}");
    Ok(is_complete(&counted, &published) && counted.conflicts == 0)
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("many_rigs: not everything has arrived");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("many_rigs: {error}");
            ExitCode::FAILURE
        }
    }
}
