//! What the driver and the car did in the last seconds, for traces.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use acevo_shared_memory::Frame as Pages;
use acevo_telemetry::Axes;
use acevo_telemetry::analysis::Outline;

/// What is kept.
pub(crate) const SPAN: Duration = Duration::from_secs(10);

/// Between two samples: 50 of them per second.
const EVERY: Duration = Duration::from_millis(20);

/// More than this lies between two samples that do not belong together: a pause, a menu.
pub(crate) const GAP_S: f32 = 0.5;

/// One moment. All numbers are finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    /// Seconds since the first one.
    pub(crate) at_s: f32,
    /// Pedals, 0..1.
    pub(crate) throttle: f32,
    pub(crate) brake: f32,
    /// -1..1, positive to the right.
    pub(crate) steering: f32,
    /// km/h.
    pub(crate) speed: f32,
    /// Sideways and lengthways in g, positive to the right and forwards; none while the axes are not known.
    pub(crate) g: Option<[f32; 2]>,
}

/// Metres between two points of the way.
const STEP_M: f32 = 5.0;

/// Between two points that are further apart, nothing was driven: the car was put elsewhere.
const LEAP_M: f32 = 100.0;

/// Points of the way: 25 km, more than any lap.
const MOST_POINTS: usize = 5000;

/// The samples of the last seconds, oldest first, and the way of the car.
#[derive(Debug, Default)]
pub(crate) struct History {
    samples: VecDeque<Sample>,
    way: Arc<Vec<[f32; 2]>>,
    begin: Option<Duration>,
    last: Option<Duration>,
}

impl History {
    /// Takes a sample if one is due and physics is current: a pause leaves a gap. Times are those of any clock that does not go back.
    pub(crate) fn note(&mut self, at: Duration, pages: &Pages, axes: &Axes) {
        if !pages.validity.is_current() || self.last.is_some_and(|last| at.saturating_sub(last) < EVERY) {
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

    /// Forgets everything: another game, or another car, is shown.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Where the car is driving, until the track is known.
    pub(crate) fn note_way(&mut self, pages: &Pages, outline: &Outline) {
        if outline.is_known() {
            if !self.way.is_empty() {
                self.way = Arc::default();
            }
            return;
        }
        let Some([x, _, z]) = pages.graphics.player_car().map(|car| car.coordinates) else { return };
        // Infinite and very large coordinates are none of a track.
        if !(x.abs() < 1e6 && z.abs() < 1e6) {
            return;
        }
        let step = self.way.last().map_or(LEAP_M / 2.0, |[a, b]| (x - a).hypot(z - b));
        if step < STEP_M {
            return;
        }
        let way = Arc::make_mut(&mut self.way);
        if step > LEAP_M || way.len() >= MOST_POINTS {
            way.clear();
        }
        way.push([x, z]);
    }

    /// The way of the car since it was seen first, X and Z in metres; none once the track is known.
    pub(crate) fn way(&self) -> Arc<Vec<[f32; 2]>> {
        Arc::clone(&self.way)
    }

    pub(crate) fn samples(&self) -> impl ExactSizeIterator<Item = Sample> + '_ {
        self.samples.iter().copied()
    }
}

impl Sample {
    fn of(at_s: f32, pages: &Pages, axes: &Axes) -> Self {
        let page = pages.physics.raw();
        let within = |value: f32, min: f32, max: f32| if value.is_finite() { value.clamp(min, max) } else { 0.0 };
        // Beyond this is a crash or garbage.
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
    fn ten_seconds_are_kept_and_no_more_than_can_be_seen() {
        let mut history = History::default();
        for step in 0..333 * 20 {
            history.note(Duration::from_millis(step * 3), &pages(0.5, 2), &Axes::MEASURED);
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
            history
                .note_way(&Pages::new(pages(0.0, 2).physics, page, SPageFileStaticEvo::default()), &Outline::default());
            history.way().to_vec()
        };
        assert_eq!(drive(0.0), [[0.0, 7.0]]);
        assert_eq!(drive(4.0).len(), 1, "not yet");
        assert_eq!(drive(6.0).len(), 2);
        assert_eq!(drive(f32::NAN).len(), 2);
        assert_eq!(drive(600.0), [[600.0, 7.0]], "put elsewhere");
    }

    #[test]
    fn nothing_is_noted_in_a_pause_and_nothing_that_is_no_number() {
        let mut history = History::default();
        history.note(Duration::ZERO, &pages(f32::NAN, 2), &Axes::MEASURED);
        history.note(Duration::from_secs(1), &pages(1.0, 3), &Axes::MEASURED);
        history.note(Duration::from_secs(2), &pages(f32::INFINITY, 2), &Axes::default());
        let samples: Vec<_> = history.samples().collect();
        assert_eq!(samples.len(), 2);
        assert!(samples.iter().all(|sample| sample.throttle == 0.0 && sample.g.is_none()));
    }
}
