//! Limits how often something is reported.

/// Limits a number of reports: some at once, few per second for long. Its time is in seconds, on any clock.
///
/// ```
/// let mut limiter = acevo_telemetry::Limiter::new(2.0, 0.1);
/// assert!(limiter.allows(0.0) && limiter.allows(0.0) && !limiter.allows(0.0));
/// // Ten seconds later there is one more.
/// assert!(limiter.allows(10.0) && !limiter.allows(10.0));
/// ```
#[derive(Debug, Clone)]
pub struct Limiter {
    /// Number of reports at once.
    burst: f64,
    /// Number of reports per second.
    per_second: f64,
    left: f64,
    at: f64,
}

impl Limiter {
    /// Allows `burst` reports at once and `per_second` reports per second for long.
    pub const fn new(burst: f64, per_second: f64) -> Self {
        Self { burst, per_second, left: burst, at: 0.0 }
    }

    /// True if a report is allowed at this time, in seconds. If the time goes back, no time has passed.
    pub fn has_left(&mut self, now: f64) -> bool {
        let passed = now - self.at;
        // NaN and infinity add nothing.
        if passed > 0.0 && passed.is_finite() {
            self.left = (self.left + passed * self.per_second).min(self.burst);
            self.at = now;
        }
        self.left >= 1.0
    }

    /// True if a report is allowed at this time, in seconds, which counts it.
    pub fn allows(&mut self, now: f64) -> bool {
        let allows = self.has_left(now);
        if allows {
            self.take(1.0);
        }
        allows
    }

    /// Counts something that costs this part of a report.
    pub(crate) fn take(&mut self, cost: f64) {
        self.left = (self.left - cost).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allows_a_burst_and_then_few_reports() {
        let mut limiter = Limiter::new(30.0, 2.0);
        let allowed = (0..6000).filter(|frame| limiter.allows(f64::from(*frame) / 60.0)).count();
        assert!((200..=235).contains(&allowed), "{allowed}");
    }

    #[test]
    fn allows_nothing_more_if_the_time_is_nan_or_goes_back() {
        let mut limiter = Limiter::new(1.0, 1.0);
        assert!(limiter.allows(100.0));
        assert!(!limiter.allows(f64::NAN) && !limiter.allows(0.0) && !limiter.allows(100.0));
        assert!(!limiter.allows(100.5) && limiter.allows(101.0));
        assert!(!limiter.allows(f64::INFINITY) && !limiter.allows(101.0));
    }
}
