//! When a lap was where: what another lap is compared with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Equal parts of a lap whose times are kept.
const PARTS: usize = 1000;

/// Between two notes there may lie at most this part of a lap, forwards or backwards; beyond it nobody knows what happened.
const LARGEST_STEP: f64 = 0.01;

/// Between two notes there may lie at most this many seconds.
const LONGEST_STEP_S: f64 = 1.0;

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
    /// A lap from elsewhere, such as the personal best.
    Stored(Trace),
}

impl Reference {
    /// The lap that is meant, of those that there are.
    pub fn trace<'a>(&'a self, best: Option<&'a Trace>, last: Option<&'a Trace>) -> Option<&'a Trace> {
        match self {
            Self::Best => best,
            Self::Last => last,
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
    /// of the first passage.
    pub fn note(&mut self, place: f64, elapsed: f64) {
        let Some((from, since)) = self.last else { return };
        if !(place.is_finite() && elapsed.is_finite()) {
            return;
        }
        // The nearest way round: positions near the line may belong to either lap.
        let turn = (place - from).rem_euclid(1.0);
        let step = if turn > 0.5 { turn - 1.0 } else { turn };
        let (to, time) = (from + step, elapsed - since);
        // Far from the lap's beginning or end, and back from where the car has been, counts together.
        let furthest = (self.times.len() - 1) as f64 / PARTS as f64;
        if step.abs() > LARGEST_STEP || !(0.0..=LONGEST_STEP_S).contains(&time) || to < furthest - LARGEST_STEP {
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Seconds at a place of a lap of 90 s with a hairpin driven at a tenth of the speed of the straights.
    fn lap(place: f64) -> f64 {
        // The integral of 1 / speed, scaled.
        let slow = |x: f64| x + 0.12 * ((x - 0.6) / 0.02).atan();
        90.0 * (slow(place) - slow(0.0)) / (slow(1.0) - slow(0.0))
    }

    /// The place where a lap is after some seconds, by bisection.
    fn place_after(seconds: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = (low + high) / 2.0;
            if lap(middle) < seconds { low = middle } else { high = middle }
        }
        low
    }

    fn recorded(rate: f64) -> Option<Trace> {
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        for frame in 1..(90.0 * rate) as usize {
            let elapsed = frame as f64 / rate;
            recorder.note(place_after(elapsed), elapsed);
        }
        recorder.finish(90.0)
    }

    #[test]
    fn the_time_at_any_place_is_right_to_the_millisecond() {
        for rate in [30.0, 60.0, 240.0] {
            let trace = recorded(rate).unwrap();
            assert_eq!(trace.time(), 90.0);
            for k in 0..=9973 {
                let place = f64::from(k) / 9973.0;
                let error = trace.time_at(place) - lap(place);
                assert!(error.abs() < 1e-3, "{rate} Hz: {error} s at {place}");
                assert!(trace.delta(place, lap(place) + 0.5).is_none_or(|delta| (delta - 0.5).abs() < 1e-3));
            }
        }
    }

    /// A lap at even speed at 60 Hz, with each note changed or left out.
    fn even(mut change: impl FnMut(usize, f64) -> Option<f64>) -> Option<Trace> {
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        for frame in 1..6000 {
            if let Some(place) = change(frame, frame as f64 / 6000.0) {
                recorder.note(place, frame as f64 / 60.0);
            }
        }
        recorder.finish(100.0)
    }

    #[test]
    fn holes_are_bridged_only_where_they_are_short() {
        assert!(even(|_, place| Some(place)).is_some());
        let without = |hole: std::ops::Range<usize>| even(|frame, place| (!hole.contains(&frame)).then_some(place));
        let bridged = without(3000..3050).unwrap();
        assert!((bridged.time_at(0.504) - 50.4).abs() < 1e-3);
        for hole in [3000..3070, 0..70, 5930..6000, 0..6000] {
            assert_eq!(without(hole.clone()), None, "{hole:?}");
        }
    }

    #[test]
    fn small_reversals_are_waited_out_and_large_ones_end_it() {
        // Backwards by 0.8 % and forwards again, at the speed of the lap.
        let spin = |depth: f64| {
            even(move |frame, place| {
                let back = 2.0 * (place - 0.5).clamp(0.0, depth);
                Some(if frame < 5500 { place - back } else { place })
            })
        };
        assert!(spin(0.004).is_some());
        assert_eq!(spin(0.02), None);
        assert_eq!(even(|frame, place| Some(if frame > 3000 { place - 0.3 } else { place })), None, "a leap");
    }

    #[test]
    fn a_car_that_stands_still_is_traced_on() {
        let mut recorder = TraceRecorder::default();
        recorder.begin();
        let mut elapsed = 0.0;
        for frame in 1..6000 {
            elapsed = f64::from(frame) / 60.0 + if frame > 3000 { 10.0 } else { 0.0 };
            if frame == 3001 {
                for wait in 1..600 {
                    recorder.note(0.5, 50.0 + f64::from(wait) / 60.0);
                }
            }
            recorder.note(f64::from(frame) / 6000.0, elapsed);
        }
        let trace = recorder.finish(elapsed + 1.0 / 60.0).unwrap();
        assert!((trace.time_at(0.499) - 49.9).abs() < 2e-3);
        assert!((trace.time_at(0.502) - 60.2).abs() < 2e-3);
        assert!((trace.time_at(0.5) - 50.0).abs() < 2e-3, "the first passage counts");
    }

    #[test]
    fn around_the_line_position_and_timer_may_disagree() {
        // The position shows the old lap for half a second, and the next one before the timer does.
        let late = even(|_, place| Some((place - 0.003).rem_euclid(1.0))).unwrap();
        assert!(late.time_at(0.5) > 50.0 && late.time() == 100.0);
        let early = even(|_, place| Some((place + 0.003).rem_euclid(1.0))).unwrap();
        assert!(early.time_at(0.5) < 50.0 && early.time() == 100.0);
        let delta = early.delta(0.999, 0.1).unwrap();
        // 0.4 s before the line by the reference, 0.1 s after it by the timer.
        assert!((delta - 0.5).abs() < 1e-3, "{delta}");
    }

    #[test]
    fn only_the_official_time_of_that_lap_ends_it() {
        for time in [f64::NAN, f64::INFINITY, -1.0, 0.0, 90.0, 110.0, 1e300] {
            let mut recorder = TraceRecorder::default();
            recorder.begin();
            for frame in 1..6000 {
                recorder.note(f64::from(frame) / 6000.0, f64::from(frame) / 60.0);
            }
            assert_eq!(recorder.finish(time), None, "{time}");
            assert_eq!(recorder.finish(100.0), None, "a lap ends once");
        }
    }

    #[test]
    fn json_keeps_a_trace_and_refuses_others() {
        let trace = recorded(60.0).unwrap();
        let json = serde_json::to_string(&trace).unwrap();
        assert!(json.len() < 9000, "{}", json.len());
        assert_eq!(serde_json::from_str::<Trace>(&json).unwrap(), trace);
        let bent = |change: fn(&mut Vec<f32>)| {
            let mut times = trace.0.to_vec();
            change(&mut times);
            Trace::try_from(times)
        };
        assert!(bent(|_| ()).is_ok());
        assert!(bent(|times| times[500] = 0.0).is_err());
        assert!(bent(|times| times[500] = f32::NAN).is_err());
        assert!(bent(|times| times[0] = -1.0).is_err());
        assert!(bent(|times| times[1000] = f32::INFINITY).is_err());
        assert!(bent(|times| times.truncate(1000)).is_err());
        assert!(bent(Vec::clear).is_err());
        assert!(bent(|times| times.fill(0.0)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_noted_nothing_breaks(
            notes in prop::collection::vec((any::<f64>(), any::<f64>()), 0..100),
            small in prop::collection::vec((-0.02..0.02f64, -0.1..1.1f64), 0..400),
            time in any::<f64>(),
            at in any::<f64>(),
        ) {
            let mut recorder = TraceRecorder::default();
            recorder.begin();
            let (mut place, mut elapsed) = (0.0, 0.0);
            for (step, wait) in small {
                (place, elapsed) = (place + step, elapsed + wait);
                recorder.note(place, elapsed);
            }
            for trace in [recorder.clone().finish(time), recorder.clone().finish(elapsed)].into_iter().flatten() {
                let value = trace.time_at(at);
                prop_assert!(value >= 0.0 && value <= trace.time() + 1e-9);
                prop_assert!(trace.delta(at, time).is_none_or(|delta| !delta.is_nan()));
            }
            for (place, elapsed) in notes {
                recorder.note(place, elapsed);
            }
            recorder.finish(time);
        }

        #[test]
        fn the_curve_never_turns_back(steps in prop::collection::vec(0.0..2.0f32, PARTS), places in prop::collection::vec(0.0..1.0f64, 50)) {
            let mut times = vec![0.0];
            times.extend(steps.iter().scan(0.0, |sum, step| { *sum += step; Some(*sum) }));
            let trace = Trace::try_from(times).unwrap();
            for place in places {
                prop_assert!(trace.time_at(place) <= trace.time_at(place + 1e-5) + 1e-9);
            }
        }
    }
}
