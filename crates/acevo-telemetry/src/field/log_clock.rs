//! Maps the times of the game's log to the clock of the recording.

use std::collections::BTreeMap;

use acevo_gamelog::LogTime;
use acevo_shared_memory::CarId;
use serde::{Deserialize, Serialize};

/// Maximum number of moments that are kept on each side.
const MAX_MOMENTS: usize = 256;

/// Maximum difference between two offsets that mean the same, milliseconds. The game writes lines with the frame in which something
/// happens, and the pages show it some frames later.
const TOLERANCE_MS: i64 = 200;

/// Number of votes from which an offset is believed.
const MIN_VOTES: usize = 3;

/// How the offset between the clocks became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogClockConfidence {
    /// It is unknown: events of the log have no time yet.
    #[default]
    Unknown,
    /// From the clock of this computer: the log is written here and now.
    Computer,
    /// From events that the pages and the log both have.
    Matched,
}

/// The offset between the log and the clock of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogOffset {
    /// How it became known.
    pub confidence: LogClockConfidence,
    /// Number of events that the pages and the log both have with this offset.
    pub matches: u32,
    /// Maximum difference among these events, milliseconds.
    pub spread_ms: u32,
}

/// What both sources show.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// The player's lap ended with this time, milliseconds.
    PlayerLap(u32),
    /// A car crossed the line.
    Line(CarId),
    /// A phase of the session began.
    Phase(String),
}

impl Moment {
    /// Lap times of the player are equal to the millisecond and almost never repeat.
    const fn votes(&self) -> usize {
        match self {
            Self::PlayerLap(_) => 2,
            Self::Line(_) | Self::Phase(_) => 1,
        }
    }
}

/// Learns the offset: the pairs of equal moments vote for it.
#[derive(Debug, Clone, Default)]
pub(super) struct LogClock {
    /// Time of the recording minus time of the log, milliseconds.
    offset_ms: Option<i64>,
    offset: LogOffset,
    pages: BTreeMap<Moment, Vec<i64>>,
    log: BTreeMap<Moment, Vec<i64>>,
}

impl LogClock {
    /// The offset and how it became known.
    pub(super) const fn offset(&self) -> LogOffset {
        self.offset
    }

    /// The time of the recording, seconds, for a time of the log; `None` while the offset is unknown.
    pub(super) fn map(&self, time: LogTime) -> Option<f64> {
        self.offset_ms.map(|offset| time.ms().saturating_add(offset) as f64 / 1000.0)
    }

    /// The local time of this computer is `now` at `at_s` of the recording, which is read live.
    pub(super) fn set_computer_time(&mut self, at_s: f64, now: LogTime) {
        if self.offset.confidence < LogClockConfidence::Matched {
            self.offset.confidence = LogClockConfidence::Computer;
            self.offset_ms = Some(to_ms(at_s).saturating_sub(now.ms()));
        }
    }

    /// The log has `time` at `at_s` of the recording: another program has found that out.
    pub(super) fn set_exact(&mut self, at_s: f64, time: LogTime) {
        if self.offset.matches == 0 {
            self.offset.confidence = LogClockConfidence::Matched;
            self.offset_ms = Some(to_ms(at_s).saturating_sub(time.ms()));
        }
    }

    /// The log is the only source: its first time is the beginning.
    pub(super) fn begin_at(&mut self, time: LogTime) {
        self.offset_ms = Some(time.ms().saturating_neg());
        self.offset = LogOffset { confidence: LogClockConfidence::Matched, ..LogOffset::default() };
    }

    /// The pages show a moment at this time of the recording, seconds.
    pub(super) fn note_page(&mut self, moment: Moment, at_s: f64) {
        note(&mut self.pages, moment, to_ms(at_s));
        self.vote();
    }

    /// The log has a moment at this time.
    pub(super) fn note_log(&mut self, moment: Moment, time: LogTime) {
        let has_pair = self.pages.contains_key(&moment);
        note(&mut self.log, moment, time.ms());
        if has_pair {
            self.vote();
        }
    }

    /// Another log begins: moments of the one before match nothing.
    pub(super) fn forget_log(&mut self) {
        self.log.clear();
    }

    /// Takes the offset that most pairs agree on.
    fn vote(&mut self) {
        let mut offsets: Vec<(i64, usize)> = Vec::new();
        for (moment, pages) in &self.pages {
            for log in self.log.get(moment).into_iter().flatten() {
                offsets.extend(pages.iter().map(|page| (page.saturating_sub(*log), moment.votes())));
            }
        }
        offsets.sort_unstable();
        let mut best: Option<(usize, &[(i64, usize)])> = None;
        // All offsets within the tolerance before each one.
        let (mut first, mut votes) = (0, 0);
        for (last, (offset, more)) in offsets.iter().enumerate() {
            votes += more;
            while offset.saturating_sub(offsets[first].0) > TOLERANCE_MS {
                votes -= offsets[first].1;
                first += 1;
            }
            if best.is_none_or(|(most, _)| votes > most) {
                best = Some((votes, &offsets[first..=last]));
            }
        }
        let Some((votes, group)) = best.filter(|(votes, _)| *votes >= MIN_VOTES) else { return };
        let (Some(first), Some(last), Some(middle)) = (group.first(), group.last(), group.get(group.len() / 2)) else {
            return;
        };
        // What is known needs better evidence to change.
        let is_known = self.offset.confidence == LogClockConfidence::Matched;
        let moves = self.offset_ms.is_none_or(|offset| offset.abs_diff(middle.0) > TOLERANCE_MS.unsigned_abs());
        if is_known && moves && votes <= self.offset.matches as usize {
            return;
        }
        self.offset_ms = Some(middle.0);
        self.offset = LogOffset {
            confidence: LogClockConfidence::Matched,
            matches: u32::try_from(votes).unwrap_or(u32::MAX),
            spread_ms: u32::try_from(last.0.abs_diff(first.0)).unwrap_or(u32::MAX),
        };
    }
}

fn note(moments: &mut BTreeMap<Moment, Vec<i64>>, moment: Moment, ms: i64) {
    if moments.values().map(Vec::len).sum::<usize>() >= MAX_MOMENTS {
        // The oldest one goes.
        let oldest = moments.iter().min_by_key(|(_, times)| times.first().copied()).map(|(moment, _)| moment.clone());
        if let Some(times) = oldest.as_ref().and_then(|oldest| moments.get_mut(oldest)) {
            times.remove(0);
        }
        moments.retain(|_, times| !times.is_empty());
    }
    moments.entry(moment).or_default().push(ms);
}

fn to_ms(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}
