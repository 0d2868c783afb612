//! A WebSocket client. It subscribes to channels and gets the newest values at its own rate. Values that it is too slow for are skipped,
//! not queued.
//!
//! The server cannot see whether a client reads what it is sent, because systems buffer megabytes. So it sends a ping each second, which
//! every browser answers. While the answer is overdue the client gets no more messages.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acevo_protocol::{TooManyFrames, ValueFrame};
use axum::body::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::error::{Error, ProtocolError};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tracing::{debug, info, warn};

use super::messages::message;
use super::server::{CLOSE_TIMEOUT, Server};
use super::slots::Slot;
use super::state::{MESSAGES, State};
use super::subscription::Subscription;
use super::upgrade::Socket;

/// Time between two checks for new messages without a subscription.
const IDLE_PERIOD: Duration = Duration::from_millis(100);

/// Time between two pings, and the longest time between two frames.
const PING_EVERY: Duration = Duration::from_secs(1);

/// A client whose answer is overdue by this time gets no more messages.
const ASLEEP: Duration = Duration::from_secs(2);

/// A client whose answer is overdue by this time is disconnected. Sending may take as long.
const GONE: Duration = Duration::from_secs(60);

/// Why a connection ends.
enum End {
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

/// Serves a client until the connection ends.
pub(super) async fn serve(socket: Socket, server: Arc<Server>, slot: Arc<Slot>) {
    let counters = &server.counters;
    counters.clients.fetch_add(1, Ordering::Relaxed);
    let peer = slot.ip();
    let mut client = Client::new(socket, peer, &server);
    info!(%peer, "client connected");
    let reason = match client.run().await {
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
    counters.clients.fetch_sub(1, Ordering::Relaxed);
    info!(%peer, "client left");
    if let Some((code, reason)) = reason {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = timeout(CLOSE_TIMEOUT, client.close(close)).await;
    }
    drop(slot);
}

struct Client<'a> {
    socket: Socket,
    peer: IpAddr,
    server: &'a Server,
    ticks: Interval,
    /// The last tick at which a frame was considered.
    last_tick: Option<Instant>,
    /// The client was asleep at the last tick.
    was_asleep: bool,
    subscription: Option<Subscription>,
    /// The last frame that was sent, and its time.
    last_frame: Option<(ValueFrame, Instant)>,
    /// The number of the last frame.
    number: u32,
    /// Versions of the shared messages that were sent last.
    versions: [u32; MESSAGES],
    /// The number of events that were sent or happened before the connection.
    event_count: u64,
    ping: Ping,
}

impl<'a> Client<'a> {
    fn new(socket: Socket, peer: IpAddr, server: &'a Server) -> Self {
        let now = Instant::now();
        Self {
            socket,
            peer,
            server,
            ticks: ticks(IDLE_PERIOD),
            last_tick: None,
            was_asleep: false,
            subscription: None,
            last_frame: None,
            number: 0,
            versions: [0; MESSAGES],
            event_count: server.state().event_count,
            ping: Ping::Answered(now),
        }
    }

    async fn run(&mut self) -> End {
        loop {
            let result = tokio::select! {
                () = self.server.closed() => Err(End::Closing),
                message = self.socket.next() => match message {
                    Some(Ok(message)) => self.receive(message).await,
                    Some(Err(error)) => Err(end_of(&error)),
                    None => Err(End::Gone),
                },
                due = self.ticks.tick() => self.update(due).await,
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    /// Handles a message of the client.
    async fn receive(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => {
                let subscription = Subscription::read(&text, self.subscription.as_ref());
                let subscription = subscription.ok_or(End::Violation("invalid subscription"))?;
                let answer = subscription.answer();
                self.ticks = ticks(subscription.period());
                self.last_tick = None;
                self.last_frame = None;
                self.subscription = Some(subscription);
                self.send(Message::Text(answer.into())).await
            }
            Message::Pong(_) => {
                self.ping.answer();
                Ok(())
            }
            // Pings are answered by the socket. Single frames are never returned.
            Message::Ping(_) | Message::Frame(_) => Ok(()),
            Message::Binary(_) => Err(End::Violation("invalid subscription")),
            Message::Close(_) => Err(End::Gone),
        }
    }

    /// Sends everything that is new.
    async fn update(&mut self, due: Instant) -> Result<(), End> {
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
            debug!(peer = %self.peer, "{state}");
        }
        let state = self.server.state();
        if !is_asleep {
            self.send_messages(&state).await?;
            if let Some(texts) = self.subscription.as_mut().and_then(|subscription| subscription.new_texts(&state)) {
                self.send(Message::Text(texts.into())).await?;
            }
        }
        self.send_frame(&state, due, is_asleep).await
    }

    /// Sends new shared messages and events.
    async fn send_messages(&mut self, state: &State) -> Result<(), End> {
        for (index, shared) in state.messages.iter().enumerate() {
            if self.versions[index] != shared.version {
                self.versions[index] = shared.version;
                self.send(Message::Text(shared.text.clone())).await?;
            }
        }
        let new = state.event_count.saturating_sub(self.event_count);
        self.event_count = state.event_count;
        for event in state.last_events(usize::try_from(new).unwrap_or(usize::MAX)) {
            #[derive(serde::Serialize)]
            struct Content<T> {
                event: T,
            }
            self.send(Message::Text(message("event", &Content { event }).into())).await?;
        }
        Ok(())
    }

    /// Sends a frame if its values are new, or the last one is too old.
    async fn send_frame(&mut self, state: &State, due: Instant, is_asleep: bool) -> Result<(), End> {
        let Some(subscription) = &self.subscription else { return Ok(()) };
        let Some(frame) = subscription.frame(state) else { return Ok(()) };
        // Ticks that passed while a frame was being sent.
        let period = subscription.period().as_secs_f64();
        let missed = self.last_tick.map_or(0.0, |last| due.duration_since(last).as_secs_f64() / period - 1.0);
        self.last_tick = Some(due);
        // The cast saturates, which matters only after weeks of sleep.
        self.skip(missed.round() as u32);
        if let Some((last, at)) = &self.last_frame
            && frame.has_values_of(last)
            && due.duration_since(*at) < PING_EVERY
        {
            return Ok(());
        }
        if is_asleep {
            self.skip(1);
            return Ok(());
        }
        self.last_frame = Some((frame.clone(), due));
        self.number = self.number.wrapping_add(1);
        self.send(Message::Binary(frame.numbered(self.number).into())).await?;
        self.server.counters.frames.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn skip(&mut self, frames: u32) {
        self.number = self.number.wrapping_add(frames);
        self.server.counters.skipped.fetch_add(frames.into(), Ordering::Relaxed);
    }

    /// Sends a message, and waits until the system has taken it.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let bytes = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) | Message::Frame(_) => 0,
        };
        tokio::select! {
            biased;
            sent = self.socket.send(message) => sent.map_err(|_| End::Gone)?,
            () = self.server.closed() => return Err(End::Closing),
            () = sleep(GONE) => return Err(End::Slow),
        }
        self.server.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
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

fn ticks(period: Duration) -> Interval {
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
