//! The log of a recording: its marks.

use std::time::Duration;

use acevo_recording::{Mark, Marked};

use super::LogItem;

/// Events of the log that are in the marks of a recording.
#[derive(Debug, Clone, Default)]
pub(crate) struct MarkedLog {
    /// The time of each mark, and its event, in order of time.
    items: Vec<(Duration, LogItem)>,
    next: usize,
}

impl MarkedLog {
    /// The events among these marks, which are in order of time.
    pub(crate) fn of(marks: &[Mark]) -> Self {
        let item = |mark: &Mark| match &mark.what {
            Marked::Log { event, is_exact } => {
                Some((mark.at, LogItem { at: is_exact.then_some(mark.at), event: event.clone() }))
            }
            _ => None,
        };
        Self { items: marks.iter().filter_map(item).collect(), next: 0 }
    }

    /// The next event, once the recording has reached its time.
    pub(crate) fn next(&mut self, now: Duration) -> Option<LogItem> {
        let (_, item) = self.items.get(self.next).filter(|(at, _)| *at <= now)?;
        self.next += 1;
        Some(item.clone())
    }

    /// Begins again from the first event.
    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }
}
