//! A bar over all recordings, each of which is read once or twice.

use std::cell::Cell;
use std::time::Duration;

use acevo_recording::Recording;
use indicatif::{ProgressBar, ProgressStyle};

/// The bar, in bytes of recordings.
pub(super) struct Bar {
    bar: ProgressBar,
    done: Cell<u64>,
}

impl Bar {
    pub(super) fn new(bytes: u64, hidden: bool) -> Self {
        let bar = if hidden { ProgressBar::hidden() } else { ProgressBar::new(bytes.max(1)) };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {eta} left {msg}") {
            bar.set_style(style);
        }
        Self { bar, done: Cell::new(0) }
    }

    /// Names what is at work.
    pub(super) fn tell(&self, what: String) {
        self.bar.set_message(what);
    }

    /// The next recording, which is read so many times.
    pub(super) fn begin(&self, recording: &Recording, passes: u8) -> Progress<'_> {
        let info = recording.info();
        let length = info.duration().max(Duration::from_millis(1));
        Progress { bar: self, start: info.start, length, bytes: info.bytes, passes, pass: Cell::new(0) }
    }

    /// A recording is done, whatever came of it.
    pub(super) fn done(&self, bytes: u64) {
        self.done.set(self.done.get().saturating_add(bytes));
        self.bar.set_position(self.done.get());
    }

    /// Makes room for what is said beside it.
    pub(super) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.bar.suspend(say)
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// What one recording has of it.
pub(super) struct Progress<'a> {
    bar: &'a Bar,
    start: Duration,
    length: Duration,
    bytes: u64,
    passes: u8,
    /// Those that are done.
    pass: Cell<u8>,
}

impl Progress<'_> {
    /// Another pass begins.
    pub(super) fn again(&self) {
        self.pass.set(self.pass.get() + 1);
    }

    pub(super) fn at(&self, at: Duration) {
        let part = (at.saturating_sub(self.start).as_secs_f64() / self.length.as_secs_f64()).min(1.0);
        let passes = f64::from(self.pass.get()) + part;
        self.bar.bar.set_position(self.bar.done.get() + (passes / f64::from(self.passes) * self.bytes as f64) as u64);
    }
}
