//! The side of the game: sends pages to one receiver.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::RelayError;
use crate::group::GroupEncoder;
use crate::queue::RelayQueue;
use crate::wire::{Message, Position, Report, Status, read_greeting, write_status};

/// Time between two groups, if there are pages.
pub const GROUP_INTERVAL: Duration = Duration::from_millis(20);

/// Time between two messages if there are no pages.
pub const HEARTBEAT: Duration = Duration::from_millis(500);

/// Time after which a side that sends nothing counts as gone.
pub const SILENCE: Duration = Duration::from_secs(3);

/// Bytes that may be on their way. More would wait in the network instead of the queue, and make the delay longer.
const WINDOW: usize = 96 << 10;

/// A receiver whose token is right.
#[derive(Debug)]
pub struct AcceptedReceiver {
    position: Option<Position>,
}

/// What was sent to a receiver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sent {
    /// Bytes, with the headers of messages but without those of the network.
    pub bytes: u64,
    /// Items.
    pub items: u64,
    /// Items that were dropped before they could be sent.
    pub dropped: u64,
}

impl AcceptedReceiver {
    /// Reads the greeting of a receiver, and answers it. `has_room` is false if there are too many receivers. The connection needs a timeout
    /// for reading and writing.
    ///
    /// # Errors
    /// [`RelayError::NotARelay`], [`RelayError::Version`], [`RelayError::WrongToken`], [`RelayError::TooManyReceivers`], or what is wrong with
    /// the connection.
    pub fn accept(
        reader: &mut impl Read,
        writer: &mut impl Write,
        token: &str,
        has_room: impl FnOnce() -> bool,
        queue: &RelayQueue,
    ) -> Result<Self, RelayError> {
        let greeting = read_greeting(token, reader)?;
        let greeting = greeting.and_then(|it| if has_room() { Ok(it) } else { Err(RelayError::TooManyReceivers) });
        let status = match &greeting {
            Ok(_) => Status::Accepted,
            Err(RelayError::Version { .. }) => Status::Version,
            Err(RelayError::TooManyReceivers) => Status::TooManyReceivers,
            Err(_) => Status::WrongToken,
        };
        let stream = if status == Status::Accepted { queue.stream() } else { 0 };
        write_status(status, stream, writer)?;
        let position = greeting?.filter(|position| position.stream == queue.stream());
        Ok(Self { position })
    }

    /// Sends pages until the queue is closed and empty, or the connection ends. `close` closes the connection, so that a read returns.
    ///
    /// # Errors
    /// Why the connection has ended; never after the queue was closed and all was sent.
    pub fn send(
        self,
        mut reader: impl Read + Send,
        writer: impl Write,
        queue: &RelayQueue,
        close: impl Fn(),
    ) -> (Sent, Result<(), RelayError>) {
        let reports = Mutex::new(Reports { heard: Instant::now(), next: 0, question: None, failure: None });
        let mut sending = Sending {
            writer,
            queue,
            reports: &reports,
            next: self.position.map(|position| position.next),
            on_their_way: VecDeque::new(),
            sent: Sent::default(),
            out: Vec::new(),
        };
        let result = thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let report = Report::read(&mut reader);
                    let mut reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
                    let is_over = report.is_err();
                    reports.take(report);
                    drop(reports);
                    queue.wake();
                    if is_over {
                        return;
                    }
                }
            });
            let result = sending.run();
            // After the end the receiver closes the connection: closing it here could discard what is on its way.
            if result.is_err() {
                close();
            }
            result
        });
        (sending.sent, result)
    }
}

/// What the receiver has reported.
#[derive(Debug)]
struct Reports {
    heard: Instant,
    next: u64,
    /// A number that has to be answered, and when it arrived.
    question: Option<(u64, Instant)>,
    failure: Option<RelayError>,
}

impl Reports {
    fn take(&mut self, report: Result<Report, RelayError>) {
        match report {
            Ok(report) => {
                self.heard = Instant::now();
                self.next = report.next;
                if report.question != 0 {
                    self.question = Some((report.question, self.heard));
                }
            }
            Err(failure) => self.failure = Some(failure),
        }
    }
}

/// The sending half of a connection.
struct Sending<'a, W> {
    writer: W,
    queue: &'a RelayQueue,
    reports: &'a Mutex<Reports>,
    /// Number of the next item; `None` at the beginning.
    next: Option<u64>,
    /// Groups that the receiver has not reported: number of the item after them, and bytes.
    on_their_way: VecDeque<(u64, usize)>,
    sent: Sent,
    out: Vec<u8>,
}

impl<W: Write> Sending<'_, W> {
    fn run(&mut self) -> Result<(), RelayError> {
        let mut encoder = GroupEncoder::default();
        let (mut last, mut last_group) = (Instant::now(), None::<Instant>);
        loop {
            self.follow_reports()?;
            let has_room = self.on_their_way.iter().map(|(_, bytes)| *bytes).sum::<usize>() < WINDOW;
            let is_due = last_group.is_none_or(|last| last.elapsed() >= GROUP_INTERVAL);
            let group = if has_room && is_due { self.queue.take(self.next) } else { None };
            if let Some(group) = group {
                self.sent.dropped += self.next.map_or(0, |next| group.first.saturating_sub(next));
                let next = group.next();
                let mut body = Vec::new();
                encoder.encode(&group, &mut body)?;
                Message::Group(body).append_to(&mut self.out)?;
                self.on_their_way.push_back((next, self.out.len()));
                self.sent.items += group.items.len() as u64;
                self.next = Some(next);
                last_group = Some(Instant::now());
            } else if has_room && is_due && self.queue.is_closed() {
                Message::Bye.append_to(&mut self.out)?;
                self.flush()?;
                return Ok(());
            } else if last.elapsed() >= HEARTBEAT {
                Message::Heartbeat.append_to(&mut self.out)?;
            }
            if !self.out.is_empty() {
                last = Instant::now();
                self.flush()?;
                continue;
            }
            // A question wakes, too.
            let next_group = last_group.map_or(last, |last| last + GROUP_INTERVAL);
            if has_room && is_due {
                self.queue.wait(self.next, last + HEARTBEAT);
            } else if has_room {
                thread::sleep(next_group.saturating_duration_since(Instant::now()));
            } else {
                thread::sleep(GROUP_INTERVAL / 4);
            }
        }
    }

    /// Forgets the groups that have arrived, and answers.
    fn follow_reports(&mut self) -> Result<(), RelayError> {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(failure) = reports.failure.take() {
            return Err(failure);
        }
        if reports.heard.elapsed() > SILENCE {
            return Err(RelayError::Silent);
        }
        let (next, question) = (reports.next, reports.question.take());
        drop(reports);
        while self.on_their_way.front().is_some_and(|(number, _)| *number <= next) {
            self.on_their_way.pop_front();
        }
        if let Some((number, arrived)) = question {
            let held = u32::try_from(arrived.elapsed().as_micros()).unwrap_or(u32::MAX);
            Message::Answer(number, held).append_to(&mut self.out)?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), RelayError> {
        self.sent.bytes += self.out.len() as u64;
        self.writer.write_all(&self.out)?;
        self.writer.flush()?;
        self.out.clear();
        Ok(())
    }
}
