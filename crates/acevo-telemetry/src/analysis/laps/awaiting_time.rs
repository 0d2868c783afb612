//! A lap that has crossed the line and waits until the game publishes its time.

use super::lap::{Incomplete, Lap};
use super::reading::Reading;

/// Maximum difference between the game's time and the one by the timer and the counter of physics steps, milliseconds, if the crossing of
/// the line was seen: frames are late.
const MAX_DIFFERENCE_MS: f64 = 100.0;

/// The same if the crossing was not seen, or frames are irregular, milliseconds.
const MAX_DIFFERENCE_UNSEEN_MS: f64 = 500.0;

/// Maximum difference of an unchanged last lap time, milliseconds: it is this lap's, too, only if the two times are the same.
const MAX_DIFFERENCE_UNCHANGED_MS: f64 = 3.0;

/// Maximum difference of an unchanged last lap time if this lap's time is known exactly, milliseconds: the game rounds.
const ROUNDING_MS: f64 = 0.55;

/// Time after which the lap ends without a time, seconds. The game publishes it within 2 s, online later (reported).
const MAX_WAIT_S: f64 = 15.0;

/// Follows the last lap time.
#[derive(Debug, Clone, Default)]
pub(super) struct LastLapTime {
    ms: Option<u32>,
    /// Physics steps at which the time changed.
    changed: Option<f64>,
    /// The time was seen in two frames. A single frame is not trusted.
    is_confirmed: bool,
}

impl LastLapTime {
    /// The value may stay after what has happened, but it belongs to no lap.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(super) fn note(&mut self, reading: &Reading) {
        self.is_confirmed = self.ms == reading.last_lap_ms;
        if !self.is_confirmed {
            // The first value may be old.
            if self.ms.is_some() || self.changed.is_some() {
                self.changed = Some(reading.steps);
            }
            self.ms = reading.last_lap_ms;
        }
        self.changed.get_or_insert(f64::NEG_INFINITY);
    }
}

/// A lap that waits for its time.
#[derive(Debug, Clone)]
pub(super) struct AwaitingTime {
    pub(super) lap: Lap,
    /// End of the lap in physics steps.
    pub(super) end: f64,
    /// Lap time by the timer before the line and the physics steps since, milliseconds.
    pub(super) expected_ms: f64,
    /// That time is right to a fraction of a millisecond.
    pub(super) is_exact: bool,
    /// Laps that the game had counted before the line.
    pub(super) count: Option<u32>,
    /// Times since the beginning of the lap at which sectors ended, except the last one, milliseconds.
    pub(super) splits_ms: Vec<Option<f64>>,
}

impl AwaitingTime {
    /// Checks whether the game has published the time. False as long as that is open.
    pub(super) fn is_decided(&mut self, last: &LastLapTime, reading: &Reading, step_s: f64) -> bool {
        let is_late = (reading.steps - self.end) * step_s > MAX_WAIT_S;
        let Some(time_ms) = last.ms.filter(|_| last.is_confirmed) else { return is_late };
        let difference = (f64::from(time_ms) - self.expected_ms).abs();
        // Some frames may have the new time before the timer restarts.
        let has_changed = last.changed.is_some_and(|changed| changed >= self.end - 0.5 / step_s);
        let max_difference = if self.lap.measured_ms.is_some() { MAX_DIFFERENCE_MS } else { MAX_DIFFERENCE_UNSEEN_MS };
        if has_changed && difference <= max_difference {
            self.confirm(time_ms);
            return true;
        }
        // If two laps have the same time, only the count changes.
        let is_counted = reading.count > self.count && self.count.is_some();
        let max_difference = if is_late { MAX_DIFFERENCE_UNCHANGED_MS } else { ROUNDING_MS };
        if !has_changed && is_counted && (is_late || self.is_exact) && difference <= max_difference {
            self.confirm(time_ms);
            return true;
        }
        is_late
    }

    fn confirm(&mut self, time_ms: u32) {
        self.lap.time_ms = Some(time_ms);
        let mut before = Some(0);
        let ends = self.splits_ms.iter().map(|split| split.map(|ms| ms.round() as u32));
        let agrees = self.lap.measured_ms.is_none_or(|ms| f64::from(ms.abs_diff(time_ms)) <= MAX_DIFFERENCE_MS);
        self.lap.sectors_ms = (ends.chain([Some(time_ms)]))
            .map(|end| {
                let sector = end.zip(before).and_then(|(end, before)| end.checked_sub(before));
                before = end;
                sector.filter(|_| agrees)
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
