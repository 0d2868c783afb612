//! Cuts parts of a recording into a new recording.

use std::io::{Read, Seek};
use std::ops::RangeInclusive;
use std::time::Duration;

use acevo_shared_memory::PageKind;

use super::error::RecordingError;
use super::field_set::FieldSet;
use super::lap_selector::LapSelection;
use super::laps::{LapError, LapIndex, RecordedLap};
use super::log_names::LogNames;
use super::mark::{Mark, Marked};
use super::reader::{Damage, Recording, RecordingItem};
use super::record::Record;
use super::writer::{RecordingWriter, SeekableOutput};

/// Kept before a lap: a reader recognises the beginning of a lap only by what was before it.
pub const LEAD: Duration = Duration::from_secs(2);

/// Kept after a lap: the game publishes the time of a lap at most this long after the line, online.
pub const TAIL: Duration = Duration::from_secs(15);

/// Copies some laps of a recording into another one, which this does not finish. Returns the parts that were copied.
///
/// `keep_going` is called with the time of each step and record; copying stops if it returns false.
///
/// # Errors
/// As [`LapIndex::select`] and [`cut`]; [`LapError::Stopped`].
///
/// ```no_run
/// use acevo_recording::{Recording, RecordingWriter, cut_laps};
///
/// let mut recording = Recording::open("monza.acevo")?;
/// let mut writer = RecordingWriter::create("best.acevo", &recording.description().cloned().unwrap_or_default())?;
/// cut_laps(&mut recording, &"best".parse()?, &mut writer, |_| true)?;
/// writer.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cut_laps<R: Read + Seek, W: SeekableOutput>(
    recording: &mut Recording<R>,
    laps: &LapSelection,
    writer: &mut RecordingWriter<W>,
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<Vec<RangeInclusive<Duration>>, LapError> {
    let index = LapIndex::read(recording, &mut keep_going)?;
    let info = recording.info();
    let parts = lap_parts(index.select(laps)?);
    // The margins do not reach beyond the recording.
    let parts: Vec<_> = (parts.into_iter())
        .map(|part| (*part.start()).max(info.start)..=(*part.end()).min(info.end))
        .filter(|part| !part.is_empty())
        .collect();
    let mut is_stopped = false;
    cut(recording, &parts, writer, |at| {
        is_stopped = !keep_going(at);
        !is_stopped
    })?;
    if is_stopped { Err(LapError::Stopped) } else { Ok(parts) }
}

/// The parts of a recording that have these laps, with [`LEAD`] and [`TAIL`]. Parts that overlap are joined.
pub fn lap_parts<'a>(laps: impl IntoIterator<Item = &'a RecordedLap>) -> Vec<RangeInclusive<Duration>> {
    let mut ranges: Vec<_> = laps.into_iter().map(|lap| lap_part(lap.from, lap.to).into_inner()).collect();
    ranges.sort_unstable();
    let mut parts: Vec<RangeInclusive<Duration>> = Vec::new();
    for (from, to) in ranges {
        match parts.last_mut() {
            Some(last) if from <= *last.end() => *last = *last.start()..=to.max(*last.end()),
            _ => parts.push(from..=to),
        }
    }
    parts
}

/// The part of a recording that has a lap from `from` to `to`, with [`LEAD`] and [`TAIL`].
pub fn lap_part(from: Duration, to: Duration) -> RangeInclusive<Duration> {
    from.saturating_sub(LEAD)..=to.saturating_add(TAIL)
}

/// Copies some `parts` of a recording unchanged, with the same times, into another one, which this does not finish.
///
/// `parts` are in the order of time. Each begins with the newest pages from before it, [carried](Record::carried), so that frames are
/// complete. Records between two parts count as [missed](Record::missed). Marks are copied, and so are the marks of the game and the
/// session from before the first part, and what the game's log has shown about cars and drivers before it. The mark of a lap whose beginning is cut off is not copied. There is a [mark](Marked::Lost) for
/// everything that cannot be read.
///
/// `keep_going` is called with the time of each record, also between the parts; copying stops if it returns false.
///
/// # Errors
/// [`RecordingError::Io`] if either recording cannot be read or written, [`RecordingError::UnknownCodec`].
pub fn cut<R: Read + Seek, W: SeekableOutput>(
    recording: &mut Recording<R>,
    parts: &[RangeInclusive<Duration>],
    writer: &mut RecordingWriter<W>,
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<(), RecordingError> {
    // Recordings have complete pages.
    let fields = recording.select(FieldSet::all());
    let copied = copy(recording, parts, writer, &mut keep_going);
    recording.select(fields);
    copied
}

fn copy<R: Read + Seek, W: SeekableOutput>(
    recording: &mut Recording<R>,
    parts: &[RangeInclusive<Duration>],
    writer: &mut RecordingWriter<W>,
    keep_going: &mut impl FnMut(Duration) -> bool,
) -> Result<(), RecordingError> {
    let Some(first) = parts.first() else { return Ok(()) };
    for mark in marks_before(recording.marks(), *first.start()) {
        writer.mark(&Mark::new(*first.start(), mark.what.clone()))?;
    }
    for event in names_before(recording.marks(), *first.start()).events() {
        let what = Marked::Log { event: event.clone(), is_exact: false };
        writer.mark(&Mark::new(*first.start(), what))?;
    }
    recording.seek(*first.start())?;
    let mut pages = PageKind::ALL.map(Newest::of);
    for page in &mut pages {
        if let Some(record) = recording.opening(page.kind) {
            page.leave_out(&record, false);
        }
    }
    let (mut rest, mut has_begun) = (parts, false);
    // The newest mark at which a lap may have begun.
    let mut boundary = Duration::ZERO;
    while let Some(item) = recording.next_item()? {
        match item {
            RecordingItem::Record(record) => {
                if !keep_going(record.at) {
                    break;
                }
                let over = rest.partition_point(|part| *part.end() < record.at);
                (rest, has_begun) = (&rest[over..], has_begun && over == 0);
                let Some(part) = rest.first() else { break };
                if record.at < *part.start() {
                    pages[record.page as usize].leave_out(&record, true);
                    continue;
                }
                if !std::mem::replace(&mut has_begun, true) {
                    // In the order of reading: the static page comes first.
                    pages.iter_mut().rev().try_for_each(|page| page.carry(*part.start(), writer))?;
                }
                let missed = pages[record.page as usize].missed(record.missed);
                writer.record(&Record { missed, ..record })?;
            }
            RecordingItem::Mark(mark) => {
                if parts.iter().any(|part| part.contains(&mark.at) && is_whole(mark, boundary, part)) {
                    writer.mark(mark)?;
                }
                if matches!(mark.what, Marked::Lap { .. } | Marked::Session { .. } | Marked::Attached { .. }) {
                    boundary = mark.at;
                }
            }
            RecordingItem::Damage(Damage { from, to, records, .. })
                if parts.iter().any(|part| *part.start() <= to && from <= *part.end()) =>
            {
                writer.mark(&Mark::new(from, Marked::Lost { to, records }))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What the log has shown about cars and drivers before a time.
fn names_before(marks: &[Mark], at: Duration) -> LogNames {
    let mut names = LogNames::default();
    for mark in marks.iter().take_while(|mark| mark.at < at) {
        if let Marked::Log { event, .. } = &mark.what {
            names.note(event);
        }
    }
    names
}

/// The marks of the game and the session at a time.
fn marks_before(marks: &[Mark], at: Duration) -> impl Iterator<Item = &Mark> {
    let before = &marks[..marks.partition_point(|mark| mark.at < at)];
    let newest = |is: fn(&Marked) -> bool| before.iter().rfind(|mark| is(&mark.what));
    let game = newest(|what| matches!(what, Marked::Attached { .. } | Marked::Detached { .. }));
    let session = newest(|what| matches!(what, Marked::Session { .. }));
    game.filter(|mark| matches!(mark.what, Marked::Attached { .. })).into_iter().chain(session)
}

/// False for a lap that began before the part: its time before the mark, but not before the `boundary`, the mark before. In a recording of
/// a simulation that was faster than real time, a lap is shorter than its time.
fn is_whole(mark: &Mark, boundary: Duration, part: &RangeInclusive<Duration>) -> bool {
    match mark.what {
        Marked::Lap { time_ms: Some(time_ms), .. } => {
            part.contains(&mark.at.saturating_sub(Duration::from_millis(time_ms.into())).max(boundary))
        }
        _ => true,
    }
}

/// The newest page of a kind that was not copied.
#[derive(Debug)]
struct Newest {
    kind: PageKind,
    /// Empty if the newest page was copied.
    bytes: Vec<u8>,
    settled: bool,
    restarted: bool,
    /// Number of packets that were left out since the last copied one.
    left_out: u32,
}

impl Newest {
    const fn of(kind: PageKind) -> Self {
        Self { kind, bytes: Vec::new(), settled: true, restarted: false, left_out: 0 }
    }

    /// Takes a page that is left out. Pages before the first part do not count as missed.
    fn leave_out(&mut self, record: &Record<'_>, is_missed: bool) {
        self.bytes.clear();
        self.bytes.extend_from_slice(record.bytes);
        (self.settled, self.restarted) = (record.settled, self.restarted || record.restarted);
        if is_missed {
            self.left_out = self.left_out.saturating_add(1).saturating_add(record.missed);
        }
    }

    /// Number of packets missed before a record that had `missed` in the whole recording.
    fn missed(&mut self, missed: u32) -> u32 {
        std::mem::take(&mut self.left_out).saturating_add(missed)
    }

    /// Writes the page at the beginning of a part.
    fn carry<W: SeekableOutput>(
        &mut self,
        at: Duration,
        writer: &mut RecordingWriter<W>,
    ) -> Result<(), RecordingError> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let mut record = Record::new(self.kind, at, &bytes);
        (record.settled, record.restarted, record.carried) = (self.settled, std::mem::take(&mut self.restarted), true);
        // The record itself was counted as left out.
        record.missed = std::mem::take(&mut self.left_out).saturating_sub(1);
        writer.record(&record)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_whole_accepts_a_lap_that_was_recorded_faster_than_real_time() {
        let seconds = Duration::from_secs;
        let what = Marked::Lap { session: 1, number: 2, time_ms: Some(80_000), counts: true };
        let part = seconds(8)..=seconds(30);
        // Ten seconds of the recording for a lap of eighty.
        assert!(is_whole(&Mark::new(seconds(20), what.clone()), seconds(10), &part));
        assert!(!is_whole(&Mark::new(seconds(20), what.clone()), seconds(5), &part), "it began before the part");
        assert!(!is_whole(&Mark::new(seconds(20), what), Duration::ZERO, &part), "no lap ended before it");
        let what = Marked::Lap { session: 1, number: 2, time_ms: Some(15_000), counts: true };
        assert!(!is_whole(&Mark::new(seconds(20), what.clone()), seconds(2), &part));
        assert!(is_whole(&Mark::new(seconds(24), what), seconds(2), &part));
    }
}
