//! A lap that has crossed the line and waits for the game to tell its time.

use super::lap::{Incomplete, Lap};
use super::reading::Reading;
use super::running::whole;

/// The game's time may differ from what the timer and the counter of steps say by so much, in milliseconds, where the line was
/// crossed in sight: frames are late.
const AGREES_MS: f64 = 100.0;

/// And by so much where it was not, or frames come as they like.
const AGREES_UNSEEN_MS: f64 = 500.0;

/// An unchanged last lap is this lap's, too, only where the two times are the same.
const EQUALS_MS: f64 = 3.0;

/// A time that is known exactly is the game's, rounded.
const ROUNDED_MS: f64 = 0.55;

/// The game tells within 2 s, later online (reported). Then nothing more is waited for; seconds.
const LONGEST: f64 = 15.0;

/// Follows what the game says about the last lap.
#[derive(Debug, Clone, Default)]
pub(super) struct LastLap {
    ms: Option<u32>,
    /// When it has changed, in steps.
    changed: Option<f64>,
    /// It was seen in two frames. One is not believed.
    is_sure: bool,
}

impl LastLap {
    /// An old value may stay after what has happened: it is nobody's.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(super) fn note(&mut self, reading: &Reading) {
        self.is_sure = self.ms == reading.last_ms;
        if !self.is_sure {
            // The first value ever seen may be old.
            if self.ms.is_some() || self.changed.is_some() {
                self.changed = Some(reading.steps);
            }
            self.ms = reading.last_ms;
        }
        self.changed.get_or_insert(f64::NEG_INFINITY);
    }
}

/// A lap on its way to the table.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) lap: Lap,
    /// When it ended, in steps.
    pub(super) end: f64,
    /// Its time by the timer before the line and the steps since.
    pub(super) expected_ms: f64,
    /// That is right to a fraction of a millisecond.
    pub(super) is_exact: bool,
    /// Laps that the game had counted before.
    pub(super) count: Option<u32>,
    /// Milliseconds from its beginning to the ends of the sectors but the last.
    pub(super) splits_ms: Vec<Option<f64>>,
}

impl Pending {
    /// Finds out whether the game has told the time. False as long as that is open.
    pub(super) fn is_decided(&mut self, last: &LastLap, reading: &Reading, step_s: f64) -> bool {
        let Some(told) = last.ms.filter(|_| last.is_sure) else { return self.is_too_late(reading, step_s) };
        let difference = (f64::from(told) - self.expected_ms).abs();
        // Some frames may carry the new time before the timer.
        let has_changed = last.changed.is_some_and(|changed| changed >= self.end - 0.5 / step_s);
        let agrees = if self.lap.measured_ms.is_some() { AGREES_MS } else { AGREES_UNSEEN_MS };
        if has_changed && difference <= agrees {
            self.confirm(told);
            return true;
        }
        // Two laps of the same time: nothing changes but the count.
        let is_counted = reading.count > self.count && self.count.is_some();
        let is_late = self.is_too_late(reading, step_s);
        let equals = if is_late { EQUALS_MS } else { ROUNDED_MS };
        if !has_changed && is_counted && (is_late || self.is_exact) && difference <= equals {
            self.confirm(told);
            return true;
        }
        is_late
    }

    fn is_too_late(&self, reading: &Reading, step_s: f64) -> bool {
        (reading.steps - self.end) * step_s > LONGEST
    }

    fn confirm(&mut self, told: u32) {
        self.lap.time_ms = Some(told);
        let mut before = Some(0);
        let ends = self.splits_ms.iter().map(|split| split.map(whole));
        let is_right = self.lap.measured_ms.is_none_or(|ms| f64::from(ms.abs_diff(told)) <= AGREES_MS);
        self.lap.sectors_ms = (ends.chain([Some(told)]))
            .map(|end| {
                let sector = end.zip(before).and_then(|(end, before)| end.checked_sub(before));
                before = end;
                sector.filter(|_| is_right)
            })
            .collect();
    }

    /// The lap as it is now.
    pub(super) fn into_lap(mut self) -> Lap {
        if self.lap.time_ms.is_none() {
            self.lap.incomplete.get_or_insert(Incomplete::Unconfirmed);
        }
        self.lap
    }
}
