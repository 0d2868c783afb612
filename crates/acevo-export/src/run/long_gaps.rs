//! Gaps without packets that are shortened.

use std::time::Duration;

/// Maximum gap between two packets of a log with evenly spaced samples. A longer one is shortened to this.
///
/// Such a log repeats the last values in a gap. Two packets that are hours apart would make gigabytes of them.
pub(super) const MAX_GAP: Duration = Duration::from_secs(2);

/// The gaps of a recording that are longer than a maximum, in the order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct LongGaps {
    gaps: Vec<Gap>,
    first: Option<Duration>,
    last: Duration,
}

/// A gap between two packets.
#[derive(Debug, Clone, Copy)]
struct Gap {
    from: Duration,
    to: Duration,
    /// What is removed from all gaps before this one.
    removed_before: Duration,
}

impl Gap {
    /// What is removed from this gap until a time after it began.
    fn removed_until(&self, at: Duration) -> Duration {
        at.min(self.to).saturating_sub(self.from).saturating_sub(MAX_GAP)
    }
}

impl LongGaps {
    /// Takes the time of a packet. Times never decrease.
    pub(super) fn on_packet(&mut self, at: Duration) {
        let is_first = self.first.is_none();
        self.first.get_or_insert(at);
        if !is_first && at.saturating_sub(self.last) > MAX_GAP {
            let removed_before = self.removed();
            self.gaps.push(Gap { from: self.last, to: at, removed_before });
        }
        self.last = at;
    }

    /// Number of gaps.
    pub(super) fn count(&self) -> usize {
        self.gaps.len()
    }

    /// What is removed from all gaps together.
    pub(super) fn removed(&self) -> Duration {
        self.removed_until(Duration::MAX)
    }

    /// What is removed before a time.
    pub(super) fn removed_until(&self, at: Duration) -> Duration {
        let after = self.gaps.partition_point(|gap| gap.from < at);
        let gap = after.checked_sub(1).map(|index| self.gaps[index]);
        gap.map_or(Duration::ZERO, |gap| gap.removed_before + gap.removed_until(at))
    }

    /// Time from the first packet to the last one, with shortened gaps.
    pub(super) fn length(&self) -> Duration {
        self.last.saturating_sub(self.first.unwrap_or_default()).saturating_sub(self.removed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn long_gaps_are_shortened_to_the_maximum() {
        let mut gaps = LongGaps::default();
        for at in [10, 11, 13, 113, 114, 1114] {
            gaps.on_packet(s(at));
        }
        assert_eq!((gaps.count(), gaps.removed(), gaps.length()), (2, s(98 + 998), s(1104 - 1096)));
        // Before, in and after the first gap; in and after the second one.
        for (at, removed) in [
            (0, 0),
            (13, 0),
            (14, 0),
            (15, 0),
            (16, 1),
            (113, 98),
            (114, 98),
            (116, 98),
            (117, 99),
            (1114, 1096),
            (9999, 1096),
        ] {
            assert_eq!(gaps.removed_until(s(at)), s(removed), "{at} s");
        }
    }

    #[test]
    fn long_gaps_of_any_times_do_not_overflow() {
        let mut gaps = LongGaps::default();
        for at in [0, 1, u64::MAX / 1_000_000, u64::MAX / 1_000_000] {
            gaps.on_packet(s(at));
        }
        assert_eq!((gaps.count(), gaps.length()), (1, s(3)));
        assert_eq!(LongGaps::default().length(), s(0));
    }
}
