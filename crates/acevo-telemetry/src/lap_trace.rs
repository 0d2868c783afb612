//! The time of a lap at each lap position, for comparing laps.

use serde::{Deserialize, Serialize};

use crate::limits::{MAX_LAP_POSITION_STEP, MAX_LAP_S};

/// Number of equal parts of a lap whose times are stored.
const PARTS: usize = 1000;

/// Maximum time between two lap positions, seconds.
const MAX_STEP_S: f64 = 1.0;

/// Maximum lap position to which the position may jump at the beginning of a lap, and maximum time of the jump after the line, seconds.
/// After the timer's restart the position may stay at the end of the old lap for up to two seconds (reported).
const MAX_FIRST_JUMP: (f64, f64) = (0.05, 2.5);

/// Part of a lap that no car drives between two frames, even at 30 Hz on a short track.
const JUMP: f64 = 0.004;

/// A car at this lap position or later, within this part of the lap time, has not reached the line yet though its timer has restarted.
const BEFORE_THE_LINE: (f64, f64) = (0.9, 0.1);

/// The elapsed time of a lap at 1000 equal steps of the lap position.
///
/// Between the steps it is interpolated by a monotone cubic curve: on straights and in hairpins the error is far below the milliseconds
/// of the game's timer. Times are stored to a tenth of a millisecond. The JSON form is an array of 1001 numbers, seconds, from 0 to the
/// lap time; anything else is rejected.
///
/// ```
/// use acevo_telemetry::analysis::TraceRecorder;
///
/// let mut recorder = TraceRecorder::default();
/// recorder.begin();
/// for frame in 1..6000 {
///     let elapsed = f64::from(frame) / 60.0;
///     recorder.note(elapsed / 100.0, elapsed);
/// }
/// let lap = recorder.finish(100.0).expect("a whole lap");
/// assert_eq!((lap.time(), lap.time_at(0.5)), (100.0, 50.0));
/// let delta = lap.delta(0.25, 25.3).unwrap();
/// assert!((delta - 0.3).abs() < 1e-9, "slower by 0.3 s");
/// assert!((lap.predicted(delta) - 100.3).abs() < 1e-9);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>")]
pub struct Trace(Box<[f32]>);

/// Numbers that are not the times of a lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a trace has {} ascending times in seconds from 0 to the lap time", PARTS + 1)]
#[non_exhaustive]
pub struct NotATrace;

impl TryFrom<Vec<f32>> for Trace {
    type Error = NotATrace;

    fn try_from(times: Vec<f32>) -> Result<Self, NotATrace> {
        let is_complete = times.len() == PARTS + 1 && times[0] == 0.0;
        // Comparisons with NaN are false.
        let ascending = times.windows(2).all(|pair| pair[0] <= pair[1]);
        let possible = times.last().is_some_and(|time| *time > 0.0 && f64::from(*time) <= MAX_LAP_S);
        if is_complete && ascending && possible { Ok(Self(times.into())) } else { Err(NotATrace) }
    }
}

impl Trace {
    /// Lap time, seconds.
    pub fn time(&self) -> f64 {
        self.at(PARTS)
    }

    /// Time from the line to a lap position, seconds. Lap positions outside of 0..1 are clamped, and NaN is the beginning.
    pub fn time_at(&self, lap_position: f64) -> f64 {
        let x = if lap_position.is_nan() { 0.0 } else { lap_position.clamp(0.0, 1.0) } * PARTS as f64;
        let part = (x as usize).min(PARTS - 1);
        let t = x - part as f64;
        let (from, to) = (self.at(part), self.at(part + 1));
        let (leaving, arriving) = (self.slope(part), self.slope(part + 1));
        // Cubic Hermite interpolation.
        let r = 1.0 - t;
        from * (1.0 + 2.0 * t) * r * r + leaving * t * r * r + to * t * t * (3.0 - 2.0 * t) - arriving * t * t * r
    }

    /// Seconds by which a lap is slower (positive) or faster that has reached a lap position (0..1) after `elapsed` seconds; `None` if
    /// either is not finite.
    ///
    /// The game's timer may restart some frames before the position does: a car at the end of a lap that has only just begun is treated
    /// as one just before the line.
    pub fn delta(&self, lap_position: f64, elapsed: f64) -> Option<f64> {
        if !(lap_position.is_finite() && elapsed.is_finite()) {
            return None;
        }
        let (late, soon) = BEFORE_THE_LINE;
        let early = if lap_position >= late && elapsed < soon * self.time() { self.time() } else { 0.0 };
        Some(elapsed - (self.time_at(lap_position) - early))
    }

    /// Predicted lap time if the difference does not change any more, seconds.
    pub fn predicted(&self, delta: f64) -> f64 {
        self.time() + delta
    }

    fn at(&self, mark: usize) -> f64 {
        f64::from(self.0[mark])
    }

    /// Slope of the curve at a step, seconds per step: the harmonic mean of both sides, so that the curve is monotone even if the speed
    /// changes suddenly.
    fn slope(&self, mark: usize) -> f64 {
        // At both ends the curve continues as inside the lap.
        let before = if mark == 0 { self.at(1) } else { self.at(mark) - self.at(mark - 1) };
        let after = if mark == PARTS { before } else { self.at(mark + 1) - self.at(mark) };
        if before > 0.0 && after > 0.0 { 2.0 * before * after / (before + after) } else { 0.0 }
    }
}

/// The lap that the running one is compared with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reference {
    /// The lap that the user has chosen for this car on this track; without one, the best lap of the session.
    #[default]
    Chosen,
    /// The best lap of the session.
    Best,
    /// The last lap.
    Last,
    /// The saved personal best with this car on this track.
    Personal,
    /// A given lap.
    Stored(Trace),
}

impl Reference {
    /// Selects the lap; `None` if there is no such lap.
    pub fn trace<'a>(
        &'a self,
        best: Option<&'a Trace>,
        last: Option<&'a Trace>,
        personal: Option<&'a Trace>,
        chosen: Option<&'a Trace>,
    ) -> Option<&'a Trace> {
        match self {
            Self::Chosen => chosen.or(best),
            Self::Best => best,
            Self::Last => last,
            Self::Personal => personal,
            Self::Stored(trace) => Some(trace),
        }
    }
}

/// Records the trace of a lap while it is driven.
///
/// The game publishes the time of a lap up to two seconds after its end: keep the recorder of the ended lap until then, and begin the
/// next lap with another one.
#[derive(Debug, Clone)]
pub struct TraceRecorder {
    /// Time at each step that was passed, seconds.
    times: Vec<f64>,
    /// Last lap position and time; `None` if no lap is recorded.
    last: Option<(f64, f64)>,
}

impl Default for TraceRecorder {
    fn default() -> Self {
        Self { times: Vec::with_capacity(PARTS + 1), last: None }
    }
}

impl TraceRecorder {
    /// Begins a lap at the line. An unfinished one is dropped.
    pub fn begin(&mut self) {
        self.times.clear();
        self.times.push(0.0);
        self.last = Some((0.0, 0.0));
    }

    /// Takes the lap position (0..1) of the car, `elapsed` seconds after the lap began.
    ///
    /// Values that are not finite are ignored. A step of more than a hundredth of the lap or a second, or a timer that goes back, ends the
    /// recording: such a lap has no trace. Small steps back are tolerated; the time at a lap position is that of the first passage. At the
    /// beginning the position may follow the timer by up to two seconds.
    pub fn note(&mut self, lap_position: f64, elapsed: f64) {
        let Some((from, since)) = self.last else { return };
        if !(lap_position.is_finite() && elapsed.is_finite()) {
            return;
        }
        // The shortest distance: lap positions near the line may belong to either lap.
        let turn = (lap_position - from).rem_euclid(1.0);
        let step = if turn > 0.5 { turn - 1.0 } else { turn };
        let to = from + step;
        // So far the position was that of the end of the lap before: this lap began at the line, together with the timer.
        let has_waited = self.times.len() == 1 && from <= 0.0 && since > 0.0 && elapsed > since;
        let follows = has_waited && step > JUMP && to <= MAX_FIRST_JUMP.0 && elapsed <= MAX_FIRST_JUMP.1;
        let (from, since) = if follows { (0.0, 0.0) } else { (from, since) };
        let (step, time) = (to - from, elapsed - since);
        // Small steps back add up.
        let furthest = (self.times.len() - 1) as f64 / PARTS as f64;
        let is_near = step.abs() <= MAX_LAP_POSITION_STEP && (0.0..=MAX_STEP_S).contains(&time);
        if !(is_near || follows) || to < furthest - MAX_LAP_POSITION_STEP {
            self.last = None;
            return;
        }
        while self.times.len() <= PARTS {
            let mark = self.times.len() as f64 / PARTS as f64;
            if mark > to {
                break;
            }
            // This mark lies in the step: it was not passed before.
            self.times.push(since + time * ((mark - from) / step).clamp(0.0, 1.0));
        }
        self.last = Some((to, elapsed));
    }

    /// Ends the lap with this time, seconds. Returns its trace if it was recorded from line to line without large gaps. The recorder does
    /// nothing until [`begin`](Self::begin).
    pub fn finish(&mut self, time_s: f64) -> Option<Trace> {
        let (from, since) = self.last.take()?;
        let (distance, time) = (1.0 - from, time_s - since);
        // A few frames may have belonged to the next lap before its beginning was noticed.
        let near = (-MAX_LAP_POSITION_STEP..=MAX_LAP_POSITION_STEP).contains(&distance)
            && (-MAX_STEP_S..=MAX_STEP_S).contains(&time);
        if !(near && time_s > 0.0 && time_s <= MAX_LAP_S) {
            return None;
        }
        while self.times.len() < PARTS {
            let mark = self.times.len() as f64 / PARTS as f64;
            self.times.push(since + time.max(0.0) * ((mark - from) / distance).clamp(0.0, 1.0));
        }
        self.times.truncate(PARTS);
        self.times.push(time_s);
        // A tenth of a millisecond; no mark is later than the official time.
        let rounded = |time: &f64| ((time.min(time_s) * 1e4).round() / 1e4) as f32;
        Trace::try_from(self.times.iter().map(rounded).collect::<Vec<_>>()).ok()
    }
}

#[cfg(test)]
mod tests;
