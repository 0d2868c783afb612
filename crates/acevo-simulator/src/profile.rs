//! The maximum speed of a car along the racing line, limited by grip, brakes and power.

use crate::spec::CarSpec;
use crate::track::Track;

/// Share of the tyres' grip that is used for cornering, braking and accelerating.
const MARGIN: f64 = 0.93;

/// Target speeds round the lap, and the times at which a lap with exactly these speeds passes each sample.
#[derive(Debug, Clone)]
pub(crate) struct Profile {
    /// Speed at each sample of the track, in m/s.
    speeds: Vec<f64>,
    /// Time since the start line at each sample in seconds; the last value is the whole lap.
    times: Vec<f64>,
    spacing: f64,
}

impl Profile {
    pub(crate) fn new(track: &Track, spec: &CarSpec) -> Self {
        let (count, spacing) = track.samples();
        let points: Vec<_> =
            (0..count).map(|i| track.point(i as f64 * spacing, track.line(i as f64 * spacing))).collect();
        // Curvature over a few metres, because the steps of one metre alone would be noisy.
        const REACH: usize = 4;
        let curvature: Vec<f64> = (0..count)
            .map(|i| {
                let (a, b, c) = (points[(i + count - REACH) % count], points[i], points[(i + REACH) % count]);
                let (u, v) = (b - a, c - b);
                let turn = (u.z * v.x - u.x * v.z) / (u.length() * v.length());
                2.0 * turn.abs() / (u.length() + v.length())
            })
            .collect();
        let steps: Vec<f64> = (0..count).map(|i| (points[(i + 1) % count] - points[i]).length()).collect();
        let slopes: Vec<f64> = (0..count).map(|i| (points[(i + 1) % count].y - points[i].y) / steps[i]).collect();
        let mut speeds: Vec<f64> = curvature.iter().map(|&k| corner_speed(spec, k)).collect();
        // Two rounds, so that the end of the lap takes its beginning into account.
        for i in (0..2 * count).rev() {
            let (here, next) = (i % count, (i + 1) % count);
            let v = speeds[next];
            let brakes = MARGIN * spec.max_brake_force / spec.mass;
            let slowing =
                share(spec, v, curvature[next]).min(brakes) + spec.resistance(v) / spec.mass + 9.8 * slopes[here];
            speeds[here] = speeds[here].min((v * v + 2.0 * slowing * steps[here]).sqrt());
        }
        for i in 0..2 * count {
            let (here, next) = (i % count, (i + 1) % count);
            let v = speeds[here];
            let power = spec.best_drive_force(v) / spec.mass;
            // A little more than half of the weight is on the driven axle.
            let traction = share(spec, v, curvature[here]) * if spec.drive_front > 0.0 { 0.95 } else { 0.62 };
            let gain = power.min(traction) - spec.resistance(v) / spec.mass - 9.8 * slopes[here];
            speeds[next] = speeds[next].min((v * v + 2.0 * gain * steps[here]).max(25.0).sqrt());
        }
        let mut times = Vec::with_capacity(count + 1);
        let mut time = 0.0;
        times.push(0.0);
        for i in 0..count {
            time += 2.0 * steps[i] / (speeds[i] + speeds[(i + 1) % count]);
            times.push(time);
        }
        Self { speeds, times, spacing }
    }

    fn locate(&self, s: f64) -> (usize, f64) {
        let x = s / self.spacing;
        let index = (x as usize).min(self.speeds.len() - 1);
        (index, x - index as f64)
    }

    /// The target speed in m/s at track distance `s`.
    pub(crate) fn speed(&self, s: f64) -> f64 {
        let (index, t) = self.locate(s);
        let next = if index + 1 == self.speeds.len() { 0 } else { index + 1 };
        self.speeds[index] + (self.speeds[next] - self.speeds[index]) * t
    }

    /// Time from the start line to track distance `s`, in seconds.
    pub(crate) fn time(&self, s: f64) -> f64 {
        let (index, t) = self.locate(s);
        self.times[index] + (self.times[index + 1] - self.times[index]) * t
    }

    /// Time for the whole lap, in seconds.
    pub(crate) fn lap_time(&self) -> f64 {
        self.times[self.times.len() - 1]
    }
}

/// The speed at which cornering uses all of the grip.
fn corner_speed(spec: &CarSpec, curvature: f64) -> f64 {
    const MAX_SPEED: f64 = 95.0;
    let aero = spec.grip_at(MAX_SPEED) - spec.grip_at(0.0);
    let remaining = curvature - MARGIN * aero / (MAX_SPEED * MAX_SPEED);
    if remaining <= 0.0 { MAX_SPEED } else { (MARGIN * spec.grip_at(0.0) / remaining).sqrt().min(MAX_SPEED) }
}

/// The longitudinal acceleration that the grip allows in addition to cornering.
fn share(spec: &CarSpec, speed: f64, curvature: f64) -> f64 {
    let grip = MARGIN * spec.grip_at(speed);
    let used = (speed * speed * curvature / grip).min(1.0);
    grip * (1.0 - used * used).sqrt()
}
