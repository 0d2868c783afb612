//! The length of a physics step, by the game's lap timer.

/// Reported lengths, seconds: 333 steps per second, or one every 3 ms.
const REPORTED_S: [f64; 2] = [1.0 / 333.0, 0.003];

/// Maximum time between the moment that a frame's timer shows and the physics step it is seen with, seconds.
const MAX_FRAME_AGE_S: f64 = 0.02;

/// Maximum relative difference to a reported length that counts as that length. The two differ by five times as much.
const MAX_RELATIVE_DIFFERENCE: f64 = 2e-4;

/// Maximum difference between the advance of the timer and that of the counter of steps, seconds.
const TOLERANCE_S: f64 = 0.25;

/// Minimum driving time after which a length other than the reported ones is used, seconds.
const MIN_DRIVING_S: f64 = 60.0;

/// Learns the length of a physics step.
///
/// The counter is exact and the timer has milliseconds, so a lap is enough to distinguish the reported lengths. If the timer fits
/// neither of them, the measured length is used.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepLength {
    before: Option<(f64, i32)>,
    steps: f64,
    milliseconds: f64,
}

impl StepLength {
    /// Seconds per step.
    pub(crate) fn seconds(&self) -> f64 {
        let driven = self.milliseconds / 1000.0;
        if driven <= 0.0 || self.steps <= 0.0 {
            return REPORTED_S[0];
        }
        let measured = driven / self.steps;
        let distance = |reported: f64| (measured / reported - 1.0).abs();
        let nearest = if distance(REPORTED_S[1]) < distance(REPORTED_S[0]) { REPORTED_S[1] } else { REPORTED_S[0] };
        if distance(nearest) < (MAX_FRAME_AGE_S / driven).max(MAX_RELATIVE_DIFFERENCE) {
            nearest
        } else if driven < MIN_DRIVING_S {
            REPORTED_S[0]
        } else {
            measured
        }
    }

    /// Takes the lap timer of a frame that was seen after this many steps.
    pub(crate) fn note(&mut self, steps: f64, timer_ms: i32) {
        let before = self.before.replace((steps, timer_ms));
        let Some((steps_before, timer_before)) = before else { return };
        let (steps, ms) = (steps - steps_before, f64::from(timer_ms) - f64::from(timer_before));
        // Ignored if a lap has ended meanwhile, or if the timer does not run.
        if steps > 0.0 && ms > 0.0 && (ms / 1000.0 - steps * REPORTED_S[0]).abs() < TOLERANCE_S {
            self.steps += steps;
            self.milliseconds += ms;
        }
    }

    /// The next frame does not continue the ones before.
    pub(crate) fn interrupt(&mut self) {
        self.before = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Drives laps of 80 s at 60 frames per second. Each frame shows the timer some steps late.
    fn learned(seconds_per_step: f64, laps: u32, late: impl Fn(u32) -> u32) -> f64 {
        let mut step = StepLength::default();
        let per_lap = (80.0 / seconds_per_step) as u32;
        for count in (0..laps * per_lap).step_by(6) {
            let shown = count.saturating_sub(late(count)) % per_lap;
            step.note(f64::from(count), (f64::from(shown) * seconds_per_step * 1000.0) as i32);
        }
        step.seconds()
    }

    #[test]
    fn seconds_distinguishes_the_reported_lengths() {
        for reported in REPORTED_S {
            assert_eq!(learned(reported, 1, |_| 0), reported);
            assert_eq!(learned(reported, 3, |count| count / 6 * 7 % 5), reported);
        }
    }

    #[test]
    fn seconds_measures_another_length() {
        let measured = learned(1.0 / 300.0, 2, |_| 0);
        assert!((measured * 300.0 - 1.0).abs() < 1e-4, "{measured}");
        assert_eq!(StepLength::default().seconds(), REPORTED_S[0]);
    }

    #[test]
    fn note_ignores_implausible_timers() {
        let mut step = StepLength::default();
        for (index, timer) in [i32::MAX, i32::MIN, 0, -1, 5, 70_000, i32::MAX, 3].into_iter().enumerate() {
            step.note(index as f64 * 1e6, timer);
            step.note(f64::NAN, timer);
        }
        assert_eq!(step.seconds(), REPORTED_S[0]);
    }
}
