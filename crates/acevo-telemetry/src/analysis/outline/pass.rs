//! Where the car was at equal parts of the lap it is on.

use super::polyline::{Point, between, length, minus};

/// Equal parts of a lap that the outline has.
pub(super) const MARKS: usize = 2000;

/// Between two notes there may lie at most this part of a lap, and so many metres.
const LARGEST_STEP: f64 = 0.01;
const LONGEST_STEP_M: f64 = 150.0;

/// Holes of at most so many marks are bridged: a twenty-fifth of the lap. After the line the position is reported to follow by up
/// to two seconds; elsewhere later laps put right what is bridged too straight.
const LARGEST_HOLE: usize = MARKS / 25;

/// What was seen of a lap.
#[derive(Debug, Clone)]
pub(super) struct Pass {
    marks: Vec<Option<Point>>,
    seen: usize,
    last: Option<(f64, Point)>,
}

impl Default for Pass {
    fn default() -> Self {
        Self { marks: vec![None; MARKS], seen: 0, last: None }
    }
}

impl Pass {
    /// The car is elsewhere than on the track: the next note does not continue the last one.
    pub(super) fn interrupt(&mut self) {
        self.last = None;
    }

    /// The car is at a place 0..1. True where it has passed the line.
    pub(super) fn note(&mut self, place: f64, position: Point) -> bool {
        let Some((from, before)) = self.last.replace((place, position)) else { return false };
        let step = (place - from).rem_euclid(1.0);
        if step > LARGEST_STEP || length(minus(position, before)) > LONGEST_STEP_M {
            return false;
        }
        // Marks are counted from the last note's lap on; the ones beyond the line belong to the next.
        let (first, last) = ((from * MARKS as f64).ceil() as usize, (from + step) * MARKS as f64);
        for mark in first..=last as usize {
            let t = (mark as f64 / MARKS as f64 - from) / step;
            if t.is_finite() {
                let mark = &mut self.marks[mark % MARKS];
                self.seen += usize::from(mark.is_none());
                *mark = Some(between(before, position, t.clamp(0.0, 1.0)));
            }
        }
        from + step >= 1.0
    }

    pub(super) fn is_complete(&self) -> bool {
        self.seen == MARKS
    }

    /// How many marks were seen.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    pub(super) fn clear(&mut self) {
        self.marks.fill(None);
        self.seen = 0;
    }

    pub(super) fn marks(&self) -> &[Option<Point>] {
        &self.marks
    }

    /// All marks, small holes bridged; `None` where there are large ones.
    pub(super) fn closed(&self) -> Option<Vec<Point>> {
        let start = self.marks.iter().position(Option::is_some)?;
        let mut points = vec![[0.0; 3]; MARKS];
        let mut known = (start, self.marks[start]?);
        for mark in start..=start + MARKS {
            let Some(point) = self.marks[mark % MARKS] else { continue };
            let way = mark - known.0;
            if way > LARGEST_HOLE + 1 {
                return None;
            }
            for k in 1..=way {
                points[(known.0 + k) % MARKS] = between(known.1, point, k as f64 / way as f64);
            }
            known = (mark, point);
        }
        Some(points)
    }
}
