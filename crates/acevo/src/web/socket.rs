//! A client: it says what it wants, and is sent the newest of it at its own rate. What it is too slow for is skipped, not queued.
//!
//! Whether a client takes what it is sent cannot be seen from here, for systems keep megabytes for those who sleep. So it is asked each
//! second (a ping, which every browser answers by itself); while no answer comes it is sent nothing more.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, timeout};

use super::documents::message;
use super::frame::Frame;
use super::moment::{Moment, TEXTS};
use super::slots::Slot;
use super::subscription::Subscription;
use super::{FAREWELL, Server};

/// Time between two looks at what there is to tell, where there is no subscription.
const NO_HURRY: Duration = Duration::from_millis(100);

/// A client is asked this often whether it is there.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// One that has not answered for so long is asleep, and sent nothing,
const ASLEEP: Duration = Duration::from_secs(2);

/// and one that has not for so long is gone.
const GONE: Duration = Duration::from_secs(60);

/// Messages that a client may send per second. Pages send one when they are opened or hidden.
const MOST_MESSAGES: u32 = 30;

/// Why it is over with a client.
enum End {
    /// It has gone, or its connection is lost.
    Gone,
    /// It did what it must not do.
    Wrong(&'static str),
    /// The server ends.
    Closing,
}

/// Looks after a client until it goes.
pub(super) async fn serve(socket: WebSocket, server: Arc<Server>, slot: Arc<Slot>) {
    let counters = &server.counters;
    counters.clients.fetch_add(1, Ordering::Relaxed);
    let mut client = Client::new(socket, &server);
    let reason = match client.live().await {
        End::Gone => None,
        End::Wrong(why) => Some((close_code::POLICY, why)),
        End::Closing => Some((close_code::AWAY, "acevo has ended")),
    };
    counters.clients.fetch_sub(1, Ordering::Relaxed);
    if let Some((code, reason)) = reason {
        let close = Message::Close(Some(CloseFrame { code, reason: reason.into() }));
        let _ = timeout(FAREWELL, client.say_goodbye(close)).await;
    }
    drop(slot);
}

struct Client<'a> {
    socket: WebSocket,
    server: &'a Server,
    ticks: Interval,
    /// When frames were looked at last.
    ticked: Option<Instant>,
    subscription: Option<Subscription>,
    /// The last frame that was due, and its number.
    last: Option<(Frame, Instant)>,
    number: u32,
    /// Versions of the texts that it was told.
    texts: [u32; TEXTS],
    events_told: u64,
    /// When it was asked, where it has not answered yet; else when it was asked last.
    asked: Result<Instant, Instant>,
    /// Messages of this second.
    messages: (Instant, u32),
}

impl<'a> Client<'a> {
    fn new(socket: WebSocket, server: &'a Server) -> Self {
        let now = Instant::now();
        Self {
            socket,
            server,
            ticks: ticks(NO_HURRY),
            ticked: None,
            subscription: None,
            last: None,
            number: 0,
            texts: [0; TEXTS],
            events_told: server.moment().events_told,
            asked: Err(now),
            messages: (now, 0),
        }
    }

    async fn live(&mut self) -> End {
        loop {
            let result = tokio::select! {
                () = self.server.closed() => Err(End::Closing),
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.take(message).await,
                    // Whoever has ended it knows; who sends garbage is told.
                    Some(Err(_)) => Err(End::Wrong("not a message of this protocol")),
                    None => Err(End::Gone),
                },
                due = self.ticks.tick() => self.tell(due).await,
            };
            if let Err(end) = result {
                return end;
            }
        }
    }

    /// Takes a message of the client.
    async fn take(&mut self, message: Message) -> Result<(), End> {
        let now = Instant::now();
        if now.duration_since(self.messages.0) >= Duration::from_secs(1) {
            self.messages = (now, 0);
        }
        self.messages.1 += 1;
        if self.messages.1 > MOST_MESSAGES {
            return Err(End::Wrong("too many messages"));
        }
        match message {
            Message::Text(text) => {
                let subscription = Subscription::read(&text, self.subscription.as_ref());
                let subscription = subscription.ok_or(End::Wrong("not a subscription"))?;
                let answer = subscription.answer();
                (self.ticks, self.ticked, self.last) = (ticks(subscription.period()), None, None);
                self.subscription = Some(subscription);
                self.send(Message::Text(answer.into())).await
            }
            Message::Pong(_) => {
                if let Ok(asked) = self.asked {
                    self.asked = Err(asked);
                }
                Ok(())
            }
            Message::Ping(_) => Ok(()),
            Message::Binary(_) => Err(End::Wrong("not a subscription")),
            Message::Close(_) => Err(End::Gone),
        }
    }

    /// Tells what there is to tell.
    async fn tell(&mut self, due: Instant) -> Result<(), End> {
        let now = Instant::now();
        match self.asked {
            Ok(asked) if now.duration_since(asked) >= GONE => return Err(End::Gone),
            Err(asked) if now.duration_since(asked) >= ASK_EVERY => {
                self.asked = Ok(now);
                self.send(Message::Ping(Bytes::new())).await?;
            }
            _ => {}
        }
        let is_asleep = self.asked.is_ok_and(|asked| now.duration_since(asked) >= ASLEEP);
        let moment = self.server.moment();
        if !is_asleep {
            self.tell_everybodys(&moment).await?;
            if let Some(words) = self.subscription.as_mut().and_then(|subscription| subscription.new_words(&moment)) {
                self.send(Message::Text(words.into())).await?;
            }
        }
        self.tell_frame(&moment, due, is_asleep).await
    }

    /// What everybody is told.
    async fn tell_everybodys(&mut self, moment: &Moment) -> Result<(), End> {
        for (index, text) in moment.texts.iter().enumerate() {
            if self.texts[index] != text.version {
                self.texts[index] = text.version;
                self.send(Message::Text(text.message.clone())).await?;
            }
        }
        let news = moment.events_told.saturating_sub(self.events_told);
        self.events_told = moment.events_told;
        let events = &moment.seen.events;
        let news = usize::try_from(news).unwrap_or(usize::MAX).min(events.len());
        for event in events.iter().skip(events.len() - news) {
            #[derive(serde::Serialize)]
            struct News<'a> {
                event: &'a acevo_telemetry::analysis::SessionEvent,
            }
            self.send(Message::Text(message("event", &News { event }).into())).await?;
        }
        Ok(())
    }

    /// A frame, where one is due.
    async fn tell_frame(&mut self, moment: &Moment, due: Instant, is_asleep: bool) -> Result<(), End> {
        let Some(subscription) = &self.subscription else { return Ok(()) };
        let Some(frame) = subscription.frame(moment) else { return Ok(()) };
        // Ticks that went by while a frame was under way.
        let period = subscription.period().as_secs_f64();
        let missed = self.ticked.map_or(0.0, |before| due.duration_since(before).as_secs_f64() / period - 1.0);
        self.ticked = Some(due);
        // Saturates; that of a client whose computer slept for weeks does not matter.
        self.skip(missed.round() as u32);
        if let Some((last, at)) = &self.last
            && frame.tells_what(last)
            && due.duration_since(*at) < ASK_EVERY
        {
            return Ok(());
        }
        if is_asleep {
            self.skip(1);
            return Ok(());
        }
        self.last = Some((frame.clone(), due));
        self.number = self.number.wrapping_add(1);
        self.send(Message::Binary(frame.numbered(self.number))).await?;
        self.server.counters.frames.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn skip(&mut self, frames: u32) {
        self.number = self.number.wrapping_add(frames);
        self.server.counters.skipped.fetch_add(frames.into(), Ordering::Relaxed);
    }

    /// Sends, and waits until the system has taken it.
    async fn send(&mut self, message: Message) -> Result<(), End> {
        let bytes = match &message {
            Message::Text(text) => text.len(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes.len(),
            Message::Close(_) => 0,
        };
        tokio::select! {
            biased;
            sent = self.socket.send(message) => sent.map_err(|_| End::Gone)?,
            () = self.server.closed() => return Err(End::Closing),
            () = sleep(GONE) => return Err(End::Gone),
        }
        self.server.counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        Ok(())
    }

    /// Closes, and waits for the other side to do so: else what it has sent meanwhile would take the reason away from it.
    async fn say_goodbye(&mut self, close: Message) {
        if self.socket.send(close).await.is_ok() {
            while let Some(Ok(_)) = self.socket.recv().await {}
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    ticks
}
