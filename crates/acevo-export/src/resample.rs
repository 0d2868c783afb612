//! Resamples values at any times to evenly spaced samples, without a phase shift.

/// Maximum gap in seconds that is interpolated. Across a longer one the previous value is kept.
pub(crate) const MAX_GAP_S: f64 = 0.25;

/// How samples are computed from the values around them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// The newest value: settings, gears, flags.
    Hold,
    /// The mean of the linear interpolation, from half a sample before to half a sample after. It is symmetric, so there is no phase
    /// shift, and frequencies above those that the samples can represent are damped instead of aliased.
    Mean,
}

/// Computes the samples of one channel: sample `k` is at `k / rate` seconds, or metres.
#[derive(Debug)]
pub(crate) struct Resampler {
    method: Method,
    rate: f64,
    max_gap: f64,
    /// Index of the next sample.
    next: u64,
    /// Time and value of the newest value.
    last: Option<(f64, f64)>,
    /// The integral since half a sample before the next one.
    sum: f64,
    /// End of the integral in seconds.
    summed_s: f64,
}

impl Resampler {
    /// Samples per second, or per metre; and the maximum gap that is interpolated, in the same unit.
    pub(crate) fn new(method: Method, rate: f64, max_gap: f64) -> Self {
        Self { method, rate, max_gap, next: 0, last: None, sum: 0.0, summed_s: 0.0 }
    }

    /// Begins with this sample.
    pub(crate) fn starting_at(self, sample: u64) -> Self {
        Self { next: sample, ..self }
    }

    /// Takes a value and passes on the samples that are known by then. Times start at 0 and never decrease.
    pub(crate) fn push(&mut self, time_s: f64, value: f64, mut take: impl FnMut(f64)) {
        let Some((before_s, before)) = self.last.replace((time_s, value)) else {
            // Before the first value, the first value applies.
            let start_s = (self.next as f64 - 0.5) / self.rate;
            self.summed_s = time_s.max(start_s);
            self.sum = value * (self.summed_s - start_s);
            return;
        };
        match self.method {
            Method::Hold => {
                while self.next as f64 / self.rate < time_s {
                    take(before);
                    self.next += 1;
                }
            }
            Method::Mean => {
                let slope = match time_s - before_s {
                    gap if gap > 0.0 && gap <= self.max_gap => (value - before) / gap,
                    _ => 0.0,
                };
                let at = |time: f64| before + slope * (time - before_s);
                let between = |from: f64, to: f64| (to - from) * 0.5 * (at(from) + at(to));
                loop {
                    let edge = (self.next as f64 + 0.5) / self.rate;
                    if edge > time_s {
                        break;
                    }
                    take((self.sum + between(self.summed_s, edge)) * self.rate);
                    (self.sum, self.summed_s) = (0.0, edge);
                    self.next += 1;
                }
                if time_s > self.summed_s {
                    self.sum += between(self.summed_s, time_s);
                    self.summed_s = time_s;
                }
            }
        }
    }

    /// Passes on the remaining samples up to this number: the last value is repeated.
    pub(crate) fn finish(mut self, samples: u64, mut take: impl FnMut(f64)) {
        let (_, value) = self.last.unwrap_or_default();
        if self.method == Method::Mean && self.next < samples {
            let edge = (self.next as f64 + 0.5) / self.rate;
            take((self.sum + (edge - self.summed_s) * value) * self.rate);
            self.next += 1;
        }
        for _ in self.next..samples {
            take(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// Samples of a function that is polled at 333 Hz with a jitter of a millisecond and some packets missing, for ten seconds.
    fn sampled(method: Method, rate: u16, of: impl Fn(f64) -> f64) -> Vec<f64> {
        let (mut resampler, mut samples) = (Resampler::new(method, rate.into(), MAX_GAP_S), Vec::new());
        for packet in (0..3330_u32).filter(|packet| packet % 50 != 7) {
            let jitter = if packet == 0 { 0.0 } else { f64::from(packet * 7919 % 101) / 101.0 * 0.001 };
            let time_s = f64::from(packet) / 333.0 + jitter;
            resampler.push(time_s, of(time_s), |sample| samples.push(sample));
        }
        resampler.finish(10 * u64::from(rate), |sample| samples.push(sample));
        assert_eq!(samples.len(), 10 * usize::from(rate));
        samples
    }

    /// Amplitude of a sine of this frequency among samples, and its delay in seconds.
    fn measured(samples: &[f64], rate: u16, hertz: f64) -> (f64, f64) {
        let (mut sine, mut cosine) = (0.0, 0.0);
        let all = samples.len();
        for (index, sample) in samples.iter().enumerate() {
            let angle = TAU * hertz * index as f64 / f64::from(rate);
            sine += sample * angle.sin();
            cosine += sample * angle.cos();
        }
        (2.0 * sine.hypot(cosine) / all as f64, -cosine.atan2(sine) / (TAU * hertz))
    }

    #[test]
    fn mean_has_no_phase_shift() {
        for (rate, hertz) in
            [(200, 3.0), (200, 20.0), (100, 3.0), (100, 15.0), (60, 3.0), (60, 8.0), (20, 1.0), (20, 4.0)]
        {
            let samples = sampled(Method::Mean, rate, |time| (TAU * hertz * time).sin());
            let (amplitude, delay) = measured(&samples, rate, hertz);
            assert!(delay.abs() < 1e-4, "{hertz} Hz at {rate} Hz: {delay} s late");
            // The mean over one sample and the linear interpolation damp by this factor.
            let x = TAU / 2.0 * hertz / f64::from(rate);
            assert!((amplitude - x.sin() / x).abs() < 0.015, "{hertz} Hz at {rate} Hz: {amplitude}");
        }
    }

    #[test]
    fn mean_damps_frequencies_above_half_the_rate() {
        // 39 Hz at 20 samples a second would look like 1 Hz.
        let samples = sampled(Method::Mean, 20, |time| (TAU * 39.0 * time).sin());
        let (amplitude, _) = measured(&samples, 20, 1.0);
        assert!(amplitude < 0.05, "{amplitude}");
        let plain = sampled(Method::Hold, 20, |time| (TAU * 39.0 * time).sin());
        assert!(measured(&plain, 20, 1.0).0 > 0.9, "holding aliases");
    }

    #[test]
    fn hold_takes_the_newest_value() {
        let samples = sampled(Method::Hold, 100, |time| (time * 3.0).floor());
        for (index, sample) in samples.iter().enumerate() {
            let time = index as f64 / 100.0;
            // Packets arrive every 3 ms, or after up to 7 ms if one is missing.
            assert!(*sample == (time * 3.0).floor() || *sample == ((time - 0.008) * 3.0).floor(), "{time}: {sample}");
        }
    }

    #[test]
    fn mean_keeps_the_previous_value_across_a_gap() {
        let (mut resampler, mut samples) = (Resampler::new(Method::Mean, 10.0, MAX_GAP_S), Vec::new());
        for (time, value) in [(0.0, 1.0), (0.1, 1.0), (5.0, 2.0), (5.1, 2.0)] {
            resampler.push(time, value, |sample| samples.push(sample));
        }
        resampler.finish(52, |sample| samples.push(sample));
        assert_eq!(samples.len(), 52);
        assert!(samples[..50].iter().all(|sample| (sample - 1.0).abs() < 1e-9), "{samples:?}");
        assert!(samples[51..].iter().all(|sample| (sample - 2.0).abs() < 1e-9), "{samples:?}");
    }
}
