//! Gets the messages of all rigs of a broker, and never publishes.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::topic::{Kind, ROOT};
use super::{MAX_MESSAGE, Wall, WallStore};
use crate::broker::{Broker, BrokerError, BrokerEvent, Connection, Hello, QualityOfService, Subscription, chain};
use crate::id::Uuid;
use crate::retry::Retry;
use crate::slug::slug;

/// Time after which a silent client is asked whether it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Time between two writes of the best laps, and between two checks of rigs that send nothing.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Maximum number of messages that are taken at once.
const MAX_TAKEN: usize = 10_000;

/// The connection of a wall.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct WallBroker {
    /// The broker has accepted the connection.
    pub connected: bool,
    /// It has done so at least once.
    #[serde(skip)]
    pub was_connected: bool,
    /// What is wrong now, with advice.
    pub problem: Option<String>,
    /// The problem stays until settings or files change.
    #[serde(skip)]
    pub is_permanent: bool,
    /// When the connection began or was lost, in milliseconds since 1970.
    pub since_ms: u64,
}

struct Running {
    connection: Box<dyn Connection>,
    /// When the broker accepted it.
    since: Option<Instant>,
}

/// Gets the messages of all rigs of a broker. It belongs to one thread, which calls [`run`](Self::run) often. It never waits.
pub struct WallSubscriber {
    site: Option<String>,
    broker: Box<dyn Broker>,
    wall: Wall,
    store: WallStore,
    running: Option<Running>,
    retry: Retry,
    state: WallBroker,
    save_problem: Option<String>,
    checked: Option<Instant>,
    /// The version of the best laps that is stored.
    saved: u64,
}

impl WallSubscriber {
    /// A subscriber that connects with the first [`run`](Self::run), to all rigs of a site, or of all sites.
    ///
    /// # Errors
    /// If the system has no random numbers.
    pub fn new(site: Option<&str>, broker: Box<dyn Broker>, wall: Wall, store: WallStore) -> std::io::Result<Self> {
        Ok(Self {
            site: site.map(slug),
            broker,
            saved: wall.bests_version(),
            wall,
            store,
            running: None,
            retry: Retry::new(Uuid::random()?),
            state: WallBroker::default(),
            save_problem: None,
            checked: None,
        })
    }

    /// The wall.
    pub fn wall(&mut self) -> &mut Wall {
        &mut self.wall
    }

    /// The connection.
    pub fn broker(&self) -> WallBroker {
        WallBroker { problem: self.state.problem.clone().or_else(|| self.save_problem.clone()), ..self.state.clone() }
    }

    /// Does what is due now: connects, takes messages, writes the best laps. `unix_ms` is the time, in milliseconds since 1970.
    pub fn run(&mut self, now: Instant, unix_ms: u64) {
        if self.running.is_none() && self.retry.is_due(now) {
            self.connect(now, unix_ms);
        }
        for _ in 0..MAX_TAKEN {
            let Some(event) = self.running.as_mut().and_then(|running| running.connection.next_event()) else { break };
            self.take(event, now, unix_ms);
        }
        if self.checked.is_none_or(|at| now.saturating_duration_since(at) >= SAVE_EVERY) {
            self.checked = Some(now);
            self.wall.check(unix_ms);
            self.save();
        }
    }

    fn connect(&mut self, now: Instant, unix_ms: u64) {
        let site = self.site.as_deref().unwrap_or("+");
        // While the wall is away, the broker keeps laps for it, and nothing else: they are the only ones that are not repeated.
        let subscription = |(name, kind): (&str, Kind)| Subscription {
            topics: format!("{ROOT}/{site}/+/{name}"),
            quality: if kind == Kind::Lap { QualityOfService::AtLeastOnce } else { QualityOfService::AtMostOnce },
        };
        let hello = Hello {
            client_id: self.store.client_id(),
            last_will: None,
            subscriptions: Kind::ALL.into_iter().map(subscription).collect(),
            keep_alive: KEEP_ALIVE,
            is_kept: true,
            max_received: MAX_MESSAGE,
        };
        match self.broker.connect(hello) {
            Ok(connection) => self.running = Some(Running { connection, since: None }),
            Err(error) => self.fail(&error, now, unix_ms),
        }
    }

    fn take(&mut self, event: BrokerEvent, now: Instant, unix_ms: u64) {
        match event {
            BrokerEvent::Connected => {
                if let Some(running) = &mut self.running {
                    running.since = Some(now);
                }
                self.state =
                    WallBroker { connected: true, was_connected: true, since_ms: unix_ms, ..WallBroker::default() };
            }
            BrokerEvent::Received(message) => self.wall.take(&message, unix_ms),
            BrokerEvent::TooLarge(_) => self.wall.ignore(),
            BrokerEvent::NotSubscribed => {
                let topics =
                    "the broker does not send the messages of the rigs: allow the user of the wall to read acevo/v1/#";
                self.state.problem = Some(topics.into());
            }
            BrokerEvent::Acknowledged(_) => {}
            BrokerEvent::Failed(error) => self.fail(&error, now, unix_ms),
        }
    }

    fn fail(&mut self, error: &BrokerError, now: Instant, unix_ms: u64) {
        let connected = self.running.take().and_then(|running| running.since);
        self.retry.fail(error.is_permanent(), connected, now);
        if std::mem::replace(&mut self.state.connected, false) || self.state.since_ms == 0 {
            self.state.since_ms = unix_ms;
        }
        self.state.is_permanent = error.is_permanent();
        self.state.problem = Some(chain(error));
    }

    /// Writes the best laps if they have changed.
    fn save(&mut self) {
        let version = self.wall.bests_version();
        if self.saved == version {
            return;
        }
        match self.store.save(&self.wall.tables()) {
            Ok(()) => (self.saved, self.save_problem) = (version, None),
            Err(error) => self.save_problem = Some(format!("best laps are not stored: {}", chain(&error))),
        }
    }

    /// Writes the best laps, and ends the connection.
    pub fn close(mut self, timeout: Duration) {
        self.save();
        if let Some(running) = self.running.take().filter(|running| running.since.is_some()) {
            running.connection.close(timeout);
        }
    }
}
