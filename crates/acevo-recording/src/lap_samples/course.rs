//! How a lap went: its timer and its lap position, as the graphics page publishes them, over the time of the recording.

/// At the start of a lap, positions beyond this are those of the lap before (as in `acevo_telemetry::traces`).
const MAX_FIRST_POSITION: f64 = 0.5;

/// A position that goes back by more than this is that of the next lap.
const NEXT_LAP: f64 = 0.5;

/// Metres per second that are added to the driven distance, so that it ascends while the car stands.
const CREEP_M_S: f64 = 1e-3;

/// Seconds after the beginning of a lap in which its timer may still be that of the lap before.
const LATE_RESET_S: f64 = 0.25;

/// Timer and position of a lap, by the time of the recording.
#[derive(Debug)]
pub(super) struct Course {
    /// When the lap began, in seconds of the recording.
    from_s: f64,
    /// Time of the recording and lap timer, both in seconds.
    timer: Vec<(f64, f64)>,
    /// Driven distance in metres, and lap position.
    positions: Vec<(f64, f64)>,
    /// The timer has begun again: everything else is of the next lap.
    is_over: bool,
}

impl Course {
    /// Follows a lap that began at this time of the recording, in seconds.
    pub(super) const fn new(from_s: f64) -> Self {
        Self { from_s, timer: Vec::new(), positions: Vec::new(), is_over: false }
    }

    /// Takes a graphics page: the time of the recording, the distance driven by then, the lap timer (0 if it does not run), and the position.
    pub(super) fn note(&mut self, at_s: f64, driven_m: f64, timer_ms: u32, position: Option<f64>) {
        let timer_s = f64::from(timer_ms) / 1000.0;
        if self.timer.last().is_some_and(|(_, last)| timer_s < *last) {
            if at_s > self.from_s + LATE_RESET_S {
                self.is_over = true;
            } else {
                self.timer.clear();
                self.positions.clear();
            }
        }
        let last = self.timer.last().copied();
        if self.is_over || timer_ms == 0 {
            return;
        }
        if last.is_none_or(|(before, last)| timer_s > last && at_s > before) {
            self.timer.push((at_s, timer_s));
        }
        let Some(position) = position else { return };
        let is_of_lap = match self.positions.last() {
            None => position <= MAX_FIRST_POSITION,
            Some((_, before)) => position > *before && position - before < NEXT_LAP,
        };
        if is_of_lap {
            self.positions.push((creeping(driven_m, at_s), position));
        }
    }

    /// Adds the line at both ends; `rows` are the times and distances of all rows. Without a timer, the time of the recording counts.
    pub(super) fn finish(&mut self, end_s: Option<f64>, rows: (&[f64], &[f64])) {
        if self.timer.len() < 2 {
            self.timer = vec![(self.from_s, 0.0), (self.from_s + 1.0, 1.0)];
        }
        if self.positions.is_empty() {
            return;
        }
        let driven_at = |time_s: f64| {
            let swapped: Vec<_> = self.timer.iter().map(|(at, timer)| (*timer, *at)).collect();
            let at_s = on_line(&swapped, time_s)?;
            let points: Vec<_> = rows.0.iter().copied().zip(rows.1.iter().copied()).collect();
            Some(creeping(on_line(&points, at_s)?, at_s))
        };
        let (start, end) = (driven_at(0.0), end_s.and_then(driven_at));
        if let Some(start) = start.filter(|start| self.positions.first().is_some_and(|first| *start < first.0)) {
            self.positions.insert(0, (start, 0.0));
        }
        if let Some(end) = end {
            self.positions.retain(|(driven, _)| *driven < end);
            self.positions.push((end, 1.0));
        }
    }

    /// Seconds since the line at a time of the recording.
    pub(super) fn time_s(&self, at_s: f64) -> f64 {
        on_line(&self.timer, at_s).unwrap_or(f64::NAN)
    }

    /// The lap position at a time and distance, 0..=1; NaN if it is unknown.
    pub(super) fn position(&self, at_s: f64, driven_m: f64) -> f64 {
        on_line(&self.positions, creeping(driven_m, at_s)).map_or(f64::NAN, |position| position.clamp(0.0, 1.0))
    }
}

fn creeping(driven_m: f64, at_s: f64) -> f64 {
    driven_m + CREEP_M_S * at_s
}

/// The value of a line through points that ascend, also beyond its ends. `None` for fewer than two points.
fn on_line(points: &[(f64, f64)], x: f64) -> Option<f64> {
    let after = points.partition_point(|point| point.0 < x).clamp(1, points.len().checked_sub(1)?.max(1));
    let ((x0, y0), (x1, y1)) = (*points.get(after - 1)?, *points.get(after)?);
    let share = if x1 > x0 { (x - x0) / (x1 - x0) } else { 0.0 };
    Some(y0 + (y1 - y0) * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_line_interpolates_and_extends_both_ends() {
        let line = [(0.0, 0.0), (1.0, 10.0), (3.0, 20.0)];
        assert_eq!([-1.0, 0.5, 2.0, 5.0].map(|x| on_line(&line, x)), [-10.0, 5.0, 15.0, 30.0].map(Some));
        assert_eq!((on_line(&line[..1], 0.0), on_line(&[], 0.0)), (None, None));
    }

    #[test]
    fn course_ignores_positions_of_the_laps_before_and_after() {
        let mut course = Course::new(10.4);
        let rows: Vec<f64> = (0..=100).map(f64::from).collect();
        course.note(10.0, 10.0, 0, Some(0.99));
        course.note(10.4, 10.4, 88_900, Some(0.2));
        for (at, timer, position) in [
            (10.6, 100, 0.99),
            (11.0, 500, 0.99),
            (12.0, 1500, 0.01),
            (54.5, 44_000, 0.49),
            (98.0, 87_500, 0.98),
            (99.0, 88_500, 0.001),
        ] {
            course.note(at, at, timer, Some(position));
        }
        course.note(100.0, 100.0, 300, Some(0.01));
        course.finish(Some(89.0), (&rows, &rows));
        assert!((course.time_s(10.5)).abs() < 1e-9 && (course.time_s(55.0) - 44.5).abs() < 1e-9);
        let position = |at: f64| course.position(at, at);
        assert!(position(10.5).abs() < 1e-9 && (position(99.5) - 1.0).abs() < 1e-9);
        assert!(
            (position(54.5) - 0.49).abs() < 1e-9
                && (position(12.0) - 0.01).abs() < 1e-9
                && (position(98.0) - 0.98).abs() < 1e-9
        );
    }

    #[test]
    fn course_without_a_timer_uses_the_time_of_the_recording() {
        let mut course = Course::new(2.0);
        course.note(3.0, 1.0, 0, Some(0.2));
        course.finish(None, (&[], &[]));
        assert_eq!((course.time_s(5.0), course.position(5.0, 2.0).is_nan()), (3.0, true));
    }
}
