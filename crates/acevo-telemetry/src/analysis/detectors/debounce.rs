//! Protection against storms of events: a value counts once it has persisted, and thresholds have hysteresis.

/// Maximum time between two frames that counts, seconds: a value that was not seen has not persisted.
const MAX_UNSEEN_S: f64 = 0.5;

/// Driving time that was seen, seconds.
#[derive(Debug, Clone, Default)]
pub(super) struct ObservedTime {
    driven: Option<f64>,
    seen: f64,
}

impl ObservedTime {
    /// The time that was seen at this driving time, seconds.
    pub(super) fn at(&mut self, driven: f64) -> f64 {
        let before = self.driven.replace(driven).unwrap_or(driven);
        let passed = driven - before;
        // NaN adds nothing.
        if passed > 0.0 {
            self.seen += passed.min(MAX_UNSEEN_S);
        }
        self.seen
    }
}

/// A value that counts once it has persisted for some time.
#[derive(Debug, Clone)]
pub(super) struct Debounced<T> {
    /// The value that counts, and when it began if that was seen.
    settled: Option<(T, Option<f64>)>,
    /// Another value, and since when it is there.
    next: Option<(T, f64)>,
}

/// The change of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change<T> {
    /// The value before; `None` for the first one.
    pub(super) before: Option<T>,
    /// Seconds for which the value before was there; `None` if its beginning was not seen.
    pub(super) seconds: Option<f64>,
}

impl<T> Default for Debounced<T> {
    fn default() -> Self {
        Self { settled: None, next: None }
    }
}

impl<T: PartialEq + Clone> Debounced<T> {
    /// The value that counts.
    pub(super) fn value(&self) -> Option<&T> {
        self.settled.as_ref().map(|(value, _)| value)
    }

    /// Takes the value of this frame. Returns the change if it has persisted for `hold` seconds, so that it counts from now on.
    pub(super) fn note(&mut self, value: T, now: f64, hold: f64) -> Option<Change<T>> {
        if self.value() == Some(&value) {
            self.next = None;
            return None;
        }
        let since = match &self.next {
            Some((next, since)) if *next == value => *since,
            _ => {
                self.next = Some((value.clone(), now));
                now
            }
        };
        if now - since < hold {
            return None;
        }
        self.next = None;
        let began = self.settled.as_ref().map(|_| since);
        let before = self.settled.replace((value, began));
        let seconds = before.as_ref().and_then(|(_, began)| *began).map(|began| rounded(since - began));
        Some(Change { before: before.map(|(value, _)| value), seconds })
    }

    /// Like [`note`](Self::note), but ignores the first value.
    pub(super) fn change(&mut self, value: T, now: f64, hold: f64) -> Option<Change<T>> {
        self.note(value, now, hold).filter(|change| change.before.is_some())
    }
}

/// Rounds to milliseconds.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// True above the threshold; false once the value is below it by the band. NaN changes nothing.
pub(super) fn is_above(was_above: bool, value: f64, threshold: f64, band: f64) -> bool {
    value > threshold || (was_above && (value >= threshold - band || value.is_nan()))
}

/// True below the threshold; false once the value is above it by the band. NaN changes nothing.
pub(super) fn is_below(was_below: bool, value: f64, threshold: f64, band: f64) -> bool {
    value < threshold || (was_below && (value <= threshold + band || value.is_nan()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_reports_a_value_once_it_has_persisted() {
        let mut lane = Debounced::default();
        assert_eq!(lane.change(false, 0.0, 0.3), None);
        assert_eq!(lane.change(false, 0.4, 0.3), None, "the first value is no change");
        assert_eq!(lane.change(true, 1.0, 0.3), None);
        assert_eq!(lane.change(false, 1.2, 0.3), None);
        assert_eq!(lane.change(true, 1.4, 0.3), None);
        assert_eq!(lane.change(true, 1.7, 0.3), Some(Change { before: Some(false), seconds: None }));
        assert_eq!(lane.change(false, 5.4, 0.3), None);
        assert_eq!(lane.change(false, 5.8, 0.3), Some(Change { before: Some(true), seconds: Some(4.0) }));
    }

    #[test]
    fn observed_time_skips_time_that_was_not_seen() {
        let mut time = ObservedTime::default();
        assert_eq!(time.at(100.0), 0.0);
        assert_eq!(time.at(100.1 + 1e-9).round(), 0.0);
        let before = time.at(100.2);
        assert_eq!(time.at(90_000.0), before + MAX_UNSEEN_S);
        assert_eq!(time.at(f64::NAN), before + MAX_UNSEEN_S);
        assert_eq!(time.at(3.0), before + MAX_UNSEEN_S, "it never goes back");
    }

    #[test]
    fn is_above_and_is_below_have_hysteresis() {
        let mut hot = false;
        let sides = [109.0, 110.5, 109.0, 106.0, f64::NAN, 104.9, 109.9].map(|value| {
            hot = is_above(hot, value, 110.0, 5.0);
            hot
        });
        assert_eq!(sides, [false, true, true, true, true, false, false]);
        assert!(!is_below(false, f64::NAN, 1.0, 0.1) && is_below(true, 1.05, 1.0, 0.1));
    }
}
