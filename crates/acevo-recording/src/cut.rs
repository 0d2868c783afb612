//! Parts of a recording as a recording.

use std::io::{Read, Seek};
use std::ops::RangeInclusive;
use std::time::Duration;

use acevo_shared_memory::PageKind;

use super::error::RecordingError;
use super::mark::{Mark, Marked};
use super::reader::{Damage, Recording, RecordingItem};
use super::record::Record;
use super::writer::{RecordingWriter, SeekableOutput};

/// Copies what was recorded in some `parts` of a recording, as it is and with the same times, into another one, which is not finished
/// by this.
///
/// `parts` are in the order of time. Each begins with the newest pages from before it, [carried](Record::carried) where they are not
/// there already, so that frames are complete; what lies between two parts counts as [missed](Record::missed). Marks come along, and
/// those of the game and the session that were there before; but not the mark of a lap whose beginning is cut off, as far as its time
/// tells. Where something cannot be read, there is a [mark](Marked::Lost).
///
/// `keep_going` is asked with each record's time, also between the parts; where it says no, copying ends there.
///
/// # Errors
/// [`RecordingError::Io`] where either cannot be read or written, [`RecordingError::UnknownCodec`].
pub fn cut<R: Read + Seek, W: SeekableOutput>(
    recording: &mut Recording<R>,
    parts: &[RangeInclusive<Duration>],
    writer: &mut RecordingWriter<W>,
    mut keep_going: impl FnMut(Duration) -> bool,
) -> Result<(), RecordingError> {
    let Some(first) = parts.first() else { return Ok(()) };
    for mark in there_before(recording.marks(), *first.start()) {
        writer.mark(&Mark::new(*first.start(), mark.what.clone()))?;
    }
    recording.seek(*first.start())?;
    let mut pages = PageKind::ALL.map(Newest::of);
    for page in &mut pages {
        if let Some(record) = recording.opening(page.kind) {
            page.leave_out(&record, false);
        }
    }
    let (mut rest, mut has_begun) = (parts, false);
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
                    // As when they are read: the session comes first.
                    pages.iter_mut().rev().try_for_each(|page| page.carry(*part.start(), writer))?;
                }
                let missed = pages[record.page as usize].missed(record.missed);
                writer.record(&Record { missed, ..record })?;
            }
            RecordingItem::Mark(mark) if parts.iter().any(|part| part.contains(&mark.at) && is_whole(mark, part)) => {
                writer.mark(mark)?;
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

/// The game and the session at a time.
fn there_before(marks: &[Mark], at: Duration) -> impl Iterator<Item = &Mark> {
    let before = &marks[..marks.partition_point(|mark| mark.at < at)];
    let newest = |is: fn(&Marked) -> bool| before.iter().rfind(|mark| is(&mark.what));
    let game = newest(|what| matches!(what, Marked::Attached { .. } | Marked::Detached { .. }));
    let session = newest(|what| matches!(what, Marked::Session { .. }));
    game.filter(|mark| matches!(mark.what, Marked::Attached { .. })).into_iter().chain(session)
}

fn is_whole(mark: &Mark, part: &RangeInclusive<Duration>) -> bool {
    match mark.what {
        Marked::Lap { time_ms: Some(time_ms), .. } => {
            part.contains(&mark.at.saturating_sub(Duration::from_millis(time_ms.into())))
        }
        _ => true,
    }
}

/// The newest page of a kind that was left out.
#[derive(Debug)]
struct Newest {
    kind: PageKind,
    /// Empty where the newest page was not left out.
    bytes: Vec<u8>,
    settled: bool,
    restarted: bool,
    /// Packets that were left out since the last one that was not.
    left_out: u32,
}

impl Newest {
    const fn of(kind: PageKind) -> Self {
        Self { kind, bytes: Vec::new(), settled: true, restarted: false, left_out: 0 }
    }

    /// A page that is left out. What was before the first part is not missed.
    fn leave_out(&mut self, record: &Record<'_>, is_missed: bool) {
        self.bytes.clear();
        self.bytes.extend_from_slice(record.bytes);
        (self.settled, self.restarted) = (record.settled, self.restarted || record.restarted);
        if is_missed {
            self.left_out = self.left_out.saturating_add(1).saturating_add(record.missed);
        }
    }

    /// What was missed before a record, of which the recording says `missed`.
    fn missed(&mut self, missed: u32) -> u32 {
        std::mem::take(&mut self.left_out).saturating_add(missed)
    }

    /// Writes it at the beginning of a part.
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
        // It is one of those that were left out.
        record.missed = std::mem::take(&mut self.left_out).saturating_sub(1);
        writer.record(&record)
    }
}
