//! Recording as a task beside others: a thread takes observations from a queue, and never delays the thread that makes them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use acevo_recording::Marked;
use acevo_settings::RecordingSettings;
use acevo_shared_memory::ACEvoStatus;
use acevo_telemetry::ConnectionEvent;
use anyhow::{Context, anyhow};
use serde::Serialize;
use tracing::{error, info, warn};

use super::destination::Destination;
use super::files::Files;
use super::free_space::FreeSpace;
use super::observation::{Observation, ObservedEvent, Observer};
use super::recorder::Recorder;
use super::reporter::Reporter;
use super::retention::{Cleaner, IsAwaited};
use super::ring_mode::RingMode;
use crate::format::text::error_chain;
use crate::output::name_of;
use crate::session::connection::LiveConnection;
use crate::session::game_log::LogItem;

/// Observations that wait for the thread: three seconds of driving. Beyond that, packets are lost and counted.
const QUEUE: usize = 1000;

/// Interval at which the thread is called if nothing arrives.
const IDLE_INTERVAL: Duration = Duration::from_millis(250);

/// Time between two attempts to start recording.
const RETRY_INTERVAL: Duration = Duration::from_secs(5);

/// Plan of the task.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RecordingPlan {
    /// The folder of the files; `None` for the default one.
    pub(crate) folder: Option<PathBuf>,
    /// Each session is recorded from the start.
    pub(crate) is_on: bool,
    /// The last part that is kept in memory, to be saved on request.
    pub(crate) keep_last: Duration,
    /// The sessions that are recorded, and how long recordings are kept.
    pub(crate) settings: RecordingSettings,
}

/// What a recording task is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RecordingCommand {
    /// Starts or stops recording.
    Record(bool),
    /// Saves the last part, which is kept in memory.
    SaveLast,
    /// Marks this moment with a note.
    Mark(String),
    /// The settings have changed.
    Configure(Box<RecordingPlan>),
}

/// The state of a recording task.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct RecordingState {
    /// Sessions are recorded.
    pub(crate) on: bool,
    /// The running session is of a kind that the settings exclude.
    pub(crate) excluded: bool,
    /// The folder of the files.
    pub(crate) folder: PathBuf,
    /// The file that is written now.
    pub(crate) file: Option<PathBuf>,
    /// Seconds in that file.
    pub(crate) time_s: f64,
    /// Complete laps in that file.
    pub(crate) laps: usize,
    /// Bytes in that file.
    pub(crate) bytes: u64,
    /// Packets that were lost because the disk or this task was too slow.
    pub(crate) lost: u64,
    /// Files that were completed.
    pub(crate) completed: usize,
    /// The file that was completed last.
    pub(crate) last_file: Option<PathBuf>,
    /// Recordings that were deleted, because the settings limit their age, their size or the free space.
    pub(crate) deleted: usize,
    /// What is wrong now, if anything is.
    pub(crate) problem: Option<String>,
}

/// A handle to the state and the commands of a recording task.
#[derive(Debug, Clone)]
pub(crate) struct RecordingHandle {
    commands: Sender<RecordingCommand>,
    state: Arc<Mutex<RecordingState>>,
    free_space: FreeSpace,
    is_driving: Arc<AtomicBool>,
}

impl RecordingHandle {
    /// Asks the task for something. Nothing happens after it has ended.
    pub(crate) fn request(&self, command: RecordingCommand) {
        let _ = self.commands.send(command);
    }

    /// The state now.
    pub(crate) fn state(&self) -> RecordingState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True while the car is driven: not in menus, pauses and replays.
    pub(crate) fn is_driving(&self) -> bool {
        self.is_driving.load(Ordering::Relaxed)
    }

    /// Free bytes on the disk of the recordings, if they are known. Never waits for the disk.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        self.free_space.bytes(&self.state().folder)
    }
}

/// Maximum number of events of the game's log that wait for the task.
const MAX_LOG_ITEMS: usize = 10_000;

/// Passes observations to the task.
#[derive(Debug)]
pub(crate) struct RecordingFeed {
    /// `None` after it has ended.
    queue: Option<SyncSender<Box<Observation>>>,
    /// Observations that can be reused.
    free: Receiver<Box<Observation>>,
    observer: Observer,
    is_driving: Arc<AtomicBool>,
    idle_since: Option<Instant>,
    /// Packets of physics and of graphics that were lost since the last observation that was passed on.
    dropped: [u32; 2],
    /// Events of the game's log since then.
    log: Vec<LogItem>,
    thread: Option<JoinHandle<()>>,
}

impl RecordingFeed {
    /// Starts the task. Recordings that `is_awaited` names are deleted only if there is no space.
    ///
    /// # Errors
    /// If the thread cannot be started. A folder in which files cannot be created is reported, and tried again.
    pub(crate) fn start(plan: RecordingPlan, is_awaited: Option<IsAwaited>) -> anyhow::Result<(Self, RecordingHandle)> {
        let (queue, observations) = mpsc::sync_channel(QUEUE);
        let (give_back, free) = mpsc::channel();
        let (commands, requests) = mpsc::channel();
        let state = Arc::new(Mutex::new(RecordingState { on: plan.is_on, ..RecordingState::default() }));
        let task = Task::new(plan, Arc::clone(&state), Cleaner::new(is_awaited));
        let work = move || task.run(&observations, &give_back, &requests);
        let thread =
            thread::Builder::new().name("recording task".into()).spawn(work).context("cannot start a thread")?;
        let feed = Self {
            queue: Some(queue),
            free,
            observer: Observer::default(),
            is_driving: Arc::default(),
            idle_since: None,
            dropped: [0; 2],
            log: Vec::new(),
            thread: Some(thread),
        };
        let is_driving = Arc::clone(&feed.is_driving);
        Ok((feed, RecordingHandle { commands, state, free_space: FreeSpace::default(), is_driving }))
    }

    /// Passes on what [`LiveConnection::wait`] has returned. Never waits.
    pub(crate) fn feed(&mut self, live: &LiveConnection, event: Option<&ConnectionEvent>) {
        let is_live = live.frame().is_some_and(|frame| frame.graphics.status() == ACEvoStatus::Live);
        self.is_driving.store(is_live && live.location().is_some(), Ordering::Relaxed);
        if event.is_none() && self.log.is_empty() {
            // The thread notices by itself that nothing arrives; it has to know only once in a while.
            let now = Instant::now();
            if self.idle_since.is_some_and(|since| now - since < IDLE_INTERVAL) {
                return;
            }
            self.idle_since = Some(now);
        }
        let Some(queue) = &self.queue else { return };
        let mut observed = self.free.try_recv().unwrap_or_default();
        self.observer.observe(live, event, &mut observed);
        observed.dropped = std::mem::take(&mut self.dropped);
        observed.log.clear();
        std::mem::swap(&mut observed.log, &mut self.log);
        if let Err(error) = queue.try_send(observed) {
            let (mpsc::TrySendError::Full(mut lost) | mpsc::TrySendError::Disconnected(mut lost)) = error;
            self.dropped = lost.dropped;
            std::mem::swap(&mut lost.log, &mut self.log);
            if let ObservedEvent::Packet(packet) = &lost.event {
                self.dropped[0] += u32::from(packet.physics.is_some());
                self.dropped[1] += u32::from(packet.graphics.is_some());
            }
        }
    }

    /// Passes on an event of the game's log, with the next result of a wait. If the task is very slow, events are lost.
    pub(crate) fn feed_log(&mut self, item: &LogItem) {
        if self.log.len() < MAX_LOG_ITEMS {
            self.log.push(item.clone());
        }
    }

    /// Ends the task. Returns after everything is written.
    pub(crate) fn finish(mut self) -> anyhow::Result<()> {
        self.queue = None;
        let thread = self.thread.take().map(JoinHandle::join);
        thread.unwrap_or(Ok(())).map_err(|_| anyhow!("the recording task has failed"))
    }
}

/// The work of the thread.
struct Task {
    plan: RecordingPlan,
    files: Option<Recorder<Files>>,
    /// `None` until its folder exists.
    ring: Option<Recorder<RingMode>>,
    cleaner: Cleaner,
    reports: Reports,
    /// When recording is tried again.
    retry_at: Option<Instant>,
    /// When the ring is tried again.
    retry_ring_at: Option<Instant>,
    /// A game is attached.
    is_attached: bool,
}

impl Task {
    fn new(plan: RecordingPlan, state: Arc<Mutex<RecordingState>>, cleaner: Cleaner) -> Self {
        let reports = Reports { state, is_closing: false };
        Self {
            plan,
            files: None,
            ring: None,
            cleaner,
            reports,
            retry_at: None,
            retry_ring_at: None,
            is_attached: false,
        }
    }

    fn run(
        mut self,
        observations: &Receiver<Box<Observation>>,
        give_back: &Sender<Box<Observation>>,
        requests: &Receiver<RecordingCommand>,
    ) {
        let mut last = Box::<Observation>::default();
        self.update(&last);
        loop {
            match observations.recv_timeout(IDLE_INTERVAL) {
                Ok(observed) => {
                    // The sender has ended if this fails; then nothing needs it any more.
                    let _ = give_back.send(std::mem::replace(&mut last, observed));
                    self.take(&last);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            requests.try_iter().for_each(|request| self.handle(request, &last));
            self.update(&last);
        }
        // What was requested before the end is still done.
        requests.try_iter().for_each(|request| self.handle(request, &last));
        self.close();
    }

    fn take(&mut self, observed: &Observation) {
        match observed.event {
            ObservedEvent::Attached(_) => self.is_attached = true,
            ObservedEvent::Detached(_) => self.is_attached = false,
            _ => {}
        }
        let dropped: u32 = observed.dropped.iter().sum();
        if dropped > 0 {
            warn!(packets = dropped, "the recording task was too slow: packets are lost");
            self.reports.change(|state| state.lost += u64::from(dropped));
        }
        if let Some(ring) = &mut self.ring
            && let Err(error) = ring.take(observed)
        {
            self.reports.fail(&error);
        }
        // A session that is excluded ends the file before its first packet is recorded.
        if !self.wants(observed) {
            self.close_files();
        }
        if let Some(recorder) = &mut self.files {
            let taken = recorder.take(observed);
            if let Some(warning) = recorder.take_warning() {
                self.reports.say(&format!("warning: {warning}"));
            }
            self.check(taken);
        }
    }

    /// True if recording is on and does not exclude the running session.
    fn wants(&self, now: &Observation) -> bool {
        self.plan.is_on && !self.excludes(now)
    }

    fn excludes(&self, now: &Observation) -> bool {
        let session = now.frame.as_ref().filter(|frame| !frame.is_blank()).map(|frame| frame.static_data.session());
        session.is_some_and(|session| !self.plan.settings.records(session))
    }

    fn handle(&mut self, request: RecordingCommand, now: &Observation) {
        match request {
            RecordingCommand::Record(on) => self.switch(on),
            RecordingCommand::SaveLast => match &mut self.ring {
                Some(ring) => ring.destination.save(now, &mut self.reports),
                None => {
                    let error = anyhow!("nothing can be saved yet: the folder of recordings is not available");
                    self.reports.fail(&error);
                }
            },
            RecordingCommand::Mark(text) => {
                let note = || Marked::Note { text: text.clone() };
                if let Some(ring) = &mut self.ring {
                    ring.mark(now.now, note());
                }
                if let Some(recorder) = &mut self.files {
                    recorder.mark(now.now, note());
                }
            }
            RecordingCommand::Configure(plan) => self.configure(*plan),
        }
    }

    fn switch(&mut self, on: bool) {
        info!(on, "recording is switched");
        self.plan.is_on = on;
        self.retry_at = None;
        self.reports.change(|state| (state.on, state.problem) = (on, None));
    }

    /// Follows changed settings. What the page has switched stays, unless the setting for it has changed.
    fn configure(&mut self, plan: RecordingPlan) {
        let before = std::mem::replace(&mut self.plan.settings, plan.settings);
        if before.enabled != self.plan.settings.enabled {
            self.switch(plan.is_on);
        }
        if self.plan.folder != plan.folder || self.plan.keep_last != plan.keep_last {
            (self.plan.folder, self.plan.keep_last) = (plan.folder, plan.keep_last);
            self.close_files();
            self.close_ring();
        }
        self.cleaner.start_soon();
    }

    /// Starts, continues or stops recording into memory and files, and deletes old recordings.
    fn update(&mut self, now: &Observation) {
        if let Some(ring) = &mut self.ring {
            let _ = ring.destination.update(now, &mut self.reports);
        } else if self.retry_ring_at.is_none_or(|at| at <= Instant::now()) {
            self.start_ring(now);
        }
        let excluded = self.excludes(now);
        self.reports.change(|state| state.excluded = excluded);
        if !self.wants(now) {
            self.close_files();
        } else if self.files.is_none() && self.ring.is_some() && self.retry_at.is_none_or(|at| at <= Instant::now()) {
            self.retry_at = None;
            let started = self.start(now);
            self.check(started);
        }
        if let Some(recorder) = &mut self.files {
            let updated = recorder.destination.update(now, &mut self.reports);
            self.check(updated);
        }
        let written = self.files.as_ref().and_then(|recorder| recorder.destination.written());
        let open = written.as_ref().map(|written| written.path.clone());
        self.reports.change(|state| match written {
            Some(written) => {
                state.file = Some(written.path);
                (state.time_s, state.laps, state.bytes) = (written.time.as_secs_f64(), written.laps, written.bytes);
                state.problem = written.problem;
            }
            None => (state.file, state.time_s, state.laps, state.bytes) = (None, 0.0, 0, 0),
        });
        if let Some(ring) = &self.ring {
            let deleted = self.cleaner.update(&ring.destination.directory, &self.plan.settings.limits, open.as_deref());
            if deleted > 0 {
                self.reports.change(|state| state.deleted += deleted);
            }
        }
    }

    fn start_ring(&mut self, now: &Observation) {
        let started = RingMode::new(self.plan.folder.as_deref(), self.plan.keep_last).and_then(|ring| {
            let mut ring = Recorder::new(ring);
            if self.is_attached {
                ring.join(now)?;
            }
            Ok(ring)
        });
        match started {
            Ok(ring) => {
                self.reports.change(|state| {
                    state.folder.clone_from(&ring.destination.directory);
                    state.problem = None;
                });
                self.ring = Some(ring);
                self.retry_ring_at = None;
            }
            Err(error) => {
                if self.retry_ring_at.replace(Instant::now() + RETRY_INTERVAL).is_none() {
                    self.reports.fail(&error);
                }
            }
        }
    }

    fn start(&mut self, now: &Observation) -> anyhow::Result<()> {
        let Some(ring) = &self.ring else { return Ok(()) };
        let files = Files::new(Some(&ring.destination.directory), false)?;
        // The ring logs the same sessions and laps.
        let mut recorder = Recorder::new(files).silent();
        if self.is_attached {
            recorder.join(now)?;
        }
        self.files = Some(recorder);
        self.reports.change(|state| state.problem = None);
        Ok(())
    }

    /// Recording is tried again after a failure.
    fn check(&mut self, result: anyhow::Result<()>) {
        if let Err(error) = result {
            self.reports.fail(&error);
            self.retry_at = Some(Instant::now() + RETRY_INTERVAL);
            self.close_files();
            let problem = error_chain(error.as_ref());
            self.reports.change(|state| state.problem = Some(problem));
        }
    }

    fn close_files(&mut self) {
        if let Some(recorder) = self.files.take()
            && let Err(error) = recorder.destination.close(&mut self.reports)
        {
            self.reports.fail(&error);
        }
    }

    fn close_ring(&mut self) {
        if let Some(ring) = self.ring.take()
            && let Err(error) = ring.destination.close(&mut self.reports)
        {
            self.reports.fail(&error);
        }
    }

    fn close(mut self) {
        self.reports.is_closing = true;
        self.close_files();
        self.close_ring();
    }
}

/// Reports to the state and to the log.
struct Reports {
    state: Arc<Mutex<RecordingState>>,
    /// Only problems are reported: that nothing more is recorded is clear.
    is_closing: bool,
}

impl Reports {
    fn change<T>(&mut self, change: impl FnOnce(&mut RecordingState) -> T) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Reporter for Reports {
    fn say(&mut self, text: &str) {
        if !self.is_closing {
            info!("{text}");
        }
    }

    fn fail(&mut self, error: &anyhow::Error) {
        let text = error_chain(error.as_ref());
        error!("{text}");
        self.change(|state| state.problem = Some(text));
    }

    fn complete(&mut self, path: &Path) -> bool {
        info!("complete: {}", name_of(path));
        self.change(|state| {
            state.completed += 1;
            state.last_file = Some(path.into());
        });
        true
    }

    fn show(&mut self, _: &mut dyn FnMut() -> String) {}
}
