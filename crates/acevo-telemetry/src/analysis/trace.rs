//! When a lap was where: what another lap is compared with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Equal parts of a lap whose times are kept.
const PARTS: usize = 1000;

/// Between two notes there may lie at most this part of a lap, forwards or backwards; beyond it nobody knows what happened.
const LARGEST_STEP: f64 = 0.01;

/// Between two notes there may lie at most this many seconds.
const LONGEST_STEP_S: f64 = 1.0;

/// After the timer's reset the position may stay at the end of the old lap for up to two seconds (reported): it may then leap
/// over this part of the lap, until so many seconds after the line.
const FOLLOWS_BY: (f64, f64) = (0.05, 2.5);

/// No car drives so far between two frames, even at 30 Hz on a short track.
const LEAP: f64 = 0.004;

/// A lap of more seconds than this is none to compare with.
const LONGEST_LAP_S: f64 = 3600.0;

/// Nobody drives nine tenths of a lap in a tenth of its time: such a car has yet to reach the line that its timer has seen.
const BEFORE_THE_LINE: (f64, f64) = (0.9, 0.1);

/// The time a lap had taken at each of 1000 equal parts of it.
///
/// Between the parts it is interpolated by a monotone cubic curve: on a straight as in a hairpin the error is far below the
/// milliseconds of the game's timer. Times are kept to a tenth of a millisecond. In JSON it is an array of 1001 numbers,
/// seconds, from 0 to the lap time; anything else is refused.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotATrace;

impl fmt::Display for NotATrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a trace is {} times in seconds from 0 to the lap time, none before the one before it", PARTS + 1)
    }
}

impl std::error::Error for NotATrace {}

impl TryFrom<Vec<f32>> for Trace {
    type Error = NotATrace;

    fn try_from(times: Vec<f32>) -> Result<Self, NotATrace> {
        let whole = times.len() == PARTS + 1 && times[0] == 0.0;
        // Comparisons with what is not a number are false.
        let ascending = times.windows(2).all(|pair| pair[0] <= pair[1]);
        let possible = times.last().is_some_and(|time| *time > 0.0 && f64::from(*time) <= LONGEST_LAP_S);
        if whole && ascending && possible { Ok(Self(times.into())) } else { Err(NotATrace) }
    }
}

impl Trace {
    /// The lap time in seconds.
    pub fn time(&self) -> f64 {
        self.at(PARTS)
    }

    /// Seconds from the line to a place of the lap, 0..1. A place outside of the lap is taken as its nearer end, one that is
    /// not a number as the beginning.
    pub fn time_at(&self, place: f64) -> f64 {
        let x = if place.is_nan() { 0.0 } else { place.clamp(0.0, 1.0) } * PARTS as f64;
        let part = (x as usize).min(PARTS - 1);
        let t = x - part as f64;
        let (from, to) = (self.at(part), self.at(part + 1));
        let (leaving, arriving) = (self.slope(part), self.slope(part + 1));
        // Cubic Hermite.
        let r = 1.0 - t;
        from * (1.0 + 2.0 * t) * r * r + leaving * t * r * r + to * t * t * (3.0 - 2.0 * t) - arriving * t * t * r
    }

    /// By how many seconds a lap is slower (positive) or faster, that has come to a place 0..1 after some seconds; `None`
    /// where either is not a number.
    ///
    /// The game's timer may be back at 0 some frames before the position is: a car that is at the end of the lap when it has
    /// only just begun is taken as one just before the line.
    pub fn delta(&self, place: f64, elapsed: f64) -> Option<f64> {
        if !(place.is_finite() && elapsed.is_finite()) {
            return None;
        }
        let (late, soon) = BEFORE_THE_LINE;
        let early = if place >= late && elapsed < soon * self.time() { self.time() } else { 0.0 };
        Some(elapsed - (self.time_at(place) - early))
    }

    /// The lap time in seconds that a lap will have if nothing is gained or lost any more.
    pub fn predicted(&self, delta: f64) -> f64 {
        self.time() + delta
    }

    fn at(&self, mark: usize) -> f64 {
        f64::from(self.0[mark])
    }

    /// Seconds per part at a mark: the harmonic mean of both sides, so that the curve never turns back, however suddenly the
    /// speed changes.
    fn slope(&self, mark: usize) -> f64 {
        // Across the line the lap goes on as it began or ended.
        let before = if mark == 0 { self.at(1) } else { self.at(mark) - self.at(mark - 1) };
        let after = if mark == PARTS { before } else { self.at(mark + 1) - self.at(mark) };
        if before > 0.0 && after > 0.0 { 2.0 * before * after / (before + after) } else { 0.0 }
    }
}

/// Which lap to compare with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reference {
    /// The best lap of the session.
    #[default]
    Best,
    /// The last lap.
    Last,
    /// The fastest lap that was ever kept with this car on this track.
    Personal,
    /// A lap from elsewhere.
    Stored(Trace),
}

impl Reference {
    /// The lap that is meant, of those that there are.
    pub fn trace<'a>(
        &'a self,
        best: Option<&'a Trace>,
        last: Option<&'a Trace>,
        personal: Option<&'a Trace>,
    ) -> Option<&'a Trace> {
        match self {
            Self::Best => best,
            Self::Last => last,
            Self::Personal => personal,
            Self::Stored(trace) => Some(trace),
        }
    }
}

/// Traces one lap while it is driven.
///
/// The game tells the time of a lap up to two seconds after its end: let the recorder of the ended lap wait for it, and begin
/// the next lap with another one.
#[derive(Debug, Clone)]
pub struct TraceRecorder {
    /// Seconds at each mark that was passed.
    times: Vec<f64>,
    /// Place and time of the last note; `None` where no lap is running, or one that cannot be traced.
    last: Option<(f64, f64)>,
}

impl Default for TraceRecorder {
    fn default() -> Self {
        Self { times: Vec::with_capacity(PARTS + 1), last: None }
    }
}

impl TraceRecorder {
    /// A lap begins, at the line. What was noted of an unfinished one is forgotten.
    pub fn begin(&mut self) {
        self.times.clear();
        self.times.push(0.0);
        self.last = Some((0.0, 0.0));
    }

    /// The car is at a place 0..1, so many seconds after the lap began.
    ///
    /// What is not a number is overheard. A step of more than a hundredth of the lap or a second, or a timer that goes
    /// backwards, ends the recording: such a lap has no trace. Small steps backwards are waited out; the time at a place is that
    /// of the first passage. At the beginning the position may follow the timer by up to two seconds.
    pub fn note(&mut self, place: f64, elapsed: f64) {
        let Some((from, since)) = self.last else { return };
        if !(place.is_finite() && elapsed.is_finite()) {
            return;
        }
        // The nearest way round: positions near the line may belong to either lap.
        let turn = (place - from).rem_euclid(1.0);
        let step = if turn > 0.5 { turn - 1.0 } else { turn };
        let to = from + step;
        // So far the position has only shown where the lap before ended: this one began at the line, when the timer did.
        let has_waited = self.times.len() == 1 && from <= 0.0 && since > 0.0 && elapsed > since;
        let follows = has_waited && step > LEAP && to <= FOLLOWS_BY.0 && elapsed <= FOLLOWS_BY.1;
        let (from, since) = if follows { (0.0, 0.0) } else { (from, since) };
        let (step, time) = (to - from, elapsed - since);
        // Back from where the car has been, small steps count together.
        let furthest = (self.times.len() - 1) as f64 / PARTS as f64;
        let is_near = step.abs() <= LARGEST_STEP && (0.0..=LONGEST_STEP_S).contains(&time);
        if !(is_near || follows) || to < furthest - LARGEST_STEP {
            self.last = None;
            return;
        }
        while self.times.len() <= PARTS {
            let mark = self.times.len() as f64 / PARTS as f64;
            if mark > to {
                break;
            }
            // The mark lies in this step: it was not passed before.
            self.times.push(since + time * ((mark - from) / step).clamp(0.0, 1.0));
        }
        self.last = Some((to, elapsed));
    }

    /// The lap has ended, with this time in seconds: its trace, where it was noted from line to line without large holes. The
    /// recorder rests until [`begin`](Self::begin).
    pub fn finish(&mut self, time_s: f64) -> Option<Trace> {
        let (from, since) = self.last.take()?;
        let (way, time) = (1.0 - from, time_s - since);
        // A few frames may have told of the next lap before its beginning was noticed.
        let near = (-LARGEST_STEP..=LARGEST_STEP).contains(&way) && (-LONGEST_STEP_S..=LONGEST_STEP_S).contains(&time);
        if !(near && time_s > 0.0 && time_s <= LONGEST_LAP_S) {
            return None;
        }
        while self.times.len() < PARTS {
            let mark = self.times.len() as f64 / PARTS as f64;
            self.times.push(since + time.max(0.0) * ((mark - from) / way).clamp(0.0, 1.0));
        }
        self.times.truncate(PARTS);
        self.times.push(time_s);
        // To a tenth of a millisecond; no mark is later than the official time.
        let rounded = |time: &f64| ((time.min(time_s) * 1e4).round() / 1e4) as f32;
        Trace::try_from(self.times.iter().map(rounded).collect::<Vec<_>>()).ok()
    }
}

#[cfg(test)]
mod tests;
