//! The status line of a command that runs for long. It is shown on a terminal only.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::show_message;

/// Interval of updates.
const UPDATE_INTERVAL: Duration = Duration::from_millis(250);

pub(super) struct Progress {
    line: ProgressBar,
    shown: Option<Instant>,
}

impl Progress {
    /// `keys` is a hint that is always visible at the end of the line; the message is cut if the terminal is too narrow.
    pub(super) fn new(quiet: bool, keys: &str) -> Self {
        let line = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template(&format!("{{spinner}} {{wide_msg}} · {keys}")) {
            line.set_style(style);
        }
        Self { line, shown: None }
    }

    /// Removes the line while other lines are printed.
    pub(super) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.line.suspend(say)
    }

    /// True if an update is due.
    pub(super) fn is_due(&mut self) -> bool {
        let now = Instant::now();
        let is_due = self.shown.is_none_or(|shown| now - shown >= UPDATE_INTERVAL);
        if is_due {
            self.shown = Some(now);
        }
        is_due
    }

    pub(super) fn show(&mut self, message: String) {
        show_message(&self.line, &message);
        self.line.tick();
    }

    pub(super) fn end(&self) {
        self.line.finish_and_clear();
    }
}
