//! The web server: a page, overlays, JSON documents, and frames over WebSocket. `docs/web-api.md` describes it.
//!
//! A [`state::Publisher`] reads telemetry on its own thread and publishes the newest [`state::State`]; clients never block it. Each
//! client is a task that takes the newest state at its own rate ([`socket`]). Every request passes the [`guard`]. The files of the page
//! are embedded in the program ([`assets`]).

mod announce;
mod assets;
mod documents;
mod frame;
mod guard;
mod listen;
mod messages;
mod metrics;
mod network;
mod routes;
mod server;
mod session_log;
mod slots;
mod socket;
mod state;
mod subscription;
mod token;
mod traces;

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use acevo_telemetry::analysis::Sectors;
use anyhow::{Context, anyhow};
use tokio::sync::watch;
use tracing::info;

use self::announce::Addresses;
use self::guard::Guard;
use self::server::{Counters, Server};
use self::slots::Slots;
use self::state::Publisher;
use self::token::Token;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;

/// Options of the server.
#[derive(Debug, Clone)]
pub(crate) struct ServerOptions {
    /// The port; 0 selects a free one.
    pub(crate) port: u16,
    /// Other devices in the network are accepted if they have the token.
    pub(crate) is_lan: bool,
    /// The file that keeps the token.
    pub(crate) token_file: Option<PathBuf>,
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
}

impl Site {
    /// Listens on the port.
    ///
    /// # Errors
    /// If the port is not available, or the token cannot be created or read.
    pub(crate) fn open(options: ServerOptions) -> anyhow::Result<Self> {
        let token = match (&options.token_file, options.is_lan) {
            (Some(file), _) => Some(Token::kept_in(file)?),
            (None, true) => Some(Token::new()?),
            (None, false) => None,
        };
        let ip = IpAddr::from(if options.is_lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST });
        let listener = TcpListener::bind((ip, options.port)).map_err(|error| listen_error(&error, options.port))?;
        let port = listener.local_addr().context("cannot read the port number")?.port();
        listener.set_nonblocking(true).context("cannot listen")?;
        info!("listening on {ip}:{port}");
        let addresses = Addresses::new(port, token.as_ref());
        Ok(Self { listener, guard: Guard::new(port, token), addresses, options })
    }

    /// Serves until a stop is requested.
    ///
    /// # Errors
    /// If the network or the thread that reads telemetry fails.
    pub(crate) fn run(self, session: LiveSession, stop: &Stop) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the web server")?;
        let (publisher, states) = Publisher::new(session, self.options.sectors.clone());
        let server = Arc::new(Server {
            states,
            guard: self.guard,
            slots: Slots::default(),
            counters: Counters::default(),
            sectors: self.options.sectors,
            closing: watch::Sender::new(false),
        });
        self.addresses.print(self.options.is_quiet)?;
        if self.options.opens_browser {
            self.addresses.open();
        }
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let reader = scope.spawn(|| publisher.run(&done));
            let result = runtime.block_on(listen::serve(self.listener, server, stop, || !reader.is_finished()));
            done.store(true, Ordering::Relaxed);
            result
        })
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
            format!("more than {} messages per second", socket::MAX_MESSAGES),
            format!("up to {} channels", subscription::MAX_CHANNELS),
            format!("more than {} KiB", subscription::MAX_LENGTH / 1024),
            format!("one of the last {} laps", session_log::MAX_TRACES),
        ] {
            assert!(text.contains(&limit), "docs/web-api.md does not say: {limit}");
        }
        let (minimum, maximum) = subscription::RATES;
        let rates =
            format!("the default is {}, the minimum {minimum}, the maximum {maximum}", subscription::DEFAULT_RATE);
        assert!(text.contains(&rates), "docs/web-api.md does not say: {rates}");
    }
}
