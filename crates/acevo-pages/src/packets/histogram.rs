//! A histogram of durations with a fixed size.

use std::fmt;
use std::ops::AddAssign;
use std::time::Duration;

/// Number of significant bits that are kept: an error of less than 1 %.
const PRECISION: u32 = 6;

/// Number of buckets: one per value up to 64 ns, then 64 for each doubling up to 2^37 ns, which is two minutes.
const BUCKETS: usize = (38 - PRECISION as usize) << PRECISION;

/// A histogram of durations: exact extremes, percentiles within 1 %, in a fixed amount of memory.
///
/// ```
/// use std::time::Duration;
///
/// use acevo_shared_memory::Histogram;
///
/// let mut histogram = Histogram::default();
/// for millis in [1, 2, 3, 4, 100] {
///     histogram.record(Duration::from_millis(millis));
/// }
/// assert_eq!((histogram.count(), histogram.max()), (5, Some(Duration::from_millis(100))));
/// let median = histogram.percentile(0.5).unwrap().as_secs_f64();
/// assert!((median - 0.003).abs() < 0.00003);
/// ```
#[derive(Clone)]
pub struct Histogram {
    counts: Box<[u32; BUCKETS]>,
    count: u64,
    sum: Duration,
    min: Duration,
    max: Duration,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: Box::new([0; BUCKETS]), count: 0, sum: Duration::ZERO, min: Duration::MAX, max: Duration::ZERO }
    }
}

impl Histogram {
    /// Adds a duration.
    pub fn record(&mut self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let count = &mut self.counts[bucket_of(nanos)];
        *count = count.saturating_add(1);
        self.count += 1;
        self.sum = self.sum.saturating_add(duration);
        self.min = self.min.min(duration);
        self.max = self.max.max(duration);
    }

    /// Number of recorded durations.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The shortest duration; `None` if the histogram is empty.
    pub fn min(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.min)
    }

    /// The longest duration; `None` if the histogram is empty.
    pub fn max(&self) -> Option<Duration> {
        (self.count > 0).then_some(self.max)
    }

    /// The mean; `None` if the histogram is empty.
    pub fn mean(&self) -> Option<Duration> {
        (self.count > 0).then(|| self.sum.div_f64(self.count as f64))
    }

    /// The duration that this share (0 to 1) of all durations does not exceed: 0.5 is the median, and one duration in a hundred
    /// exceeds 0.99. `None` if the histogram is empty.
    pub fn percentile(&self, share: f64) -> Option<Duration> {
        let wanted = (share.clamp(0.0, 1.0) * self.count as f64).ceil().max(1.0) as u64;
        let mut total = 0;
        let bucket = self.counts.iter().position(|count| {
            total += u64::from(*count);
            total >= wanted
        })?;
        Some(Duration::from_nanos(middle_of(bucket)).clamp(self.min, self.max))
    }
}

/// Adds the counts of another histogram.
impl AddAssign<&Self> for Histogram {
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

impl fmt::Debug for Histogram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Histogram")
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

    #[test]
    fn middle_of_bucket_of_is_within_one_percent_of_the_value() {
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
    fn percentile_is_within_one_percent_and_extremes_are_exact() {
        let mut histogram = Histogram::default();
        assert_eq!((histogram.percentile(0.5), histogram.max(), histogram.mean()), (None, None, None));
        for micros in 1..=1000 {
            histogram.record(Duration::from_micros(micros));
        }
        assert_eq!(histogram.min(), Some(Duration::from_micros(1)));
        assert_eq!(histogram.max(), Some(Duration::from_micros(1000)));
        assert_eq!(histogram.mean(), Some(Duration::from_nanos(500_500)));
        for (share, micros) in [(0.5, 500.0), (0.99, 990.0), (1.0, 1000.0), (0.0, 1.0)] {
            let found = histogram.percentile(share).unwrap().as_secs_f64() * 1e6;
            assert!((found - micros).abs() <= micros / 64.0, "{share}: {found}");
        }
        let mut longest = Histogram::default();
        longest.record(Duration::MAX);
        histogram += &longest;
        assert_eq!((histogram.count(), histogram.max()), (1001, Some(Duration::MAX)));
        assert_eq!(histogram.min(), Some(Duration::from_micros(1)));
    }
}
