//! Value ranges of axes, and their ticks.

use acevo_telemetry::format_number;
use acevo_telemetry::traces::plausible;

/// Range of the values of an axis; never empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Scale {
    /// Creates a scale from two values in any order. A range that is too narrow to draw is widened.
    pub(crate) fn new(min: f64, max: f64) -> Self {
        let (min, max) = if min <= max { (min, max) } else { (max, min) };
        let min_range = (min.abs().max(max.abs()) * 1e-6).max(1e-6);
        if max - min >= min_range {
            return Self { min, max };
        }
        let middle = f64::midpoint(min, max);
        let half = (middle.abs() * 0.05).max(0.5);
        Self { min: middle - half, max: middle + half }
    }

    /// Creates a scale with a margin that contains all plausible values; `None` if no value is plausible.
    pub(crate) fn fitting(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (min, max) = extremes(values)?;
        let Self { min, max } = Self::new(min, max);
        let margin = (max - min) * 0.05;
        Some(Self { min: min - margin, max: max + margin })
    }

    /// Relative position of a value: 0 at the minimum, 1 at the maximum.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        (value - self.min) / (self.max - self.min)
    }

    /// Ticks at round numbers, with their labels: at most about `max_count`, at least `min_step` apart.
    pub(crate) fn ticks(&self, max_count: usize, min_step: f64) -> Vec<(f64, String)> {
        let max_count = max_count.clamp(2, 20);
        let range = self.max - self.min;
        let mut step = round_step((range / max_count as f64).max(min_step));
        // A single tick does not show the scale: take a finer step.
        let finer = round_step(step * 0.4);
        if step * 2.0 > range && range <= finer * (max_count + 1) as f64 && finer >= min_step {
            step = finer;
        }
        let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let first = (self.min / step - 1e-9).ceil();
        (0..=max_count)
            .map(|index| (first + index as f64) * step)
            .take_while(|value| *value <= self.max + step * 1e-9)
            .map(|value| (value, format_number(value, decimals)))
            .collect()
    }
}

/// Minimum and maximum of the plausible values; `None` if no value is plausible.
pub(crate) fn extremes(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter_map(plausible).fold(None, |range, value| match range {
        None => Some((value, value)),
        Some((min, max)) => Some((value.min(min), value.max(max))),
    })
}

/// The smallest number of at least `min` that is 1, 2 or 5 times a power of ten.
pub(crate) fn round_step(min: f64) -> f64 {
    let power = 10_f64.powf(min.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|step| *step >= min * 0.999).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(min: f64, max: f64, max_count: usize) -> Vec<String> {
        Scale::new(min, max).ticks(max_count, 0.0).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(labels(0.0, 5793.0, 6), ["0", "1000", "2000", "3000", "4000", "5000"]);
        assert_eq!(labels(-0.31, 0.27, 4), ["-0.2", "0.0", "0.2"]);
        assert_eq!(labels(61.0, 268.0, 4), ["100", "200"]);
        assert_eq!(labels(0.0, 100.0, 2), ["0", "50", "100"]);
        assert_eq!(labels(0.7, 6.2, 2), ["2", "4", "6"]);
        let gears: Vec<_> = Scale::new(0.8, 3.2).ticks(6, 1.0).into_iter().map(|(_, text)| text).collect();
        assert_eq!(gears, ["1", "2", "3"]);
    }

    #[test]
    fn ticks_are_few_for_any_range() {
        for (min, max) in [(0.0, 0.0), (1e9, 1e9), (1e9, 1e9 + 1e-7), (-1e9, 1e9), (0.0, 1e-300), (5.0, -5.0)] {
            let scale = Scale::new(min, max);
            assert!(scale.min < scale.max && scale.fraction(scale.max) == 1.0, "{scale:?}");
            let ticks = scale.ticks(5, 0.0);
            assert!((1..=6).contains(&ticks.len()), "{scale:?}: {ticks:?}");
        }
        assert_eq!(Scale::fitting([f64::NAN, f64::INFINITY, 1e300].into_iter()), None);
    }
}
