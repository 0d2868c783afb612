//! Figures about packets: how many, how regular, how late.

use std::fmt;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use super::Arrival;

/// What [`Packets`](crate::Packets) has seen so far.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The physics page.
    pub physics: PageStats,
    /// The graphics page.
    pub graphics: PageStats,
    /// How often the counters were looked at.
    pub looks: u64,
    /// How often a sleep took a millisecond longer than it should: the machine is busy, and packets may be missed for that.
    pub overslept: u64,
}

/// The packets of one page.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PageStats {
    /// Different packets that were handed out.
    pub distinct: u64,
    /// Packets that came and went unseen, by the page's counter.
    pub missed: u64,
    /// Steps of the counter around pauses that held no data of the car. They are not [missed](Self::missed).
    pub skipped: u64,
    /// Those of the distinct ones that never stood still, and may mix two packets.
    pub unsettled: u64,
    /// How often the counter went back or leapt: another session, or another game.
    pub restarts: u64,
    /// Time from one packet to the next, as seen; only where none was missed in between.
    pub interval: Distribution,
    /// Estimate of the time from the writing of a packet to its being handed out.
    ///
    /// Nobody tells when the game writes. Packets come at a steady rate, so the most punctual ones of the last moments are taken
    /// to have been seen at once; this is how much later than they each packet was seen, and what its capture took. What
    /// even the most punctual packet waits is not in it.
    pub latency: Distribution,
    last: Option<Instant>,
    /// What the rate is made of: time in which packets came, and how many were written in it.
    moving: Duration,
    moved: u64,
}

/// A page that stands still for longer is in the menu or a pause: that is no slow rate.
const STANDS_STILL: Duration = Duration::from_secs(1);

impl PageStats {
    /// Packets that the game has written, by its counter: distinct and missed ones.
    pub const fn written(&self) -> u64 {
        self.distinct + self.missed
    }

    /// Packets per second that the game writes while it writes: time in which the page stands still for more than a second
    /// does not count. `None` where there were fewer than two packets.
    pub fn rate(&self) -> Option<f64> {
        let time = self.moving.as_secs_f64();
        (time > 0.0).then(|| self.moved as f64 / time)
    }

    /// How irregularly packets come, as seen: by how much one interval in a hundred is longer than the median. `None` before
    /// the first interval.
    pub fn jitter(&self) -> Option<Duration> {
        Some(self.interval.percentile(0.99)?.saturating_sub(self.interval.percentile(0.5)?))
    }

    /// `is_steady` is false for packets around a pause, which come at another rate.
    pub(super) fn note<T>(&mut self, at: Instant, arrival: &Arrival<T>, is_steady: bool) {
        let missed = arrival.missed;
        self.distinct += 1;
        self.missed += u64::from(missed);
        self.skipped += u64::from(arrival.skipped);
        self.restarts += u64::from(arrival.restarted);
        self.unsettled += u64::from(!arrival.view.is_settled());
        let before = self.last.replace(at);
        let goes_on = is_steady && !arrival.restarted && arrival.skipped == 0;
        let Some(interval) = before.map(|before| at.saturating_duration_since(before)).filter(|_| goes_on) else {
            return;
        };
        if missed == 0 {
            self.interval.note(interval);
        }
        if interval < STANDS_STILL {
            self.moving += interval;
            self.moved += u64::from(missed) + 1;
        }
    }
}

/// Adds the figures of another connection.
impl AddAssign<&Self> for Stats {
    fn add_assign(&mut self, other: &Self) {
        self.looks += other.looks;
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

impl AddAssign<&Self> for Distribution {
    fn add_assign(&mut self, other: &Self) {
        for (count, other) in self.counts.iter_mut().zip(other.counts.iter()) {
            *count = count.saturating_add(*other);
        }
        self.count += other.count;
        self.sum = self.sum.saturating_add(other.sum);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }
}

/// Bits of a value that are kept: an error of less than 1 %.
const PRECISION: u32 = 6;

/// One bucket per value up to 64 ns, then 64 for each doubling up to 2^37 ns, two minutes.
const BUCKETS: usize = (38 - PRECISION as usize) << PRECISION;

/// How often durations of which length occurred: exact extremes, percentiles within 1 %, in a fixed size.
#[derive(Clone)]
pub struct Distribution {
    counts: Box<[u32; BUCKETS]>,
    count: u64,
    sum: Duration,
    min: Duration,
    max: Duration,
}

impl Default for Distribution {
    fn default() -> Self {
        Self { counts: Box::new([0; BUCKETS]), count: 0, sum: Duration::ZERO, min: Duration::MAX, max: Duration::ZERO }
    }
}

impl Distribution {
    /// Counts a duration.
    pub fn note(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let count = &mut self.counts[bucket_of(nanos)];
        *count = count.saturating_add(1);
        self.count += 1;
        self.sum = self.sum.saturating_add(duration);
        self.min = self.min.min(duration);
        self.max = self.max.max(duration);
    }

    /// How many were counted.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The shortest; `None` where none was counted.
    pub fn min(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.min)
    }

    /// The longest.
    pub fn max(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.max)
    }

    /// The mean.
    pub fn mean(&self) -> Option<Duration> {
        (self.count > 0).then(|| self.sum.div_f64(self.count as f64))
    }

    /// The duration that a share of 0 to 1 of them does not exceed: 0.5 is the median, 0.99 what one in a hundred exceeds.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        let wanted = (share.clamp(0.0, 1.0) * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        let bucket = self.counts.iter().position(|count| {
            seen += u64::from(*count);
            seen >= wanted
        })?;
        Some(Duration::from_nanos(middle_of(bucket)).clamp(self.min, self.max))
    }
}

impl fmt::Debug for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Distribution")
            .field("count", &self.count)
            .field("min", &self.min())
            .field("median", &self.percentile(0.5))
            .field("p99", &self.percentile(0.99))
            .field("max", &self.max())
            .finish()
    }
}

fn bucket_of(value: u64) -> usize {
    let exponent = value.checked_ilog2().unwrap_or(0).saturating_sub(PRECISION);
    let bucket = ((exponent as usize) << PRECISION) + (value >> exponent) as usize;
    bucket.min(BUCKETS - 1)
}

/// The value in the middle of a bucket.
fn middle_of(bucket: usize) -> u64 {
    let exponent = (bucket >> PRECISION).saturating_sub(1);
    let mantissa = bucket - (exponent << PRECISION);
    ((mantissa as u64) << exponent) + ((1 << exponent) >> 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::SPageFilePhysics;
    use crate::view::View;

    #[test]
    fn every_value_lies_in_a_bucket_that_is_close_to_it() {
        let mut last = 0;
        for value in (0..10_000).chain((0..24).map(|shift| 9_999 << shift)) {
            let bucket = bucket_of(value);
            assert!(bucket >= last, "{value}");
            last = bucket;
            let middle = middle_of(bucket);
            assert!(middle.abs_diff(value) * 64 <= value, "{value} is counted as {middle}");
        }
        assert_eq!(bucket_of(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn percentiles_and_extremes() {
        let mut distribution = Distribution::default();
        assert_eq!((distribution.percentile(0.5), distribution.max(), distribution.mean()), (None, None, None));
        for micros in 1..=1000 {
            distribution.note(Duration::from_micros(micros));
        }
        assert_eq!(distribution.min(), Some(Duration::from_micros(1)));
        assert_eq!(distribution.max(), Some(Duration::from_micros(1000)));
        assert_eq!(distribution.mean(), Some(Duration::from_nanos(500_500)));
        for (share, micros) in [(0.5, 500.0), (0.99, 990.0), (1.0, 1000.0), (0.0, 1.0)] {
            let found = distribution.percentile(share).unwrap().as_secs_f64() * 1e6;
            assert!((found - micros).abs() <= micros / 64.0, "{share}: {found}");
        }
        let mut longest = Distribution::default();
        longest.note(Duration::MAX);
        distribution += &longest;
        assert_eq!((distribution.count(), distribution.max()), (1001, Some(Duration::MAX)));
        assert_eq!(distribution.min(), Some(Duration::from_micros(1)));
    }

    fn arrival(missed: u32, restarted: bool) -> Arrival<SPageFilePhysics> {
        Arrival { view: View::from(SPageFilePhysics::default()), missed, skipped: 0, restarted }
    }

    #[test]
    fn a_pause_is_no_slow_rate() {
        let start = Instant::now();
        let mut page = PageStats::default();
        let at = |ms| start + Duration::from_millis(ms);
        for (ms, missed) in [(0, 0), (10, 0), (20, 0), (40, 1), (60_000, 0), (60_010, 0)] {
            page.note(at(ms), &arrival(missed, false), true);
        }
        assert_eq!(page.rate(), Some(100.0));
        page.note(at(60_020), &arrival(0, true), true);
        let mut sum = Stats::default();
        for _ in 0..2 {
            sum += &Stats { physics: page.clone(), ..Stats::default() };
        }
        assert_eq!((sum.physics.written(), sum.physics.restarts, sum.physics.rate()), (16, 2, Some(100.0)));
        assert_eq!(sum.physics.interval.count(), 8);
        assert_eq!(PageStats::default().rate(), None);
    }
}
