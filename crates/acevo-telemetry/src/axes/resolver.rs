//! Resolves the axes from the motion of the car.

use acevo_shared_memory::SPageFilePhysics;

use super::evidence::Correlations;
use super::{Axes, Axis, AxisEvidence};
use crate::world::{rightwards, to_map};

/// Standard gravity, m/s².
const GRAVITY: f64 = 9.806_65;
/// Length of the windows over which accelerations are compared, seconds: shorter ones are noisy, longer ones blur the driving.
const WINDOW_S: f64 = 0.1;
/// Maximum time between two pages, seconds. A longer gap (a pause, or missed packets) ends the window.
const MAX_GAP_S: f64 = 0.11;
/// Minimum speed, m/s, for a reliable direction of travel.
const MIN_SPEED: f64 = 6.0;
/// Maximum plausible speed, m/s.
const MAX_SPEED: f64 = 150.0;
/// Maximum acceleration, g. More is a crash, a jump to another position, or another quantity.
const MAX_G: f64 = 8.0;
/// Maximum plausible rotation, rad/s.
const MAX_ROTATION: f64 = 20.0;
/// Minimum number of windows for a decision: ten seconds of driving.
const MIN_WINDOWS: f64 = 100.0;
/// Minimum standard deviations of the references: a rolling car has less.
const MIN_EXCITATION_G: f64 = 0.08;
const MIN_EXCITATION_VERTICAL_G: f64 = 0.01;
const MIN_EXCITATION_TURN: f64 = 0.05;

const LATERAL: usize = 0;
const LONGITUDINAL: usize = 1;
const VERTICAL: usize = 2;

/// Determines which components of `accG` are lateral, longitudinal and vertical, and their signs.
///
/// Feed it every physics page in order; it needs no other page. It does not use the car's own axes: the longitudinal
/// reference is the change of `speedKmh`, the lateral one is speed times the rate at which the world direction of `velocity`
/// turns. The world is right-handed unless the tyres' contact points (left and right wheels) or `steerAngle` (positive to the
/// right) show that it is mirrored; if they contradict each other, nothing is decided.
///
/// Ten to thirty seconds of driving with bends and braking are enough, at ten packets per second or more. Standing, rolling, reversing,
/// pauses and missing or repeated packets have no influence. Leave out replays, which may run at another speed than the clock. It takes
/// less than a kilobyte, does not allocate, and needs some tens of nanoseconds per page.
///
/// ```
/// use acevo_telemetry::{AxesResolver, AxisEvidence};
/// use acevo_telemetry::acevo_shared_memory::SPageFilePhysics;
///
/// let mut resolver = AxesResolver::new();
/// resolver.feed(0.003, &SPageFilePhysics::default());
/// assert_eq!(resolver.axes().evidence(), AxisEvidence::Undecided);
/// ```
#[derive(Debug, Clone, Default)]
pub struct AxesResolver {
    window: Option<Window>,
    accelerations: Correlations<3>,
    rotations: Correlations<1>,
    right: Right,
    axes: Axes,
}

impl AxesResolver {
    /// A resolver without evidence: the axes are those measured on the real game.
    pub fn new() -> Self {
        Self::default()
    }

    /// The axes as far as they are known.
    pub const fn axes(&self) -> Axes {
        self.axes
    }

    /// Takes a physics page. `seconds` is the time on any steady clock.
    pub fn feed(&mut self, seconds: f64, page: &SPageFilePhysics) {
        let Some(sample) = Sample::of(seconds, page) else { return };
        // In reverse the direction of travel is not that of the car; at low speed it is noisy.
        if sample.speed < MIN_SPEED || page.gear == 0 {
            self.window = None;
            return;
        }
        let Some(window) = &mut self.window else {
            self.window = Some(Window::starting_with(sample));
            return;
        };
        if sample.packet == window.last.packet {
            return;
        }
        let gap = sample.seconds - window.last.seconds;
        // A counter that goes back is another session.
        if !(gap > 0.0 && gap <= MAX_GAP_S) || sample.packet < window.last.packet {
            *window = Window::starting_with(sample);
            return;
        }
        window.add(sample);
        if sample.seconds - window.first.seconds >= WINDOW_S {
            let motion = window.motion();
            *window = Window::starting_with(sample);
            if let Some(motion) = motion {
                self.learn(&motion, page);
            }
        }
    }

    fn learn(&mut self, motion: &Motion, page: &SPageFilePhysics) {
        if !self.right.learn(motion, page) {
            return;
        }
        self.accelerations.add(motion.acceleration, [motion.lateral, motion.longitudinal, motion.vertical]);
        self.rotations.add(motion.rotation, [motion.turn]);
        if self.accelerations.count() < MIN_WINDOWS {
            return;
        }
        self.decide();
    }

    /// Decides on the axes. A decision stays until the data contradict it; only the confidence changes.
    fn decide(&mut self) {
        let sums = &self.accelerations;
        if let Some([lateral, longitudinal]) =
            self.axes.horizontal.filter(|_| self.axes.evidence() != AxisEvidence::Undecided)
        {
            let of = |which, axis: Axis| sums.correlation(which, axis.index()).abs();
            self.axes.confidence = of(LATERAL, lateral).min(of(LONGITUDINAL, longitudinal));
        }
        let Some(mirrored) = self.right.is_mirrored() else { return };
        let lively = |which| sums.excitation(which) >= MIN_EXCITATION_G;
        let found = (sums.find(LATERAL), sums.find(LONGITUDINAL));
        let (Some(lateral), Some(longitudinal)) = found else { return };
        if !lively(LATERAL) || !lively(LONGITUDINAL) || lateral.index == longitudinal.index {
            return;
        }
        // The remaining index: 0 + 1 + 2 is 3.
        let rest = 3 - lateral.index - longitudinal.index;
        let horizontal = Some([
            Axis::new(lateral.index, (lateral.correlation < 0.0) != mirrored),
            Axis::new(longitudinal.index, longitudinal.correlation < 0.0),
        ]);
        // What the drive does not show is assumed only if the order is the measured one.
        let is_as_measured = horizontal == Axes::MEASURED.horizontal;
        let yaw = match self.rotations.find(0).filter(|_| self.rotations.excitation(0) >= MIN_EXCITATION_TURN) {
            Some(yaw) => Some(Axis::new(yaw.index, (yaw.correlation < 0.0) != mirrored)),
            None => self.axes.yaw.filter(|_| is_as_measured || self.axes.evidence() != AxisEvidence::Undecided),
        };
        self.axes = Axes {
            horizontal,
            yaw,
            confidence: lateral.correlation.abs().min(longitudinal.correlation.abs()),
            is_decided: true,
            ..self.axes
        };
        self.decide_vertical(rest, is_as_measured);
    }

    /// The sign of the vertical axis follows from gravity if it is included, and from hills and bumps.
    fn decide_vertical(&mut self, index: usize, is_as_measured: bool) {
        /// Minimum correlation: hills are small compared to bumps.
        const MIN_CORRELATION: f64 = 0.5;
        let sums = &self.accelerations;
        let mean = sums.mean(index);
        self.axes.gravity = match mean.abs() {
            0.7..=1.3 => Some(true),
            0.0..0.3 => Some(false),
            _ => None,
        };
        let by_gravity = self.axes.gravity.filter(|is_included| *is_included).map(|_| mean < 0.0);
        let correlation = sums.correlation(VERTICAL, index);
        let is_told = sums.excitation(VERTICAL) >= MIN_EXCITATION_VERTICAL_G && correlation.abs() >= MIN_CORRELATION;
        let by_hills = is_told.then_some(correlation < 0.0);
        self.axes.vertical = match (by_gravity, by_hills) {
            (Some(one), Some(other)) if one != other => None,
            (None, None) if is_as_measured => Axes::MEASURED.vertical,
            (one, other) => one.or(other).map(|negated| Axis::new(index, negated)),
        };
    }
}

/// The values of a page that are needed, checked.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    packet: i32,
    /// Speed, m/s.
    speed: f64,
    velocity: [f64; 3],
    acceleration: [f64; 3],
    rotation: [f64; 3],
    steer: f64,
}

impl Sample {
    /// `None` for a page with implausible values, which counts as missed.
    fn of(seconds: f64, page: &SPageFilePhysics) -> Option<Self> {
        let sample = Self {
            seconds,
            packet: page.packetId,
            speed: f64::from(page.speedKmh) / 3.6,
            velocity: page.velocity.map(f64::from),
            acceleration: page.accG.map(f64::from),
            rotation: page.localAngularVel.map(f64::from),
            steer: page.steerAngle.into(),
        };
        // Comparisons with NaN are false.
        let within = |values: [f64; 3], limit: f64| values.into_iter().all(|value| value.abs() <= limit);
        let [x, y, z] = sample.velocity;
        let possible = seconds.is_finite()
            && (0.0..=MAX_SPEED).contains(&sample.speed)
            && within(sample.velocity, MAX_SPEED)
            && within(sample.acceleration, MAX_G)
            && within(sample.rotation, MAX_ROTATION)
            && sample.steer.abs() <= 4.0
            // Both are the speed: in a torn page they belong to different packets.
            && ((x * x + y * y + z * z).sqrt() - sample.speed).abs() <= 1.0 + 0.05 * sample.speed;
        possible.then_some(sample)
    }
}

/// Samples of a tenth of a second.
#[derive(Debug, Clone)]
struct Window {
    first: Sample,
    last: Sample,
    /// Integrals over the time between the two.
    acceleration: [f64; 3],
    rotation: [f64; 3],
    steer: f64,
}

/// Motion of the car in a window.
#[derive(Debug, Clone, Copy)]
struct Motion {
    /// Direction of travel in the middle of the window, in map coordinates, length 1.
    direction: [f64; 2],
    /// References in g; lateral to the right on the map.
    lateral: f64,
    longitudinal: f64,
    vertical: f64,
    /// Turn rate, rad/s, clockwise on the map.
    turn: f64,
    /// Means of the game's values.
    acceleration: [f64; 3],
    rotation: [f64; 3],
    steer: f64,
}

impl Window {
    fn starting_with(sample: Sample) -> Self {
        Self { first: sample, last: sample, acceleration: [0.0; 3], rotation: [0.0; 3], steer: 0.0 }
    }

    /// Integrates over the time since the sample before: packets may be missing.
    fn add(&mut self, sample: Sample) {
        let last = &self.last;
        let half = (sample.seconds - last.seconds) / 2.0;
        for axis in 0..3 {
            self.acceleration[axis] += half * (last.acceleration[axis] + sample.acceleration[axis]);
            self.rotation[axis] += half * (last.rotation[axis] + sample.rotation[axis]);
        }
        self.steer += half * (last.steer + sample.steer);
        self.last = sample;
    }

    /// The motion; `None` for a crash, a jump, or a fall.
    fn motion(&self) -> Option<Motion> {
        let (from, to) = (&self.first, &self.last);
        let time = to.seconds - from.seconds;
        let [before, after] = [from, to].map(|sample| to_map(sample.velocity[0], sample.velocity[2]));
        let cosine = before[0] * after[0] + before[1] * after[1];
        let turn = rightwards(before, after).atan2(cosine) / time;
        let sum = [before[0] + after[0], before[1] + after[1]];
        let length = (sum[0] * sum[0] + sum[1] * sum[1]).sqrt();
        let motion = Motion {
            direction: sum.map(|part| part / length),
            lateral: turn * (from.speed + to.speed) / 2.0 / GRAVITY,
            longitudinal: (to.speed - from.speed) / time / GRAVITY,
            vertical: (to.velocity[1] - from.velocity[1]) / time / GRAVITY,
            turn,
            acceleration: self.acceleration.map(|sum| sum / time),
            rotation: self.rotation.map(|sum| sum / time),
            steer: self.steer / time,
        };
        let possible = length > MIN_SPEED
            && [motion.lateral, motion.longitudinal, motion.vertical].iter().all(|g| g.abs() <= MAX_G);
        possible.then_some(motion)
    }
}

/// Evidence for a right-handed world, as measured, or a mirrored one.
#[derive(Debug, Clone, Default)]
struct Right {
    /// Directions from the left to the right wheels, as parts to the right on the map: sum and number.
    wheels: (f64, f64),
    /// Sums of steering times turn rate, and of the squares of both.
    steering: (f64, f64, f64),
}

impl Right {
    /// False if the car slides sideways or backwards: the direction of travel is not that of the car then.
    fn learn(&mut self, motion: &Motion, page: &SPageFilePhysics) -> bool {
        /// Cosine of 45°.
        const STRAIGHT: f64 = 0.7;
        if let Some(axle) = across(page) {
            let along = rightwards(motion.direction, axle);
            if along.abs() < STRAIGHT {
                return false;
            }
            self.wheels.0 += along;
            self.wheels.1 += 1.0;
        }
        self.steering.0 += motion.steer * motion.turn;
        self.steering.1 += motion.steer * motion.steer;
        self.steering.2 += motion.turn * motion.turn;
        true
    }

    /// `None` if wheels and steering contradict each other.
    fn is_mirrored(&self) -> Option<bool> {
        const CLEAR: f64 = 0.6;
        let (sum, count) = self.wheels;
        let wheels = (count >= MIN_WINDOWS / 2.0 && sum.abs() >= CLEAR * count).then_some(sum < 0.0);
        let (product, steer, turn) = self.steering;
        let spread = (steer * turn).sqrt();
        let steering = (spread > 1e-9 && product.abs() >= CLEAR * spread).then_some(product < 0.0);
        match (wheels, steering) {
            (Some(wheels), Some(steering)) if wheels != steering => None,
            (wheels, steering) => Some(wheels.or(steering).unwrap_or(false)),
        }
    }
}

/// The direction from the left to the right wheels on the map, length 1; `None` if the contact points are none of a car.
fn across(page: &SPageFilePhysics) -> Option<[f64; 2]> {
    let [fl, fr, rl, rr] = page.tyreContactPoint.map(|point| point.map(f64::from));
    let [x, z] = [0, 2].map(|axis| (fr[axis] + rr[axis] - fl[axis] - rl[axis]) / 2.0);
    let width = (x * x + z * z).sqrt();
    // NaN and infinities are in no range.
    (0.5..5.0).contains(&width).then(|| to_map(x / width, z / width))
}
