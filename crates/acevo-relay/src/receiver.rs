//! The other side: receives pages from a sender.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::error::RelayError;
use crate::group::{Group, GroupDecoder};
use crate::wire::{Message, Position, Report, read_status, write_greeting};

/// Time between two measurements of the network.
const QUESTION_INTERVAL: Duration = Duration::from_secs(1);

/// What a receiver has received.
#[derive(Debug)]
pub enum Received {
    /// Pages.
    Group {
        /// The pages.
        group: Group,
        /// Items between the group before, also of an earlier connection, and this one that are lost.
        gap: u64,
    },
    /// The sender lives, and there are no new pages.
    Nothing,
    /// The sender ends: there will be no more pages.
    Ended,
}

/// A connection to a sender.
#[derive(Debug)]
pub struct Receiver<S> {
    connection: S,
    decoder: GroupDecoder,
    position: Position,
    /// No group has arrived, and none was received from this sender before.
    is_new: bool,
    start: Instant,
    asked: Option<Instant>,
    round_trip: Option<Duration>,
    bytes: u64,
}

impl<S: Read + Write> Receiver<S> {
    /// Greets a sender. With the position of an earlier connection the pages continue there, if the sender still has them. The connection
    /// needs a timeout for reading and writing, such as [`SILENCE`](crate::SILENCE).
    ///
    /// # Errors
    /// [`RelayError`].
    pub fn connect(mut connection: S, token: &str, position: Option<Position>) -> Result<Self, RelayError> {
        write_greeting(token, position, &mut connection)?;
        let stream = read_status(&mut connection)?;
        let known = position.filter(|position| position.stream == stream);
        Ok(Self {
            connection,
            decoder: GroupDecoder::default(),
            position: known.unwrap_or(Position { stream, next: 0 }),
            is_new: known.is_none(),
            start: Instant::now(),
            asked: None,
            round_trip: None,
            bytes: 0,
        })
    }

    /// True if the connection does not continue an earlier one: it is the first one, or the sender was started again.
    pub const fn is_new(&self) -> bool {
        self.is_new
    }

    /// Where the next connection continues; `None` before the first group.
    pub fn position(&self) -> Option<Position> {
        (!self.is_new).then_some(self.position)
    }

    /// Time that a message needs to the sender and back; `None` until it is known.
    pub const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Bytes received, without the headers of the network.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Waits for the next message.
    ///
    /// # Errors
    /// [`RelayError`]; the connection cannot be used any more then.
    pub fn receive(&mut self) -> Result<Received, RelayError> {
        let mut counted = Counted { from: &mut self.connection, bytes: 0 };
        let message = Message::read(&mut counted);
        self.bytes += counted.bytes;
        let received = match message? {
            Message::Group(body) => {
                let group = self.decoder.decode(&body)?;
                let gap = match group.first.checked_sub(self.position.next) {
                    _ if self.is_new => 0,
                    Some(gap) => gap,
                    // Pages that have arrived already.
                    None => return Err(RelayError::Damaged),
                };
                self.position.next = group.next();
                self.is_new = false;
                Received::Group { group, gap }
            }
            Message::Heartbeat => Received::Nothing,
            Message::Answer(number, held) => {
                let now = self.micros();
                // An answer to another question is none.
                self.round_trip = now
                    .checked_sub(number)
                    .filter(|_| self.asked.is_some())
                    .map(|time| Duration::from_micros(time).saturating_sub(Duration::from_micros(held.into())))
                    .or(self.round_trip);
                Received::Nothing
            }
            Message::Bye => return Ok(Received::Ended),
        };
        let is_due = self.asked.is_none_or(|asked| asked.elapsed() >= QUESTION_INTERVAL);
        let question = if is_due { self.micros() } else { 0 };
        if is_due {
            self.asked = Some(Instant::now());
        }
        Report { next: self.position.next, question }.write(&mut self.connection)?;
        Ok(received)
    }

    /// Microseconds since the connection, never zero.
    fn micros(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }
}

/// Counts the bytes that are read.
struct Counted<'a, R> {
    from: &'a mut R,
    bytes: u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}
