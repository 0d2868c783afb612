//! A circuit: a closed centre line with elevation, the racing line, and the pit lane along the main straight.

mod corners;
mod layout;

pub use corners::TrackCorner;
pub(crate) use layout::Layout;

use crate::noise::smoothstep;
use crate::vector::Vec3;

/// Distance from the centre line to the edge of the track, in metres.
pub(crate) const HALF_WIDTH: f64 = 6.5;

/// Where the pit lane leaves the track: track distance relative to the start line, in metres.
const PIT_ENTRY: f64 = -370.0;
/// Where the pit speed limit begins. It ends at [`PIT_LIMIT_END`].
const PIT_LIMIT_START: f64 = -230.0;
const PIT_LIMIT_END: f64 = 230.0;
/// Where the pit lane has rejoined the track.
const PIT_EXIT: f64 = 370.0;
/// Distances of the pit lane and of the boxes from the centre line, in metres.
const PIT_LANE_OFFSET: f64 = 17.0;
const PIT_BOX_OFFSET: f64 = 21.5;
/// The boxes are within this distance of the line, in metres.
const BOXES_END: f64 = 170.0;
/// Usual distance between two boxes, in metres.
const BOX_SPACING: f64 = 14.0;
/// Length of the path from the lane into the box, in metres.
const PIT_BOX_TURN: f64 = 32.0;

/// The part of the pit lane a car is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PitZone {
    Entry,
    Limit,
    Exit,
    Outside,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    position: Vec3,
    /// Unit vector along the centre line.
    tangent: Vec3,
    /// Curvature in the horizontal plane in 1/m, positive to the right.
    curvature: f64,
    /// Offset of the racing line from the centre line in metres, positive to the right.
    line: f64,
}

/// The centre line, sampled at equal distances.
#[derive(Debug, Clone)]
pub(crate) struct Track {
    pub(crate) layout: &'static Layout,
    nodes: Vec<Node>,
    spacing: f64,
    length: f64,
}

/// A point on the centre line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CentrePoint {
    pub(crate) position: Vec3,
    pub(crate) tangent: Vec3,
    /// Curvature in 1/m, positive to the right.
    pub(crate) curvature: f64,
}

impl Track {
    pub(crate) fn new(layout: &'static Layout) -> Self {
        let points = layout.points;
        let (parameters, length) = equal_distances(points);
        let spacing = length / parameters.len() as f64;
        let mut nodes: Vec<Node> = parameters
            .iter()
            .map(|&u| {
                let [position, first, second] = spline(points, u);
                let level = first.x * first.x + first.z * first.z;
                Node {
                    position,
                    tangent: first.normalized(),
                    curvature: (second.z * first.x - second.x * first.z) / (level * level.sqrt()),
                    line: 0.0,
                }
            })
            .collect();
        let bends: Vec<f64> = nodes.iter().map(|node| node.curvature).collect();
        for (node, line) in nodes.iter_mut().zip(racing_line(&bends, spacing)) {
            node.line = line;
        }
        Self { layout, nodes, spacing, length }
    }

    /// Length of the centre line in metres.
    pub(crate) fn length(&self) -> f64 {
        self.length
    }

    /// Track distances of the ends of the first two sectors of the game's log, in metres.
    pub(crate) fn sector_ends(&self) -> [f64; 2] {
        self.layout.sectors.map(|share| share * self.length)
    }

    /// The number of samples, and the distance between two of them in metres.
    pub(crate) fn samples(&self) -> (usize, f64) {
        (self.nodes.len(), self.spacing)
    }

    /// Wraps a distance into `0..length`.
    pub(crate) fn wrap(&self, s: f64) -> f64 {
        let wrapped = s - (s / self.length).floor() * self.length;
        if wrapped < self.length { wrapped } else { 0.0 }
    }

    /// Wraps a distance so that it is negative in the second half of the lap.
    pub(crate) fn signed(&self, s: f64) -> f64 {
        let s = self.wrap(s);
        if s > self.length / 2.0 { s - self.length } else { s }
    }

    fn locate(&self, s: f64) -> (&Node, &Node, f64) {
        let x = self.wrap(s) / self.spacing;
        let index = (x as usize).min(self.nodes.len() - 1);
        let next = if index + 1 == self.nodes.len() { 0 } else { index + 1 };
        (&self.nodes[index], &self.nodes[next], x - index as f64)
    }

    /// The centre line at track distance `s` in metres.
    pub(crate) fn centre(&self, s: f64) -> CentrePoint {
        let (a, b, t) = self.locate(s);
        // A cubic Hermite spline uses positions and directions of both neighbours, so a car crosses samples smoothly.
        let (t2, t3) = (t * t, t * t * t);
        let position = a.position * (2.0 * t3 - 3.0 * t2 + 1.0)
            + b.position * (3.0 * t2 - 2.0 * t3)
            + (a.tangent * (t3 - 2.0 * t2 + t) + b.tangent * (t3 - t2)) * self.spacing;
        CentrePoint {
            position,
            tangent: (a.tangent * (1.0 - t) + b.tangent * t).normalized(),
            curvature: a.curvature * (1.0 - t) + b.curvature * t,
        }
    }

    /// Offset of the racing line to the right of the centre line at track distance `s`, in metres.
    pub(crate) fn line(&self, s: f64) -> f64 {
        let (a, b, t) = self.locate(s);
        a.line * (1.0 - t) + b.line * t
    }

    /// The point `offset` metres to the right of the centre line.
    pub(crate) fn point(&self, s: f64, offset: f64) -> Vec3 {
        let centre = self.centre(s);
        centre.position + centre.tangent.level_right() * offset
    }

    /// How far a car in the pits has moved into the pit lane: 0 on the track, 1 in the lane.
    pub(crate) fn pit_lane_share(&self, s: f64) -> f64 {
        let s = self.signed(s);
        smoothstep((s - PIT_ENTRY) / (PIT_LIMIT_START - PIT_ENTRY))
            * smoothstep((PIT_EXIT - s) / (PIT_EXIT - PIT_LIMIT_END))
    }

    /// Offset of the path through the pits to the right of the centre line, in metres. `box_at` is the position of the box into
    /// which the path leads, if any.
    pub(crate) fn pit_lane_offset(&self, s: f64, box_at: Option<f64>) -> f64 {
        let s = self.signed(s);
        let aside = box_at.map_or(0.0, |at| {
            smoothstep((s - at + PIT_BOX_TURN) / PIT_BOX_TURN) * smoothstep((at + PIT_BOX_TURN - s) / PIT_BOX_TURN)
        });
        self.layout.pit_side * (PIT_LANE_OFFSET + (PIT_BOX_OFFSET - PIT_LANE_OFFSET) * aside)
    }

    /// Position of the box of another car, as [`Track::pit_box`]. `index` counts the other cars from 0, of `count` cars.
    pub(crate) fn other_box(&self, index: usize, count: usize) -> f64 {
        // A box for each of them and the player, on both sides of the player's box.
        let spacing = (2.0 * BOXES_END / (count + 2) as f64).min(BOX_SPACING);
        let before = ((self.pit_box() + BOXES_END) / spacing) as usize;
        let place = index as f64 - before.min(count) as f64;
        self.pit_box() + spacing * if place < 0.0 { place } else { place + 1.0 }
    }

    /// Position of the player's box: track distance in metres, negative before the line.
    pub(crate) fn pit_box(&self) -> f64 {
        self.layout.pit_box
    }

    /// Offset of the boxes to the right of the centre line, in metres.
    pub(crate) fn pit_box_offset(&self) -> f64 {
        self.layout.pit_side * PIT_BOX_OFFSET
    }

    pub(crate) fn pit_zone(&self, s: f64) -> PitZone {
        match self.signed(s) {
            s if (PIT_ENTRY..PIT_LIMIT_START).contains(&s) => PitZone::Entry,
            s if (PIT_LIMIT_START..PIT_LIMIT_END).contains(&s) => PitZone::Limit,
            s if (PIT_LIMIT_END..PIT_EXIT).contains(&s) => PitZone::Exit,
            _ => PitZone::Outside,
        }
    }

    /// Distance to the start of the pit speed limit, in metres.
    pub(crate) fn to_pit_limit(&self, s: f64) -> f64 {
        PIT_LIMIT_START - self.signed(s)
    }
}

/// Position, first and second derivative of the spline at parameter `u` (one unit per control point).
fn spline(points: &[(f64, f64, f64)], u: f64) -> [Vec3; 3] {
    let count = points.len();
    let index = u.floor() as usize;
    let t = u - u.floor();
    let r = 1.0 - t;
    let weights = [
        [
            r * r * r / 6.0,
            (3.0 * t * t * t - 6.0 * t * t + 4.0) / 6.0,
            (3.0 * (t + t * t - t * t * t) + 1.0) / 6.0,
            t * t * t / 6.0,
        ],
        [-r * r / 2.0, (3.0 * t * t - 4.0 * t) / 2.0, (1.0 + 2.0 * t - 3.0 * t * t) / 2.0, t * t / 2.0],
        [r, 3.0 * t - 2.0, 1.0 - 3.0 * t, t],
    ];
    weights.map(|row| {
        row.iter().enumerate().fold(Vec3::default(), |sum, (k, &weight)| {
            let (x, y, z) = points[(index + count + k - 1) % count];
            sum + Vec3::new(x, y, z) * weight
        })
    })
}

/// Spline parameters of equidistant samples about one metre apart, and the length of the whole line.
fn equal_distances(points: &[(f64, f64, f64)]) -> (Vec<f64>, f64) {
    const STEPS: usize = 400;
    let fine = points.len() * STEPS;
    let mut travelled = Vec::with_capacity(fine + 1);
    let mut length = 0.0;
    let mut previous = spline(points, 0.0)[0];
    travelled.push(0.0);
    for step in 1..=fine {
        let here = spline(points, (step % fine) as f64 / STEPS as f64)[0];
        length += (here - previous).length();
        travelled.push(length);
        previous = here;
    }
    let count = length.round() as usize;
    let mut step = 0;
    let parameters = (0..count)
        .map(|index| {
            let wanted = index as f64 * length / count as f64;
            while travelled[step + 1] <= wanted {
                step += 1;
            }
            let within = (wanted - travelled[step]) / (travelled[step + 1] - travelled[step]);
            (step as f64 + within) / STEPS as f64
        })
        .collect();
    (parameters, length)
}

/// The racing line: a smooth offset towards the inside of each bend, from the averaged curvature.
fn racing_line(curvature: &[f64], spacing: f64) -> Vec<f64> {
    let mut line: Vec<f64> = curvature.iter().map(|k| (k * 260.0).clamp(-3.6, 3.6)).collect();
    let reach = (22.0 / spacing) as usize;
    for _ in 0..3 {
        line = averaged(&line, reach);
    }
    line
}

/// The moving average of the values over `reach` neighbours on each side, on the closed line.
fn averaged(values: &[f64], reach: usize) -> Vec<f64> {
    let count = values.len();
    let width = (2 * reach + 1) as f64;
    let mut sum: f64 = (0..=2 * reach).map(|k| values[(count + k - reach) % count]).sum();
    (0..count)
        .map(|index| {
            let mean = sum / width;
            sum += values[(index + reach + 1) % count] - values[(index + count - reach) % count];
            mean
        })
        .collect()
}
