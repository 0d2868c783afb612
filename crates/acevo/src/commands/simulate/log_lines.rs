//! The log of a simulated game beside its recording: marks of the recording, or a file.

use std::io::Write;
use std::time::Duration;

use acevo_files::PendingFile;
use acevo_gamelog::{LogEvent, Parser};
use acevo_simulator::LogLine;
use anyhow::Context;

use crate::cli::LogOutput;
use crate::output::{check_new, create_pending, name_of, publish};

/// Where the log goes.
pub(super) enum LogLines {
    /// Into the recording.
    Marks {
        parser: Box<Parser>,
        /// The clock of the log at the start of the simulation, milliseconds since 1970.
        start_ms: u64,
    },
    /// Into a file.
    File(PendingFile),
}

impl LogLines {
    /// A file if one is named.
    pub(super) fn new(output: Option<&LogOutput>, start_ms: u64) -> anyhow::Result<Self> {
        let Some(LogOutput { path, .. }) = output else {
            return Ok(Self::Marks { parser: Box::default(), start_ms });
        };
        check_new(path)?;
        Ok(Self::File(create_pending(path)?))
    }

    /// Takes lines that the game has written. Events go to `on_event` with their time since the start.
    pub(super) fn take(&mut self, lines: &[LogLine], on_event: impl FnMut(Duration, LogEvent)) -> anyhow::Result<()> {
        match self {
            Self::Marks { parser, start_ms } => {
                for line in lines {
                    parser.feed(line.text.as_bytes());
                    parser.feed(b"\n");
                }
                pass(parser, *start_ms, on_event);
                Ok(())
            }
            Self::File(file) => {
                let written = lines.iter().try_for_each(|line| writeln!(file, "{}", line.text));
                written.with_context(|| format!("cannot write {}", name_of(file.path())))
            }
        }
    }

    /// Ends the log.
    pub(super) fn finish(self, on_event: impl FnMut(Duration, LogEvent)) -> anyhow::Result<()> {
        match self {
            Self::Marks { mut parser, start_ms } => {
                parser.finish();
                pass(&mut parser, start_ms, on_event);
                Ok(())
            }
            Self::File(file) => publish(file),
        }
    }
}

/// Passes on the events that are complete.
fn pass(parser: &mut Parser, start_ms: u64, mut on_event: impl FnMut(Duration, LogEvent)) {
    while let Some(event) = parser.next_event() {
        let at_ms = u64::try_from(event.time.ms()).unwrap_or_default().saturating_sub(start_ms);
        on_event(Duration::from_millis(at_ms), event);
    }
}
