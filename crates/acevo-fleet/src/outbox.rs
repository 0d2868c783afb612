//! Facts that wait in a spool until they are acknowledged.

use std::time::{Duration, Instant, SystemTime};

use crate::broker::chain;
use crate::message::Backlog;
use crate::spool::{Entry, Spool, SpoolError};

/// Time between two calls of [`Spool::sync`].
const SYNC_EVERY: Duration = Duration::from_secs(1);

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
    synced: Option<Instant>,
    lost: u64,
    problem: Option<String>,
}

impl Outbox {
    pub(crate) fn new(spool: Spool) -> Self {
        Self { spool, synced: None, lost: 0, problem: None }
    }

    /// Adds a fact.
    pub(crate) fn push(&mut self, topic: &str, text: &str) {
        // An error means that it is too large.
        self.lost += u64::from(self.spool.push(topic, text).is_err());
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
            messages: self.spool.len() as u64,
            bytes: self.spool.bytes(),
            dropped: self.spool.dropped() + self.lost,
            dropped_samples,
        }
    }

    /// Drops what is too old, and synchronises the disk, from time to time.
    pub(crate) fn run(&mut self, now: Instant) {
        if self.synced.is_some_and(|synced| now.saturating_duration_since(synced) < SYNC_EVERY) {
            return;
        }
        self.synced = Some(now);
        self.spool.expire(SystemTime::now());
        self.problem = self.spool.sync().err().map(|error| chain(&error));
    }

    /// Synchronises the disk now.
    pub(crate) fn close(mut self) {
        // What cannot be written now is sent again after the next start.
        let _ = self.spool.sync();
    }
}
