//! Adds stored recordings to a lake, after the rig has got its answer.
//!
//! The index of the depot is the queue: what a restart interrupts is added after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;

use super::depot::Depot;
use crate::format::text::error_chain;
use crate::output::say;
use crate::shutdown::Stop;

/// Time after which recordings that could not be added are tried again. It doubles from the first to the second.
const RETRY: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(3600));

/// Time between two removals of old parts.
const CLEAN_INTERVAL: Duration = Duration::from_secs(3600);

/// Longest wait, so that the end is noticed.
const INTERVAL: Duration = Duration::from_millis(500);

/// Adds a recording, of which site and rig are given. Adding one twice has no effect.
pub(crate) type AddToLake = Box<dyn FnMut(&std::path::Path, &str, &str) -> anyhow::Result<()> + Send>;

/// The thread that adds recordings, and removes old parts.
pub(crate) struct LakeQueue {
    thread: JoinHandle<()>,
    wake: Arc<AtomicBool>,
}

/// Wakes the thread.
#[derive(Debug, Clone)]
pub(crate) struct Waker {
    thread: thread::Thread,
    wake: Arc<AtomicBool>,
}

impl Waker {
    pub(crate) fn wake(&self) {
        self.wake.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

impl LakeQueue {
    /// Starts the thread. Without a lake it only removes old parts.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(crate) fn start(depot: Arc<Depot>, add: Option<AddToLake>, stop: Stop, is_quiet: bool) -> anyhow::Result<Self> {
        let wake = Arc::new(AtomicBool::new(true));
        let worker = Worker { depot, add, stop, is_quiet, wake: Arc::clone(&wake) };
        let thread = thread::Builder::new().name("lake queue".into());
        let thread = thread.spawn(move || worker.run()).context("cannot start a thread")?;
        Ok(Self { thread, wake })
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker { thread: self.thread.thread().clone(), wake: Arc::clone(&self.wake) }
    }

    /// Waits until the recording that is being added is complete.
    pub(crate) fn finish(self) {
        self.thread.thread().unpark();
        // A thread that has failed has nothing to be waited for.
        let _ = self.thread.join();
    }
}

struct Worker {
    depot: Arc<Depot>,
    add: Option<AddToLake>,
    stop: Stop,
    is_quiet: bool,
    wake: Arc<AtomicBool>,
}

impl Worker {
    fn run(mut self) {
        if self.add.is_some()
            && let Err(error) = self.depot.adopt(|| self.stop.is_requested())
        {
            say(format_args!("acevo: warning: {error:#}"));
        }
        let (mut retry_at, mut retry, mut clean_at) = (None, RETRY.0, Instant::now() + CLEAN_INTERVAL);
        while !self.stop.is_requested() {
            let is_retry = retry_at.is_some_and(|at| at <= Instant::now());
            if self.wake.swap(false, Ordering::Relaxed) || is_retry {
                let has_failed = !self.add_all();
                retry_at = has_failed.then(|| Instant::now() + retry);
                retry = if has_failed { (2 * retry).min(RETRY.1) } else { RETRY.0 };
            }
            if clean_at <= Instant::now() {
                clean_at = Instant::now() + CLEAN_INTERVAL;
                self.depot.incoming.clean(SystemTime::now());
            }
            thread::park_timeout(INTERVAL);
        }
    }

    /// Adds what is not in the lake. Returns false if something has failed.
    fn add_all(&mut self) -> bool {
        let Some(add) = &mut self.add else { return true };
        let mut is_complete = true;
        for entry in self.depot.unfinished() {
            if self.stop.is_requested() {
                return true;
            }
            let path = self.depot.path(&entry.name);
            let name = entry.name.clone();
            let done = if path.symlink_metadata().is_err() {
                self.depot.forget(&name).map_err(anyhow::Error::from)
            } else {
                let mut levels = name.split('/');
                let (site, rig) = (levels.next().unwrap_or_default(), levels.next().unwrap_or_default());
                add(&path, site, rig).and_then(|()| {
                    if !self.is_quiet {
                        say(format_args!("acevo: {name} is in the lake"));
                    }
                    Ok(self.depot.finish(entry)?)
                })
            };
            if self.stop.is_requested() {
                return true;
            }
            if let Err(error) = done {
                is_complete = false;
                let error = error_chain(error.as_ref());
                say(format_args!("acevo: warning: {name} cannot be added to the lake: {error}"));
            }
        }
        is_complete
    }
}
