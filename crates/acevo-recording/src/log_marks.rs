//! The game's log in the marks of a recording.

use std::time::Duration;

use acevo_gamelog::LogEvent;
use acevo_telemetry::field::Field;

use super::mark::{Mark, Marked};

/// An event of the game's log in a recording.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LogMark {
    /// Time of the mark since the recording's zero.
    pub at: Duration,
    /// The event happened at the time of the mark. Otherwise it happened earlier, and became known then.
    pub is_exact: bool,
    /// The event.
    pub event: LogEvent,
}

impl LogMark {
    /// When the event happened since the recording's zero; `None` if that is unknown.
    pub fn happened_at(&self) -> Option<Duration> {
        self.is_exact.then_some(self.at)
    }

    /// Passes the event to a field.
    pub fn pass_to(&self, field: &mut Field) {
        match self.happened_at() {
            Some(at) => field.note_log_at(&self.event, at),
            None => field.note_log(&self.event),
        }
    }
}

/// The events of the game's log that are in the marks of a recording, in order of time.
#[derive(Debug, Clone, Default)]
pub struct LogMarks {
    marks: Vec<LogMark>,
    next: usize,
}

impl LogMarks {
    /// The events among these marks, which are in order of time.
    pub fn of(marks: &[Mark]) -> Self {
        let mark = |mark: &Mark| match &mark.what {
            Marked::Log { event, is_exact } => Some(LogMark { at: mark.at, is_exact: *is_exact, event: event.clone() }),
            _ => None,
        };
        Self { marks: marks.iter().filter_map(mark).collect(), next: 0 }
    }

    /// True if the recording has no event of a log.
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The next event, once the recording has reached its time.
    pub fn next_until(&mut self, now: Duration) -> Option<&LogMark> {
        let mark = self.marks.get(self.next).filter(|mark| mark.at <= now)?;
        self.next += 1;
        Some(mark)
    }

    /// Begins again from the first event.
    pub fn rewind(&mut self) {
        self.next = 0;
    }
}
