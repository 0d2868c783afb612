//! The connection of a receiver, in a thread of its own, which connects again by itself.

use std::net::TcpStream;
use std::sync::mpsc::{Receiver as Events, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use acevo_relay::{Group, Position, Received, Receiver, RelayError, SILENCE};

use super::address::SenderAddress;
use crate::token::Token;

/// Groups that wait for the thread that publishes. If there are more, the sender has to wait.
const MAX_EVENTS: usize = 64;

/// Time between two attempts to connect: at first, and at most.
const RETRY: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// What has happened to the connection.
pub(crate) enum LinkEvent {
    /// It is connected. `is_new` is true if the sender is another one than before.
    Connected {
        /// The sender is another one than before, or the first one.
        is_new: bool,
    },
    /// Pages have arrived.
    Group {
        group: Group,
        /// Items before the group that are lost.
        gap: u64,
        arrived: Instant,
        round_trip: Option<Duration>,
        /// Bytes of this connection.
        bytes: u64,
    },
    /// It has ended, or an attempt to connect has failed. Another attempt follows.
    Disconnected(RelayError),
    /// The sender has ended.
    Ended,
    /// It has failed, and no other attempt would succeed.
    Failed(RelayError),
}

/// A connection that is made again until this is dropped.
pub(crate) struct Link {
    pub(crate) events: Events<LinkEvent>,
}

impl Link {
    pub(crate) fn start(address: SenderAddress, token: Token) -> Self {
        let (sender, events) = sync_channel(MAX_EVENTS);
        // The thread is never joined: it may wait for the network. It ends with its channel.
        thread::spawn(move || keep_connected(&address, &token, &sender));
        Self { events }
    }
}

/// The receiver has ended.
struct Gone;

fn keep_connected(address: &SenderAddress, token: &Token, events: &SyncSender<LinkEvent>) {
    let (mut position, mut pause) = (None, RETRY.0);
    loop {
        let before = position;
        let end = match follow(address, token, &mut position, events) {
            Ok(()) => LinkEvent::Ended,
            Err(Ok(error)) if error.is_final() => {
                let _ = events.send(LinkEvent::Failed(error));
                return;
            }
            Err(Ok(error)) => LinkEvent::Disconnected(error),
            Err(Err(Gone)) => return,
        };
        if events.send(end).is_err() {
            return;
        }
        pause = if position == before { (pause * 2).min(RETRY.1) } else { RETRY.0 };
        thread::sleep(pause);
    }
}

/// Receives over one connection. `Ok` if the sender has ended.
fn follow(
    address: &SenderAddress,
    token: &Token,
    position: &mut Option<Position>,
    events: &SyncSender<LinkEvent>,
) -> Result<(), Result<RelayError, Gone>> {
    let socket = connect(address).map_err(Ok)?;
    let mut receiver = Receiver::connect(socket, token.as_str(), *position).map_err(Ok)?;
    let send = |event| events.send(event).map_err(|_| Err(Gone));
    send(LinkEvent::Connected { is_new: receiver.is_new() })?;
    loop {
        let received = receiver.receive().map_err(Ok)?;
        let arrived = Instant::now();
        *position = receiver.position().or(*position);
        match received {
            Received::Group { group, gap } => {
                let (round_trip, bytes) = (receiver.round_trip(), receiver.bytes());
                send(LinkEvent::Group { group, gap, arrived, round_trip, bytes })?;
            }
            Received::Nothing => {}
            Received::Ended => return Ok(()),
        }
    }
}

/// Connects to the first address that accepts.
fn connect(address: &SenderAddress) -> Result<TcpStream, RelayError> {
    let mut failure = None;
    for address in address.resolve().map_err(RelayError::Io)? {
        match TcpStream::connect_timeout(&address, SILENCE) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(SILENCE))?;
                socket.set_write_timeout(Some(SILENCE))?;
                return Ok(socket);
            }
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.map_or(RelayError::Silent, RelayError::Io))
}
