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
mod metrics;
mod network;
mod routes;
mod session_log;
mod slots;
mod socket;
mod state;
mod subscription;
mod token;
mod traces;

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_telemetry::analysis::Sectors;
use anyhow::{Context, anyhow};
use tokio::sync::watch;

use self::announce::Addresses;
use self::guard::Guard;
use self::metrics::Counters;
use self::slots::Slots;
use self::state::{Publisher, State};
use self::token::Token;
use crate::cli::Serve;
use crate::session::live_session::LiveSession;
use crate::shutdown::Stop;

/// A server that listens on its port but does not serve yet.
pub(crate) struct Site {
    listener: TcpListener,
    guard: Guard,
    addresses: Addresses,
    sectors: Sectors,
    open: bool,
    quiet: bool,
}

/// The state that all tasks of the server share.
struct Server {
    states: watch::Receiver<Arc<State>>,
    guard: Guard,
    slots: Slots,
    counters: Counters,
    sectors: Sectors,
    /// True when all connections must close.
    closing: watch::Sender<bool>,
}

impl Site {
    /// Listens on the port.
    ///
    /// # Errors
    /// If the port is not available, or the token cannot be created or read.
    pub(crate) fn open(args: &Serve) -> anyhow::Result<Self> {
        let token = match (&args.token_file, args.lan) {
            (Some(file), _) => Some(Token::kept_in(file)?),
            (None, true) => Some(Token::new()?),
            (None, false) => None,
        };
        let ip = IpAddr::from(if args.lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST });
        let listener = TcpListener::bind((ip, args.port)).map_err(|error| listen_error(&error, args.port))?;
        let port = listener.local_addr().context("cannot read the port number")?.port();
        listener.set_nonblocking(true).context("cannot listen")?;
        let addresses = Addresses::new(port, token.as_ref());
        let guard = Guard::new(port, token);
        let sectors = args.analysing.settings().sectors;
        Ok(Self { listener, guard, addresses, sectors, open: args.open, quiet: args.quiet })
    }

    /// Serves until a stop is requested.
    ///
    /// # Errors
    /// If the network or the thread that reads telemetry fails.
    pub(crate) fn run(self, session: LiveSession, stop: &Stop) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the web server")?;
        let (publisher, states) = Publisher::new(session, self.sectors.clone());
        let server = Arc::new(Server {
            states,
            guard: self.guard,
            slots: Slots::default(),
            counters: Counters::default(),
            sectors: self.sectors,
            closing: watch::Sender::new(false),
        });
        self.addresses.print(self.quiet)?;
        if self.open {
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

impl Server {
    /// The newest state.
    fn state(&self) -> Arc<State> {
        Arc::clone(&self.states.borrow())
    }

    /// Waits until all connections must close.
    async fn closed(&self) {
        // An error would mean that the server no longer exists.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
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

/// Time for clients to close their connections when the server stops.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);

/// Seconds since an instant.
fn seconds_since(start: Instant, now: Instant) -> f64 {
    now.saturating_duration_since(start).as_secs_f64()
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
