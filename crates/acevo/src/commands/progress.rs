//! What is shown meanwhile: a line on a terminal, and elsewhere nothing.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two pictures.
const SHOW_EVERY: Duration = Duration::from_millis(250);

pub(super) struct Progress {
    line: ProgressBar,
    shown: Option<Instant>,
}

impl Progress {
    /// `keys` tells which there are.
    pub(super) fn new(quiet: bool, keys: &str) -> Self {
        let line = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template(&format!("{{spinner}} {{msg}} · {keys}")) {
            line.set_style(style);
        }
        Self { line, shown: None }
    }

    /// Makes room for what is said beside it.
    pub(super) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.line.suspend(say)
    }

    /// True where it is time for another picture.
    pub(super) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self.shown.is_none_or(|shown| now - shown >= SHOW_EVERY);
        if is_due {
            self.shown = Some(now);
        }
        is_due
    }

    pub(super) fn show(&mut self, message: String) {
        self.line.set_message(message);
        self.line.tick();
    }

    pub(super) fn end(&self) {
        self.line.finish_and_clear();
    }
}
