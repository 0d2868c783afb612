//! From one stop in the box to the next: how far, and what the tyres and brakes went through.

use std::collections::VecDeque;
use std::time::Duration;

use acevo_shared_memory::{Frame, Wheels};
use serde::Serialize;

use super::Summary;
use super::driven::Driven;
use super::fuel::FuelNow;

/// Seconds between two samples beyond which time has not been driven: a pause, or nobody looked.
const LONGEST_STEP_S: f64 = 1.0;

/// Less than this was no stint: the car was moved in its box.
const SHORTEST_KM: f64 = 0.1;

/// Finished stints that are kept, the newest ones.
const KEPT: usize = 100;

/// One wheel at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct WheelSample {
    /// Core of the tyre, °C.
    pub core_c: f64,
    /// Surface of the tyre, °C: the mean of its three thirds.
    pub surface_c: f64,
    /// Pressure of the tyre, psi.
    pub pressure_psi: f64,
    /// Brake, °C.
    pub brake_c: f64,
}

/// What a stint is made of, at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct StintSample {
    /// Time of the sample by any clock that does not go back.
    pub at: Duration,
    /// The car stands in its box.
    pub is_in_box: bool,
    /// Distance driven in the session, km.
    pub distance_km: f64,
    /// Fuel in litres, or charge, 0..1.
    pub fuel: f64,
    /// Temperature of the air, °C.
    pub air_c: f64,
    /// Temperature of the road, °C.
    pub road_c: f64,
    /// The wheels.
    pub wheels: Wheels<WheelSample>,
}

impl StintSample {
    /// What a frame tells. Feed only frames of a live game.
    pub fn of(at: Duration, frame: &Frame) -> Self {
        let (physics, page) = (frame.physics.raw(), frame.graphics.raw());
        let tyres = frame.graphics.tyres().into_array();
        let wheel = |index: usize| {
            let tyre = tyres[index];
            let thirds = [tyre.tyre_temperature_left, tyre.tyre_temperature_center, tyre.tyre_temperature_right];
            WheelSample {
                core_c: physics.tyreCoreTemperature[index].into(),
                surface_c: thirds.iter().map(|third| f64::from(*third)).sum::<f64>() / 3.0,
                pressure_psi: physics.wheelsPressure[index].into(),
                brake_c: physics.brakeTemp[index].into(),
            }
        };
        Self {
            at,
            is_in_box: page.is_in_pit_box,
            distance_km: page.current_km.into(),
            fuel: FuelNow::of(frame).amount,
            air_c: physics.airTemp.into(),
            road_c: physics.roadTemp.into(),
            wheels: std::array::from_fn(wheel).into(),
        }
    }
}

/// What a wheel went through.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct WheelSummary {
    /// Core of the tyre, °C.
    pub core_c: Summary,
    /// Surface of the tyre, °C.
    pub surface_c: Summary,
    /// Pressure of the tyre, psi.
    pub pressure_psi: Summary,
    /// Brake, °C.
    pub brake_c: Summary,
}

impl WheelSummary {
    fn add(&mut self, wheel: &WheelSample) {
        self.core_c.add(wheel.core_c);
        self.surface_c.add(wheel.surface_c);
        self.pressure_psi.add(wheel.pressure_psi);
        self.brake_c.add(wheel.brake_c);
    }
}

/// The time from leaving the box to standing in it again.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct Stint {
    /// From 1.
    pub number: u32,
    /// Laps that ended in it.
    pub laps: u32,
    /// Their times in seconds, where they have one.
    pub lap_time_s: Summary,
    /// Way, km.
    pub distance_km: f64,
    /// Time in seconds; pauses do not count.
    pub time_s: f64,
    /// Fuel in litres or charge 0..1; refuelling does not count.
    pub fuel_used: f64,
    /// Temperature of the air, °C.
    pub air_c: Summary,
    /// Temperature of the road, °C.
    pub road_c: Summary,
    /// What each wheel went through.
    pub wheels: Wheels<WheelSummary>,
    #[serde(skip)]
    driven: Driven,
}

impl Stint {
    fn add(&mut self, sample: &StintSample) {
        self.driven.note(sample.fuel, sample.distance_km * 1000.0);
        (self.distance_km, self.fuel_used) = (self.driven.way_m / 1000.0, self.driven.used);
        self.air_c.add(sample.air_c);
        self.road_c.add(sample.road_c);
        let Wheels { fl, fr, rl, rr } = &mut self.wheels;
        for (wheel, sample) in [fl, fr, rl, rr].into_iter().zip(sample.wheels) {
            wheel.add(&sample);
        }
    }
}

/// The stints of a session.
///
/// ```
/// use std::time::Duration;
/// use acevo_telemetry::analysis::{StintSample, Stints};
///
/// let mut stints = Stints::default();
/// for frame in 0..600 {
///     let at = Duration::from_millis(frame * 100);
///     let is_in_box = frame < 100 || frame >= 500;
///     // 100 m/s.
///     stints.feed(&StintSample { at, is_in_box, distance_km: frame as f64 * 0.01, ..Default::default() });
/// }
/// let stint = stints.finished().last().unwrap();
/// assert_eq!((stint.number, stint.distance_km.round(), stint.time_s.round()), (1, 4.0, 40.0));
/// assert!(stints.current().is_none(), "it stands in its box");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stints {
    current: Option<Box<Stint>>,
    finished: VecDeque<Stint>,
    count: u32,
    last: Option<Duration>,
}

impl Stints {
    /// Follows the car; each frame of the graphics page is often enough.
    pub fn feed(&mut self, sample: &StintSample) {
        let step = self.last.replace(sample.at).and_then(|last| sample.at.checked_sub(last));
        if sample.is_in_box {
            self.end();
            return;
        }
        let next = self.count.saturating_add(1);
        let stint = self.current.get_or_insert_with(|| Box::new(Stint { number: next, ..Stint::default() }));
        stint.time_s += step.map(|step| step.as_secs_f64()).filter(|step| *step <= LONGEST_STEP_S).unwrap_or(0.0);
        stint.add(sample);
    }

    /// A lap has ended, with this time in seconds where it has one.
    pub fn lap(&mut self, time_s: Option<f64>) {
        if let Some(stint) = &mut self.current {
            stint.laps = stint.laps.saturating_add(1);
            stint.lap_time_s.add(time_s.unwrap_or(f64::NAN));
        }
    }

    /// Ends the running stint: the car stands in its box, or the session is over.
    pub fn end(&mut self) {
        let Some(stint) = self.current.take().filter(|stint| stint.distance_km >= SHORTEST_KM) else { return };
        self.count = stint.number;
        if self.finished.len() == KEPT {
            self.finished.pop_front();
        }
        self.finished.push_back(*stint);
    }

    /// The running stint; `None` in the box.
    pub fn current(&self) -> Option<&Stint> {
        self.current.as_deref()
    }

    /// Those that have ended, oldest first: at most the last hundred.
    pub fn finished(&self) -> impl DoubleEndedIterator<Item = &Stint> + ExactSizeIterator {
        self.finished.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample(second: u64, km: f64) -> StintSample {
        StintSample { at: Duration::from_secs(second), distance_km: km, fuel: 50.0 - km, ..StintSample::default() }
    }

    #[test]
    fn refuelling_pauses_and_garbage_do_not_count() {
        let mut stints = Stints::default();
        for second in 0..10 {
            stints.feed(&sample(second, second as f64 * 0.05));
        }
        // A pause of a minute, then back to where it was.
        for second in 0..10 {
            let mut sample = sample(70 + second, 0.45 + second as f64 * 0.05);
            sample.wheels.fl.core_c = if second == 5 { f64::NAN } else { 80.0 + second as f64 };
            stints.feed(&sample);
        }
        stints.feed(&StintSample { fuel: 90.0, ..sample(80, 0.9) });
        stints.lap(Some(90.0));
        stints.lap(None);
        let stint = stints.current().unwrap();
        assert!((stint.distance_km - 0.9).abs() < 1e-9 && (stint.fuel_used - 0.9).abs() < 1e-9, "{stint:?}");
        assert_eq!((stint.time_s, stint.laps, stint.lap_time_s.mean()), (19.0, 2, Some(90.0)));
        assert_eq!((stint.wheels.fl.core_c.min(), stint.wheels.fl.core_c.max()), (Some(0.0), Some(89.0)));
        assert_eq!(stint.wheels.fl.core_c.count(), 20);
    }

    #[test]
    fn moving_in_the_box_is_no_stint_and_numbers_go_on() {
        let mut stints = Stints::default();
        let mut km = 0.0;
        for stop in 0..300 {
            stints.feed(&StintSample { is_in_box: true, ..sample(stop * 10, km) });
            stints.feed(&sample(stop * 10 + 1, km));
            km += if stop % 2 == 0 { 0.2 } else { 0.01 };
            stints.feed(&sample(stop * 10 + 2, km));
        }
        stints.end();
        let numbers: Vec<u32> = stints.finished().map(|stint| stint.number).collect();
        assert_eq!(numbers, (51..=150).collect::<Vec<_>>());
    }

    #[test]
    fn json_names_what_is_in_it() {
        let mut stints = Stints::default();
        stints.feed(&sample(0, 0.0));
        let json = serde_json::to_value(stints.current()).unwrap();
        assert_eq!(json["wheels"]["rr"]["brake_c"]["mean"], 0.0);
        assert!(json.get("driven").is_none());
    }

    proptest! {
        #[test]
        fn whatever_comes_sums_stay_numbers(samples in prop::collection::vec(
            (any::<u64>(), any::<bool>(), any::<f64>(), any::<f64>(), -1.0..1.0f64, any::<f64>()), 0..100,
        )) {
            let mut stints = Stints::default();
            for (at, is_in_box, distance_km, fuel, small, other) in samples {
                for (distance_km, fuel) in [(distance_km, fuel), (small, small)] {
                    let wheel = WheelSample { core_c: other, surface_c: fuel, pressure_psi: small, brake_c: distance_km };
                    stints.feed(&StintSample {
                        at: Duration::from_millis(at), is_in_box, distance_km, fuel, air_c: other, road_c: fuel,
                        wheels: [wheel; 4].into(),
                    });
                    stints.lap(Some(other));
                }
                for stint in stints.finished().chain(stints.current()) {
                    prop_assert!(stint.distance_km.is_finite() && stint.time_s.is_finite() && stint.fuel_used.is_finite());
                    prop_assert!(stint.wheels.fl.core_c.mean().is_none_or(f64::is_finite));
                }
            }
        }
    }
}
