//! What keeps events from coming in storms: a value counts once it has held, and a measure has to leave a band.

/// No two moments are further apart than this, in seconds: what was not seen has not held.
const LONGEST_UNSEEN: f64 = 0.5;

/// Seconds of driving that were seen.
#[derive(Debug, Clone, Default)]
pub(super) struct SeenTime {
    driven: Option<f64>,
    seen: f64,
}

impl SeenTime {
    /// The time at a moment with so many seconds of driving.
    pub(super) fn at(&mut self, driven: f64) -> f64 {
        let before = self.driven.replace(driven).unwrap_or(driven);
        let passed = driven - before;
        // What is not a number goes to neither side.
        if passed > 0.0 {
            self.seen += passed.min(LONGEST_UNSEEN);
        }
        self.seen
    }
}

/// A value that counts once it has held for some time.
#[derive(Debug, Clone)]
pub(super) struct Held<T> {
    /// What counts, and when it began where that was seen.
    told: Option<(T, Option<f64>)>,
    /// What is there instead, and since when.
    next: Option<(T, f64)>,
}

/// A value has become another one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change<T> {
    /// The value before; `None` for the first one.
    pub(super) before: Option<T>,
    /// For how many seconds it was there; `None` where its beginning was not seen.
    pub(super) seconds: Option<f64>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self { told: None, next: None }
    }
}

impl<T: PartialEq + Clone> Held<T> {
    /// What counts.
    pub(super) fn value(&self) -> Option<&T> {
        self.told.as_ref().map(|(value, _)| value)
    }

    /// Takes the value of this moment. Tells when it has held for so many seconds that it counts from now on.
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
        let began = self.told.as_ref().map(|_| since);
        let before = self.told.replace((value, began));
        let seconds = before.as_ref().and_then(|(_, began)| *began).map(|began| rounded(since - began));
        Some(Change { before: before.map(|(value, _)| value), seconds })
    }

    /// As [`note`](Self::note), but the first value is no news.
    pub(super) fn change(&mut self, value: T, now: f64, hold: f64) -> Option<Change<T>> {
        self.note(value, now, hold).filter(|change| change.before.is_some())
    }
}

/// Whole milliseconds.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// True above the threshold; not any more once the value is below it by the band. SessionEventKind is not a number changes nothing.
pub(super) fn is_above(was_above: bool, value: f64, threshold: f64, band: f64) -> bool {
    value > threshold || (was_above && (value >= threshold - band || value.is_nan()))
}

/// The other way round.
pub(super) fn is_below(was_below: bool, value: f64, threshold: f64, band: f64) -> bool {
    value < threshold || (was_below && (value <= threshold + band || value.is_nan()))
}

/// How many events there may be: some at once, few per second for long. No drive comes near it; garbage does.
#[derive(Debug, Clone)]
pub(super) struct Limiter {
    left: f64,
    at: f64,
}

impl Limiter {
    /// Events at once.
    const BURST: f64 = 30.0;
    /// Events per second.
    const RATE: f64 = 2.0;

    pub(super) fn allows(&mut self, now: f64) -> bool {
        self.left = (self.left + (now - self.at) * Self::RATE).min(Self::BURST);
        self.at = now;
        let allows = self.left >= 1.0;
        if allows {
            self.left -= 1.0;
        }
        allows
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Self { left: Self::BURST, at: 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_once_it_has_held() {
        let mut lane = Held::default();
        assert_eq!(lane.change(false, 0.0, 0.3), None);
        assert_eq!(lane.change(false, 0.4, 0.3), None, "the first one is no news");
        assert_eq!(lane.change(true, 1.0, 0.3), None);
        assert_eq!(lane.change(false, 1.2, 0.3), None);
        assert_eq!(lane.change(true, 1.4, 0.3), None);
        assert_eq!(lane.change(true, 1.7, 0.3), Some(Change { before: Some(false), seconds: None }));
        assert_eq!(lane.change(false, 5.4, 0.3), None);
        assert_eq!(lane.change(false, 5.8, 0.3), Some(Change { before: Some(true), seconds: Some(4.0) }));
    }

    #[test]
    fn time_that_was_not_seen_does_not_count() {
        let mut time = SeenTime::default();
        assert_eq!(time.at(100.0), 0.0);
        assert_eq!(time.at(100.1 + 1e-9).round(), 0.0);
        let before = time.at(100.2);
        assert_eq!(time.at(90_000.0), before + LONGEST_UNSEEN);
        assert_eq!(time.at(f64::NAN), before + LONGEST_UNSEEN);
        assert_eq!(time.at(3.0), before + LONGEST_UNSEEN, "never backwards");
    }

    #[test]
    fn bands_keep_their_side() {
        let mut hot = false;
        let sides = [109.0, 110.5, 109.0, 106.0, f64::NAN, 104.9, 109.9].map(|value| {
            hot = is_above(hot, value, 110.0, 5.0);
            hot
        });
        assert_eq!(sides, [false, true, true, true, true, false, false]);
        assert!(!is_below(false, f64::NAN, 1.0, 0.1) && is_below(true, 1.05, 1.0, 0.1));
    }

    #[test]
    fn bursts_end() {
        let mut limiter = Limiter::default();
        let allowed = (0..6000).filter(|frame| limiter.allows(f64::from(*frame) / 60.0)).count();
        assert!((200..=235).contains(&allowed), "{allowed}");
    }
}
