//! The web server: a page, overlays, documents, and frames over WebSocket, as `docs/web-api.md` tells.
//!
//! A [`moment::Follower`] reads in a thread of its own and shows the newest [`moment::Moment`]; nobody who looks at it can hold it up. Each
//! client is a task that takes what is newest at its own rate ([`socket`]). Every request passes the [`guard`]. Nothing is read from a
//! disk: what is served is in the program ([`assets`]).

mod announce;
mod assets;
mod documents;
mod frame;
mod guard;
mod listen;
mod metrics;
mod moment;
mod network;
mod routes;
mod slots;
mod socket;
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
use self::moment::{Follower, Moment};
use self::slots::Slots;
use self::token::Token;
use crate::cli::Serve;
use crate::session::snapshot::Cockpit;
use crate::shutdown::Stop;

/// A server that has its port, and does not serve yet.
pub(crate) struct Site {
    listener: TcpListener,
    guard: Guard,
    addresses: Addresses,
    sectors: Sectors,
    open: bool,
    quiet: bool,
}

/// What all tasks of the server share.
struct Server {
    moments: watch::Receiver<Arc<Moment>>,
    guard: Guard,
    slots: Slots,
    counters: Counters,
    sectors: Sectors,
    /// True once everybody is to go.
    closing: watch::Sender<bool>,
}

impl Site {
    /// Takes the port.
    ///
    /// # Errors
    /// Where it is taken, or there is no secret to be had.
    pub(crate) fn open(args: &Serve) -> anyhow::Result<Self> {
        let token = match (&args.token_file, args.lan) {
            (Some(file), _) => Some(Token::kept_in(file)?),
            (None, true) => Some(Token::new()?),
            (None, false) => None,
        };
        let ip = IpAddr::from(if args.lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST });
        let listener = TcpListener::bind((ip, args.port)).map_err(|error| why_not(&error, args.port))?;
        let port = listener.local_addr().context("the system does not tell the port")?.port();
        listener.set_nonblocking(true).context("cannot listen")?;
        let addresses = Addresses::new(port, token.as_ref());
        let guard = Guard::new(port, token);
        let sectors = args.analysing.settings().sectors;
        Ok(Self { listener, guard, addresses, sectors, open: args.open, quiet: args.quiet })
    }

    /// Serves until it is asked to stop.
    ///
    /// # Errors
    /// Where the network or the reader fails.
    pub(crate) fn run(self, cockpit: Cockpit, stop: &Stop) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot start the web server")?;
        let (follower, moments) = Follower::new(cockpit, self.sectors.clone());
        let server = Arc::new(Server {
            moments,
            guard: self.guard,
            slots: Slots::default(),
            counters: Counters::default(),
            sectors: self.sectors,
            closing: watch::Sender::new(false),
        });
        self.addresses.tell(self.quiet)?;
        if self.open {
            self.addresses.open();
        }
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let reader = scope.spawn(|| follower.run(&done));
            let result = runtime.block_on(listen::serve(self.listener, server, stop, || !reader.is_finished()));
            done.store(true, Ordering::Relaxed);
            result
        })
    }
}

impl Server {
    /// What was seen last.
    fn moment(&self) -> Arc<Moment> {
        Arc::clone(&self.moments.borrow())
    }

    /// Waits until everybody is to go.
    async fn closed(&self) {
        // An error would mean that the server is gone, and everybody with it.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }
}

fn why_not(error: &io::Error, port: u16) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {port} is taken, perhaps by another acevo: end that one, or choose another port with --port; --port 0 takes any"
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow!("port {port} is not for everybody: choose one above 1023 with --port")
        }
        _ => anyhow!("cannot listen on port {port}: {error}"),
    }
}

/// How long the program waits for clients to go once it is to end.
const FAREWELL: Duration = Duration::from_millis(500);

/// Seconds since an instant.
fn seconds_since(start: Instant, now: Instant) -> f64 {
    now.saturating_duration_since(start).as_secs_f64()
}
