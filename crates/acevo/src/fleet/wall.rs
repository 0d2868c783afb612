//! The thread that subscribes to all rigs of a broker, and makes what browsers are sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_files::UserFolder;
use acevo_fleet::{Address, Day, Wall, WallBroker, WallState, WallStore, WallStoreError, WallSubscriber, slug};
use acevo_telemetry::is_unsafe_to_print;
use anyhow::{Context, anyhow};
use jiff::civil::Date;
use jiff::{ToSpan as _, Zoned};
use serde::Serialize;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::broker::BrokerPlan;

/// Interval at which messages are taken. Between two, the connection keeps a bounded number of them.
const TAKE_EVERY: Duration = Duration::from_millis(20);

/// Time between two updates for browsers.
const UPDATE_EVERY: Duration = Duration::from_millis(250);

/// An update is sent after this time also if nothing has changed, so that a page notices that the server is away.
const REPEAT_EVERY: Duration = Duration::from_secs(1);

/// Time to end the connection.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Folder of what walls remember in the folder of state.
const FOLDER: &str = "wall";

/// What is shown.
#[derive(Debug, Clone)]
pub(crate) struct WallPlan {
    /// The broker.
    pub(crate) broker: BrokerPlan,
    /// Only rigs of this site.
    pub(crate) site: Option<String>,
}

impl WallPlan {
    /// Opens what the wall of this broker and this site remembers.
    fn store(&self) -> anyhow::Result<(WallStore, Vec<acevo_fleet::BestTable>)> {
        let folder = UserFolder::State.path().ok_or_else(|| anyhow!("there is no folder for state: set HOME"))?;
        let Address { host, port, .. } = &self.broker.address;
        let site = self.site.as_deref().map_or_else(|| "all".to_owned(), |site| format!("site-{}", slug(site)));
        let folder = folder.join(FOLDER).join(format!("{}-{port}.{site}", slug(host)));
        WallStore::open(folder).map_err(|error| match error {
            WallStoreError::InUse(_) => anyhow::Error::new(error)
                .context("another `acevo wall` on this computer shows this broker: open its page, or end it"),
            error => error.into(),
        })
    }
}

/// What browsers are sent. All texts are JSON.
#[derive(Debug, Default)]
pub(crate) struct WallUpdate {
    /// Counts updates.
    pub(crate) number: u64,
    /// The whole state.
    pub(crate) full: Utf8Bytes,
    /// What has changed since the update before; `None` if the whole state is needed.
    pub(crate) changes: Option<Utf8Bytes>,
    /// The connection.
    pub(crate) broker: WallBroker,
}

/// The content of an update.
#[derive(Serialize)]
struct Content<'a> {
    r#type: &'static str,
    /// The time of this computer.
    now_ms: u64,
    /// The local day.
    day: String,
    site: Option<&'a str>,
    address: String,
    broker: &'a WallBroker,
    #[serde(flatten)]
    state: WallState<'a>,
}

/// The running thread.
pub(crate) struct WallTask {
    updates: watch::Receiver<Arc<WallUpdate>>,
    done: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl WallTask {
    /// Starts the thread. `report` gets messages for the user: connected, and problems.
    ///
    /// # Errors
    /// If another process shows the same, or the folder of state cannot be used.
    pub(crate) fn start(plan: WallPlan, mut report: impl FnMut(&str) + Send + 'static) -> anyhow::Result<Self> {
        let (store, bests) = plan.store()?;
        if store.was_damaged() {
            report("warning: the best laps of the day were damaged and are lost");
        }
        let today = Today::now();
        let mut wall = Wall::new(today.day, is_unsafe_to_print);
        wall.restore(bests);
        let subscriber = WallSubscriber::new(plan.site.as_deref(), Box::new(plan.broker.clone()), wall, store);
        let subscriber = subscriber.context("the system has no random numbers")?;
        let (sender, updates) = watch::channel(Arc::default());
        let done = Arc::new(AtomicBool::new(false));
        let mut worker = Worker { plan, subscriber, today, sender, done: Arc::clone(&done), report, reported: None };
        // The first client gets the best laps that were stored.
        worker.update(1, true);
        let thread = thread::Builder::new().name("wall".into());
        let thread = thread.spawn(move || worker.run()).context("cannot start a thread")?;
        Ok(Self { updates, done, thread })
    }

    /// What browsers are sent.
    pub(crate) fn updates(&self) -> watch::Receiver<Arc<WallUpdate>> {
        self.updates.clone()
    }

    /// The connection.
    pub(crate) fn broker(&self) -> WallBroker {
        self.updates.borrow().broker.clone()
    }

    pub(crate) fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Ends the thread.
    pub(crate) fn finish(self) {
        self.done.store(true, Ordering::Relaxed);
        // A thread that has failed has nothing to be waited for.
        let _ = self.thread.join();
    }
}

/// The local day.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Today {
    date: Date,
    day: Day,
}

impl Today {
    fn now() -> Self {
        Self::of(&Zoned::now())
    }

    fn of(now: &Zoned) -> Self {
        let start = now.start_of_day().unwrap_or_else(|_| now.clone());
        let end = start.checked_add(1.day()).unwrap_or_else(|_| start.clone());
        let ms = |time: &Zoned| u64::try_from(time.timestamp().as_millisecond()).unwrap_or(0);
        Self { date: now.date(), day: Day { from_ms: ms(&start), to_ms: ms(&end) } }
    }
}

struct Worker<R> {
    plan: WallPlan,
    subscriber: WallSubscriber,
    today: Today,
    sender: watch::Sender<Arc<WallUpdate>>,
    done: Arc<AtomicBool>,
    report: R,
    /// What was reported last.
    reported: Option<WallBroker>,
}

impl<R: FnMut(&str)> Worker<R> {
    fn run(mut self) {
        let (mut number, mut due, mut repeat) = (1, Instant::now(), Instant::now());
        while !self.done.load(Ordering::Relaxed) {
            let now = Instant::now();
            self.subscriber.run(now, unix_ms());
            if now >= due {
                due = (due + UPDATE_EVERY).max(now);
                self.report();
                if self.update(number + 1, now >= repeat) {
                    number += 1;
                    repeat = now + REPEAT_EVERY;
                }
            }
            thread::sleep(TAKE_EVERY);
        }
        self.subscriber.close(CLOSE_TIMEOUT);
    }

    /// Makes the next update if something has changed, or if it `is_due` anyway.
    fn update(&mut self, number: u64, is_due: bool) -> bool {
        let today = Today::now();
        if self.today != today {
            self.today = today;
            self.subscriber.wall().begin_day(today.day);
        }
        let broker = self.subscriber.broker();
        let is_same_broker = self.sender.borrow().broker == broker;
        let changes = self.subscriber.wall().changes();
        let (is_full, is_changed) = (changes.is_full, !changes.rigs.is_empty() || changes.bests.is_some());
        if !is_full && !is_changed && is_same_broker && !is_due {
            return false;
        }
        let changes = (!is_full).then(|| text(&self.plan, today.date, &broker, changes));
        let full = text(&self.plan, today.date, &broker, self.subscriber.wall().state());
        self.sender.send_replace(Arc::new(WallUpdate { number, full, changes, broker }));
        true
    }

    /// Reports the connection and problems, each once.
    fn report(&mut self) {
        let broker = self.subscriber.broker();
        let last = self.reported.take().unwrap_or_default();
        if broker.connected && !last.connected {
            (self.report)(&format!("connected to {}", self.plan.broker.address));
        }
        // A problem at the start that stays is the error with which the program ends.
        let is_error = broker.is_permanent && !broker.was_connected;
        let is_new = |problem: &&String| last.problem.as_ref() != Some(*problem);
        if let Some(problem) = broker.problem.as_ref().filter(is_new).filter(|_| !is_error) {
            (self.report)(problem);
        }
        self.reported = Some(broker);
    }
}

/// The text of an update.
fn text(plan: &WallPlan, day: Date, broker: &WallBroker, state: WallState<'_>) -> Utf8Bytes {
    let content = Content {
        r#type: "wall",
        now_ms: unix_ms(),
        day: day.to_string(),
        site: plan.site.as_deref(),
        address: plan.broker.address.to_string(),
        broker,
        state,
    };
    // It has no maps whose keys are no texts, so this cannot fail.
    serde_json::to_string(&content).unwrap_or_default().into()
}

fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn day_begins_and_ends_at_local_midnight_also_if_clocks_change() {
        // With a zone that is not known on this system, the test has nothing to check.
        let Ok(noon) = date(2026, 10, 25).at(12, 0, 0, 0).in_tz("Europe/Berlin") else { return };
        let Today { date: day, day: Day { from_ms, to_ms } } = Today::of(&noon);
        assert_eq!((day, to_ms - from_ms), (date(2026, 10, 25), 25 * 3_600_000));
        let utc = date(2026, 7, 1).at(23, 59, 59, 0).in_tz("UTC").unwrap();
        let Day { from_ms, to_ms } = Today::of(&utc).day;
        assert_eq!((from_ms, to_ms), (1_782_864_000_000, 1_782_950_400_000));
    }
}
