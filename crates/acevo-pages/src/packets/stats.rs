//! Statistics about packets: counts, rates and latencies.

use std::ops::AddAssign;
use std::time::{Duration, Instant};

use super::histogram::Histogram;
use super::packet::Arrival;

/// Statistics of [`Packets`](crate::Packets) so far.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The physics page.
    pub physics: PageStats,
    /// The graphics page.
    pub graphics: PageStats,
    /// Number of polls.
    pub polls: u64,
    /// Number of sleeps that took at least a millisecond longer than requested. The machine is busy, and packets may be missed.
    pub overslept: u64,
}

/// Statistics of one page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PageStats {
    /// Number of different packets handed out.
    pub distinct: u64,
    /// Number of packets that were overwritten before they were read, by the page's counter.
    pub missed: u64,
    /// Number of counter steps around pauses that held no data of the car. They are not [missed](Self::missed).
    pub skipped: u64,
    /// Number of the distinct packets that are unsettled, and so may mix two packets.
    pub unsettled: u64,
    /// Number of times that the counter went back or jumped: another session or another game.
    pub restarts: u64,
    /// Time between two packets, as seen, if no packet was missed in between.
    pub interval: Histogram,
    /// Estimated time between the writing of a packet and its hand-out.
    ///
    /// The time of writing is unknown. But packets are written at a steady rate, so the earliest ones of a recent interval are
    /// assumed to have been seen at once. The latency of a packet is how much later than those it was seen, plus the duration
    /// of its capture. It does not include the delay that even the earliest packets have.
    pub latency: Histogram,
    last: Option<Instant>,
    /// Total time in which packets were written, and their number. The rate is computed from these.
    moving: Duration,
    moved: u64,
}

/// A gap between packets that is longer than this is a menu or a pause, and does not count for the rate.
const MAX_INTERVAL: Duration = Duration::from_secs(1);

impl PageStats {
    /// Number of packets that the game has written, by its counter: the distinct and the missed ones.
    pub const fn written(&self) -> u64 {
        self.distinct + self.missed
    }

    /// Packets per second that the game writes. Gaps of more than a second do not count. `None` if there were fewer than two
    /// packets.
    pub fn rate(&self) -> Option<f64> {
        let time = self.moving.as_secs_f64();
        (time > 0.0).then(|| self.moved as f64 / time)
    }

    /// The jitter of the packets as seen: the 99th percentile of the interval minus its median. `None` before the first
    /// interval.
    pub fn jitter(&self) -> Option<Duration> {
        Some(self.interval.percentile(0.99)?.saturating_sub(self.interval.percentile(0.5)?))
    }

    /// Counts a new page. `is_steady` is false for packets around a pause, which have another rate.
    pub(super) fn record<T>(&mut self, at: Instant, arrival: &Arrival<T>, is_steady: bool) {
        let missed = arrival.missed;
        self.distinct += 1;
        self.missed += u64::from(missed);
        self.skipped += u64::from(arrival.skipped);
        self.restarts += u64::from(arrival.restarted);
        self.unsettled += u64::from(!arrival.view.is_settled());
        let before = self.last.replace(at);
        let is_contiguous = is_steady && !arrival.restarted && arrival.skipped == 0;
        let Some(interval) = before.map(|before| at.saturating_duration_since(before)).filter(|_| is_contiguous) else {
            return;
        };
        if missed == 0 {
            self.interval.record(interval);
        }
        if interval < MAX_INTERVAL {
            self.moving += interval;
            self.moved += u64::from(missed) + 1;
        }
    }
}

/// Adds the statistics of another connection.
impl AddAssign<&Self> for Stats {
    fn add_assign(&mut self, other: &Self) {
        self.polls += other.polls;
        self.overslept += other.overslept;
        for (page, other) in [(&mut self.physics, &other.physics), (&mut self.graphics, &other.graphics)] {
            page.distinct += other.distinct;
            page.missed += other.missed;
            page.skipped += other.skipped;
            page.unsettled += other.unsettled;
            page.restarts += other.restarts;
            page.interval += &other.interval;
            page.latency += &other.latency;
            page.moving += other.moving;
            page.moved += other.moved;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::SPageFilePhysics;
    use crate::view::View;

    fn arrival(missed: u32, restarted: bool) -> Arrival<SPageFilePhysics> {
        Arrival { view: View::from(SPageFilePhysics::default()), missed, skipped: 0, restarted }
    }

    #[test]
    fn rate_ignores_gaps_of_a_pause() {
        let start = Instant::now();
        let mut page = PageStats::default();
        let at = |ms| start + Duration::from_millis(ms);
        for (ms, missed) in [(0, 0), (10, 0), (20, 0), (40, 1), (60_000, 0), (60_010, 0)] {
            page.record(at(ms), &arrival(missed, false), true);
        }
        assert_eq!(page.rate(), Some(100.0));
        page.record(at(60_020), &arrival(0, true), true);
        let mut sum = Stats::default();
        for _ in 0..2 {
            sum += &Stats { physics: page.clone(), ..Stats::default() };
        }
        assert_eq!((sum.physics.written(), sum.physics.restarts, sum.physics.rate()), (16, 2, Some(100.0)));
        assert_eq!(sum.physics.interval.count(), 8);
        assert_eq!(PageStats::default().rate(), None);
    }
}
