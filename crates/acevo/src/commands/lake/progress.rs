//! The progress bar.

use std::path::Path;

use acevo_export::Progress;
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{name_of, show_message};
use crate::shutdown::Stop;

/// Shows how many bytes of all files are done.
pub(super) struct LakeProgress<'a> {
    bar: ProgressBar,
    stop: &'a Stop,
    /// Bytes of the files before.
    before: u64,
}

impl<'a> LakeProgress<'a> {
    pub(super) fn new(is_quiet: bool, bytes: u64, stop: &'a Stop) -> Self {
        let bar = if is_quiet { ProgressBar::hidden() } else { ProgressBar::new(bytes.max(1)) };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {eta} left {msg}") {
            bar.set_style(style);
        }
        Self { bar, stop, before: 0 }
    }

    /// The next file begins.
    pub(super) fn begin(&self, path: &Path) {
        show_message(&self.bar, &name_of(path));
    }

    /// A file with this number of bytes is done.
    pub(super) fn end(&mut self, bytes: u64) {
        self.before += bytes;
        self.bar.set_position(self.before);
    }

    /// Removes the bar while lines are printed.
    pub(super) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        self.bar.suspend(print)
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for LakeProgress<'_> {
    fn advance(&mut self, bytes: u64) {
        self.bar.set_position(self.before.saturating_add(bytes));
    }

    fn is_cancelled(&self) -> bool {
        self.stop.is_requested()
    }
}
