//! Classification of a step of the lap timer.

use crate::limits;

/// The timer agrees with the counter of physics steps within this, milliseconds. Frames are late, and not always by the same time,
/// least of all in a simulation that runs faster than time.
pub(super) const TIMER_TOLERANCE_MS: f64 = 1000.0;

/// A timer that was stopped and now shows more than the time since then plus this was not seen to start, milliseconds.
const START_TOLERANCE_MS: f64 = 250.0;

/// Behaviour of the timer between two frames of driving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimerStep {
    /// The timer does not run: there is no lap.
    DoesNotRun,
    /// The timer has started, and no lap ran.
    Starts,
    /// The timer runs, no lap ran, and the start of the timer was not seen.
    RunsAlready,
    /// The timer continues.
    Continues,
    /// The timer continues, but the car cannot have driven to where it is.
    ContinuesElsewhere,
    /// The timer has restarted at the line: the lap ends.
    RestartsAtLine,
    /// The timer has restarted at the line for the first time after the start from a grid that lies before the line.
    RestartsAtFirstLine,
    /// The timer has restarted, and the car has not finished a lap: a restart of the session, a return to the pits, or another session.
    RestartsElsewhere,
    /// The timer jumps in a way that nothing explains.
    Jumps,
}

/// Facts about two frames of driving that follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimerFacts {
    /// The timer in the first frame, milliseconds; 0 if it does not run.
    pub(super) before_ms: f64,
    /// The timer in the second frame, milliseconds; 0 if it does not run.
    pub(super) now_ms: f64,
    /// Time between the two frames, milliseconds.
    pub(super) since_ms: f64,
    /// Age of the running lap by the counter of physics steps, milliseconds; `None` if no lap runs.
    pub(super) lap_age_ms: Option<f64>,
    /// Time of the running lap if it ended between the two frames, milliseconds.
    pub(super) lap_time_ms: f64,
    /// The car cannot have driven from its first to its second position.
    pub(super) has_jumped: bool,
    /// The car has passed the line just before.
    pub(super) has_passed_line: bool,
    /// The car is as near to the line as a car is that crossed it when the timer restarted.
    pub(super) is_near_line: bool,
}

impl TimerFacts {
    /// Classifies the step.
    pub(super) fn classify(&self) -> TimerStep {
        let Some(lap_age_ms) = self.lap_age_ms else { return self.classify_without_lap() };
        let expected_ms = self.before_ms + self.since_ms;
        if (self.now_ms - expected_ms).abs() <= TIMER_TOLERANCE_MS {
            if self.has_jumped {
                TimerStep::ContinuesElsewhere
            } else if self.now_ms <= 0.0 && lap_age_ms > TIMER_TOLERANCE_MS {
                TimerStep::DoesNotRun
            } else {
                TimerStep::Continues
            }
        } else if self.now_ms < expected_ms && self.now_ms <= self.since_ms + TIMER_TOLERANCE_MS {
            self.classify_restart()
        } else {
            TimerStep::Jumps
        }
    }

    fn classify_without_lap(&self) -> TimerStep {
        if self.now_ms <= 0.0 {
            TimerStep::DoesNotRun
        } else if self.before_ms <= 0.0 && self.now_ms <= self.since_ms + START_TOLERANCE_MS {
            TimerStep::Starts
        } else {
            TimerStep::RunsAlready
        }
    }

    /// Classifies the step of a timer that is known to have restarted.
    pub(super) fn classify_restart(&self) -> TimerStep {
        let is_too_short = self.lap_time_ms < limits::MIN_LAP_MS;
        if is_too_short && !self.has_jumped && self.has_passed_line {
            TimerStep::RestartsAtFirstLine
        } else if is_too_short || self.has_jumped || !self.is_near_line {
            TimerStep::RestartsElsewhere
        } else {
            TimerStep::RestartsAtLine
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame 16 ms after the one before, in the middle of a lap.
    const DRIVING: TimerFacts = TimerFacts {
        before_ms: 50_000.0,
        now_ms: 50_016.0,
        since_ms: 16.0,
        lap_age_ms: Some(50_016.0),
        lap_time_ms: 50_008.0,
        has_jumped: false,
        has_passed_line: false,
        is_near_line: false,
    };

    #[test]
    fn classify_covers_every_step_of_the_timer() {
        let restarted = TimerFacts { now_ms: 8.0, ..DRIVING };
        let at_line = TimerFacts { is_near_line: true, has_passed_line: true, ..restarted };
        let from_grid = TimerFacts { before_ms: 2000.0, lap_time_ms: 2008.0, lap_age_ms: Some(2016.0), ..at_line };
        let no_lap = TimerFacts { lap_age_ms: None, ..DRIVING };
        let stopped = TimerFacts { before_ms: 0.0, now_ms: 0.0, ..DRIVING };
        let cases = [
            ("in a lap", DRIVING, TimerStep::Continues),
            ("a frame that is late", TimerFacts { now_ms: 50_900.0, ..DRIVING }, TimerStep::Continues),
            ("moved by the menu", TimerFacts { has_jumped: true, ..DRIVING }, TimerStep::ContinuesElsewhere),
            ("too far ahead", TimerFacts { now_ms: 55_000.0, ..DRIVING }, TimerStep::Jumps),
            ("back, but not to 0", TimerFacts { now_ms: 20_000.0, ..DRIVING }, TimerStep::Jumps),
            ("at the line", at_line, TimerStep::RestartsAtLine),
            (
                "at the line, seen by the position only",
                TimerFacts { has_passed_line: false, ..at_line },
                TimerStep::RestartsAtLine,
            ),
            ("on the track", restarted, TimerStep::RestartsElsewhere),
            ("moved to the line", TimerFacts { has_jumped: true, ..at_line }, TimerStep::RestartsElsewhere),
            ("a lap of two seconds at the line", from_grid, TimerStep::RestartsAtFirstLine),
            (
                "a lap of two seconds on the grid",
                TimerFacts { has_passed_line: false, ..from_grid },
                TimerStep::RestartsElsewhere,
            ),
            (
                "a lap whose timer has not started yet",
                TimerFacts { lap_age_ms: Some(500.0), ..stopped },
                TimerStep::Continues,
            ),
            (
                "a lap whose timer never started",
                TimerFacts { lap_age_ms: Some(1500.0), ..stopped },
                TimerStep::DoesNotRun,
            ),
            ("no lap, no timer", TimerFacts { lap_age_ms: None, ..stopped }, TimerStep::DoesNotRun),
            ("no lap, the timer starts", TimerFacts { before_ms: 0.0, now_ms: 8.0, ..no_lap }, TimerStep::Starts),
            ("no lap, the timer is older", TimerFacts { before_ms: 0.0, ..no_lap }, TimerStep::RunsAlready),
            ("no lap, the timer ran before", no_lap, TimerStep::RunsAlready),
        ];
        for (name, facts, expected) in cases {
            assert_eq!(facts.classify(), expected, "{name}");
        }
    }
}
