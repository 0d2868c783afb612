//! Facts that wait until they are acknowledged: in a spool, and in memory while the spool cannot be written.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use crate::broker::chain;
use crate::message::Backlog;
use crate::spool::{Entry, Spool, SpoolError};

/// Time between two calls of [`Spool::sync`].
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// Facts that wait in memory because the spool cannot be written.
const MAX_UNWRITTEN: usize = 1_000;

/// What the spool has under a number.
#[derive(Debug)]
pub(crate) enum Stored {
    /// An entry.
    Entry(Entry),
    /// It was damaged, and is discarded.
    Discarded,
    /// It cannot be read now.
    Unreadable,
}

/// Facts that wait.
#[derive(Debug)]
pub(crate) struct Outbox {
    spool: Spool,
    /// Facts that could not be written.
    unwritten: VecDeque<(&'static str, String)>,
    synced: Option<Instant>,
    lost: u64,
    problem: Option<String>,
}

impl Outbox {
    pub(crate) fn new(spool: Spool) -> Self {
        Self { spool, unwritten: VecDeque::new(), synced: None, lost: 0, problem: None }
    }

    /// Adds a fact. Never fails: what cannot be written waits in memory.
    pub(crate) fn push(&mut self, topic: &'static str, text: String) {
        // The order must stay.
        let stored = if self.unwritten.is_empty() { self.spool.push(topic, &text).map(drop) } else { Ok(()) };
        match stored {
            Ok(()) if self.unwritten.is_empty() => return,
            Err(SpoolError::TooLarge(_)) => {
                self.lost += 1;
                return;
            }
            Ok(()) => {}
            Err(error) => self.problem = Some(chain(&error)),
        }
        if self.unwritten.len() >= MAX_UNWRITTEN {
            self.unwritten.pop_front();
            self.lost += 1;
        }
        self.unwritten.push_back((topic, text));
    }

    /// The number of the oldest entry after this one that is not acknowledged.
    pub(crate) fn next_after(&self, number: u64) -> Option<u64> {
        self.spool.next_after(number)
    }

    /// Reads an entry. One that is damaged is discarded.
    pub(crate) fn read(&mut self, number: u64) -> Stored {
        match self.spool.read(number) {
            Ok(entry) => Stored::Entry(entry),
            Err(error @ SpoolError::Io { .. }) => {
                self.problem = Some(chain(&error));
                Stored::Unreadable
            }
            Err(_) => {
                self.spool.discard(number);
                Stored::Discarded
            }
        }
    }

    /// Removes an entry that has arrived.
    pub(crate) fn acknowledge(&mut self, number: u64) {
        self.spool.acknowledge(number);
    }

    /// Removes an entry that cannot be sent, and counts it as dropped.
    pub(crate) fn discard(&mut self, number: u64) {
        self.spool.discard(number);
    }

    /// The number of the last entry.
    pub(crate) const fn last(&self) -> u64 {
        self.spool.last()
    }

    /// True if no entry waits in the spool.
    pub(crate) fn is_empty(&self) -> bool {
        self.spool.is_empty()
    }

    /// What is wrong with the spool now.
    pub(crate) fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// What waits, and what was lost.
    pub(crate) fn backlog(&self, dropped_samples: u64) -> Backlog {
        Backlog {
            messages: (self.spool.len() + self.unwritten.len()) as u64,
            bytes: self.spool.bytes(),
            dropped: self.spool.dropped() + self.lost,
            dropped_samples,
        }
    }

    /// Writes what could not be written, and synchronises the disk, from time to time.
    pub(crate) fn run(&mut self, now: Instant) {
        if self.synced.is_some_and(|synced| now.saturating_duration_since(synced) < SYNC_EVERY) {
            return;
        }
        self.synced = Some(now);
        while let Some((topic, text)) = self.unwritten.front() {
            if let Err(error) = self.spool.push(topic, text) {
                self.problem = Some(chain(&error));
                break;
            }
            self.unwritten.pop_front();
        }
        self.spool.expire(SystemTime::now());
        self.problem = match self.spool.sync() {
            Err(error) => Some(chain(&error)),
            Ok(()) if self.unwritten.is_empty() => None,
            Ok(()) => self.problem.take(),
        };
    }

    /// Synchronises the disk now.
    pub(crate) fn close(mut self) {
        // What cannot be written now is sent again after the next start.
        let _ = self.spool.sync();
    }
}
