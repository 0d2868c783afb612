//! Inputs and motion of the car over the last seconds, for traces; and its path until the track is known.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use acevo_shared_memory::Frame as Pages;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::Outline;
use serde::{Deserialize, Serialize};

/// Time span of the samples.
pub(crate) const SPAN: Duration = Duration::from_secs(10);

/// Interval of samples.
const SAMPLE_INTERVAL: Duration = Duration::from_millis(20);

/// Seconds between two samples after which they are not connected: there was a pause or a menu between them.
pub(crate) const GAP_S: f32 = 0.5;

/// Inputs and motion at one instant. All numbers are finite.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// Seconds since the first one.
    pub(crate) at_s: f32,
    /// Throttle pedal, 0..1.
    pub(crate) throttle: f32,
    /// Brake pedal, 0..1.
    pub(crate) brake: f32,
    /// Steering, -1..1, positive to the right.
    pub(crate) steering: f32,
    /// Speed in km/h.
    pub(crate) speed: f32,
    /// Lateral and longitudinal acceleration in g, positive to the right and forwards; `None` until the axes are known.
    pub(crate) g: Option<[f32; 2]>,
}

/// Metres between two points of the path.
const PATH_STEP_M: f32 = 5.0;

/// Distance between two points, m, beyond which the car was moved by the game.
const MAX_PATH_STEP_M: f32 = 100.0;

/// Points of the path: 25 km, longer than any lap.
const MAX_PATH_POINTS: usize = 5000;

/// The samples of the last seconds, oldest first, and the path of the car.
#[derive(Debug, Default)]
pub(crate) struct History {
    samples: VecDeque<Sample>,
    path: Arc<Vec<[f32; 2]>>,
    begin: Option<Duration>,
    last: Option<Duration>,
}

impl History {
    /// Adds a sample if one is due and physics is current; a pause leaves a gap. `at` is the time of any monotonic clock.
    pub(crate) fn add(&mut self, at: Duration, pages: &Pages, axes: &Axes) {
        if !pages.validity.is_current() || self.last.is_some_and(|last| at.saturating_sub(last) < SAMPLE_INTERVAL) {
            return;
        }
        self.last = Some(at);
        let begin = *self.begin.get_or_insert(at);
        let sample = Sample::of(at.saturating_sub(begin).as_secs_f32(), pages, axes);
        while self.samples.front().is_some_and(|first| sample.at_s - first.at_s > SPAN.as_secs_f32()) {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    /// Removes everything, because another game or another car is shown.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds the position of the car to the path, until the track is known.
    pub(crate) fn add_to_path(&mut self, pages: &Pages, outline: &Outline) {
        if outline.is_known() {
            if !self.path.is_empty() {
                self.path = Arc::default();
            }
            return;
        }
        let Some([x, _, z]) = pages.graphics.player_car().map(|car| car.coordinates) else { return };
        // No track has infinite or very large coordinates.
        if !(x.abs() < 1e6 && z.abs() < 1e6) {
            return;
        }
        let step = self.path.last().map_or(MAX_PATH_STEP_M / 2.0, |[a, b]| (x - a).hypot(z - b));
        if step < PATH_STEP_M {
            return;
        }
        let path = Arc::make_mut(&mut self.path);
        if step > MAX_PATH_STEP_M || path.len() >= MAX_PATH_POINTS {
            path.clear();
        }
        path.push([x, z]);
    }

    /// The path of the car, X and Z in metres; empty once the track is known.
    pub(crate) fn path(&self) -> Arc<Vec<[f32; 2]>> {
        Arc::clone(&self.path)
    }

    /// The samples, oldest first.
    pub(crate) fn samples(&self) -> impl ExactSizeIterator<Item = Sample> + '_ {
        self.samples.iter().copied()
    }
}

impl Sample {
    fn of(at_s: f32, pages: &Pages, axes: &Axes) -> Self {
        let page = pages.physics.raw();
        let within = |value: f32, min: f32, max: f32| if value.is_finite() { value.clamp(min, max) } else { 0.0 };
        // Higher values are a crash or garbage.
        let g = |value: Option<f64>| value.filter(|g| g.abs() < 50.0).map(|g| g as f32);
        Self {
            at_s,
            throttle: within(page.gas, 0.0, 1.0),
            brake: within(page.brake, 0.0, 1.0),
            steering: within(page.steerAngle, -1.0, 1.0),
            speed: within(page.speedKmh, 0.0, 1000.0),
            g: g(axes.lateral(page.accG)).zip(g(axes.longitudinal(page.accG))).map(|(x, y)| [x, y]),
        }
    }
}

#[cfg(test)]
mod tests {
    use acevo_shared_memory::{SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

    use super::*;

    fn pages(gas: f32, status: i32) -> Pages {
        Pages::new(
            SPageFilePhysics { gas, accG: [f32::NAN, 1.0, 2.0], airDensity: 1.2, ..Default::default() },
            SPageFileGraphicEvo { status, ..Default::default() },
            SPageFileStaticEvo::default(),
        )
    }

    #[test]
    fn history_keeps_ten_seconds_at_50_samples_per_second() {
        let mut history = History::default();
        for step in 0..333 * 20 {
            history.add(Duration::from_millis(step * 3), &pages(0.5, 2), &Axes::MEASURED);
        }
        let (count, first) = (history.samples().len(), history.samples().next().unwrap());
        let last = history.samples().last().unwrap();
        assert!((450..=502).contains(&count), "{count}");
        assert!(last.at_s - first.at_s <= 10.0 && last.at_s > 19.9);
    }

    #[test]
    fn the_way_is_kept_until_the_track_is_known() {
        let mut history = History::default();
        let mut drive = |x: f32| {
            let mut page = SPageFileGraphicEvo { player_car_id_a: 1, ..Default::default() };
            (page.car_ids[0], page.car_coordinates[0]) = ([1, 0], [x, 0.0, 7.0]);
            history.add_to_path(
                &Pages::new(pages(0.0, 2).physics, page, SPageFileStaticEvo::default()),
                &Outline::default(),
            );
            history.path().to_vec()
        };
        assert_eq!(drive(0.0), [[0.0, 7.0]]);
        assert_eq!(drive(4.0).len(), 1, "shorter than a step");
        assert_eq!(drive(6.0).len(), 2);
        assert_eq!(drive(f32::NAN).len(), 2);
        assert_eq!(drive(600.0), [[600.0, 7.0]], "moved by the game");
    }

    #[test]
    fn history_skips_pauses_and_clamps_invalid_numbers() {
        let mut history = History::default();
        history.add(Duration::ZERO, &pages(f32::NAN, 2), &Axes::MEASURED);
        history.add(Duration::from_secs(1), &pages(1.0, 3), &Axes::MEASURED);
        history.add(Duration::from_secs(2), &pages(f32::INFINITY, 2), &Axes::default());
        let samples: Vec<_> = history.samples().collect();
        assert_eq!(samples.len(), 2);
        assert!(samples.iter().all(|sample| sample.throttle == 0.0 && sample.g.is_none()));
    }
}
