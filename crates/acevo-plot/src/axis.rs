//! Ranges of values, and round numbers in them.

use acevo_telemetry::format_number;
use acevo_telemetry::traces::plausible;

/// From the least to the greatest value that is shown; never empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    pub(crate) min: f64,
    pub(crate) max: f64,
}

impl Scale {
    /// As given; where that is too narrow to be told apart, wider.
    pub(crate) fn new(min: f64, max: f64) -> Self {
        let (min, max) = if min <= max { (min, max) } else { (max, min) };
        let narrowest = (min.abs().max(max.abs()) * 1e-6).max(1e-6);
        if max - min >= narrowest {
            return Self { min, max };
        }
        let middle = f64::midpoint(min, max);
        let half = (middle.abs() * 0.05).max(0.5);
        Self { min: middle - half, max: middle + half }
    }

    /// Of the possible ones of some values, with a margin; `None` where there is none.
    pub(crate) fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let (min, max) = extremes(values)?;
        let Self { min, max } = Self::new(min, max);
        let margin = (max - min) * 0.05;
        Some(Self { min: min - margin, max: max + margin })
    }

    /// Where in it a value is: 0 at its beginning, 1 at its end.
    pub(crate) fn part(&self, value: f64) -> f64 {
        (value - self.min) / (self.max - self.min)
    }

    /// Round numbers in it with their texts: about so many at most, and none that are nearer to each other than `nearest`.
    pub(crate) fn ticks(&self, most: usize, nearest: f64) -> Vec<(f64, String)> {
        let most = most.clamp(2, 20);
        let range = self.max - self.min;
        let mut step = round_step((range / most as f64).max(nearest));
        // A single number tells no scale: a little more crowded is better.
        let finer = round_step(step * 0.4);
        if step * 2.0 > range && range <= finer * (most + 1) as f64 && finer >= nearest {
            step = finer;
        }
        let decimals = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
        let first = (self.min / step - 1e-9).ceil();
        (0..=most)
            .map(|index| (first + index as f64) * step)
            .take_while(|value| *value <= self.max + step * 1e-9)
            .map(|value| (value, format_number(value, decimals)))
            .collect()
    }
}

/// The least and the greatest of those that are possible.
pub(crate) fn extremes(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values.filter_map(plausible).fold(None, |reach, value| match reach {
        None => Some((value, value)),
        Some((min, max)) => Some((value.min(min), value.max(max))),
    })
}

/// The next 1, 2 or 5 times a power of ten, upwards.
pub(crate) fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|step| *step >= least * 0.999).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(min: f64, max: f64, most: usize) -> Vec<String> {
        Scale::new(min, max).ticks(most, 0.0).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(0.0, 5793.0, 6), ["0", "1000", "2000", "3000", "4000", "5000"]);
        assert_eq!(texts(-0.31, 0.27, 4), ["-0.2", "0.0", "0.2"]);
        assert_eq!(texts(61.0, 268.0, 4), ["100", "200"]);
        assert_eq!(texts(0.0, 100.0, 2), ["0", "50", "100"]);
        assert_eq!(texts(0.7, 6.2, 2), ["2", "4", "6"]);
        let gears: Vec<_> = Scale::new(0.8, 3.2).ticks(6, 1.0).into_iter().map(|(_, text)| text).collect();
        assert_eq!(gears, ["1", "2", "3"]);
    }

    #[test]
    fn every_range_has_room_and_few_ticks() {
        for (min, max) in [(0.0, 0.0), (1e9, 1e9), (1e9, 1e9 + 1e-7), (-1e9, 1e9), (0.0, 1e-300), (5.0, -5.0)] {
            let scale = Scale::new(min, max);
            assert!(scale.min < scale.max && scale.part(scale.max) == 1.0, "{scale:?}");
            let ticks = scale.ticks(5, 0.0);
            assert!((1..=6).contains(&ticks.len()), "{scale:?}: {ticks:?}");
        }
        assert_eq!(Scale::of([f64::NAN, f64::INFINITY, 1e300].into_iter()), None);
    }
}
