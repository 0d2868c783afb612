//! How long a physics step takes, by the game's own lap timer.

/// What is reported: 333 steps a second, or one each 3 ms.
const REPORTED: [f64; 2] = [1.0 / 333.0, 0.003];

/// A frame shows the timer of a moment that may lie this much before the step it is seen with, in seconds.
const SLACK: f64 = 0.02;

/// Closer than this to a reported length is that length: the two differ by five times as much.
const SAME: f64 = 2e-4;

/// The timer and the counter of steps are taken to go on together within this, in seconds.
const TOLERANCE: f64 = 0.25;

/// With less driving than this, in seconds, nothing but the reported lengths is believed.
const SHORTEST: f64 = 60.0;

/// Learns the length of a step.
///
/// The counter is exact and the timer has milliseconds: over a lap the two tell the reported lengths apart. Where the timer fits
/// neither of them, it is believed.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    before: Option<(f64, i32)>,
    steps: f64,
    milliseconds: f64,
}

impl Step {
    /// Seconds per step.
    pub(crate) fn seconds(&self) -> f64 {
        let driven = self.milliseconds / 1000.0;
        if driven <= 0.0 || self.steps <= 0.0 {
            return REPORTED[0];
        }
        let measured = driven / self.steps;
        let distance = |reported: f64| (measured / reported - 1.0).abs();
        let nearest = if distance(REPORTED[1]) < distance(REPORTED[0]) { REPORTED[1] } else { REPORTED[0] };
        if distance(nearest) < (SLACK / driven).max(SAME) {
            nearest
        } else if driven < SHORTEST {
            REPORTED[0]
        } else {
            measured
        }
    }

    /// The lap timer of a frame that was seen after so many steps.
    pub(crate) fn note(&mut self, steps: f64, timer_ms: i32) {
        let before = self.before.replace((steps, timer_ms));
        let Some((steps_before, timer_before)) = before else { return };
        let (steps, ms) = (steps - steps_before, f64::from(timer_ms) - f64::from(timer_before));
        // Neither stands still and both go on together, or a lap has ended meanwhile, or the timer does not run.
        if steps > 0.0 && ms > 0.0 && (ms / 1000.0 - steps * REPORTED[0]).abs() < TOLERANCE {
            self.steps += steps;
            self.milliseconds += ms;
        }
    }

    /// What comes next does not go on from what was before.
    pub(crate) fn interrupt(&mut self) {
        self.before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drives for so many laps of 80 s, 60 frames a second, each of which shows the timer some steps late.
    fn learned(seconds_per_step: f64, laps: u32, late: impl Fn(u32) -> u32) -> f64 {
        let mut step = Step::default();
        let per_lap = (80.0 / seconds_per_step) as u32;
        for count in (0..laps * per_lap).step_by(6) {
            let shown = count.saturating_sub(late(count)) % per_lap;
            step.note(f64::from(count), (f64::from(shown) * seconds_per_step * 1000.0) as i32);
        }
        step.seconds()
    }

    #[test]
    fn the_reported_lengths_are_told_apart() {
        for reported in REPORTED {
            assert_eq!(learned(reported, 1, |_| 0), reported);
            assert_eq!(learned(reported, 3, |count| count / 6 * 7 % 5), reported);
        }
    }

    #[test]
    fn another_length_is_measured() {
        let measured = learned(1.0 / 300.0, 2, |_| 0);
        assert!((measured * 300.0 - 1.0).abs() < 1e-4, "{measured}");
        assert_eq!(Step::default().seconds(), REPORTED[0]);
    }

    #[test]
    fn nonsense_teaches_nothing() {
        let mut step = Step::default();
        for (index, timer) in [i32::MAX, i32::MIN, 0, -1, 5, 70_000, i32::MAX, 3].into_iter().enumerate() {
            step.note(index as f64 * 1e6, timer);
            step.note(f64::NAN, timer);
        }
        assert_eq!(step.seconds(), REPORTED[0]);
    }
}
