//! Keeps the session library up to date while the program runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use acevo_library::{Library, LibraryError, ScanOptions, ScanProgress};
use acevo_telemetry::analysis::Settings;
use tracing::{info, warn};

use crate::format::text::error_chain;
use crate::output::name_of;
use crate::shutdown::Stop;

/// Time before the first scan: the program starts without waiting for the disk.
const DELAY: Duration = Duration::from_secs(2);

/// Time between two looks at the folder.
const INTERVAL: Duration = Duration::from_secs(2);

/// Time between two scans if the folder shows no change: changes in subfolders, and files that were growing.
const SCAN_INTERVAL: Duration = Duration::from_secs(60);

/// A file that has changed within this time is probably still growing.
const SETTLED_FOR: Duration = Duration::from_secs(10);

/// Pauses while recordings are read, so that the game is not disturbed: before each, and after each third of a recorded second.
const PAUSE_BEFORE_FILE: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_millis(2);

/// Time for which deleted recordings are kept.
const KEEP_DELETED: Duration = Duration::from_secs(30 * 86_400);

/// What the program does with recordings now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Watched {
    /// Folders of recordings.
    pub(crate) folders: Vec<PathBuf>,
    /// The file that is being written.
    pub(crate) open_file: Option<PathBuf>,
    /// Number of files that were completed.
    pub(crate) completed: usize,
}

/// The session library of a running program. Clones share it.
#[derive(Clone)]
pub(crate) struct LibraryTask(Arc<Shared>);

struct Shared {
    /// Opened when it is needed first.
    library: OnceLock<Result<Library, String>>,
    settings: Settings,
    watched: Box<dyn Fn() -> Watched + Send + Sync>,
    is_scanning: AtomicBool,
}

impl LibraryTask {
    /// Starts the thread, which ends with `stop`. `watched` returns what the program does with recordings.
    pub(crate) fn start(settings: Settings, stop: Stop, watched: impl Fn() -> Watched + Send + Sync + 'static) -> Self {
        let shared = Shared {
            library: OnceLock::new(),
            settings,
            watched: Box::new(watched),
            is_scanning: AtomicBool::new(true),
        };
        let task = Self(Arc::new(shared));
        let running = task.clone();
        let started = thread::Builder::new().name("library".into()).spawn(move || running.run(&stop));
        if let Err(error) = started {
            task.0.is_scanning.store(false, Ordering::Relaxed);
            warn!("the session library is not updated: {error}");
        }
        task
    }

    /// The library. It is opened by the first call, which takes a moment.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) fn library(&self) -> Result<&Library, String> {
        let warn = |problem: &str| warn!("{problem}");
        let open = || super::open(self.0.settings.clone(), warn).map_err(|error| error_chain(&error));
        self.0.library.get_or_init(open).as_ref().map_err(Clone::clone)
    }

    /// True while recordings are searched and read.
    pub(crate) fn is_scanning(&self) -> bool {
        self.0.is_scanning.load(Ordering::Relaxed)
    }

    /// What the program does with recordings now.
    pub(crate) fn watched(&self) -> Watched {
        (self.0.watched)()
    }

    fn run(&self, stop: &Stop) {
        thread::sleep(DELAY);
        let library = match self.library() {
            Ok(library) => library,
            Err(error) => {
                self.0.is_scanning.store(false, Ordering::Relaxed);
                return warn!("there is no session library: {error}");
            }
        };
        while !stop.is_requested() {
            let scanned = (self.watched(), Instant::now());
            let changed = modified(&scanned.0);
            self.0.is_scanning.store(true, Ordering::Relaxed);
            if let Err(error) = scan(library, &scanned.0, stop) {
                warn!("the session library cannot be updated: {}", error_chain(&error));
            }
            self.0.is_scanning.store(false, Ordering::Relaxed);
            while !stop.is_requested() && scanned.1.elapsed() < SCAN_INTERVAL {
                thread::sleep(INTERVAL);
                let now = self.watched();
                if now != scanned.0 || modified(&now) != changed {
                    break;
                }
            }
        }
    }
}

/// Scans all folders, and removes recordings that were deleted long ago.
fn scan(library: &Library, watched: &Watched, stop: &Stop) -> Result<(), LibraryError> {
    let mut folders = watched.folders.clone();
    folders.extend(library.folders()?.into_iter().filter(|folder| !watched.folders.contains(folder)));
    let mut options = ScanOptions::default();
    (options.settled_for, options.open_file) = (SETTLED_FOR, watched.open_file.clone());
    let report = library.scan(&folders, &options, &mut |progress: &ScanProgress<'_>| {
        thread::sleep(if progress.at.is_some() { PAUSE } else { PAUSE_BEFORE_FILE });
        !stop.is_requested()
    })?;
    if report.indexed + report.vanished > 0 {
        info!(
            "session library: {} recordings read, {} vanished, {} in all",
            report.indexed, report.vanished, report.files
        );
    }
    for problem in &report.problems {
        warn!("session library: {}", error_chain(problem));
    }
    match library.empty_trash(KEEP_DELETED)? {
        0 => {}
        removed => info!("session library: removed {removed} recordings that were deleted more than 30 days ago"),
    }
    Ok(())
}

/// Changes with the files in the folders themselves, not with those in subfolders.
fn modified(watched: &Watched) -> Vec<Option<SystemTime>> {
    let modified = |folder: &PathBuf| folder.metadata().and_then(|metadata| metadata.modified()).ok();
    watched.folders.iter().map(modified).collect()
}

impl std::fmt::Debug for LibraryTask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let path = self.0.library.get().and_then(|library| library.as_ref().ok()?.path());
        f.debug_struct("LibraryTask").field("path", &path.map(name_of)).finish_non_exhaustive()
    }
}
