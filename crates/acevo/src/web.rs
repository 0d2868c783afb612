//! The web server: a page, overlays, JSON documents, and frames over WebSocket. `docs/web-api.md` describes it.
//!
//! A [`state::Publisher`] reads telemetry on its own thread and publishes the newest [`state::State`]; clients never block it. Each
//! client is a task that takes the newest state at its own rate ([`socket`]). Every request passes the [`guard`]. The files of the page
//! are embedded in the program ([`assets`]).

mod announce;
mod assets;
mod change;
pub(crate) mod client;
mod code;
mod control;
mod documents;
mod frame;
mod fuel_plan;
mod guard;
mod join;
mod lap_texts;
mod listen;
mod messages;
mod metrics;
mod network;
mod playback;
mod routes;
mod server;
mod session_log;
mod slots;
mod socket;
mod state;
mod subscription;
mod token;
mod traces;
mod upgrade;

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use acevo_telemetry::analysis::Sectors;
use anyhow::{Context, anyhow};
use tokio::sync::watch;
use tracing::info;

use self::announce::Addresses;
use self::control::Control;
use self::guard::Guard;
use self::join::join_within;
use self::lap_texts::LapTexts;
use self::server::{Counters, Server};
use self::slots::Slots;
use self::state::Publisher;
use self::token::Token;
use crate::recording::task::{RecordingFeed, RecordingHandle};
use crate::session::live_session::LiveSession;
use crate::session::playback::handle::PlaybackHandle;
use crate::shutdown::Stop;

/// Time for the thread that reads telemetry to end: longer than personal bests wait for the lock of their file.
const READER_TIMEOUT: Duration = Duration::from_secs(3);

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
    /// Other devices may also change settings and control recording.
    pub(crate) allows_lan_control: bool,
    /// The page is opened in a browser.
    pub(crate) opens_browser: bool,
    /// Only errors are printed.
    pub(crate) is_quiet: bool,
    /// Sectors of the tracks.
    pub(crate) sectors: Sectors,
}

/// A server that listens on its port but does not serve yet.
pub(crate) struct Site {
    listener: TcpListener,
    guard: Guard,
    addresses: Addresses,
    options: ServerOptions,
    recording: Option<(RecordingFeed, RecordingHandle)>,
    playback: Option<PlaybackHandle>,
}

/// Opens an address in a browser, or prints a warning if that fails.
pub(crate) fn open_page(address: &str) {
    announce::open(address);
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
        let listener = TcpListener::bind((ip, options.port)).map_err(|error| listen_error(&error, options.port))?;
        let port = listener.local_addr().context("cannot read the port number")?.port();
        listener.set_nonblocking(true).context("cannot listen")?;
        info!("listening on {ip}:{port}");
        let addresses = Addresses::new(port, token.as_ref());
        Ok(Self { listener, guard: Guard::new(port, token), addresses, options, recording: None, playback: None })
    }

    /// Records what is read, too.
    #[must_use]
    pub(crate) fn with_recording(mut self, feed: RecordingFeed, handle: RecordingHandle) -> Self {
        self.recording = Some((feed, handle));
        self
    }

    /// The recording that is played, if there is one.
    #[must_use]
    pub(crate) fn with_playback(mut self, playback: Option<PlaybackHandle>) -> Self {
        self.playback = playback;
        self
    }

    /// The port that it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.addresses.port()
    }

    /// Serves until a stop is requested.
    ///
    /// # Errors
    /// If the network or the thread that reads telemetry fails, or that thread does not end in time after a stop.
    pub(crate) fn run(self, session: LiveSession, stop: &Stop) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the web server")?;
        let (feed, handle) = self.recording.unzip();
        let (publisher, states) = Publisher::new(session, self.options.sectors.clone(), feed);
        let playback = self.playback;
        let server = Arc::new(Server {
            playback: playback.clone(),
            states,
            guard: self.guard,
            slots: Slots::default(),
            counters: Counters::default(),
            laps: LapTexts::default(),
            sectors: self.options.sectors,
            control: handle.map(|recording| Control { recording, stop: stop.clone() }),
            allows_lan_control: self.options.allows_lan_control,
            closing: watch::Sender::new(false),
        });
        self.addresses.print(self.options.is_quiet)?;
        if self.options.opens_browser {
            self.addresses.open(&server.guard.one_time_query()?);
        }
        let done = Arc::new(AtomicBool::new(false));
        let is_done = Arc::clone(&done);
        let reader = thread::spawn(move || publisher.run(&is_done));
        let result = runtime.block_on(listen::serve(self.listener, server, stop, || !reader.is_finished()));
        done.store(true, Ordering::Relaxed);
        playback.iter().for_each(PlaybackHandle::stop);
        let recording = join_within(reader, READER_TIMEOUT);
        // A recording is completed even if the server has failed.
        let completed = recording.and_then(|feed| feed.map_or(Ok(()), RecordingFeed::finish));
        result.and(completed)
    }
}

/// Explains why the server cannot listen.
fn listen_error(error: &io::Error, port: u16) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is taken, perhaps by another acevo: stop that one, or choose another port with --port; --port 0 takes any free port"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("port {port} needs administrator rights: choose a port above 1023 with --port")
        }
        _ => anyhow!("cannot listen on port {port}: {error}"),
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
            format!("It is valid once, for {} seconds,", code::VALID_FOR.as_secs()),
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
