//! Follows the file of a log in a thread of its own: the file may be on a slow disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use acevo_gamelog::{Follower, LogEvent, Places, candidates};
use tracing::{info, warn};

use super::LogSource;
use crate::output::name_of;

/// Events that wait for their reader; then the thread waits.
const MAX_WAITING: usize = 4096;

/// Bytes that are read at once.
const PIECE: usize = 1 << 20;

/// Time between two polls of a file that does not grow.
const POLL_INTERVAL: Duration = Duration::from_millis(200);

/// Time between two searches for a file.
const SEARCH_INTERVAL: Duration = Duration::from_secs(2);

/// A log that is followed until this is dropped.
#[derive(Debug)]
pub(crate) struct FollowedFile {
    events: Receiver<LogEvent>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    is_over: AtomicBool,
    is_attached: AtomicBool,
}

impl FollowedFile {
    /// Starts to follow; `None` without a source.
    pub(super) fn start(source: &LogSource) -> Option<Self> {
        if *source == LogSource::None {
            return None;
        }
        let (sender, events) = sync_channel(MAX_WAITING);
        let shared = Arc::new(Shared::default());
        let (source, in_thread) = (source.clone(), Arc::clone(&shared));
        // Never joined: a file system may hang.
        thread::spawn(move || follow(&source, &sender, &in_thread));
        Some(Self { events, shared })
    }

    /// The next event, if there is one.
    pub(super) fn next(&self) -> Option<LogEvent> {
        self.events.try_recv().ok()
    }

    /// The game is attached, or detached.
    pub(super) fn set_attached(&self, is_attached: bool) {
        self.shared.is_attached.store(is_attached, Ordering::Relaxed);
    }
}

impl Drop for FollowedFile {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
    }
}

fn follow(source: &LogSource, events: &SyncSender<LogEvent>, shared: &Shared) {
    let start = Instant::now();
    let mut follower: Option<Follower> = None;
    let mut problem = String::new();
    while !shared.is_over.load(Ordering::Relaxed) {
        let Some(follower) = &mut follower else {
            if let Some(path) = find(source, shared) {
                info!("reading the game's log {}", name_of(&path));
                follower = Some(match source {
                    LogSource::File(_) => Follower::only(path),
                    _ => Follower::open(path),
                });
            } else {
                thread::sleep(SEARCH_INTERVAL);
            }
            continue;
        };
        let has_more = match follower.poll(start.elapsed(), PIECE) {
            Ok(poll) => poll.has_more,
            Err(error) => {
                let text = error.to_string();
                if text != problem {
                    warn!("cannot read the game's log {}: {text}", name_of(follower.path()));
                    problem = text;
                }
                false
            }
        };
        while let Some(event) = follower.next_event() {
            if events.send(event).is_err() {
                return;
            }
        }
        if !has_more {
            thread::sleep(POLL_INTERVAL);
        }
    }
}

/// The file of a source; `None` until one is found.
fn find(source: &LogSource, shared: &Shared) -> Option<PathBuf> {
    match source {
        LogSource::None => None,
        LogSource::File(path) => Some(path.clone()),
        LogSource::Game if !shared.is_attached.load(Ordering::Relaxed) => None,
        LogSource::Game => newest(),
    }
}

/// The newest log of the game on this computer.
pub(crate) fn newest() -> Option<PathBuf> {
    candidates(&places()).into_iter().find(|path| !is_of_server(path))
}

/// True for the log of a dedicated server, which may run beside the game.
fn is_of_server(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name.to_string_lossy().to_lowercase().ends_with("server"))
}

/// Where the game may write.
fn places() -> Places {
    let places = Places::of_this_computer();
    #[cfg(target_os = "linux")]
    if let Ok(process) = acevo_shared_memory::source::WineProcess::find() {
        return places.with_process(process.process_id());
    }
    places
}
