//! Finds out the axes from the way the car moves.

use acevo_shared_memory::SPageFilePhysics;

use super::evidence::Correlations;
use super::{Axes, Axis, AxisEvidence};
use crate::world::{rightwards, to_map};

/// m/s².
const GRAVITY: f64 = 9.806_65;
/// Accelerations are compared over windows of this many seconds: shorter ones are noise, longer ones blur the driving.
const WINDOW: f64 = 0.1;
/// A longer silence is a pause, or packets that nobody saw: a window does not go over it.
const LONGEST_GAP: f64 = 0.11;
/// m/s. Below, the direction of travel says little.
const SLOWEST: f64 = 6.0;
/// m/s. Above, it is no car's speed.
const FASTEST: f64 = 150.0;
/// g. More is a crash, a leap to another place, or no acceleration at all.
const HARDEST: f64 = 8.0;
/// rad/s. More is no car's rotation.
const FASTEST_TURN: f64 = 20.0;
/// Windows before anything is decided: ten seconds of driving.
const ENOUGH: f64 = 100.0;
/// Standard deviations that the references must have: less is not driving, but rolling.
const LIVELY_G: f64 = 0.08;
const LIVELY_VERTICAL_G: f64 = 0.01;
const LIVELY_TURN: f64 = 0.05;

const LATERAL: usize = 0;
const LONGITUDINAL: usize = 1;
const VERTICAL: usize = 2;

/// Checks which component of `accG` is lateral, longitudinal and vertical, and of which sign.
///
/// Feed it every physics page in order; it needs no other page. It needs none of the car's own axes either: the longitudinal
/// reference is the change of `speedKmh`, the lateral one is speed times the rate at which the world direction of `velocity`
/// turns. The world is right-handed unless the tyres' contact points (left and right wheels) or `steerAngle` (positive to the
/// right) show that it is mirrored; if they contradict each other, nothing is decided.
///
/// Some ten to thirty seconds of driving with bends and braking decide; standing, rolling, reversing, pauses and packets that
/// are missing or doubled decide nothing; ten packets a second are enough. A replay may run at another speed than the clock:
/// leave it out. Its memory is less than a kilobyte, it allocates nothing, and a page takes some tens of nanoseconds.
///
/// ```
/// use acevo_telemetry::{AxesResolver, AxisEvidence};
/// use acevo_telemetry::acevo_shared_memory::SPageFilePhysics;
///
/// let mut resolver = AxesResolver::new();
/// resolver.feed(0.003, &SPageFilePhysics::default());
/// assert_eq!(resolver.axes().decision(), AxisEvidence::Undecided);
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
    /// Nothing is checked: the axes are those measured on the real game.
    pub fn new() -> Self {
        Self::default()
    }

    /// The axes as far as they are known.
    pub const fn axes(&self) -> Axes {
        self.axes
    }

    /// Takes a physics page; `seconds` is any clock that goes on evenly.
    pub fn feed(&mut self, seconds: f64, page: &SPageFilePhysics) {
        let Some(sample) = Sample::of(seconds, page) else { return };
        // Backwards the direction of travel is not that of the car; a slow one wanders.
        if sample.speed < SLOWEST || page.gear == 0 {
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
        if !(gap > 0.0 && gap <= LONGEST_GAP) || sample.packet < window.last.packet {
            *window = Window::starting_with(sample);
            return;
        }
        window.add(sample);
        if sample.seconds - window.first.seconds >= WINDOW {
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
        if self.accelerations.count() < ENOUGH {
            return;
        }
        self.decide();
    }

    /// What was decided stays until the data say something else; only the confidence moves.
    fn decide(&mut self) {
        let sums = &self.accelerations;
        if let Some([lateral, longitudinal]) =
            self.axes.level.filter(|_| self.axes.decision() != AxisEvidence::Undecided)
        {
            let of = |which, axis: Axis| sums.correlation(which, axis.index()).abs();
            self.axes.confidence = of(LATERAL, lateral).min(of(LONGITUDINAL, longitudinal));
        }
        let Some(mirrored) = self.right.is_mirrored() else { return };
        let lively = |which| sums.excitation(which) >= LIVELY_G;
        let found = (sums.find(LATERAL), sums.find(LONGITUDINAL));
        let (Some(lateral), Some(longitudinal)) = found else { return };
        if !lively(LATERAL) || !lively(LONGITUDINAL) || lateral.index == longitudinal.index {
            return;
        }
        // 0 + 1 + 2 is 3: the one that is left.
        let rest = 3 - lateral.index - longitudinal.index;
        let level = Some([
            Axis::new(lateral.index, (lateral.correlation < 0.0) != mirrored),
            Axis::new(longitudinal.index, longitudinal.correlation < 0.0),
        ]);
        // What a drive does not show is believed of the game that was measured, and of no other.
        let is_as_measured = level == Axes::MEASURED.level;
        let yaw = match self.rotations.find(0).filter(|_| self.rotations.excitation(0) >= LIVELY_TURN) {
            Some(yaw) => Some(Axis::new(yaw.index, (yaw.correlation < 0.0) != mirrored)),
            None => self.axes.yaw.filter(|_| is_as_measured || self.axes.decision() != AxisEvidence::Undecided),
        };
        self.axes = Axes {
            level,
            yaw,
            confidence: lateral.correlation.abs().min(longitudinal.correlation.abs()),
            is_decided: true,
            ..self.axes
        };
        self.decide_vertical(rest, is_as_measured);
    }

    /// The sign of the vertical axis follows from gravity if it is included, and from hills and bumps.
    fn decide_vertical(&mut self, index: usize, is_as_measured: bool) {
        /// Hills are small beside bumps.
        const ALIKE: f64 = 0.5;
        let sums = &self.accelerations;
        let mean = sums.mean(index);
        self.axes.gravity = match mean.abs() {
            0.7..=1.3 => Some(true),
            0.0..0.3 => Some(false),
            _ => None,
        };
        let by_gravity = self.axes.gravity.filter(|is_included| *is_included).map(|_| mean < 0.0);
        let correlation = sums.correlation(VERTICAL, index);
        let is_told = sums.excitation(VERTICAL) >= LIVELY_VERTICAL_G && correlation.abs() >= ALIKE;
        let by_hills = is_told.then_some(correlation < 0.0);
        self.axes.vertical = match (by_gravity, by_hills) {
            (Some(one), Some(other)) if one != other => None,
            (None, None) if is_as_measured => Axes::MEASURED.vertical,
            (one, other) => one.or(other).map(|negated| Axis::new(index, negated)),
        };
    }
}

/// What is needed of a page: finite, and possible.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    packet: i32,
    /// m/s.
    speed: f64,
    velocity: [f64; 3],
    acceleration: [f64; 3],
    rotation: [f64; 3],
    steer: f64,
}

impl Sample {
    /// `None` for a page that no car has written: it is left out, as a packet that was missed.
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
            && (0.0..=FASTEST).contains(&sample.speed)
            && within(sample.velocity, FASTEST)
            && within(sample.acceleration, HARDEST)
            && within(sample.rotation, FASTEST_TURN)
            && sample.steer.abs() <= 4.0
            // Two values of the same thing: a torn page has one of each packet.
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

/// How the car moved in a window.
#[derive(Debug, Clone, Copy)]
struct Motion {
    /// Direction of travel in the middle of it, on the map, length 1.
    direction: [f64; 2],
    /// References in g; lateral to the right on the map.
    lateral: f64,
    longitudinal: f64,
    vertical: f64,
    /// rad/s, clockwise on the map.
    turn: f64,
    /// Means of what the game says.
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

    /// `None` where it is no driving: a crash, a leap, a fall.
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
        let possible = length > SLOWEST
            && [motion.lateral, motion.longitudinal, motion.vertical].iter().all(|g| g.abs() <= HARDEST);
        possible.then_some(motion)
    }
}

/// Evidence whether the world is right-handed, as measured, or mirrored.
#[derive(Debug, Clone, Default)]
struct Right {
    /// Directions from the left to the right wheels, as parts to the right on the map: sum and number.
    wheels: (f64, f64),
    /// Steering times turn, and the squares of both.
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
        let wheels = (count >= ENOUGH / 2.0 && sum.abs() >= CLEAR * count).then_some(sum < 0.0);
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
