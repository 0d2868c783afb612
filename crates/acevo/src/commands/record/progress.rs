//! What is shown meanwhile: a line on a terminal; elsewhere only trouble is told.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use super::session_file::State;
use crate::output::say;
use crate::text::clock;

/// Between two pictures.
const SHOW_EVERY: Duration = Duration::from_millis(250);

pub(super) struct Progress {
    line: ProgressBar,
    quiet: bool,
    shown: Option<Instant>,
    trouble: Option<String>,
}

impl Progress {
    pub(super) fn new(quiet: bool) -> Self {
        let line = if quiet { ProgressBar::hidden() } else { ProgressBar::new_spinner() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} · Ctrl-C ends it") {
            line.set_style(style);
        }
        Self { line, quiet, shown: None, trouble: None }
    }

    /// Makes room for what is said beside it.
    pub(super) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
        self.line.suspend(say)
    }

    pub(super) fn show(&mut self, state: Option<State>) {
        let now = Instant::now();
        if self.shown.is_some_and(|shown| now - shown < SHOW_EVERY) {
            return;
        }
        self.shown = Some(now);
        let Some(state) = state else {
            self.line.set_message("waiting for the game");
            return self.line.tick();
        };
        let progress = &state.progress;
        if self.trouble != progress.trouble {
            self.trouble.clone_from(&progress.trouble);
            let trouble = self.trouble.as_ref().map_or("writing goes on".into(), |why| {
                format!("warning: {why}; what is written stays, and it is tried again")
            });
            if !self.quiet {
                self.suspend(|| say(format_args!("acevo: {trouble}")));
            }
        }
        let hours = state.time.as_secs_f64() / 3600.0;
        let rate = if hours > 0.002 {
            format!(", {:.0} MB an hour", progress.bytes as f64 / 1e6 / hours)
        } else {
            String::new()
        };
        let lost = match progress.lost.total() {
            0 => String::new(),
            lost => format!(" · {lost} LOST"),
        };
        let name = state.path.file_name().unwrap_or_default().to_string_lossy();
        let (time, laps, bytes) = (clock(Some(state.time)), state.laps, HumanBytes(progress.bytes));
        let laps = if laps == 1 { "1 lap".into() } else { format!("{laps} laps") };
        self.line.set_message(format!("{time} · {laps} · {bytes}{rate}{lost} · {name}"));
        self.line.tick();
    }

    pub(super) fn end(&self) {
        self.line.finish_and_clear();
    }
}
