//! The thread that delivers finished recordings.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use acevo_files::{UserFolder, open_file};
use acevo_fleet::{
    DeliveryError, FileIndex, Fingerprint, IndexEntry, Lasting, Pace, Parcel, Receipt, Step, modified_us, slug,
};
use anyhow::{Context, anyhow};
use serde::Serialize;
use tracing::{info, warn};

use super::finished::{Facts, Unfinished, delivery_text};
use super::pace::LimitedPace;
use super::plan::UploadPlan;
use crate::fleet::task::Announcer;
use crate::format::text::error_chain;
use crate::output::name_of;
use crate::process;
use crate::recording::task::RecordingHandle;

/// Folder of the indexes in the folder of state.
const FOLDER: &str = "upload";

/// Time between two looks at what has changed.
const INTERVAL: Duration = Duration::from_millis(200);

/// Time between two scans of the folder of recordings.
const SCAN_INTERVAL: Duration = Duration::from_secs(10);

/// A recording without an end that was changed in this time may be written by another program.
const QUIET_FOR: Duration = Duration::from_secs(60);

/// The time between attempts doubles from the first to the second.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// The same if nothing changes until settings, tokens or the server do.
const PERMANENT_RETRY: Duration = Duration::from_secs(30);

/// An attempt that has sent this number of bytes was a good one: the next one comes soon.
const PROGRESS: u64 = 1 << 20;

/// Time for a delivery to notice that the program ends. It continues after the next start.
const FINISH_TIMEOUT: Duration = Duration::from_secs(2);

/// What the task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Activity {
    /// Everything is delivered.
    #[default]
    Idle,
    /// A recording is sent.
    Uploading,
    /// It waits until the car is not driven.
    Paused,
    /// It waits for another attempt.
    Retrying,
}

/// The state of the task.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct UploadState {
    /// The store.
    pub(crate) to: String,
    pub(crate) activity: Activity,
    /// The recording that is sent.
    pub(crate) file: Option<String>,
    /// Bytes of it that were sent, and all.
    pub(crate) sent: u64,
    pub(crate) bytes: u64,
    /// Recordings that wait, and their bytes.
    pub(crate) waiting: u64,
    pub(crate) waiting_bytes: u64,
    /// Recordings that the store has acknowledged since the start.
    pub(crate) uploaded: u64,
    /// Recordings that are not delivered: incomplete, damaged or refused.
    pub(crate) rejected: u64,
    /// Recordings that were deleted before they were delivered, since the start.
    pub(crate) lost: u64,
    /// What is wrong now.
    pub(crate) problem: Option<String>,
}

/// A handle to the state of the task, and to what it has delivered.
#[derive(Debug, Clone, Default)]
pub(crate) struct UploadHandle(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<UploadState>,
    sent: AtomicU64,
    /// What the store has; `None` until it was read.
    index: Mutex<Option<FileIndex>>,
    /// Recordings that are not delivered, with the time of their last change.
    rejected: Mutex<BTreeMap<String, u64>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl UploadHandle {
    /// The state now.
    pub(crate) fn state(&self) -> UploadState {
        UploadState { sent: self.0.sent.load(Ordering::Relaxed), ..lock(&self.0.state).clone() }
    }

    /// True if the store does not have a recording yet, and may get it.
    pub(crate) fn awaits(&self, path: &Path) -> bool {
        let (Some(name), Ok(metadata)) = (path.file_name().and_then(|name| name.to_str()), path.metadata()) else {
            return false;
        };
        if lock(&self.0.rejected).get(name) == Some(&modified_us(&metadata)) {
            return false;
        }
        lock(&self.0.index).as_ref().is_none_or(|index| index.current(name, &metadata).is_none())
    }

    fn change(&self, change: impl FnOnce(&mut UploadState)) {
        change(&mut lock(&self.0.state));
    }
}

/// A running task.
pub(crate) struct UploadTask {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl UploadTask {
    /// Starts the task, which reports to a new handle.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(crate) fn start(
        handle: UploadHandle,
        plan: UploadPlan,
        recording: RecordingHandle,
        announcer: Option<Announcer>,
    ) -> anyhow::Result<Self> {
        let stop = Arc::<AtomicBool>::default();
        handle.change(|state| state.to = plan.to.to_string());
        let task = Task {
            plan,
            recording,
            announcer,
            handle,
            stop: Arc::clone(&stop),
            waiting: Vec::new(),
            scanned: None,
            retry: RETRY.0,
            retry_at: None,
        };
        let thread = thread::Builder::new().name("upload task".into());
        let thread = thread.spawn(move || task.run()).context("cannot start a thread")?;
        Ok(Self { stop, thread })
    }

    /// Ends the task. A delivery that hangs is left alone: it continues after the next start.
    pub(crate) fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        let until = Instant::now() + FINISH_TIMEOUT;
        while !self.thread.is_finished() && Instant::now() < until {
            self.thread.thread().unpark();
            thread::sleep(Duration::from_millis(5));
        }
    }
}

/// A recording that the store does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiting {
    name: String,
    path: PathBuf,
    bytes: u64,
    modified_us: u64,
}

struct Task {
    plan: UploadPlan,
    recording: RecordingHandle,
    announcer: Option<Announcer>,
    handle: UploadHandle,
    stop: Arc<AtomicBool>,
    /// The oldest first.
    waiting: Vec<Waiting>,
    /// When the folder was scanned, and the number of completed recordings then.
    scanned: Option<(Instant, usize)>,
    retry: Duration,
    retry_at: Option<Instant>,
}

impl Task {
    fn run(mut self) {
        process::run_thread_in_background();
        while !self.stop.load(Ordering::Relaxed) {
            if let Err(error) = self.update() {
                let problem = error_chain(error.as_ref());
                self.fail(problem, false);
            }
            thread::park_timeout(INTERVAL);
        }
    }

    fn update(&mut self) -> anyhow::Result<()> {
        if self.retry_at.is_some_and(|at| Instant::now() < at) {
            self.scan_if_due();
            return Ok(());
        }
        self.open_index()?;
        if self.scan_if_due() {
            self.announce_stored()?;
        }
        match self.waiting.first().cloned() {
            None => self.show(Activity::Idle),
            Some(_) if !self.may_send() => self.show(Activity::Paused),
            Some(next) => self.deliver(&next)?,
        }
        Ok(())
    }

    /// True unless the program ends, or the car is driven and that matters.
    fn may_send(&self) -> bool {
        !self.stop.load(Ordering::Relaxed) && (self.plan.always || !self.recording.is_driving())
    }

    fn show(&mut self, activity: Activity) {
        (self.retry, self.retry_at) = (RETRY.0, None);
        self.handle.change(|state| (state.activity, state.file, state.problem) = (activity, None, None));
    }

    /// Tries again later.
    fn fail(&mut self, problem: String, is_permanent: bool) {
        let after = if is_permanent { self.retry.max(PERMANENT_RETRY) } else { self.retry };
        self.retry_at = Some(Instant::now() + after);
        self.retry = (2 * after).min(RETRY.1);
        self.handle.change(|state| {
            if state.problem.as_ref() != Some(&problem) {
                warn!("upload: {problem}");
            }
            (state.activity, state.file, state.problem) = (Activity::Retrying, None, Some(problem));
        });
    }

    /// Reads what this store has.
    fn open_index(&self) -> anyhow::Result<()> {
        let mut index = lock(&self.handle.0.index);
        if index.is_some() {
            return Ok(());
        }
        let folder = UserFolder::State.path().ok_or_else(|| anyhow!("there is no folder for state: set HOME"))?;
        let folder = folder.join(FOLDER);
        // Another store has nothing of what this one has.
        let (store, origin) = (self.plan.to.to_string(), &self.plan.origin);
        let identity = format!("{store}\n{}\n{}", origin.site, origin.rig);
        let digest = Fingerprint::of(identity.as_bytes(), |_| Ok(()))?.sha256.to_string();
        let path = folder.join(format!("{}-{}.jsonl", slug(&store), &digest[..16]));
        let open = || -> io::Result<FileIndex> {
            fs::create_dir_all(&folder)?;
            FileIndex::open(&path)
        };
        *index = Some(open().with_context(|| format!("cannot use {}", name_of(&path)))?);
        Ok(())
    }

    /// Returns true if the folder was scanned.
    fn scan_if_due(&mut self) -> bool {
        let state = self.recording.state();
        let is_due = |(at, completed): (Instant, usize)| at.elapsed() >= SCAN_INTERVAL || completed != state.completed;
        if state.folder.as_os_str().is_empty() || !self.scanned.is_none_or(is_due) {
            return false;
        }
        self.scanned = Some((Instant::now(), state.completed));
        let found = self.scan(&state.folder, state.file.as_deref());
        for lost in self.waiting.iter().filter(|waiting| waiting.path.symlink_metadata().is_err()) {
            // It may only have got its name.
            if !found.iter().any(|other| (other.bytes, other.modified_us) == (lost.bytes, lost.modified_us)) {
                warn!("upload: {} was deleted or moved before the store had it", name_of(&lost.path));
                self.handle.change(|state| state.lost += 1);
            }
        }
        self.waiting = found;
        self.count();
        true
    }

    fn count(&self) {
        let (count, bytes) = (self.waiting.len() as u64, self.waiting.iter().map(|waiting| waiting.bytes).sum());
        let rejected = lock(&self.handle.0.rejected).len() as u64;
        self.handle.change(|state| (state.waiting, state.waiting_bytes, state.rejected) = (count, bytes, rejected));
    }

    /// The recordings of a folder that the store does not have, without the one that is written now.
    fn scan(&self, folder: &Path, open: Option<&Path>) -> Vec<Waiting> {
        let mut waiting = Vec::new();
        let (index, mut rejected) = (lock(&self.handle.0.index), lock(&self.handle.0.rejected));
        let mut still_rejected = BTreeMap::new();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (path, file_name) = (entry.path(), entry.file_name());
            let Some(name) = file_name.to_str().filter(|name| name.ends_with(".acevo")) else { continue };
            let Ok(metadata) = entry.metadata() else { continue };
            if !metadata.is_file() || open == Some(&path) {
                continue;
            }
            let modified_us = modified_us(&metadata);
            if rejected.get(name) == Some(&modified_us) {
                still_rejected.insert(name.to_owned(), modified_us);
            } else if index.as_ref().is_none_or(|index| index.current(name, &metadata).is_none()) {
                waiting.push(Waiting { name: name.to_owned(), path, bytes: metadata.len(), modified_us });
            }
        }
        *rejected = still_rejected;
        waiting.sort_by_key(|waiting| waiting.modified_us);
        waiting
    }

    /// Takes the first recording from the queue.
    fn take_first(&mut self) {
        self.waiting.remove(0);
        self.count();
    }

    /// A recording that is not delivered until it changes.
    fn reject(&mut self, waiting: &Waiting, why: &str) {
        warn!("upload: {} is not uploaded: {why}", name_of(&waiting.path));
        lock(&self.handle.0.rejected).insert(waiting.name.clone(), waiting.modified_us);
        self.take_first();
    }

    fn deliver(&mut self, next: &Waiting) -> anyhow::Result<()> {
        let facts = match Facts::of(&next.path) {
            Ok(facts) => facts,
            Err(Unfinished::NoEnd) if is_young(next.modified_us) => {
                self.take_first();
                return Ok(());
            }
            Err(_) if next.path.symlink_metadata().is_err() => {
                self.scanned = None;
                return Ok(());
            }
            Err(unfinished) => {
                self.reject(next, &unfinished.advice());
                return Ok(());
            }
        };
        self.handle.0.sent.store(0, Ordering::Relaxed);
        self.handle.change(|state| {
            (state.activity, state.file, state.bytes) = (Activity::Uploading, Some(next.name.clone()), next.bytes);
        });
        match self.send(next) {
            Ok((content, receipt)) => {
                let what = if receipt.is_new { "uploaded" } else { "the store has" };
                info!("upload: {what} {} as {}", name_of(&next.path), receipt.url);
                self.acknowledge(next, content, &receipt, &facts)?;
                self.take_first();
                self.handle.change(|state| state.uploaded += 1);
                (self.retry, self.retry_at) = (RETRY.0, None);
                self.handle.change(|state| (state.file, state.problem) = (None, None));
            }
            Err(DeliveryError::Interrupted(_)) => {}
            Err(DeliveryError::Changed(_)) => self.scanned = None,
            Err(error) => {
                let text = delivery_text(&error);
                if self.handle.0.sent.load(Ordering::Relaxed) >= PROGRESS {
                    self.retry = RETRY.0;
                }
                match error.lasting() {
                    Lasting::ThisFile => self.reject(next, &text),
                    Lasting::Soon => self.fail(text, false),
                    Lasting::UntilChanged => self.fail(text, true),
                }
            }
        }
        Ok(())
    }

    /// Sends a recording, unless the store has its content.
    fn send(&self, next: &Waiting) -> Result<(Fingerprint, Receipt), DeliveryError> {
        let sent = &self.handle.0.sent;
        let progress = |step| match step {
            Step::Read(_) => {}
            Step::Continue(offset) => sent.store(offset, Ordering::Relaxed),
            Step::Send(bytes) => drop(sent.fetch_add(bytes as u64, Ordering::Relaxed)),
        };
        let mut pace = LimitedPace::new(self.plan.limit, || self.may_send(), progress);
        let content = fingerprint(&next.path, &mut pace)?;
        // A recording that was renamed since then.
        let known = lock(&self.handle.0.index).as_ref().and_then(|index| {
            let entry = index.with_content(content).next()?;
            Some(Receipt { url: entry.url.clone(), is_new: false })
        });
        if let Some(receipt) = known {
            return Ok((content, receipt));
        }
        let parcel = Parcel { path: &next.path, name: &next.name, content };
        let receipt = self.plan.open()?.deliver(&parcel, &mut pace)?;
        Ok((content, receipt))
    }

    /// Notes that the store has a recording, and announces it.
    fn acknowledge(
        &self,
        file: &Waiting,
        content: Fingerprint,
        receipt: &Receipt,
        facts: &Facts,
    ) -> anyhow::Result<()> {
        let unix_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        let unix_ms = u64::try_from(unix_ms).unwrap_or(u64::MAX);
        let (name, url, modified_us) = (file.name.clone(), receipt.url.clone(), file.modified_us);
        let is_done = self.announcer.is_none();
        let entry = IndexEntry { name, content, modified_us, unix_ms, url, is_done };
        self.put(entry.clone())?;
        self.announce(entry, facts).map(drop)
    }

    /// Returns false if it has to be announced later.
    fn announce(&self, entry: IndexEntry, facts: &Facts) -> anyhow::Result<bool> {
        if entry.is_done {
            return Ok(true);
        }
        let receipt = Receipt { url: entry.url.clone(), is_new: true };
        let file = facts.announcement(&entry.name, entry.content, &receipt, self.plan.source);
        // If the program ends before that, it is announced after the next start.
        let is_announced = self.announcer.as_ref().is_none_or(|announcer| announcer.announce(file));
        if is_announced {
            self.put(IndexEntry { is_done: true, ..entry })?;
        }
        Ok(is_announced)
    }

    /// Announces what was stored before the program was killed, or when that was not possible.
    fn announce_stored(&self) -> anyhow::Result<()> {
        let unannounced: Vec<_> = match lock(&self.handle.0.index).as_ref() {
            Some(index) => index.entries().filter(|entry| !entry.is_done).cloned().collect(),
            None => return Ok(()),
        };
        for entry in unannounced {
            let facts = Facts::of(&self.recording.state().folder.join(&entry.name)).unwrap_or_default();
            if !self.announce(entry, &facts)? {
                break;
            }
        }
        Ok(())
    }

    fn put(&self, entry: IndexEntry) -> anyhow::Result<()> {
        match lock(&self.handle.0.index).as_mut() {
            Some(index) => index.put(entry).with_context(|| format!("cannot write {}", name_of(index.path()))),
            None => Ok(()),
        }
    }
}

/// The content of a file.
///
/// # Errors
/// If it cannot be read, or the pace interrupts it.
pub(crate) fn fingerprint(path: &Path, pace: &mut dyn Pace) -> Result<Fingerprint, DeliveryError> {
    let unreadable = |source| DeliveryError::File { path: path.into(), source };
    let file = open_file(path).map_err(unreadable)?;
    let mut interrupted = None;
    let read = Fingerprint::of(file, |bytes| {
        pace.pass(Step::Read(bytes)).map_err(|error| {
            interrupted = Some(error);
            io::Error::other(error)
        })
    });
    match interrupted {
        Some(interrupted) => Err(interrupted.into()),
        None => read.map_err(unreadable),
    }
}

/// True if a file was changed a moment ago.
fn is_young(modified_us: u64) -> bool {
    let modified = UNIX_EPOCH + Duration::from_micros(modified_us);
    SystemTime::now().duration_since(modified).is_ok_and(|age| age < QUIET_FOR)
}
