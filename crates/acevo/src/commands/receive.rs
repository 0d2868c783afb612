//! `acevo receive`: publishes the pages of a game on another computer.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::mpsc::{RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

use acevo_relay::{Due, Item, Playout, RelayError};
use anyhow::{Context, anyhow};
use serde::Serialize;

use crate::cli::ReceiveArgs;
use crate::format::text::error_chain;
use crate::output::{print_json, say};
use crate::relay::{Link, LinkEvent, Published, RelayedPages, SenderAddress};
use crate::shutdown::Stop;
use crate::token::{self, Token};

/// Longest wait, so that Ctrl-C is noticed.
const MAX_WAIT: Duration = Duration::from_millis(50);

/// Waits that may end before a packet is due by this time sleep instead: channels of Windows wait in steps of 16 ms.
const COARSE: Duration = Duration::from_millis(20);

/// Interval of states.
const STATE_INTERVAL: Duration = Duration::from_secs(1);

pub(crate) fn run(args: &ReceiveArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let token_file = args.token_file().map(PathBuf::from).or_else(|| token::kept_path(token::RELAY_FILE));
    let token_file = token_file.context("name the file with the token of the relay with --token-file")?;
    let token = Token::read(&token_file).context("copy the token of `acevo relay` from the other computer")?;
    let mut receiving = Receiving {
        address: args.address.clone(),
        quiet: args.quiet,
        json: args.json,
        pages: RelayedPages::new(args.target()),
        playout: Playout::new(args.delay),
        usual_delay: args.delay * 2,
        start: Instant::now(),
        state: State::default(),
        delays: Delays::default(),
        all_delays: Delays::default(),
        network: Duration::ZERO,
        bytes_before: 0,
        has_connected: false,
        announces_delay: false,
        failure: None,
    };
    receiving.say(&format!("connecting to {}; Ctrl-C quits", args.address));
    receiving.run(&Link::start(args.address.clone(), token), &stop)?;
    Ok(ExitCode::SUCCESS)
}

/// The state that `--json` prints.
#[derive(Debug, Default, Serialize)]
struct State {
    state: ConnectionState,
    game: bool,
    packets: u64,
    gaps: u64,
    lost: u64,
    missed: u64,
    reconnects: u64,
    delay_ms: Option<f64>,
    max_delay_ms: Option<f64>,
    round_trip_ms: Option<f64>,
    bytes: u64,
    waiting: usize,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ConnectionState {
    #[default]
    Connecting,
    Connected,
}

/// Delays of packets.
#[derive(Debug, Default)]
struct Delays {
    count: u32,
    sum: Duration,
    max: Duration,
}

impl Delays {
    fn add(&mut self, delay: Duration) {
        self.count = self.count.saturating_add(1);
        self.sum = self.sum.saturating_add(delay);
        self.max = self.max.max(delay);
    }

    fn mean(&self) -> Option<Duration> {
        self.sum.checked_div(self.count)
    }
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

struct Receiving {
    address: SenderAddress,
    quiet: bool,
    json: bool,
    pages: RelayedPages,
    playout: Playout,
    /// A mean delay below which packets are in time.
    usual_delay: Duration,
    start: Instant,
    state: State,
    /// Those since the last state, and all.
    delays: Delays,
    all_delays: Delays,
    /// Time that the network needs in one direction.
    network: Duration,
    /// Bytes of earlier connections.
    bytes_before: u64,
    has_connected: bool,
    /// The delay is printed when packets are in time.
    announces_delay: bool,
    /// The last message about the connection, which is not repeated.
    failure: Option<String>,
}

impl Receiving {
    fn say(&self, message: &str) {
        if !self.quiet {
            say(format_args!("acevo: {message}"));
        }
    }

    fn run(&mut self, link: &Link, stop: &Stop) -> anyhow::Result<()> {
        let mut stated = Instant::now();
        while !stop.is_requested() {
            if stated.elapsed() >= STATE_INTERVAL {
                stated = Instant::now();
                self.finish_interval()?;
            }
            while let Some(due) = self.playout.pop(self.start.elapsed()) {
                self.publish(due)?;
            }
            let left = self.playout.next_at().map(|at| at.saturating_sub(self.start.elapsed()));
            let event = match left {
                // The sender has to wait.
                Some(left) if self.playout.is_full() => {
                    thread::sleep(left.min(MAX_WAIT));
                    continue;
                }
                Some(left) if left <= COARSE => match link.events.try_recv() {
                    Ok(event) => event,
                    Err(TryRecvError::Empty) => {
                        thread::sleep(left);
                        continue;
                    }
                    Err(TryRecvError::Disconnected) => break,
                },
                left => match link.events.recv_timeout(left.map_or(MAX_WAIT, |left| (left - COARSE).min(MAX_WAIT))) {
                    Ok(event) => event,
                    Err(RecvTimeoutError::Timeout) => continue,
                    Err(RecvTimeoutError::Disconnected) => break,
                },
            };
            self.take(event)?;
        }
        self.pages.remove();
        let State { packets, gaps, lost, missed, reconnects, .. } = self.state;
        let delay = match self.all_delays.mean() {
            Some(mean) => {
                format!("; delay {} ms, at most {} ms", milliseconds(mean), milliseconds(self.all_delays.max))
            }
            None => String::new(),
        };
        self.say(&format!(
            "stopped after {packets} packets, {gaps} gaps with {lost} packets, {missed} packets missed by the relay, \
             {reconnects} reconnects{delay}; the pages are removed"
        ));
        Ok(())
    }

    fn take(&mut self, event: LinkEvent) -> anyhow::Result<()> {
        match event {
            LinkEvent::Connected { is_new } => {
                self.state.state = ConnectionState::Connected;
                self.bytes_before = self.state.bytes;
                self.failure = None;
                self.announces_delay = true;
                let is_first = !std::mem::replace(&mut self.has_connected, true);
                self.state.reconnects += u64::from(!is_first);
                if is_new {
                    self.playout.restart();
                }
                let what = match (is_first, is_new) {
                    (true, _) => "connected to",
                    (false, false) => "connected again to",
                    (false, true) => "connected to another start of",
                };
                self.say(&format!("{what} {}", self.address));
            }
            LinkEvent::Group { group, gap, arrived, round_trip, bytes } => {
                if gap > 0 {
                    self.state.gaps += 1;
                    self.state.lost = self.state.lost.saturating_add(gap);
                    self.say(&format!("gap of {gap} packets: they came later than the relay keeps them"));
                }
                if let Some(round_trip) = round_trip {
                    self.network = round_trip / 2;
                    self.state.round_trip_ms = Some(milliseconds(round_trip));
                }
                self.state.bytes = self.bytes_before.saturating_add(bytes);
                self.playout.push(group, arrived.saturating_duration_since(self.start));
            }
            LinkEvent::Disconnected(error) => {
                let verb = if self.state.state == ConnectionState::Connected { "lost" } else { "failed" };
                self.disconnected(&format!("connection to {} {verb}", self.address), &error);
            }
            LinkEvent::Ended => {
                self.state.state = ConnectionState::Connecting;
                self.say(&format!("the relay on {} has ended; waiting for another start", self.address));
            }
            LinkEvent::Failed(error) => {
                return Err(anyhow!(error).context(format!("{} sends no pages", self.address)));
            }
        }
        Ok(())
    }

    fn disconnected(&mut self, what: &str, error: &RelayError) {
        self.state.state = ConnectionState::Connecting;
        let message = format!("{what}: {}; trying again", error_chain(error));
        if self.failure.as_ref() != Some(&message) {
            self.say(&message);
            self.failure = Some(message);
        }
    }

    fn publish(&mut self, due: Due) -> anyhow::Result<()> {
        if let Item::Page(page) = &due.item
            && !page.carried
        {
            self.state.packets += 1;
            self.state.missed = self.state.missed.saturating_add(page.missed.into());
            let delay = due.age.saturating_add(self.network);
            self.delays.add(delay);
            self.all_delays.add(delay);
        }
        match self.pages.publish(due.item)? {
            Published::Page => {}
            Published::Created(location) => {
                self.state.game = true;
                self.say(&format!("the pages are published as {location}"));
            }
            Published::Removed => {
                self.state.game = false;
                self.say("the game has ended; the pages are removed");
            }
        }
        Ok(())
    }

    /// Prints the state of the last second.
    fn finish_interval(&mut self) -> anyhow::Result<()> {
        let delays = std::mem::take(&mut self.delays);
        let mean = delays.mean();
        self.state.delay_ms = mean.map(milliseconds);
        self.state.max_delay_ms = mean.map(|_| milliseconds(delays.max));
        self.state.waiting = self.playout.len();
        let is_in_time = mean.is_some_and(|mean| mean <= self.usual_delay.saturating_add(self.network * 2));
        if let (true, Some(mean)) = (self.announces_delay && is_in_time, mean) {
            self.announces_delay = false;
            self.say(&format!("delay {} ms, at most {} ms", milliseconds(mean), milliseconds(delays.max)));
        }
        if self.json {
            print_json(&(serde_json::to_string(&self.state)? + "\n"))?;
        }
        Ok(())
    }
}
