//! The web server: a page, overlays, JSON documents, and frames over WebSocket. `docs/web-api.md` describes it.
//!
//! A [`state::Publisher`] reads telemetry on its own thread and publishes the newest [`state::State`]; clients never block it. Each
//! client is a task that takes the newest state at its own rate ([`socket`]). Every request passes the [`guard`]. The files of the page
//! are embedded in the program ([`assets`]).

mod announce;
mod answers;
mod assets;
mod background;
mod change;
pub(crate) mod client;
pub(crate) mod collect;
mod control;
mod documents;
mod frame;
mod fuel_plan;
mod gate;
mod guard;
mod join;
mod json;
mod lap;
mod lap_list;
mod lap_texts;
mod layouts;
mod library;
mod listen;
mod messages;
mod metrics;
pub(crate) mod mirror;
mod peer;
mod playback;
mod protect;
mod routes;
mod server;
mod session_log;
mod settings_page;
mod slots;
mod socket;
mod state;
mod subscription;
mod traces;
mod track;
mod upgrade;
pub(crate) mod wall;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use tokio::sync::watch;
use tracing::{error, info};

use self::announce::Addresses;
pub(crate) use self::background::Control;
use self::gate::Gate;
use self::guard::Guard;
use self::join::join_within;
use self::lap_texts::LapTexts;
use self::server::Server;
use self::state::{Publisher, State};
use crate::fleet::feed::FleetFeed;
use crate::format::text::error_chain;
use crate::layouts::Layouts;
use crate::library::LibraryTask;
use crate::network;
use crate::output::complain;
use crate::recording::task::RecordingFeed;
use crate::session::live_session::LiveSession;
use crate::session::playback::handle::PlaybackHandle;
use crate::settings;
use crate::shutdown::Stop;
use crate::token::Token;

/// Time for the thread that reads telemetry to end: longer than personal bests wait for the lock of their file.
const READER_TIMEOUT: Duration = Duration::from_secs(3);

/// Time between two attempts to start the server of the background program.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Time between two checks whether a stop is requested.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// Options of the server.
#[derive(Debug, Clone)]
pub(crate) struct ServerOptions {
    /// The port; 0 selects a free one.
    pub(crate) port: u16,
    /// Other devices in the network are accepted if they have the token.
    pub(crate) is_lan: bool,
    /// The file that keeps the token.
    pub(crate) token_file: Option<PathBuf>,
    /// Without such a file the token is kept in the folder of data.
    pub(crate) keeps_token: bool,
    /// The page is opened in a browser.
    pub(crate) opens_browser: bool,
    /// Only errors are printed.
    pub(crate) is_quiet: bool,
}

/// A server that listens on its port but does not serve yet.
pub(crate) struct Site {
    listener: TcpListener,
    gate: Arc<Gate>,
    addresses: Addresses,
    options: ServerOptions,
    playback: Option<PlaybackHandle>,
}

/// What the server of the background program has beside that of `acevo serve`.
pub(crate) struct Background {
    /// Records what is read.
    pub(crate) feed: RecordingFeed,
    /// Publishes it to a broker, if one is set.
    pub(crate) fleet: Option<FleetFeed>,
    /// What the page can control.
    pub(crate) control: Control,
    /// The session library.
    pub(crate) library: LibraryTask,
}

/// Opens an address in a browser, or prints a warning if that fails.
pub(crate) fn open_page(address: &str) {
    announce::open(address);
}

/// Checks that a port of this computer is free: listens on it, and stops at once. Port 0 is always free.
///
/// # Errors
/// Why the system refuses the port.
pub(crate) fn check_port(port: u16) -> io::Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(drop)
}

impl Site {
    /// Listens on the port.
    ///
    /// # Errors
    /// If the port is not available, or the token cannot be created or read.
    pub(crate) fn open(options: ServerOptions) -> anyhow::Result<Self> {
        let token = match (&options.token_file, options.is_lan) {
            (Some(file), _) => Some(Token::kept_in(file)?),
            (None, true) if options.keeps_token => Some(Token::kept()?),
            (None, true) => Some(Token::new()?),
            (None, false) => None,
        };
        let ip = IpAddr::from(if options.is_lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST });
        let listener = network::bind(SocketAddr::new(ip, options.port), "--port")?;
        let port = listener.local_addr().context("cannot read the port number")?.port();
        listener.set_nonblocking(true).context("cannot listen")?;
        info!("listening on {ip}:{port}");
        let addresses = Addresses::new(port, token.as_ref());
        let gate = Arc::new(Gate::new(Guard::new(port, token)));
        Ok(Self { listener, gate, addresses, options, playback: None })
    }

    /// The recording that is played, if there is one.
    #[must_use]
    pub(crate) fn with_playback(mut self, playback: Option<PlaybackHandle>) -> Self {
        self.playback = playback;
        self
    }

    /// Serves until a stop is requested.
    ///
    /// # Errors
    /// If the network or the thread that reads telemetry fails, or that thread does not end in time after a stop.
    pub(crate) fn run(self, session: LiveSession, library: LibraryTask, stop: &Stop) -> anyhow::Result<()> {
        let reader = Reader::start(session, None, None);
        let playback = self.playback.clone();
        let result = self.serve(&reader, None, library, stop);
        playback.iter().for_each(PlaybackHandle::stop);
        result.and(reader.finish())
    }

    fn serve(self, reader: &Reader, control: Option<Control>, library: LibraryTask, stop: &Stop) -> anyhow::Result<()> {
        let server = Arc::new(Server {
            gate: Arc::clone(&self.gate),
            playback: self.playback.clone(),
            states: reader.states.clone(),
            laps: LapTexts::default(),
            layouts: Layouts::of_user(),
            library,
            control,
            settings_at_start: settings::stored().effective.settings,
        });
        self.answer(routes::router(&server), stop, || {
            ensure!(reader.is_running(), "the thread that reads the telemetry has failed");
            Ok(())
        })
    }

    /// Prints the addresses, and answers requests until a stop is requested or `check` fails, which is called again and again.
    fn answer(self, router: Router, stop: &Stop, check: impl Fn() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the web server")?;
        self.addresses.print(self.options.is_quiet)?;
        if self.options.opens_browser {
            self.addresses.open();
        }
        runtime.block_on(listen::serve(self.listener, self.gate, router, stop, check))
    }
}

/// Serves the background program until a stop is requested. If the server fails, for example because its port is taken, that is reported
/// and tried again, and everything else continues. `on_change` is called with the port when the server listens, and with each new problem.
///
/// # Errors
/// If the thread that reads telemetry fails or does not end in time, or a recording cannot be completed.
pub(crate) fn run_background(
    options: &ServerOptions,
    session: LiveSession,
    background: Background,
    stop: &Stop,
    mut on_change: impl FnMut(Result<u16, &str>),
) -> anyhow::Result<()> {
    let Background { feed, fleet, control, library } = background;
    let reader = Reader::start(session, Some(feed), fleet);
    let mut options = options.clone();
    let mut problem = None;
    while reader.is_running() && !stop.is_requested() {
        let served = Site::open(options.clone()).and_then(|site| {
            problem = None;
            on_change(Ok(site.addresses.port()));
            // Only the first start opens a browser.
            options.opens_browser = false;
            site.serve(&reader, Some(control.clone()), library.clone(), stop)
        });
        let Err(error) = served else { continue };
        let text = error_chain(error.as_ref());
        if problem.as_ref() != Some(&text) {
            error!("{text}");
            complain(&error.context("the web server has failed and is tried again; everything else continues"));
            on_change(Err(&text));
            problem = Some(text);
        }
        let retry_at = Instant::now() + RETRY_INTERVAL;
        while Instant::now() < retry_at && reader.is_running() && !stop.is_requested() {
            thread::sleep(CHECK_INTERVAL);
        }
    }
    reader.finish()
}

/// The thread that reads telemetry and publishes states.
struct Reader {
    states: watch::Receiver<Arc<State>>,
    done: Arc<AtomicBool>,
    thread: JoinHandle<Option<RecordingFeed>>,
}

impl Reader {
    fn start(session: LiveSession, feed: Option<RecordingFeed>, fleet: Option<FleetFeed>) -> Self {
        let (publisher, states) = Publisher::new(session, feed, fleet);
        let done = Arc::new(AtomicBool::new(false));
        let is_done = Arc::clone(&done);
        Self { states, done, thread: thread::spawn(move || publisher.run(&is_done)) }
    }

    fn is_running(&self) -> bool {
        !self.thread.is_finished()
    }

    /// Ends the thread, and completes the recording.
    fn finish(self) -> anyhow::Result<()> {
        self.done.store(true, Ordering::Relaxed);
        join_within(self.thread, READER_TIMEOUT)?.map_or(Ok(()), RecordingFeed::finish)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn limits_in_the_documentation_are_those_of_the_code() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/web-api.md");
        let text = fs::read_to_string(path).unwrap().replace('\n', " ");
        for limit in [
            format!("Beyond {} connections, or {} from one address,", slots::MAX, slots::MAX_PER_ADDRESS),
            format!("share {} slots and displace only each other", slots::MAX_STRANGERS),
            format!("{} slots are reserved for this computer", slots::RESERVED),
            format!("more than {} frames per second", acevo_protocol::MAX_FRAMES),
            format!("up to {} channels", acevo_protocol::MAX_CHANNELS),
            format!("more than {} KiB", acevo_protocol::MAX_LENGTH / 1024),
            format!("one of the last {} laps", session_log::MAX_TRACES),
        ] {
            assert!(text.contains(&limit), "docs/web-api.md does not say: {limit}");
        }
        let (minimum, maximum) = acevo_protocol::RATES;
        let rates =
            format!("the default is {}, the minimum {minimum}, the maximum {maximum}", acevo_protocol::DEFAULT_RATE);
        assert!(text.contains(&rates), "docs/web-api.md does not say: {rates}");
    }
}
