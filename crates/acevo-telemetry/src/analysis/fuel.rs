//! How far the fuel, or the charge of the battery, lasts.

use acevo_shared_memory::{ACEvoSessionType, Frame};
use serde::{Deserialize, Serialize};

use super::consumption_by_distance::ConsumptionByDistance;
use crate::car_sample::CarSample;
use crate::limits;

/// Number of recent laps that the median is taken of: the track, the tyres and the driver change.
const RECENT: usize = 5;

/// Minimum distance after which the consumption per lap is estimated, metres.
const MIN_ESTIMATE_DISTANCE_M: f64 = 500.0;

/// How a race, or another session, ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RaceEnd {
    /// After this many laps, the running one included.
    Laps(u32),
    /// After this many seconds. The lap in which the time runs out is driven to its end, and the flag falls at the line.
    Time(f64),
}

/// The rest of a race, or of another session that ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Race {
    /// How it ends.
    pub end: RaceEnd,
    /// The running lap is known to be the last one.
    pub is_last_lap: bool,
    /// Plan for one lap more than the remaining time requires; on by default. The flag falls for the leader first: if the leader crosses
    /// the line just before the time is up, all cars drive another lap. The pages do not show when the leader will be there, so this is
    /// a margin. It has no effect on a race over laps, or on the last lap.
    pub has_extra_lap: bool,
}

impl Race {
    /// A race with the default margin.
    pub const fn new(end: RaceEnd) -> Self {
        Self { end, is_last_lap: false, has_extra_lap: true }
    }

    /// The race in a frame; `None` for a session without an end, and for a time attack, hot stint or cruise, whose time left is no race
    /// distance.
    ///
    /// If `session_state.total_lap` is above 0, the race is over laps; otherwise `time_left_ms` makes it a race over time.
    /// `is_timed_race` of the static page is not used: it is possibly inverted (reported). The game also writes a time left of 0 if it
    /// has none; it counts as run out only on the last lap.
    pub fn of(frame: &Frame) -> Option<Self> {
        let page = frame.graphics.raw();
        let end = if page.session_state.total_lap > 0 {
            let left = page.session_state.total_lap.saturating_sub(page.total_lap_count.max(0));
            RaceEnd::Laps(left.max(0).unsigned_abs())
        } else {
            if matches!(
                frame.static_data.session(),
                ACEvoSessionType::TimeAttack | ACEvoSessionType::HotStint | ACEvoSessionType::Cruise
            ) {
                return None;
            }
            let left = frame.graphics.time_left().map(|left| left.as_secs_f64());
            RaceEnd::Time(left.or(page.is_last_lap.then_some(0.0))?)
        };
        Some(Self { is_last_lap: page.is_last_lap, ..Self::new(end) })
    }

    /// Full laps to come after the running one. A race over time needs the lap time, seconds; the running lap is assumed to continue at
    /// that pace.
    pub(super) fn laps_to_come(&self, lap_position: f64, lap_time_s: Option<f64>) -> Option<f64> {
        if self.is_last_lap {
            return Some(0.0);
        }
        match self.end {
            RaceEnd::Laps(left) => Some(f64::from(left.saturating_sub(1)).min(limits::MAX_RACE_LAPS)),
            RaceEnd::Time(left) => {
                let lap = lap_time_s?;
                let left = known(left).filter(|left| *left >= 0.0)?;
                // Each time the car passes the line another lap begins, unless the time is up.
                let after_this_lap = left - (1.0 - lap_position) * lap;
                Some(
                    (after_this_lap / lap).ceil().clamp(0.0, limits::MAX_RACE_LAPS)
                        + f64::from(u8::from(self.has_extra_lap)),
                )
            }
        }
    }
}

/// The amount of fuel or charge that is left, and the lap position.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FuelNow {
    /// Fuel in litres, or charge: any unit, as long as the [`Consumption`] has the same. NaN if unknown.
    pub amount: f64,
    /// Lap position, 0..1. NaN if unknown.
    pub lap_position: f64,
    /// Length of a lap, metres.
    pub track_length_m: Option<f64>,
    /// Expected lap time, seconds, used until a lap was measured.
    pub lap_time_s: Option<f64>,
}

impl FuelNow {
    /// Reads a frame: fuel in litres, or the charge of the battery (0..1) for a car with an electric motor only.
    pub fn of(frame: &Frame) -> Self {
        Self::of_sample(&CarSample::of(frame), frame)
    }

    /// The same from a frame whose values are read already.
    pub(super) fn of_sample(sample: &CarSample, frame: &Frame) -> Self {
        let page = frame.graphics.raw();
        let session_m = page.session_state.lap_length_km * 1000.0;
        let length = frame.static_data.track_length().or((session_m > 0.0).then_some(session_m));
        Self {
            amount: sample.drive_amount().unwrap_or(f64::NAN),
            lap_position: sample.lap_position.unwrap_or(f64::NAN),
            track_length_m: length.map(f64::from),
            lap_time_s: None,
        }
    }
}

/// Consumption of fuel or charge per lap.
///
/// ```
/// use acevo_telemetry::analysis::{Consumption, FuelNow, Race, RaceEnd};
///
/// let mut consumption = Consumption::default();
/// for used in [2.9, 3.1, 3.0] {
///     consumption.lap(used, 100.0);
/// }
/// // A quarter of the lap is driven, and 510 s are left: 435 s at the line, so five more laps, and one as a margin.
/// let now = FuelNow { amount: 18.0, lap_position: 0.25, ..Default::default() };
/// let plan = consumption.plan(&now, Some(&Race::new(RaceEnd::Time(510.0))));
/// assert_eq!((plan.per_lap, plan.laps_left, plan.time_left_s), (Some(3.0), Some(6.0), Some(600.0)));
/// assert_eq!((plan.laps_to_finish, plan.needed, plan.to_add), (Some(6.75), Some(20.25), Some(2.25)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Consumption {
    /// Consumption and time of recent laps, in a ring; the newest is at `laps - 1`.
    recent: [(f64, f64); RECENT],
    laps: usize,
    highest: Option<f64>,
    by_distance: ConsumptionByDistance,
}

impl Consumption {
    /// Takes the consumption and the time (seconds) of a lap from line to line, whether or not the game counts it. Leave out laps from or
    /// to the pits, and incomplete ones. Impossible amounts and times are ignored.
    pub fn lap(&mut self, used: f64, time_s: f64) {
        let (Some(used), Some(time_s)) = (positive(used), positive(time_s).filter(|time| *time >= limits::MIN_LAP_S))
        else {
            return;
        };
        self.recent[self.laps % RECENT] = (used, time_s);
        self.laps += 1;
        self.highest = Some(self.highest.map_or(used, |highest| highest.max(used)));
    }

    /// Takes the amount that is left and the distance driven so far, metres. It is used for an estimate before the first lap that counts.
    /// Changes while the car stands or is moved are ignored. What an electric car recovers while driving is subtracted.
    pub fn note(&mut self, amount: f64, distance_m: f64) {
        self.by_distance.note(amount, distance_m);
    }

    /// Plans the fuel: how long it lasts, and what the race needs.
    pub fn plan(&self, now: &FuelNow, race: Option<&Race>) -> FuelPlan {
        let amount = known(now.amount).filter(|amount| *amount >= 0.0);
        let lap_position = known(now.lap_position).filter(|lap_position| (0.0..=1.0).contains(lap_position));
        let measured = self.median(|lap| lap.0);
        let per_lap = measured.or_else(|| self.estimate(now.track_length_m));
        let expected = || now.lap_time_s.and_then(positive).filter(|time| *time >= limits::MIN_LAP_S);
        let lap_time_s = self.median(|lap| lap.1).or_else(expected);
        let laps_left = amount.zip(per_lap).map(|(amount, per_lap)| amount / per_lap);
        let laps_to_finish = race.zip(lap_position).and_then(|(race, lap_position)| {
            let over = race.end == RaceEnd::Laps(0) && !race.is_last_lap;
            if over {
                Some(0.0)
            } else {
                race.laps_to_come(lap_position, lap_time_s).map(|laps| 1.0 - lap_position + laps)
            }
        });
        let needed = laps_to_finish.zip(per_lap).map(|(laps, per_lap)| laps * per_lap);
        let surplus = amount.zip(needed).map(|(amount, needed)| amount - needed);
        FuelPlan {
            amount,
            per_lap,
            is_estimate: per_lap.is_some() && measured.is_none(),
            last_lap: self.laps.checked_sub(1).map(|last| self.recent[last % RECENT].0),
            highest_lap: self.highest,
            spread: self.spread(),
            lap_time_s,
            laps_left,
            time_left_s: laps_left.zip(lap_time_s).map(|(laps, time)| laps * time),
            laps_to_finish,
            needed,
            to_add: surplus.map(|surplus| (-surplus).max(0.0)),
            surplus,
        }
    }

    /// Consumption per lap, from the consumption per metre so far.
    fn estimate(&self, track_length_m: Option<f64>) -> Option<f64> {
        let length = track_length_m.and_then(positive)?;
        let ConsumptionByDistance { used, distance_m, .. } = self.by_distance;
        (distance_m >= MIN_ESTIMATE_DISTANCE_M).then(|| used / distance_m * length).and_then(positive)
    }

    /// The difference between the highest and the lowest consumption of recent laps, from two laps on.
    fn spread(&self) -> Option<f64> {
        let laps = &self.recent[..self.laps.min(RECENT)];
        let (low, high) = laps.iter().fold((f64::MAX, 0.0_f64), |(low, high), lap| (low.min(lap.0), high.max(lap.0)));
        (laps.len() > 1).then_some(high - low)
    }

    /// The median of recent laps: a single lap with a spin or behind a slow car does not move it.
    fn median(&self, value: impl Fn(&(f64, f64)) -> f64) -> Option<f64> {
        let mut sorted = self.recent;
        let laps = &mut sorted[..self.laps.min(RECENT)];
        laps.sort_unstable_by(|a, b| value(a).total_cmp(&value(b)));
        let (low, high) = (laps.get(laps.len().checked_sub(1)? / 2)?, laps.get(laps.len() / 2)?);
        Some((value(low) + value(high)) / 2.0)
    }
}

/// The consumption per lap that a plan is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsumptionBasis {
    /// The median of recent laps; before the first one, the estimate.
    #[default]
    Average,
    /// That of the last lap.
    Last,
    /// The highest of all laps.
    Highest,
}

/// How long the fuel or the charge lasts. Values that are not known yet are `None`. Amounts have the unit of the readings.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FuelPlan {
    /// The amount that is left.
    pub amount: Option<f64>,
    /// Consumption per lap: the median of the last five laps from line to line; before the first one, an estimate by the distance so
    /// far.
    pub per_lap: Option<f64>,
    /// `per_lap` is an estimate: no lap has counted yet.
    pub is_estimate: bool,
    /// Consumption of the last lap that counts.
    pub last_lap: Option<f64>,
    /// Highest consumption of a lap.
    pub highest_lap: Option<f64>,
    /// Difference between the highest and the lowest consumption of the last five laps; `None` before two laps.
    pub spread: Option<f64>,
    /// Lap time, seconds: the median of the last five laps from line to line; before the first one, the expected time.
    pub lap_time_s: Option<f64>,
    /// Laps that the amount lasts for.
    pub laps_left: Option<f64>,
    /// Time that the amount lasts for at `lap_time_s` per lap, seconds.
    pub time_left_s: Option<f64>,
    /// Laps to the flag: the rest of the running one and the full ones after it.
    pub laps_to_finish: Option<f64>,
    /// Amount that those laps need.
    pub needed: Option<f64>,
    /// Amount to add for reaching the flag; 0 if enough is left.
    pub to_add: Option<f64>,
    /// Amount left at the flag; negative if it does not last.
    pub surplus: Option<f64>,
}

impl FuelPlan {
    /// The consumption per lap on this basis: `per_lap` if no lap has counted yet.
    pub fn consumption(&self, basis: ConsumptionBasis) -> Option<f64> {
        let measured = match basis {
            ConsumptionBasis::Average => None,
            ConsumptionBasis::Last => self.last_lap,
            ConsumptionBasis::Highest => self.highest_lap,
        };
        measured.or(self.per_lap)
    }
}

fn known(value: f64) -> Option<f64> {
    (value.abs() <= limits::MAX_FUEL_INPUT).then_some(value)
}

fn positive(value: f64) -> Option<f64> {
    known(value).filter(|value| *value >= limits::MIN_USE_PER_LAP)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn three_a_lap() -> Consumption {
        let mut consumption = Consumption::default();
        consumption.lap(3.0, 100.0);
        consumption
    }

    fn at(lap_position: f64) -> FuelNow {
        FuelNow { amount: 30.0, lap_position, ..FuelNow::default() }
    }

    fn to_finish(lap_position: f64, race: Race) -> Option<f64> {
        three_a_lap().plan(&at(lap_position), Some(&race)).laps_to_finish
    }

    #[test]
    fn plan_is_empty_before_the_first_reading() {
        let plan = Consumption::default().plan(&at(0.5), Some(&Race::new(RaceEnd::Time(600.0))));
        assert_eq!(plan, FuelPlan { amount: Some(30.0), ..FuelPlan::default() });
        let plan = Consumption::default().plan(&at(0.5), Some(&Race::new(RaceEnd::Laps(3))));
        assert_eq!((plan.laps_to_finish, plan.needed), (Some(2.5), None));
    }

    #[test]
    fn laps_to_finish_of_a_timed_race_ends_with_the_lap_in_which_the_time_runs_out() {
        let exact = |left| Race { has_extra_lap: false, ..Race::new(RaceEnd::Time(left)) };
        // 50 s to the line.
        assert_eq!(to_finish(0.5, exact(0.0)), Some(0.5));
        assert_eq!(to_finish(0.5, exact(49.0)), Some(0.5));
        assert_eq!(to_finish(0.5, exact(50.0)), Some(0.5), "time is up at the line");
        assert_eq!(to_finish(0.5, exact(51.0)), Some(1.5), "a second is left at the line");
        assert_eq!(to_finish(0.5, exact(149.0)), Some(1.5));
        assert_eq!(to_finish(0.5, exact(151.0)), Some(2.5));
        let with_margin = Race::new(RaceEnd::Time(151.0));
        assert_eq!(to_finish(0.5, with_margin), Some(3.5));
        assert_eq!(to_finish(0.5, Race { is_last_lap: true, ..with_margin }), Some(0.5));
    }

    #[test]
    fn laps_to_finish_of_a_race_over_laps_includes_the_running_one() {
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(1))), Some(0.75));
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(10))), Some(9.75));
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(0))), Some(0.0), "it is over");
    }

    #[test]
    fn per_lap_is_the_median_of_the_last_five_laps() {
        let mut consumption = Consumption::default();
        for used in [3.0, 3.1, 9.0, 3.2, 3.1] {
            consumption.lap(used, 100.0);
        }
        let plan = consumption.plan(&at(0.0), None);
        assert_eq!((plan.per_lap, plan.last_lap, plan.highest_lap), (Some(3.1), Some(3.1), Some(9.0)));
        assert_eq!(plan.spread, Some(6.0));
        let bases = [ConsumptionBasis::Average, ConsumptionBasis::Last, ConsumptionBasis::Highest];
        assert_eq!(bases.map(|basis| plan.consumption(basis)), [Some(3.1), Some(3.1), Some(9.0)]);
        for _ in 0..3 {
            consumption.lap(2.0, 110.0);
        }
        let plan = consumption.plan(&at(0.0), None);
        assert_eq!((plan.per_lap, plan.lap_time_s, plan.highest_lap), (Some(2.0), Some(110.0), Some(9.0)));
    }

    #[test]
    fn plan_estimates_by_distance_before_the_first_lap() {
        let mut consumption = Consumption::default();
        let now = FuelNow { track_length_m: Some(4000.0), lap_time_s: Some(90.0), ..at(0.5) };
        for metre in 0..400 {
            consumption.note(50.0 - f64::from(metre) * 0.001, f64::from(metre));
        }
        assert_eq!(consumption.plan(&now, None).per_lap, None, "too short a distance");
        // Refuelled in the box, then moved by the menu.
        consumption.note(80.0, 399.0);
        consumption.note(70.0, 9000.0);
        for metre in 0..400 {
            consumption.note(70.0 - f64::from(metre) * 0.001, 9000.0 + f64::from(metre));
        }
        let plan = consumption.plan(&now, Some(&Race::new(RaceEnd::Laps(2))));
        assert!(plan.is_estimate && (plan.per_lap.unwrap() - 4.0).abs() < 1e-9, "{plan:?}");
        assert!((plan.needed.unwrap() - 6.0).abs() < 1e-9 && (plan.surplus.unwrap() - 24.0).abs() < 1e-9);
        assert_eq!((plan.spread, plan.consumption(ConsumptionBasis::Highest)), (None, plan.per_lap));
        consumption.lap(5.0, 100.0);
        let plan = consumption.plan(&now, None);
        assert_eq!((plan.is_estimate, plan.per_lap, plan.lap_time_s), (false, Some(5.0), Some(100.0)));
    }

    proptest! {
        #[test]
        fn plan_is_finite_for_any_values(
            laps in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20),
            good in prop::collection::vec((-1.0..200.0f64, -1.0..1e4f64), 0..20),
            notes in prop::collection::vec((any::<f64>(), any::<f64>()), 0..50),
            (amount, lap_position, length, time) in (any::<f64>(), any::<f64>(), any::<Option<f64>>(), any::<Option<f64>>()),
            (left_s, left, last, extra, fine) in (any::<f64>(), any::<u32>(), any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let mut consumption = Consumption::default();
            for (used, time) in laps.into_iter().chain(good) {
                consumption.lap(used, time);
            }
            for (amount, distance) in notes {
                consumption.note(amount, distance);
            }
            let now = FuelNow { amount, lap_position: if fine { lap_position.sin().abs() } else { lap_position }, track_length_m: length, lap_time_s: time };
            for end in [RaceEnd::Laps(left), RaceEnd::Time(left_s), RaceEnd::Time(left_s % 1e5)] {
                let plan = consumption.plan(&now, Some(&Race { end, is_last_lap: last, has_extra_lap: extra }));
                let all = [plan.amount, plan.per_lap, plan.laps_left, plan.time_left_s, plan.laps_to_finish, plan.needed, plan.to_add];
                for value in all.into_iter().flatten() {
                    prop_assert!(value >= 0.0 && value.is_finite(), "{:?}", plan);
                }
                prop_assert!(plan.surplus.is_none_or(f64::is_finite));
            }
        }
    }
}
