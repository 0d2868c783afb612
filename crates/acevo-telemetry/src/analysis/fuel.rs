//! How far the fuel, or the charge of the battery, lasts.

use acevo_shared_memory::{ACEvoSessionType, Frame};
use serde::Serialize;

use super::driven::Driven;
use super::levels::Levels;

/// Laps that the average is taken of: the track, the tyres and the driver change.
const RECENT: usize = 5;

/// An amount, a time or a distance beyond this is garbage.
const LARGEST: f64 = 1e6;

/// No lap takes less of anything.
const SMALLEST: f64 = 1e-6;

/// The use over a shorter way than this says nothing about a lap.
const SHORTEST_WAY_M: f64 = 500.0;

/// No lap takes fewer seconds.
const SHORTEST_LAP_S: f64 = 5.0;

/// More laps than any race has.
const MOST_LAPS: f64 = 10_000.0;

/// How a race, or another session, ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RaceEnd {
    /// After this many laps, the running one included.
    Laps(u32),
    /// After this many seconds: the lap in which the time runs out is driven to its end, and the flag falls at the line.
    Time(f64),
}

/// What is left of a race, or of another session that ends.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Race {
    /// How it ends.
    pub end: RaceEnd,
    /// The running lap is known to be the last one.
    pub is_last_lap: bool,
    /// Plan for one lap more than the time left asks for; on by default. The flag falls for the leader first: where the leader
    /// crosses the line just before the time is up, everybody drives another lap. Nothing in the pages tells when the leader
    /// will be there, so this is a margin. It has no effect on a race over laps, nor on the last lap.
    pub has_extra_lap: bool,
}

impl Race {
    /// A race with the default margin.
    pub const fn new(end: RaceEnd) -> Self {
        Self { end, is_last_lap: false, has_extra_lap: true }
    }

    /// SessionEventKind the pages tell; `None` for a session without an end, or with one that nobody races to: the time left of a session that is
    /// known to be a time attack, a hot stint or a cruise.
    ///
    /// `session_state.total_lap` above 0 makes it a race over laps, otherwise `time_left_ms` makes it one over time.
    /// `is_timed_race` of the static page is not asked: it is reported to be inverted, possibly. A time left of 0 is also how the
    /// game writes that there is none; it counts as run out only on the last lap.
    pub fn of(frame: &Frame) -> Option<Self> {
        let page = frame.graphics.raw();
        let end = if page.session_state.total_lap > 0 {
            let left = page.session_state.total_lap.saturating_sub(page.total_lap_count.max(0));
            RaceEnd::Laps(left.max(0).unsigned_abs())
        } else {
            // A day of hot laps is no race.
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

    /// Full laps to come after the running one, of which the part `place` is driven. A race over time needs the lap time in
    /// seconds; the running lap is assumed to go on at that pace.
    fn laps_to_come(&self, place: f64, lap_time_s: Option<f64>) -> Option<f64> {
        if self.is_last_lap {
            return Some(0.0);
        }
        match self.end {
            RaceEnd::Laps(left) => Some(f64::from(left.saturating_sub(1)).min(MOST_LAPS)),
            RaceEnd::Time(left) => {
                let lap = lap_time_s?;
                let left = known(left).filter(|left| *left >= 0.0)?;
                // At each passage of the line another lap begins, unless the time is up.
                let after_this_lap = left - (1.0 - place) * lap;
                Some((after_this_lap / lap).ceil().clamp(0.0, MOST_LAPS) + f64::from(u8::from(self.has_extra_lap)))
            }
        }
    }
}

/// Where the car is and what it has left.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct FuelNow {
    /// Fuel in litres, or charge: any unit, as long as it is that of the [`Consumption`].
    pub amount: f64,
    /// Part of the running lap that is driven, 0..1.
    pub place: f64,
    /// Metres of a lap.
    pub track_length_m: Option<f64>,
    /// Seconds that a lap is expected to take, until there is one that counts.
    pub lap_time_s: Option<f64>,
}

impl FuelNow {
    /// What the pages tell: litres of fuel, or the charge of the battery, 0..1, for a car with an electric motor only (that
    /// `kersCharge` is the one of its traction battery is a guess).
    pub fn of(frame: &Frame) -> Self {
        let page = frame.graphics.raw();
        let session_m = page.session_state.lap_length_km * 1000.0;
        let length = frame.static_data.track_length().or((session_m > 0.0).then_some(session_m));
        Self {
            // An amount that is no number is ignored.
            amount: Levels::of_drive(frame).unwrap_or(f64::NAN),
            place: f64::from(page.npos).rem_euclid(1.0),
            track_length_m: length.map(f64::from),
            lap_time_s: None,
        }
    }
}

/// What laps have used, of fuel or charge.
///
/// ```
/// use acevo_telemetry::analysis::{Consumption, FuelNow, Race, RaceEnd};
///
/// let mut consumption = Consumption::default();
/// for used in [2.9, 3.1, 3.0] {
///     consumption.lap(used, 100.0);
/// }
/// // A quarter of the lap is driven, and 510 s are left: at the line 435 s, so five laps more, and one as a margin.
/// let now = FuelNow { amount: 18.0, place: 0.25, ..Default::default() };
/// let plan = consumption.plan(&now, Some(&Race::new(RaceEnd::Time(510.0))));
/// assert_eq!((plan.per_lap, plan.laps_left, plan.time_left_s), (Some(3.0), Some(6.0), Some(600.0)));
/// assert_eq!((plan.laps_to_finish, plan.needed, plan.to_add), (Some(6.75), Some(20.25), Some(2.25)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Consumption {
    /// Use and time of such laps; the newest is at `laps - 1`, round and round.
    recent: [(f64, f64); RECENT],
    laps: usize,
    highest: Option<f64>,
    driven: Driven,
}

impl Consumption {
    /// A lap from line to line on the track is over; whether the game counts it makes no difference. Leave out laps out of or
    /// into the pits, and unfinished ones. Amounts and times that cannot be are overheard.
    pub fn lap(&mut self, used: f64, time_s: f64) {
        let (Some(used), Some(time_s)) = (positive(used), positive(time_s).filter(|time| *time >= SHORTEST_LAP_S))
        else {
            return;
        };
        self.recent[self.laps % RECENT] = (used, time_s);
        self.laps += 1;
        self.highest = Some(self.highest.map_or(used, |highest| highest.max(used)));
    }

    /// The car has so much left, after so many metres driven: what there is to tell before the first lap that counts. What
    /// comes in or goes out while the car stands, or when it is put elsewhere, is no use; what an electric car regains is.
    pub fn note(&mut self, amount: f64, distance_m: f64) {
        self.driven.note(amount, distance_m);
    }

    /// How far it lasts, and what the race takes.
    pub fn plan(&self, now: &FuelNow, race: Option<&Race>) -> FuelPlan {
        let amount = known(now.amount).filter(|amount| *amount >= 0.0);
        let place = known(now.place).filter(|place| (0.0..=1.0).contains(place));
        let measured = self.median(|lap| lap.0);
        let per_lap = measured.or_else(|| self.by_distance(now.track_length_m));
        let expected = || now.lap_time_s.and_then(positive).filter(|time| *time >= SHORTEST_LAP_S);
        let lap_time_s = self.median(|lap| lap.1).or_else(expected);
        let laps_left = amount.zip(per_lap).map(|(amount, per_lap)| amount / per_lap);
        let laps_to_finish = race.zip(place).and_then(|(race, place)| {
            let over = race.end == RaceEnd::Laps(0) && !race.is_last_lap;
            if over { Some(0.0) } else { race.laps_to_come(place, lap_time_s).map(|laps| 1.0 - place + laps) }
        });
        let needed = laps_to_finish.zip(per_lap).map(|(laps, per_lap)| laps * per_lap);
        let surplus = amount.zip(needed).map(|(amount, needed)| amount - needed);
        FuelPlan {
            amount,
            per_lap,
            is_estimate: per_lap.is_some() && measured.is_none(),
            last_lap: self.laps.checked_sub(1).map(|last| self.recent[last % RECENT].0),
            highest_lap: self.highest,
            lap_time_s,
            laps_left,
            time_left_s: laps_left.zip(lap_time_s).map(|(laps, time)| laps * time),
            laps_to_finish,
            needed,
            to_add: surplus.map(|surplus| (-surplus).max(0.0)),
            surplus,
        }
    }

    /// Use per lap, from the use per metre so far.
    fn by_distance(&self, track_length_m: Option<f64>) -> Option<f64> {
        let length = track_length_m.and_then(positive)?;
        (self.driven.way_m >= SHORTEST_WAY_M).then(|| self.driven.used / self.driven.way_m * length).and_then(positive)
    }

    /// The median over the recent laps: one lap behind a spin or a slow car does not move it.
    fn median(&self, value: impl Fn(&(f64, f64)) -> f64) -> Option<f64> {
        let mut sorted = self.recent;
        let laps = &mut sorted[..self.laps.min(RECENT)];
        laps.sort_unstable_by(|a, b| value(a).total_cmp(&value(b)));
        let (low, high) = (laps.get(laps.len().checked_sub(1)? / 2)?, laps.get(laps.len() / 2)?);
        Some((value(low) + value(high)) / 2.0)
    }
}

/// How far the fuel, or the charge, lasts. `None` is what cannot be known yet. Amounts are in the unit that was given.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct FuelPlan {
    /// What is left now.
    pub amount: Option<f64>,
    /// SessionEventKind a lap takes: the median of the last five laps from line to line; before there is one, by the use per distance so far.
    pub per_lap: Option<f64>,
    /// `per_lap` is by distance: no lap has counted yet.
    pub is_estimate: bool,
    /// What the last lap that counts took.
    pub last_lap: Option<f64>,
    /// The most that a lap has taken.
    pub highest_lap: Option<f64>,
    /// Seconds that a lap takes: the median of the last five laps from line to line, or what was expected before.
    pub lap_time_s: Option<f64>,
    /// Laps that the amount lasts for, from here on.
    pub laps_left: Option<f64>,
    /// Seconds that the amount lasts for, at the pace of `lap_time_s`.
    pub time_left_s: Option<f64>,
    /// Laps to the flag: the rest of the running one and the full ones to come.
    pub laps_to_finish: Option<f64>,
    /// The amount that those laps take.
    pub needed: Option<f64>,
    /// SessionEventKind is missing to the flag; 0 where enough is left.
    pub to_add: Option<f64>,
    /// SessionEventKind will be left at the flag; negative where it does not last.
    pub surplus: Option<f64>,
}

fn known(value: f64) -> Option<f64> {
    (value.abs() <= LARGEST).then_some(value)
}

fn positive(value: f64) -> Option<f64> {
    known(value).filter(|value| *value >= SMALLEST)
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

    fn at(place: f64) -> FuelNow {
        FuelNow { amount: 30.0, place, ..FuelNow::default() }
    }

    fn to_finish(place: f64, race: Race) -> Option<f64> {
        three_a_lap().plan(&at(place), Some(&race)).laps_to_finish
    }

    #[test]
    fn nothing_is_known_before_anything_is_driven() {
        let plan = Consumption::default().plan(&at(0.5), Some(&Race::new(RaceEnd::Time(600.0))));
        assert_eq!(plan, FuelPlan { amount: Some(30.0), ..FuelPlan::default() });
        let plan = Consumption::default().plan(&at(0.5), Some(&Race::new(RaceEnd::Laps(3))));
        assert_eq!((plan.laps_to_finish, plan.needed), (Some(2.5), None));
    }

    #[test]
    fn the_lap_in_which_the_time_runs_out_is_the_last_one() {
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
    fn a_race_over_laps_counts_the_running_one() {
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(1))), Some(0.75));
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(10))), Some(9.75));
        assert_eq!(to_finish(0.25, Race::new(RaceEnd::Laps(0))), Some(0.0), "it is over");
    }

    #[test]
    fn one_odd_lap_does_not_move_the_average_and_old_ones_are_forgotten() {
        let mut consumption = Consumption::default();
        for used in [3.0, 3.1, 9.0, 3.2, 3.1] {
            consumption.lap(used, 100.0);
        }
        let plan = consumption.plan(&at(0.0), None);
        assert_eq!((plan.per_lap, plan.last_lap, plan.highest_lap), (Some(3.1), Some(3.1), Some(9.0)));
        for _ in 0..3 {
            consumption.lap(2.0, 110.0);
        }
        let plan = consumption.plan(&at(0.0), None);
        assert_eq!((plan.per_lap, plan.lap_time_s, plan.highest_lap), (Some(2.0), Some(110.0), Some(9.0)));
    }

    #[test]
    fn before_the_first_lap_the_use_per_distance_is_taken() {
        let mut consumption = Consumption::default();
        let now = FuelNow { track_length_m: Some(4000.0), lap_time_s: Some(90.0), ..at(0.5) };
        for metre in 0..400 {
            consumption.note(50.0 - f64::from(metre) * 0.001, f64::from(metre));
        }
        assert_eq!(consumption.plan(&now, None).per_lap, None, "too short a way");
        // Refuelled while it stands, then put elsewhere.
        consumption.note(80.0, 399.0);
        consumption.note(70.0, 9000.0);
        for metre in 0..400 {
            consumption.note(70.0 - f64::from(metre) * 0.001, 9000.0 + f64::from(metre));
        }
        let plan = consumption.plan(&now, Some(&Race::new(RaceEnd::Laps(2))));
        assert!(plan.is_estimate && (plan.per_lap.unwrap() - 4.0).abs() < 1e-9, "{plan:?}");
        assert!((plan.needed.unwrap() - 6.0).abs() < 1e-9 && (plan.surplus.unwrap() - 24.0).abs() < 1e-9);
        consumption.lap(5.0, 100.0);
        let plan = consumption.plan(&now, None);
        assert_eq!((plan.is_estimate, plan.per_lap, plan.lap_time_s), (false, Some(5.0), Some(100.0)));
    }

    proptest! {
        #[test]
        fn whatever_comes_the_plan_is_made_of_numbers(
            laps in prop::collection::vec((any::<f64>(), any::<f64>()), 0..20),
            good in prop::collection::vec((-1.0..200.0f64, -1.0..1e4f64), 0..20),
            notes in prop::collection::vec((any::<f64>(), any::<f64>()), 0..50),
            (amount, place, length, time) in (any::<f64>(), any::<f64>(), any::<Option<f64>>(), any::<Option<f64>>()),
            (left_s, left, last, extra, fine) in (any::<f64>(), any::<u32>(), any::<bool>(), any::<bool>(), any::<bool>()),
        ) {
            let mut consumption = Consumption::default();
            for (used, time) in laps.into_iter().chain(good) {
                consumption.lap(used, time);
            }
            for (amount, distance) in notes {
                consumption.note(amount, distance);
            }
            let now = FuelNow { amount, place: if fine { place.sin().abs() } else { place }, track_length_m: length, lap_time_s: time };
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
