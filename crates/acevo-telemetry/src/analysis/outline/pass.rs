//! Positions of the car at equal steps of a lap.

use super::polyline::{Point, between, length, minus};
use crate::limits::{MAX_LAP_POSITION_STEP, MAX_TRACK_STEP_M};

/// Number of points of the outline.
pub(super) const MARKS: usize = 2000;

/// Maximum number of missing points in a gap that is bridged: a twenty-fifth of the lap. After the line the lap position may follow by
/// up to two seconds (reported). Later laps correct a bridge that is too straight.
const MAX_GAP: usize = MARKS / 25;

/// The points of a lap that were seen.
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
    /// The car has left the track: the next position does not continue the last one.
    pub(super) fn interrupt(&mut self) {
        self.last = None;
    }

    /// Takes a lap position (0..1) and a world position. True if the car has passed the line.
    pub(super) fn note(&mut self, lap_position: f64, position: Point) -> bool {
        let Some((from, before)) = self.last.replace((lap_position, position)) else { return false };
        let step = (lap_position - from).rem_euclid(1.0);
        if step > MAX_LAP_POSITION_STEP || length(minus(position, before)) > MAX_TRACK_STEP_M {
            return false;
        }
        // Points after the line belong to the next lap.
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

    /// True if every point was seen.
    pub(super) fn is_complete(&self) -> bool {
        self.seen == MARKS
    }

    /// Number of points that were seen.
    pub(super) fn seen(&self) -> usize {
        self.seen
    }

    /// Drops all points.
    pub(super) fn clear(&mut self) {
        self.marks.fill(None);
        self.seen = 0;
    }

    /// The points; `None` for one that was not seen.
    pub(super) fn marks(&self) -> &[Option<Point>] {
        &self.marks
    }

    /// All points, with small gaps bridged; `None` if a gap is too large.
    pub(super) fn closed(&self) -> Option<Vec<Point>> {
        let start = self.marks.iter().position(Option::is_some)?;
        let mut points = vec![[0.0; 3]; MARKS];
        let mut known = (start, self.marks[start]?);
        for mark in start..=start + MARKS {
            let Some(point) = self.marks[mark % MARKS] else { continue };
            let gap = mark - known.0;
            if gap > MAX_GAP + 1 {
                return None;
            }
            for k in 1..=gap {
                points[(known.0 + k) % MARKS] = between(known.1, point, k as f64 / gap as f64);
            }
            known = (mark, point);
        }
        Some(points)
    }
}
