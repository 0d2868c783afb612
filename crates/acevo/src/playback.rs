//! Recordings that run as the game did.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind, Publisher};
use acevo_telemetry::recording::{Item, Recording};
use anyhow::Context;

use crate::live::Open;

/// Whether to go on is asked this often.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Opens a recording.
pub(crate) fn open(path: &Path) -> anyhow::Result<Recording> {
    Recording::open(path).with_context(|| format!("cannot read {}", path.display()))
}

/// What is played, and how.
#[derive(Debug)]
pub(crate) struct Player {
    pub(crate) recording: Recording,
    pub(crate) from: Duration,
    pub(crate) to: Option<Duration>,
    pub(crate) speed: f64,
    pub(crate) repeats: bool,
}

impl Player {
    /// All of a recording, once.
    pub(crate) fn new(recording: Recording, speed: f64) -> Self {
        let from = recording.info().start;
        Self { recording, from, to: None, speed, repeats: false }
    }

    /// Shows the pages as they are at the beginning.
    pub(crate) fn begin(&mut self, publisher: &mut Publisher) -> anyhow::Result<()> {
        self.recording.seek(self.from)?;
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            if let Some(record) = self.recording.opening(page) {
                publisher.publish_bytes(page, record.bytes)?;
            }
        }
        Ok(())
    }

    /// Plays to the end, page for page and byte for byte, as long as `keep_going` says so with the time that is reached.
    pub(crate) fn run(
        &mut self,
        publisher: &mut Publisher,
        keep_going: &dyn Fn(Duration) -> bool,
    ) -> anyhow::Result<()> {
        loop {
            self.begin(publisher)?;
            let start = Instant::now();
            while let Some(item) = self.recording.next_item()? {
                let Item::Record(record) = item else { continue };
                if self.to.is_some_and(|to| record.at > to) {
                    break;
                }
                let due = record.at.saturating_sub(self.from).div_f64(self.speed);
                loop {
                    if !keep_going(record.at) {
                        return Ok(());
                    }
                    let left = due.saturating_sub(start.elapsed());
                    if left.is_zero() {
                        break;
                    }
                    thread::sleep(left.min(ASK_EVERY));
                }
                publisher.publish_bytes(record.page, record.bytes)?;
            }
            if !self.repeats {
                return Ok(());
            }
        }
    }
}

/// A recording that runs in this process until it is dropped.
#[derive(Debug)]
pub(crate) struct Playback {
    pages: LocalPages,
    stop: Arc<AtomicBool>,
}

impl Playback {
    pub(crate) fn start(mut player: Player) -> anyhow::Result<Self> {
        let pages = LocalPages::new();
        let mut publisher = Publisher::local(&pages);
        player.begin(&mut publisher)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        // Nobody waits for this thread: it may sleep.
        thread::spawn(move || player.run(&mut publisher, &|_| !stopped.load(Ordering::Relaxed)));
        Ok(Self { pages, stop })
    }

    /// How to attach to it.
    pub(crate) fn open(&self) -> Open {
        let pages = self.pages.clone();
        Box::new(move || ACEvoSharedMemoryMapper::open_source(pages.clone()))
    }
}

impl Drop for Playback {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
