//! A WebSocket client. It subscribes to channels and gets the newest values at its own rate. Values that it is too slow for are skipped,
//! not queued.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use acevo_protocol::ValueFrame;
use tokio::time::{Instant, Interval};
use tokio_tungstenite::tungstenite::Message;

use super::messages::message;
use super::peer::{End, PING_EVERY, Peer, ticks};
use super::server::Server;
use super::slots::Slot;
use super::state::{MESSAGES, State};
use super::subscription::Subscription;
use super::upgrade::Socket;

/// Time between two checks for new messages without a subscription.
const IDLE_PERIOD: Duration = Duration::from_millis(100);

/// Serves a client until the connection ends.
pub(super) async fn serve(socket: Socket, server: Arc<Server>, slot: Arc<Slot>) {
    let mut client = Client::new(Peer::new(socket, slot.ip(), &server.gate), &server);
    let end = client.run().await;
    client.peer.finish(end).await;
}

struct Client<'a> {
    peer: Peer<'a>,
    server: &'a Server,
    ticks: Interval,
    /// The last tick at which a frame was considered.
    last_tick: Option<Instant>,
    subscription: Option<Subscription>,
    /// The last frame that was sent, and its time.
    last_frame: Option<(ValueFrame, Instant)>,
    /// The number of the last frame.
    number: u32,
    /// Versions of the shared messages that were sent last.
    versions: [u32; MESSAGES],
    /// The number of events that were sent or happened before the connection.
    event_count: u64,
}

impl<'a> Client<'a> {
    fn new(peer: Peer<'a>, server: &'a Server) -> Self {
        Self {
            peer,
            server,
            ticks: ticks(IDLE_PERIOD),
            last_tick: None,
            subscription: None,
            last_frame: None,
            number: 0,
            versions: [0; MESSAGES],
            event_count: server.state().event_count,
        }
    }

    async fn run(&mut self) -> End {
        loop {
            let result = tokio::select! {
                message = self.peer.next() => match message {
                    Ok(message) => self.receive(message).await,
                    Err(end) => Err(end),
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
                self.peer.send(Message::Text(answer.into())).await
            }
            Message::Binary(_) => Err(End::Violation("invalid subscription")),
            _ => Ok(()),
        }
    }

    /// Sends everything that is new.
    async fn update(&mut self, due: Instant) -> Result<(), End> {
        let is_asleep = self.peer.is_asleep().await?;
        let state = self.server.state();
        if !is_asleep {
            self.send_messages(&state).await?;
            if let Some(texts) = self.subscription.as_mut().and_then(|subscription| subscription.new_texts(&state)) {
                self.peer.send(Message::Text(texts.into())).await?;
            }
        }
        self.send_frame(&state, due, is_asleep).await
    }

    /// Sends new shared messages and events.
    async fn send_messages(&mut self, state: &State) -> Result<(), End> {
        for (index, shared) in state.messages.iter().enumerate() {
            if self.versions[index] != shared.version {
                self.versions[index] = shared.version;
                self.peer.send(Message::Text(shared.text.clone())).await?;
            }
        }
        let new = state.event_count.saturating_sub(self.event_count);
        self.event_count = state.event_count;
        for event in state.last_events(usize::try_from(new).unwrap_or(usize::MAX)) {
            #[derive(serde::Serialize)]
            struct Content<T> {
                event: T,
            }
            self.peer.send(Message::Text(message("event", &Content { event }).into())).await?;
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
        self.peer.send(Message::Binary(frame.numbered(self.number).into())).await?;
        self.server.gate.counters.frames.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn skip(&mut self, frames: u32) {
        self.number = self.number.wrapping_add(frames);
        self.server.gate.counters.skipped.fetch_add(frames.into(), Ordering::Relaxed);
    }
}
