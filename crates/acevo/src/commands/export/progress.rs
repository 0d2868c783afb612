//! The progress bar, and messages about each of several recordings.

use std::fmt;
use std::path::Path;

use acevo_export::{Outcome, Progress, RecordingReport, Recordings};
use indicatif::{ProgressBar, ProgressStyle};

use crate::output::{complain_about, name_of, say, show_message};
use crate::shutdown::Stop;

/// What is printed about an export.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verbosity {
    /// Only errors.
    pub(super) is_quiet: bool,
    /// Only some laps are exported, which empty recordings do not have.
    pub(super) has_lap_filter: bool,
}

/// Shows the progress of an export.
pub(super) struct ExportProgress<'a> {
    bar: ProgressBar,
    stop: &'a Stop,
    verbosity: Verbosity,
    is_single: bool,
    tally: Tally,
}

impl<'a> ExportProgress<'a> {
    pub(super) fn new(verbosity: Verbosity, recordings: &Recordings, stop: &'a Stop) -> Self {
        let bar = if verbosity.is_quiet { ProgressBar::hidden() } else { ProgressBar::new(recordings.bytes().max(1)) };
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent} %, {eta} left {msg}") {
            bar.set_style(style);
        }
        Self { bar, stop, verbosity, is_single: recordings.is_single(), tally: Tally::default() }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    pub(super) fn tally(&self) -> Tally {
        self.tally
    }

    fn print(&self, recording: &RecordingReport) {
        let path = name_of(&recording.path);
        match &recording.outcome {
            Err(error) => complain_about(format_args!("cannot export {path}"), error),
            Ok(_) if self.verbosity.is_quiet => {}
            Ok(Outcome::Empty) if self.verbosity.has_lap_filter => {
                say(format_args!("acevo: none of these laps is in {path}"));
            }
            Ok(Outcome::Empty) => say(format_args!("acevo: there is no driving in {path}")),
            Ok(outcome) => print_outcome(outcome),
        }
    }
}

impl Progress for ExportProgress<'_> {
    fn begin(&mut self, _: &Path, number: usize, total: usize) {
        if !self.is_single {
            show_message(&self.bar, &format!("{number}/{total}"));
        }
    }

    fn advance(&mut self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    fn end(&mut self, recording: &RecordingReport) {
        if !self.is_single {
            self.tally.add(recording);
            self.bar.suspend(|| self.print(recording));
        }
    }

    fn is_cancelled(&self) -> bool {
        self.stop.is_requested()
    }
}

/// Prints the files that were written.
pub(super) fn print_outcome(outcome: &Outcome) {
    let Outcome::Written { files, notes } = outcome else { return };
    for note in notes {
        say(format_args!("acevo: {note}"));
    }
    for file in files {
        say(format_args!("acevo: wrote {}", name_of(file)));
    }
}

/// Numbers of recordings by their results.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    exported: usize,
    kept: usize,
    empty: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, recording: &RecordingReport) {
        match recording.outcome {
            Ok(Outcome::Exists(_)) => self.kept += 1,
            Ok(Outcome::Empty) => self.empty += 1,
            Ok(_) => self.exported += 1,
            Err(_) => self.failed += 1,
        }
    }

    pub(super) const fn with_failed(mut self, failed: usize) -> Self {
        self.failed += failed;
        self
    }

    pub(super) const fn has_failed(&self) -> bool {
        self.failed > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.exported == 1 { "" } else { "s" };
        write!(f, "exported {} recording{plural}", self.exported)?;
        for (count, result) in [(self.kept, "already exported"), (self.empty, "without rows"), (self.failed, "failed")]
        {
            if count > 0 {
                write!(f, ", {count} {result}")?;
            }
        }
        Ok(())
    }
}
