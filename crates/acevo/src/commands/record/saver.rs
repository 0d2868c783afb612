//! Writing moments to files, on a thread of its own.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use acevo_recording::{Description, RecordingError, RingSnapshot};
use anyhow::Context;

use super::{make_directory, name};

/// Moments that may wait for the one that is written: each holds memory.
const WAITING: usize = 4;

/// Between two attempts to save a moment.
const TRY_EVERY: Duration = Duration::from_secs(2);

/// A moment, and where it goes.
pub(super) struct Job {
    pub(super) moment: RingSnapshot,
    pub(super) description: Description,
    pub(super) directory: PathBuf,
    /// The file's name without what makes it another than all that are there.
    pub(super) stem: String,
}

/// What has become of a moment.
pub(super) enum News {
    /// The file is complete.
    Saved(PathBuf),
    /// It could not be written and is tried again; told once.
    Trouble(anyhow::Error),
    /// It could not be written before the end.
    GivenUp(anyhow::Error),
}

pub(super) struct Saver {
    /// `None` once it is to end.
    jobs: Option<SyncSender<Job>>,
    news: Receiver<News>,
    is_ending: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Saver {
    pub(super) fn start() -> anyhow::Result<Self> {
        let (jobs, to_do) = sync_channel(WAITING);
        let (sender, news) = channel();
        let is_ending = Arc::new(AtomicBool::new(false));
        let ending = Arc::clone(&is_ending);
        let work = move || to_do.iter().for_each(|job: Job| job.save_at_last(&sender, &ending));
        let thread = thread::Builder::new().name("saving".into()).spawn(work).context("cannot start a thread")?;
        Ok(Self { jobs: Some(jobs), news, is_ending, thread })
    }

    /// Takes a moment; false where too many wait.
    pub(super) fn save(&self, job: Job) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.try_send(job).is_ok())
    }

    pub(super) fn news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// All that is left to tell, until everything is saved or has failed once more.
    pub(super) fn end(&mut self) -> Vec<News> {
        self.is_ending.store(true, Ordering::Relaxed);
        self.jobs = None;
        self.thread.thread().unpark();
        self.news.iter().collect()
    }
}

impl Job {
    fn save_at_last(&self, news: &Sender<News>, is_ending: &AtomicBool) {
        let mut is_told = false;
        // Nobody is left to be told where sending fails.
        let _ = loop {
            match self.save() {
                Ok(path) => break news.send(News::Saved(path)),
                Err(error) if is_ending.load(Ordering::Relaxed) => break news.send(News::GivenUp(error)),
                Err(error) if !is_told => {
                    is_told = true;
                    let _ = news.send(News::Trouble(error));
                }
                Err(_) => {}
            }
            thread::park_timeout(TRY_EVERY);
        };
    }

    fn save(&self) -> anyhow::Result<PathBuf> {
        make_directory(&self.directory)?;
        loop {
            let path = name::free(&self.directory, &self.stem);
            match self.moment.save(&path, &self.description) {
                // Somebody else was quicker.
                Err(RecordingError::Io(error)) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).with_context(|| format!("cannot save to {}", path.display())),
                Ok(_) => return Ok(path),
            }
        }
    }
}
