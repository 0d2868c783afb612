//! Adds the game's log to a recording that was made without it.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::time::Duration;

use acevo_gamelog::{LogEvent, LogEventKind, LogTime, read_log};
use acevo_telemetry::analysis::Settings;
use acevo_telemetry::field::{Field, LogClockConfidence, LogOffset};

use super::cut::cut;
use super::error::RecordingError;
use super::field::analyze_field;
use super::log_names::LogNames;
use super::mark::{Mark, Marked};
use super::reader::Recording;
use super::writer::{RecordingWriter, SeekableOutput};

/// Maximum number of events that are added. A race of 24 hours with 60 cars has 400,000.
const MAX_EVENTS: usize = 1 << 19;

/// Number of laps from which more ones need no more evidence: the clock keeps a limited number of moments.
const ENOUGH_LAPS: usize = 128;

/// Why a log cannot be added to a recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MergeError {
    /// The recording cannot be read, or the new one cannot be written.
    #[error(transparent)]
    Recording(#[from] RecordingError),
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log(#[source] io::Error),
    /// The recording has events of a log.
    #[error("the recording has the game's log already")]
    HasLog,
    /// The recording and the log do not have the same laps at the same intervals.
    #[error(
        "the log does not belong to this recording: no laps are in both at the same times. Choose the log of the same \
         start of the game; a recording needs at least one complete lap"
    )]
    OtherLog,
    /// The log has more events at the times of the recording than a recording takes.
    #[error("the log has more than {MAX_EVENTS} events at the times of the recording")]
    TooManyEvents,
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
}

/// What was added to a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Merged {
    /// Number of events that happened during the recording.
    pub events: usize,
    /// Number of events from before the recording that name cars.
    pub names: usize,
    /// How the times of the log are mapped to the clock of the recording.
    pub offset: LogOffset,
}

/// Copies a recording into another one, which this does not finish, and adds the events of the game's log as [marks](Marked::Log).
///
/// The times of the log are those of a clock of its own. Laps that the pages and the log both have show the offset between the clocks.
/// Events from before the recording are kept if they name cars; others, and those after its end, are left out.
///
/// `keep_going` is called often; reading and copying stop if it returns false.
///
/// # Errors
/// [`MergeError`]. What was written by then is not a complete recording.
///
/// ```no_run
/// use std::fs::File;
///
/// use acevo_recording::{Recording, RecordingWriter, merge_log};
///
/// let mut recording = Recording::open("race.acevo")?;
/// let description = recording.description().cloned().unwrap_or_default();
/// let mut writer = RecordingWriter::create("race-with-log.acevo", &description)?;
/// let merged = merge_log(&mut recording, &mut File::open("log.txt")?, &mut writer, || true)?;
/// writer.finish()?;
/// println!("{} events", merged.events);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn merge_log<R: Read + Seek, L: Read + Seek, W: SeekableOutput>(
    recording: &mut Recording<R>,
    log: &mut L,
    writer: &mut RecordingWriter<W>,
    mut keep_going: impl FnMut() -> bool,
) -> Result<Merged, MergeError> {
    if recording.marks().iter().any(|mark| matches!(mark.what, Marked::Log { .. })) {
        return Err(MergeError::HasLog);
    }
    let field = analyze_field(recording, &Settings::default(), |_, _| keep_going())?;
    let mut field = field.ok_or(MergeError::Stopped)?;
    let found = Found::new(log, &mut field, &mut keep_going)?;
    let info = recording.info();
    // A recording without records has no laps either.
    let within = info.start..=info.end;
    let during = |time: LogTime| field.time_of(time).filter(|at| within.contains(at));
    if !found.is_convincing(found.laps.iter().filter(|lap| during(**lap).is_some()).count()) {
        return Err(MergeError::OtherLog);
    }
    let merged = Merged { offset: found.offset, ..Merged::default() };
    let mut adder = Adder { writer: &mut *writer, names: LogNames::default(), merged };
    let mut added = Ok(());
    read(log, &mut keep_going, |event| {
        added = adder.add(&event, during(event.time));
        if added.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    added?;
    let merged = adder.merged;
    let mut is_stopped = false;
    cut(recording, &[Duration::ZERO..=Duration::MAX], writer, |_| {
        is_stopped = !keep_going();
        !is_stopped
    })?;
    if is_stopped { Err(MergeError::Stopped) } else { Ok(merged) }
}

/// Adds events as marks.
struct Adder<'a, W: SeekableOutput> {
    writer: &'a mut RecordingWriter<W>,
    /// What was before the recording.
    names: LogNames,
    merged: Merged,
}

impl<W: SeekableOutput> Adder<'_, W> {
    /// Adds an event that happened at a time of the recording, or keeps one from before it if that names a car.
    fn add(&mut self, event: &LogEvent, at: Option<Duration>) -> Result<(), MergeError> {
        let Some(at) = at else {
            self.names.note(event);
            return Ok(());
        };
        if self.merged.events == 0 {
            for event in self.names.events() {
                self.writer.mark(&Mark::new(Duration::ZERO, Marked::Log { event: event.clone(), is_exact: false }))?;
                self.merged.names += 1;
            }
        }
        if self.merged.events >= MAX_EVENTS {
            return Err(MergeError::TooManyEvents);
        }
        self.writer.mark(&Mark::new(at, Marked::Log { event: event.clone(), is_exact: true }))?;
        self.merged.events += 1;
        Ok(())
    }
}

/// Reads a log from its beginning.
fn read<L: Read + Seek>(
    log: &mut L,
    keep_going: &mut impl FnMut() -> bool,
    mut on_event: impl FnMut(LogEvent) -> ControlFlow<()>,
) -> Result<(), MergeError> {
    log.seek(SeekFrom::Start(0)).map_err(MergeError::Log)?;
    let mut is_stopped = false;
    let read = read_log(log, |event| {
        is_stopped = !keep_going();
        if is_stopped { ControlFlow::Break(()) } else { on_event(event) }
    });
    read.map_err(MergeError::Log)?;
    if is_stopped { Err(MergeError::Stopped) } else { Ok(()) }
}

/// What the laps of a log show about its clock.
struct Found {
    offset: LogOffset,
    /// When the laps ended.
    laps: Vec<LogTime>,
}

impl Found {
    /// Compares the laps of a log with those of a field, which then knows the offset.
    fn new<L: Read + Seek>(
        log: &mut L,
        field: &mut Field,
        keep_going: &mut impl FnMut() -> bool,
    ) -> Result<Self, MergeError> {
        let mut found = Self { offset: LogOffset::default(), laps: Vec::new() };
        read(log, keep_going, |event| {
            // Phases follow each other at the same intervals in all races: they prove nothing.
            match event.kind {
                LogEventKind::Lap { .. } if found.laps.len() < MAX_EVENTS => found.laps.push(event.time),
                LogEventKind::Lap { .. } | LogEventKind::Build { .. } => {}
                _ => return ControlFlow::Continue(()),
            }
            field.note_log(&event);
            // Later laps of the log, after the recording, have fewer matches with the same offset.
            let offset = field.log_offset();
            if offset.matches > found.offset.matches {
                found.offset = offset;
            }
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// True if the number of matches is not an accident among this many laps during the recording.
    fn is_convincing(&self, laps: usize) -> bool {
        self.offset.confidence == LogClockConfidence::Matched
            && 2 * self.offset.matches as usize >= laps.min(ENOUGH_LAPS)
    }
}
