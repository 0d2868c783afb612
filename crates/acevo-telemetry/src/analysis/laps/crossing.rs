//! When a car has crossed the line between two frames.

use super::reading::Reading;
use crate::analysis::clock::LATE_RESET_MS;

/// Maximum time between two frames, milliseconds, for a point between them to be timed.
pub(super) const MAX_FRAME_GAP_MS: f64 = 100.0;

/// How a lap has crossed the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing {
    /// Time of the crossing in physics steps.
    pub(super) steps: f64,
    /// Time of the crossing in milliseconds after the last frame before it.
    pub(super) after_ms: f64,
    /// The lap positions before and after confirm the timer.
    pub(super) is_measured: bool,
    /// The frames before and after came at the times that their timers show.
    pub(super) is_exact: bool,
    /// Time of the crossing in seconds of driving.
    pub(super) ended_s: f64,
    /// Length of a physics step, milliseconds.
    pub(super) step_ms: f64,
}

impl Crossing {
    /// The crossing between two frames, the second one with a timer that has restarted, on a lap of this length. The car has passed
    /// the line at `passed` (physics steps): between the two frames, or some frames earlier if the timer ran on.
    pub(super) fn between(
        before: &Reading,
        now: &Reading,
        passed: Option<f64>,
        lap_m: Option<f64>,
        step_ms: f64,
        now_s: f64,
    ) -> Self {
        let gap_ms = (now.steps - before.steps) * step_ms;
        let by_position = passed.map(|at| (at - before.steps) * step_ms);
        let earliest = if by_position.is_some_and(|after| after < 0.0) { f64::NEG_INFINITY } else { 0.0 };
        let by_timer = (gap_ms - now.timer_ms).max(earliest);
        // The position of a frame that was seen late is of little use. The speed then shows how far the frame before was from the line.
        let by_speed = lap_m.zip(before.lap_position).map(|(lap_m, position)| {
            let speed = (before.speed + now.speed) / 2.0;
            let ahead = if position > 0.5 { 1.0 - position } else { -position };
            ahead * lap_m / speed * 1000.0
        });
        let by_speed =
            by_speed.filter(|after| by_position.is_some() && (-LATE_RESET_MS..=MAX_FRAME_GAP_MS).contains(after));
        let is_exact = by_position.is_some_and(|after| {
            let is_in_time = (-0.1..1.1).contains(&(gap_ms - after - now.timer_ms));
            is_in_time && by_speed.is_none_or(|by_speed| (after - by_speed).abs() < 1.0)
        });
        let after_ms = by_position.filter(|_| is_exact).or(by_speed).unwrap_or(by_timer);
        let steps = if is_exact { before.steps + after_ms / step_ms } else { now.steps - now.timer_ms / step_ms };
        Self {
            steps,
            after_ms,
            is_measured: is_exact || by_speed.is_some(),
            is_exact,
            ended_s: now_s - (now.steps - steps) * step_ms / 1000.0,
            step_ms,
        }
    }
}
