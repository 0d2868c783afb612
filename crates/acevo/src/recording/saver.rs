//! Saves snapshots of the ring to files, on a thread of its own.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use acevo_recording::{Description, RecordingError, RingSnapshot};
use anyhow::Context;

use super::directory::create_directory;
use super::file_name;
use crate::output::name_of;

/// Snapshots that may wait for the one that is written. Each needs memory.
pub(super) const MAX_WAITING: usize = 4;

/// Time between two attempts to save a snapshot.
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// A snapshot to save, and where.
pub(super) struct SaveJob {
    pub(super) snapshot: RingSnapshot,
    pub(super) description: Description,
    pub(super) directory: PathBuf,
    /// The file name without the part that makes it unique.
    pub(super) stem: String,
}

/// The result of a job.
pub(super) enum SaveResult {
    /// The file is complete.
    Saved(PathBuf),
    /// The file could not be written, which is tried again. Reported once per job.
    Retrying(anyhow::Error),
    /// The file could not be written before the program ended.
    Failed(anyhow::Error),
}

/// Saves snapshots one after the other.
pub(super) struct Saver {
    /// `None` once the thread must end.
    jobs: Option<SyncSender<SaveJob>>,
    results: Receiver<SaveResult>,
    is_ending: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Saver {
    pub(super) fn start() -> anyhow::Result<Self> {
        let (jobs, queue) = sync_channel(MAX_WAITING);
        let (sender, results) = channel();
        let is_ending = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&is_ending);
        let work = move || queue.iter().for_each(|job: SaveJob| job.run(&sender, &ending));
        let thread = thread::Builder::new().name("saving".into()).spawn(work).context("cannot start a thread")?;
        Ok(Self { jobs: Some(jobs), results, is_ending, thread })
    }

    /// Accepts a job. Returns false if too many are waiting.
    pub(super) fn save(&self, job: SaveJob) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok())
    }

    /// The next result, if there is a new one.
    pub(super) fn next_result(&self) -> Option<SaveResult> {
        self.results.try_recv().ok()
    }

    /// Ends the thread: everything is saved, or fails once more. Returns the remaining results.
    pub(super) fn end(&mut self) -> Vec<SaveResult> {
        self.is_ending.store(true, Ordering::Relaxed);
        self.jobs = None;
        self.thread.thread().unpark();
        self.results.iter().collect()
    }
}

impl SaveJob {
    fn run(&self, results: &Sender<SaveResult>, is_ending: &AtomicBool) {
        let mut is_reported = false;
        // Sending fails only if the receiver was dropped, and then the result does not matter.
        let _ = loop {
            match self.save() {
                Ok(path) => break results.send(SaveResult::Saved(path)),
                Err(error) if is_ending.load(Ordering::Relaxed) => break results.send(SaveResult::Failed(error)),
                Err(error) if !is_reported => {
                    is_reported = true;
                    let _ = results.send(SaveResult::Retrying(error));
                }
                Err(_) => {}
            }
            thread::park_timeout(RETRY_INTERVAL);
        };
    }

    fn save(&self) -> anyhow::Result<PathBuf> {
        create_directory(&self.directory)?;
        loop {
            let path = file_name::free(&self.directory, &self.stem);
            match self.snapshot.save(&path, &self.description) {
                // Another program has created the file meanwhile.
                Err(RecordingError::Io(error)) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("cannot save to {}", name_of(&path))),
                Ok(_) => return Ok(path),
            }
        }
    }
}
