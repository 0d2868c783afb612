//! A WebSocket, and whether its client reads what it is sent.
//!
//! The server cannot see whether a client reads what it is sent, because systems buffer megabytes. So it sends a ping each second, which
//! every browser answers. While the answer is overdue the client gets no more messages.

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acevo_protocol::TooManyFrames;
use axum::body::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tracing::{debug, info, warn};

use super::gate::{CLOSE_TIMEOUT, Gate};
use super::upgrade::Socket;

/// Time between two pings, and the longest time between two frames.
pub(super) const PING_EVERY: Duration = Duration::from_secs(1);

/// A client whose answer is overdue by this time gets no more messages.
const ASLEEP: Duration = Duration::from_secs(2);

/// A client whose answer is overdue by this time is disconnected. Sending may take as long.
const GONE: Duration = Duration::from_secs(60);

/// Why a connection ends.
pub(super) enum End {
    /// The client has gone, or the connection is lost.
    Gone,
    /// The client does not answer, or takes nothing.
    Slow,
    /// The client violated the protocol.
    Violation(&'static str),
    /// The server stops.
    Closing,
}

/// The last ping.
enum Ping {
    /// Sent at this time, and not answered yet.
    Pending(Instant),
    /// Sent at this time, and answered. Also the state before the first ping.
    Answered(Instant),
}

impl Ping {
    fn answer(&mut self) {
        if let Self::Pending(sent) = *self {
            *self = Self::Answered(sent);
        }
    }

    /// Time since an unanswered ping; zero if it was answered.
    fn overdue(&self, now: Instant) -> Duration {
        match self {
            Self::Pending(sent) => now.duration_since(*sent),
            Self::Answered(_) => Duration::ZERO,
        }
    }

    fn is_next_due(&self, now: Instant) -> bool {
        matches!(self, Self::Answered(sent) if now.duration_since(*sent) >= PING_EVERY)
    }
}

/// A client with a WebSocket.
pub(super) struct Peer<'a> {
    socket: Socket,
    ip: IpAddr,
    gate: &'a Gate,
    ping: Ping,
    was_asleep: bool,
}

impl<'a> Peer<'a> {
    pub(super) fn new(socket: Socket, ip: IpAddr, gate: &'a Gate) -> Self {
        gate.counters.clients.fetch_add(1, Ordering::Relaxed);
        info!(peer = %ip, "client connected");
        Self { socket, ip, gate, ping: Ping::Answered(Instant::now()), was_asleep: false }
    }

    /// The next message: a text, a binary one, or a ping or pong, which need no answer.
    pub(super) async fn next(&mut self) -> Result<Message, End> {
        let message = tokio::select! {
            () = self.gate.closed() => return Err(End::Closing),
            message = self.socket.next() => message,
        };
        match message {
            Some(Ok(Message::Close(_))) | None => Err(End::Gone),
            Some(Ok(message)) => {
                if matches!(message, Message::Pong(_)) {
                    self.ping.answer();
                }
                Ok(message)
            }
            Some(Err(error)) => Err(end_of(&error)),
        }
    }

    /// Sends a ping if one is due. True if the client must not get messages, because it does not answer.
    pub(super) async fn is_asleep(&mut self) -> Result<bool, End> {
        let now = Instant::now();
        if self.ping.overdue(now) >= GONE {
            return Err(End::Slow);
        }
        if self.ping.is_next_due(now) {
            self.ping = Ping::Pending(now);
            self.send(Message::Ping(Bytes::new())).await?;
        }
        let is_asleep = self.ping.overdue(now) >= ASLEEP;
        if std::mem::replace(&mut self.was_asleep, is_asleep) != is_asleep {
            let state = if is_asleep {
                "slow client: it gets no messages until it answers"
            } else {
                "slow client answers again"
            };
            debug!(peer = %self.ip, "{state}");
        }
        Ok(is_asleep)
    }

    /// Sends a message, and waits until the system has taken it.
    pub(super) async fn send(&mut self, message: Message) -> Result<(), End> {
        let bytes = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) | Message::Frame(_) => 0,
        };
        tokio::select! {
            biased;
            sent = self.socket.send(message) => sent.map_err(|_| End::Gone)?,
            () = self.gate.closed() => return Err(End::Closing),
            () = sleep(GONE) => return Err(End::Slow),
        }
        self.gate.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Ends the connection.
    pub(super) async fn finish(mut self, end: End) {
        let peer = self.ip;
        let reason = match end {
            End::Gone => None,
            End::Slow => {
                warn!(%peer, "slow client disconnected: it has not answered for {} s", GONE.as_secs());
                None
            }
            End::Violation(why) => {
                warn!(%peer, "client disconnected: {why}");
                Some((CloseCode::Policy, why))
            }
            End::Closing => Some((CloseCode::Away, "acevo has stopped")),
        };
        self.gate.counters.clients.fetch_sub(1, Ordering::Relaxed);
        info!(%peer, "client left");
        if let Some((code, reason)) = reason {
            let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
            let _ = timeout(CLOSE_TIMEOUT, self.close(close)).await;
        }
    }

    /// Closes the connection, and waits until the client does so too. Otherwise unread data would reset the connection, and the client
    /// would not get the reason.
    async fn close(&mut self, close: Message) {
        if self.socket.send(close).await.is_err() {
            return;
        }
        while let Some(Ok(_)) = self.socket.next().await {}
        // After an error, the socket returns no more messages, but the client may still send.
        self.socket.get_mut().discard().await;
    }
}

/// Why a connection ends with this error.
fn end_of(error: &Error) -> End {
    match error {
        Error::Io(error) if error.get_ref().is_some_and(|error| error.is::<TooManyFrames>()) => {
            End::Violation("too many frames")
        }
        Error::Io(_) | Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => End::Gone,
        _ => End::Violation("invalid message"),
    }
}

/// A clock that ticks with this period, and leaves out ticks that were missed.
pub(super) fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ping_is_overdue_only_until_it_is_answered() {
        let start = Instant::now();
        let mut ping = Ping::Answered(start);
        assert!(!ping.is_next_due(start) && ping.is_next_due(start + PING_EVERY));
        ping = Ping::Pending(start);
        assert!(!ping.is_next_due(start + GONE) && ping.overdue(start + ASLEEP) == ASLEEP);
        ping.answer();
        assert!(ping.overdue(start + GONE).is_zero() && ping.is_next_due(start + PING_EVERY));
    }
}
