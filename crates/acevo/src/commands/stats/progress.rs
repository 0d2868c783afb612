//! Progress of the measurement on stderr.

use std::time::{Duration, Instant};

use acevo_telemetry::{Connection, ConnectionEvent};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{say, show_message};
use crate::session::status::{ConnectionStatus, print_event};

/// Interval of updates of the bar.
const UPDATE_INTERVAL: Duration = Duration::from_millis(250);

/// A progress bar on a terminal, and connection messages.
pub(super) struct Progress {
    bar: ProgressBar,
    time: Option<Duration>,
    quiet: bool,
    printed: Option<ConnectionStatus>,
    shown: Option<Instant>,
    attachments: u32,
}

impl Progress {
    pub(super) fn new(time: Option<Duration>, quiet: bool) -> Self {
        let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::new(1000) };
        let template = match time {
            Some(_) => "{wide_bar} {msg}",
            None => "{spinner} {msg} · Ctrl-C stops",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self { bar, time, quiet, printed: None, shown: None, attachments: 0 }
    }

    /// How often the connection was attached.
    pub(super) fn attachments(&self) -> u32 {
        self.attachments
    }

    pub(super) fn waiting(&mut self, telemetry: &Connection, event: Option<&ConnectionEvent>) {
        self.event(event);
        let status = ConnectionStatus::of(telemetry);
        if event.is_none() && self.printed.as_ref() != Some(&status) {
            self.say(&format!("acevo: {}", status.message()));
            self.printed = Some(status);
        }
    }

    pub(super) fn measuring(&mut self, elapsed: Duration, telemetry: &Connection, event: Option<&ConnectionEvent>) {
        self.event(event);
        let now = Instant::now();
        if self.shown.is_some_and(|shown| now - shown < UPDATE_INTERVAL) {
            return;
        }
        self.shown = Some(now);
        let stats = telemetry.stats();
        let (physics, graphics) = (&stats.physics, &stats.graphics);
        let (seen, missed) = (physics.distinct + graphics.distinct, physics.missed + graphics.missed);
        let of = self.time.map_or(String::new(), |time| format!(" of {:.0}", time.as_secs_f64()));
        let message =
            format!("{:.0}{of} s · {}: {seen} packets, {missed} missed", elapsed.as_secs_f64(), telemetry.state());
        if let Some(time) = self.time {
            self.bar.set_position((elapsed.as_secs_f64() / time.as_secs_f64() * 1000.0) as u64);
        }
        show_message(&self.bar, &message);
        self.bar.tick();
    }

    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn event(&mut self, event: Option<&ConnectionEvent>) {
        let Some(event) = event else { return };
        self.attachments += u32::from(matches!(event, ConnectionEvent::Attached { .. }));
        print_event(event, &mut |line| self.say(&line.to_string()));
    }

    /// Prints a line above the bar.
    fn say(&self, line: &str) {
        if !self.quiet {
            self.bar.suspend(|| say(format_args!("{line}")));
        }
    }
}
