//! The game's log, from wherever the session is read: the file that the game writes, the simulator, or the marks of a recording.

mod file;

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use acevo_gamelog::{LogEvent, LogTime};
use acevo_recording::{LogMark, LogMarks};

pub(crate) use file::{FollowedFile, newest};

/// Which log of the game is read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum LogSource {
    /// None.
    #[default]
    None,
    /// The one that the game writes now, wherever it is.
    Game,
    /// This file.
    File(PathBuf),
}

/// An event of the log.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LogItem {
    /// When it happened on the clock of the packets; `None` if that was before the clock began, or is unknown.
    pub(crate) at: Option<Duration>,
    /// The event.
    pub(crate) event: LogEvent,
}

impl LogItem {
    fn of(mark: &LogMark) -> Self {
        Self { at: mark.happened_at(), event: mark.event.clone() }
    }
}

/// Events of the log, as they become known.
#[derive(Debug, Default)]
pub(crate) enum LogFeed {
    /// There is no log.
    #[default]
    None,
    /// A file that grows.
    File(FollowedFile),
    /// A simulation in this process.
    Demo(Receiver<LogItem>),
    /// The marks of a recording.
    Marks(LogMarks),
}

impl LogFeed {
    /// The log of this source.
    pub(crate) fn of(source: &LogSource) -> Self {
        FollowedFile::start(source).map_or(Self::None, Self::File)
    }

    /// The next event that is known at this time of the packets. Never blocks.
    pub(crate) fn next(&mut self, now: Duration) -> Option<LogItem> {
        match self {
            Self::None => None,
            Self::File(file) => file.next().map(|event| LogItem { at: at_of(event.time, now), event }),
            Self::Demo(items) => items.try_recv().ok(),
            Self::Marks(marks) => marks.next_until(now).map(LogItem::of),
        }
    }

    /// Begins again from the first event, after a seek in a recording.
    pub(crate) fn rewind(&mut self) {
        if let Self::Marks(marks) = self {
            marks.rewind();
        }
    }

    /// The game is attached, or detached: a log is looked for only while there is a game.
    pub(crate) fn set_attached(&self, is_attached: bool) {
        if let Self::File(file) = self {
            file.set_attached(is_attached);
        }
    }

    /// True if the log is read from a file of this computer, whose times are those of its clock.
    pub(crate) const fn is_live(&self) -> bool {
        matches!(self, Self::File(_))
    }
}

/// The local time of this computer, as logs have it.
pub(crate) fn local_time() -> Option<LogTime> {
    let now = jiff::Zoned::now();
    let ms = now.timestamp().as_millisecond() + i64::from(now.offset().seconds()) * 1000;
    LogTime::from_ms(ms)
}

/// A time of the log on the clock of the packets, on which it is `now`. The clock of this computer is that of the log.
fn at_of(time: LogTime, now: Duration) -> Option<Duration> {
    let ago_ms = local_time()? - time;
    let at_ms = i64::try_from(now.as_millis()).ok()?.checked_sub(ago_ms)?;
    u64::try_from(at_ms).ok().map(Duration::from_millis)
}
