//! A line through points, and the nearest point on it.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::MAX_MAGNITUDE;

/// A point, metres, world axes, Y up.
pub(super) type Point = [f64; 3];

/// Number of segments in a group. Most groups are too far away to be searched.
const GROUP: usize = 32;

pub(super) fn minus(a: Point, b: Point) -> Point {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Linear interpolation between two points, `t` 0..1.
pub(super) fn between(a: Point, b: Point, t: f64) -> Point {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

fn dot(a: Point, b: Point) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn square(a: Point) -> f64 {
    dot(a, a)
}

pub(super) fn length(a: Point) -> f64 {
    square(a).sqrt()
}

/// Serializes points in centimetres, which are enough for drawing.
pub(super) fn rounded<S: Serializer>(points: &[Point], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(points.iter().map(|point| point.map(|metres| (metres * 100.0).round() / 100.0)))
}

/// The nearest point on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Nearest {
    /// The segment.
    pub(super) segment: usize,
    /// Position in the segment, 0..1.
    pub(super) t: f64,
    /// Distance, metres.
    pub(super) away_m: f64,
}

/// A line of at least one segment. A closed line returns to its first point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Polyline {
    points: Vec<Point>,
    is_closed: bool,
    /// Distance from the first point to each point, and to the end, metres.
    along_m: Vec<f64>,
    /// Centre and radius of a sphere around each group of segments.
    groups: Vec<(Point, f64)>,
}

impl Serialize for Polyline {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        rounded(&self.points, serializer)
    }
}

/// Maximum number of points of a line that is read.
const MAX_POINTS: usize = 100_000;

/// Reads a line that does not return to its first point.
pub(super) fn open<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Polyline, D::Error> {
    line(Vec::deserialize(deserializer)?, false)
}

/// Reads a line that returns to its first point, if there is one.
pub(super) fn closed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Polyline>, D::Error> {
    Option::<Vec<Point>>::deserialize(deserializer)?.map(|points| line(points, true)).transpose()
}

fn line<E: Error>(points: Vec<Point>, is_closed: bool) -> Result<Polyline, E> {
    let is_plausible = |metres: &f64| metres.abs() <= MAX_MAGNITUDE;
    if points.len() > MAX_POINTS || !points.as_flattened().iter().all(is_plausible) {
        return Err(E::custom("too many points, or implausible ones"));
    }
    Polyline::new(points, is_closed).ok_or_else(|| E::custom("a line has at least two points"))
}

impl Polyline {
    /// A line through finite points; `None` for fewer than two.
    pub(super) fn new(points: Vec<Point>, is_closed: bool) -> Option<Self> {
        if points.len() < 2 {
            return None;
        }
        let mut line = Self { points, is_closed, along_m: Vec::new(), groups: Vec::new() };
        line.measure();
        Some(line)
    }

    /// Moves points.
    pub(super) fn change(&mut self, change: impl FnOnce(&mut [Point])) {
        change(&mut self.points);
        self.measure();
    }

    fn measure(&mut self) {
        let segments = self.segments();
        self.along_m.clear();
        self.groups.clear();
        let mut sum = 0.0;
        self.along_m.push(sum);
        for segment in 0..segments {
            let (a, b) = self.ends(segment);
            sum += length(minus(b, a));
            self.along_m.push(sum);
        }
        for first in (0..segments).step_by(GROUP) {
            let last = (first + GROUP).min(segments) - 1;
            let centre = between(self.ends(first).0, self.ends(last).1, 0.5);
            let away =
                |segment| length(minus(self.ends(segment).0, centre)).max(length(minus(self.ends(segment).1, centre)));
            self.groups.push((centre, (first..=last).map(away).fold(0.0, f64::max)));
        }
    }

    pub(super) fn points(&self) -> &[Point] {
        &self.points
    }

    /// Number of segments.
    pub(super) fn segments(&self) -> usize {
        self.points.len() - usize::from(!self.is_closed)
    }

    pub(super) fn ends(&self, segment: usize) -> (Point, Point) {
        (self.points[segment], self.points[(segment + 1) % self.points.len()])
    }

    /// Length of the line, metres.
    pub(super) fn length_m(&self) -> f64 {
        self.along_m.last().copied().unwrap_or(0.0)
    }

    /// Distance along the line to a position in a segment, metres.
    pub(super) fn along_m(&self, segment: usize, t: f64) -> f64 {
        self.along_m[segment] * (1.0 - t) + self.along_m[segment + 1] * t
    }

    /// The nearest point on the line to a finite point. The group whose centre is nearest is searched first; most others cannot contain
    /// a nearer point and are skipped.
    pub(super) fn nearest(&self, point: Point) -> Nearest {
        let away = |(centre, _): &(Point, f64)| square(minus(point, *centre));
        let order = |(_, a): &(usize, f64), (_, b): &(usize, f64)| a.total_cmp(b);
        let first = self.groups.iter().map(away).enumerate().min_by(order).map_or(0, |(group, _)| group);
        let mut nearest = (Nearest { segment: 0, t: 0.0, away_m: f64::INFINITY }, f64::INFINITY);
        self.search(first, point, &mut nearest);
        for (group, sphere) in self.groups.iter().enumerate() {
            let reach = nearest.0.away_m + sphere.1;
            if group != first && away(sphere) <= reach * reach {
                self.search(group, point, &mut nearest);
            }
        }
        nearest.0
    }

    /// Searches a group for a nearer point. `nearest` also holds the squared distance.
    fn search(&self, group: usize, point: Point, nearest: &mut (Nearest, f64)) {
        for segment in group * GROUP..((group + 1) * GROUP).min(self.segments()) {
            let (a, b) = self.ends(segment);
            let (direction, to) = (minus(b, a), minus(point, a));
            let length = square(direction);
            let t = if length > 0.0 { (dot(to, direction) / length).clamp(0.0, 1.0) } else { 0.0 };
            let away = square(minus(to, direction.map(|part| part * t)));
            if away < nearest.1 {
                *nearest = (Nearest { segment, t, away_m: away.sqrt() }, away);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nearest_is_not_beaten_by_any_segment(
            points in prop::collection::vec(prop::array::uniform3(-1000.0..1000.0f64), 2..200),
            point in prop::array::uniform3(-1500.0..1500.0f64),
            is_closed in any::<bool>(),
        ) {
            let line = Polyline::new(points, is_closed).unwrap();
            let nearest = line.nearest(point);
            for segment in 0..line.segments() {
                let (a, b) = line.ends(segment);
                for k in 0..=10 {
                    let away = length(minus(point, between(a, b, f64::from(k) / 10.0)));
                    prop_assert!(nearest.away_m <= away + 1e-9);
                }
            }
            let (a, b) = line.ends(nearest.segment);
            prop_assert!((length(minus(point, between(a, b, nearest.t))) - nearest.away_m).abs() < 1e-9);
            prop_assert!(line.along_m(nearest.segment, nearest.t) <= line.length_m());
        }
    }
}
