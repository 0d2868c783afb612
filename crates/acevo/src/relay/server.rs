//! Accepts receivers, and sends pages to each of them in a thread of its own.

use std::io::{self, Read};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use acevo_relay::{AcceptedReceiver, RelayError, RelayQueue, SILENCE};
use acevo_telemetry::Limiter;
use anyhow::Context;

use crate::network;
use crate::output::say;
use crate::token::Token;

/// Maximum number of receivers.
const MAX_RECEIVERS: usize = 4;

/// Maximum number of connections, with those whose token is not checked yet.
const MAX_CONNECTIONS: usize = 16;

/// Time that a receiver has for its greeting.
const GREETING: Duration = Duration::from_secs(3);

/// Messages about refused connections at once, and per second for long.
const MESSAGES: (f64, f64) = (10.0, 0.1);

/// Time between two attempts to accept a connection if the system refuses, for example because there are too many open files.
const RETRY: Duration = Duration::from_millis(100);

/// Accepts receivers until the program ends.
pub(crate) struct RelayServer {
    shared: Arc<Shared>,
    address: SocketAddr,
}

struct Shared {
    token: Token,
    queue: Arc<RelayQueue>,
    connections: AtomicUsize,
    receivers: AtomicUsize,
    messages: Mutex<(Instant, Limiter)>,
    quiet: bool,
}

/// Counts while it exists.
struct Counted<'a>(&'a AtomicUsize);

impl<'a> Counted<'a> {
    /// `None` if there are as many as allowed.
    fn below(count: &'a AtomicUsize, most: usize) -> Option<Self> {
        let counted = Self(count);
        (count.fetch_add(1, Ordering::AcqRel) < most).then_some(counted)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Reads a socket until a time.
struct ReadUntil<'a> {
    socket: &'a TcpStream,
    until: Instant,
}

impl Read for ReadUntil<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        self.socket.read(buffer)
    }
}

impl RelayServer {
    /// Begins to listen.
    ///
    /// # Errors
    /// If the address cannot be used, for example because another program does.
    pub(crate) fn listen(
        address: SocketAddr,
        token: Token,
        queue: Arc<RelayQueue>,
        quiet: bool,
    ) -> anyhow::Result<Self> {
        let listener = network::bind(address, "--listen")?;
        let address = listener.local_addr().context("cannot read the port number")?;
        let messages = Mutex::new((Instant::now(), Limiter::new(MESSAGES.0, MESSAGES.1)));
        let (connections, receivers) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let shared = Arc::new(Shared { token, queue, connections, receivers, messages, quiet });
        let accepting = Arc::clone(&shared);
        // The thread is never joined: it waits for connections until the program ends.
        thread::spawn(move || {
            loop {
                match listener.accept() {
                    Ok((socket, peer)) => accepting.clone().serve(socket, peer.ip()),
                    Err(_) => thread::sleep(RETRY),
                }
            }
        });
        Ok(Self { shared, address })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the queue, and waits until all receivers have the rest of it, at most for this time.
    pub(crate) fn finish(&self, timeout: Duration) {
        self.shared.queue.close();
        let until = Instant::now() + timeout;
        while self.shared.receivers.load(Ordering::Acquire) > 0 && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Shared {
    fn serve(self: Arc<Self>, socket: TcpStream, peer: IpAddr) {
        // The thread is never joined: the program does not wait for slow receivers.
        thread::spawn(move || {
            // Without room the connection is closed without an answer.
            let Some(_connection) = Counted::below(&self.connections, MAX_CONNECTIONS) else { return };
            if let Err(error) = self.send(&socket, peer) {
                self.say(true, &format!("{peer} was refused: {error}"));
            }
        });
    }

    fn send(&self, socket: &TcpStream, peer: IpAddr) -> Result<(), RelayError> {
        socket.set_nodelay(true)?;
        socket.set_write_timeout(Some(SILENCE))?;
        let mut receiver = None;
        let has_room = || {
            receiver = Counted::below(&self.receivers, MAX_RECEIVERS);
            receiver.is_some()
        };
        let mut greeting = ReadUntil { socket, until: Instant::now() + GREETING };
        let accepted =
            AcceptedReceiver::accept(&mut greeting, &mut &*socket, self.token.as_str(), has_room, &self.queue)?;
        socket.set_read_timeout(Some(SILENCE))?;
        self.say(false, &format!("{peer} receives the pages"));
        let close = || {
            // A socket that is closed already needs nothing.
            let _ = socket.shutdown(Shutdown::Read);
        };
        let (sent, result) = accepted.send(socket, socket, &self.queue, close);
        let why = result.err().map_or_else(|| "everything is sent".to_owned(), |error| error.to_string());
        let megabytes = sent.bytes as f64 / 1e6;
        let gap = if sent.dropped > 0 { format!(", {} packets dropped", sent.dropped) } else { String::new() };
        self.say(false, &format!("{peer} has left: {why}; {} packets in {megabytes:.1} MB sent{gap}", sent.items));
        Ok(())
    }

    /// Prints a message. Those that a stranger can cause are limited.
    fn say(&self, is_limited: bool, message: &str) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let now = messages.0.elapsed().as_secs_f64();
        if !self.quiet && (!is_limited || messages.1.allows(now)) {
            say(format_args!("acevo: {message}"));
        }
    }
}
