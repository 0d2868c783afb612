//! Pit stops for fuel or charge: how many, when, how much to add, and the consumption that saves one.

use serde::{Deserialize, Serialize};

use super::fuel::{ConsumptionBasis, FuelPlan, Race, RaceEnd};
use crate::limits;

/// Maximum part of the consumption that a driver is asked to save. No driving style saves more.
const MAX_SAVING: f64 = 0.3;

/// Steps of the bisection that finds the consumption that saves a stop.
const BISECTIONS: u32 = 40;

/// Maximum amount to add if the size of the tank is unknown, litres. No tank is larger.
const MAX_TANK_L: f64 = 200.0;

/// The same for an electric car: the charge of a full battery.
const FULL_BATTERY: f64 = 1.0;

/// Tolerance for the errors of sums and quotients, laps. 117 l for 3.9 l per lap last for 30 laps, not for 29.
const TOLERANCE: f64 = 1e-9;

/// What is left at the finish, and before each stop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reserve {
    /// An amount in litres. For an electric car it has no meaning, so the default is used.
    Litres(f64),
    /// The consumption of a number of laps.
    Laps(f64),
}

impl Reserve {
    /// Maximum number of litres.
    pub const MAX_LITRES: f64 = 100.0;
    /// Maximum number of laps.
    pub const MAX_LAPS: f64 = 20.0;
}

impl Default for Reserve {
    fn default() -> Self {
        Self::Laps(0.5)
    }
}

/// How stops are planned.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FuelPlanning {
    /// What is left at the finish, and before each stop. Default: half a lap.
    pub reserve: Reserve,
    /// Time that a stop costs compared with driving past the pits, seconds: pit lane, refuelling and tyres. It shortens a race over time.
    /// Default: 0, with which the plan has rather a lap too many, because the pages do not show it.
    pub pit_loss_s: f64,
    /// The consumption per lap.
    pub basis: ConsumptionBasis,
}

impl FuelPlanning {
    /// Maximum time that a stop costs, seconds.
    pub const MAX_PIT_LOSS_S: f64 = 3600.0;
}

/// Where the car is in the race.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RaceProgress {
    /// Before the start: the amount at the start is planned, too.
    Before,
    /// On a lap.
    Running {
        /// The amount that is left.
        amount: f64,
        /// Lap position, 0..1.
        lap_position: f64,
    },
}

/// The race that stops are planned for. Amounts are litres, or the charge of an electric car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RaceFuel {
    /// The rest of the race; `None` if its end is unknown.
    pub race: Option<Race>,
    /// Where the car is.
    pub progress: RaceProgress,
    /// Consumption per lap.
    pub per_lap: Option<f64>,
    /// Lap time, seconds; a race over time needs it.
    pub lap_time_s: Option<f64>,
    /// The size of the tank; `None` if it is unknown, or if nothing can be added.
    pub tank: Option<f64>,
    /// Amounts are the charge of a battery, 0..1, not litres.
    pub is_electric: bool,
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoStopPlan {
    /// The session has no end, or it is unknown.
    #[error("the end of the race is unknown")]
    UnknownEnd,
    /// The race is over.
    #[error("the race is over")]
    Over,
    /// No consumption per lap is known yet.
    #[error("the consumption per lap is not known yet")]
    UnknownConsumption,
    /// The lap time is unknown, and the race is over time.
    #[error("the lap time is not known yet")]
    UnknownLapTime,
    /// The amount that is left is unknown.
    #[error("the amount of fuel is unknown")]
    UnknownAmount,
    /// The lap position is unknown.
    #[error("the position on the lap is unknown")]
    UnknownPosition,
    /// The car cannot reach the pits.
    #[error("the fuel does not last to the end of this lap")]
    RunsDry,
    /// The tank holds less than one lap and the reserve.
    #[error("the tank is too small for one lap and the reserve")]
    SmallTank,
    /// The size of the tank is unknown, and more is missing than any tank holds.
    #[error("more fuel is missing than a tank holds, and its size is unknown")]
    UnknownTank,
    /// The race needs more than 99 stops.
    #[error("the race is too long for a plan")]
    TooLong,
}

/// A stop for fuel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedStop {
    /// The first lap at whose end the amount fits in the tank: 1 is the running lap.
    pub earliest: u32,
    /// The last lap at whose end the reserve is left. On the running lap, the reserve may have to be used.
    pub latest: u32,
    /// The amount to add.
    pub add: f64,
}

/// The consumption with which the race takes a stop less.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FuelSaving {
    /// Number of stops with it.
    pub stops: u32,
    /// Consumption per lap.
    pub per_lap: f64,
    /// The part of the consumption that is saved, 0..1.
    pub fraction: f64,
}

/// Stops to the finish. Amounts have the unit of [`RaceFuel`].
///
/// All cars stop at the end of a lap, so a tank for 3.9 laps lasts for three. The plan has as few stops as possible, and each adds the
/// same amount if that fits; otherwise the amounts differ by up to one lap.
///
/// ```
/// use acevo_telemetry::analysis::{FuelPlanning, Race, RaceEnd, RaceFuel, RaceProgress, Reserve, StopPlan};
///
/// let race = RaceFuel {
///     race: Some(Race::new(RaceEnd::Laps(20))),
///     progress: RaceProgress::Running { amount: 31.5, lap_position: 0.5 },
///     per_lap: Some(3.0),
///     lap_time_s: None,
///     tank: Some(50.0),
///     is_electric: false,
/// };
/// let mut planning = FuelPlanning::default();
/// planning.reserve = Reserve::Litres(3.0);
/// let plan = StopPlan::new(&race, &planning)?;
/// assert_eq!((plan.laps_to_finish, plan.needed, plan.to_add), (19.5, 61.5, 30.0));
/// // The tank has room for 30 l at the end of the fifth lap from now, and the reserve is reached at the end of the tenth.
/// let stop = plan.stops.unwrap()[0];
/// assert_eq!((stop.earliest, stop.latest, stop.add), (5, 10, 30.0));
/// # Ok::<(), acevo_telemetry::analysis::NoStopPlan>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StopPlan {
    /// Laps to the finish: the rest of the running one, and the full ones after it.
    pub laps_to_finish: f64,
    /// Consumption per lap.
    pub per_lap: f64,
    /// The reserve.
    pub reserve: f64,
    /// The amount that these laps need, with the reserve.
    pub needed: f64,
    /// The amount to start with; `None` during the race.
    pub start: Option<f64>,
    /// The amount to add at all stops together. On the last lap nothing can be added.
    pub to_add: f64,
    /// The amount left at the finish; less than the reserve if nothing can be added any more, or if the size of the tank is unknown.
    pub left_at_finish: f64,
    /// The stops. `None` if fuel is missing and the size of the tank is unknown.
    pub stops: Option<Vec<PlannedStop>>,
    /// Time that all stops cost, seconds.
    pub time_lost_s: f64,
    /// How to save a stop; `None` without stops, or if more than 30 % would have to be saved. If the size of the tank is unknown, how to finish
    /// without a stop.
    pub saving: Option<FuelSaving>,
}

impl StopPlan {
    /// Maximum number of stops.
    pub const MAX_STOPS: u32 = 99;

    /// Plans the stops of a race.
    ///
    /// # Errors
    /// [`NoStopPlan`] if something is unknown or impossible.
    pub fn new(race: &RaceFuel, planning: &FuelPlanning) -> Result<Self, NoStopPlan> {
        let course = Course::of(race, planning)?;
        let (stops, laps) = course.stops_and_laps()?;
        let used = course.used(laps);
        let needed = used + course.reserve;
        let laps_to_finish = course.first + f64::from(laps - 1);
        let (start, amount) = match course.amount {
            Some(amount) => (None, amount),
            // Equal amounts for all stints.
            None => {
                let start = course.reserve + used / f64::from(stops.unwrap_or(0) + 1);
                (Some(start), start)
            }
        };
        let missing = (needed - amount).max(0.0);
        if stops.is_none() && missing > (if race.is_electric { FULL_BATTERY } else { MAX_TANK_L }) {
            return Err(NoStopPlan::UnknownTank);
        }
        let stops = stops.map(|stops| course.planned(amount, laps, stops));
        let count = stops.as_ref().map_or(0, Vec::len);
        let to_add = if count == 0 && (stops.is_some() || course.amount.is_none()) { 0.0 } else { missing };
        let added = if stops.is_some() { to_add } else { 0.0 };
        Ok(Self {
            laps_to_finish,
            per_lap: course.per_lap,
            reserve: course.reserve,
            needed,
            start,
            to_add,
            left_at_finish: amount + added - used,
            saving: course.saving(stops.as_ref().map(|stops| stops.len() as u32), to_add > 0.0),
            stops,
            time_lost_s: count as f64 * course.pit_loss_s,
        })
    }

    /// Plans the stops of a running race. `tank` is the size of the tank; `None` if it is unknown, and for an electric car, whose
    /// battery is not known to be charged at a stop.
    ///
    /// # Errors
    /// [`NoStopPlan`] if something is unknown or impossible.
    pub fn of_race(
        fuel: &FuelPlan,
        race: Option<&Race>,
        lap_position: Option<f64>,
        tank: Option<f64>,
        is_electric: bool,
        planning: &FuelPlanning,
    ) -> Result<Self, NoStopPlan> {
        race.ok_or(NoStopPlan::UnknownEnd)?;
        let amount = fuel.amount.ok_or(NoStopPlan::UnknownAmount)?;
        let lap_position = lap_position.ok_or(NoStopPlan::UnknownPosition)?;
        let race = RaceFuel {
            race: race.copied(),
            progress: RaceProgress::Running { amount, lap_position },
            per_lap: fuel.consumption(planning.basis),
            lap_time_s: fuel.lap_time_s,
            tank: tank.filter(|_| !is_electric),
            is_electric,
        };
        Self::new(&race, planning)
    }
}

impl FuelPlanning {
    /// The reserve as an amount, litres or charge.
    fn reserve_amount(&self, per_lap: f64, is_electric: bool) -> f64 {
        match (self.reserve, Reserve::default()) {
            (Reserve::Litres(litres), _) if !is_electric => litres,
            (Reserve::Laps(laps), _) | (_, Reserve::Laps(laps)) => laps * per_lap,
            (_, Reserve::Litres(_)) => 0.0,
        }
    }
}

/// A race whose values are known and plausible. Laps are counted by crossings of the line: crossing 1 ends the running lap.
#[derive(Debug, Clone, Copy)]
struct Course {
    race: Race,
    /// The amount that is left; `None` before the race.
    amount: Option<f64>,
    /// Laps to crossing 1, 0..=1.
    first: f64,
    per_lap: f64,
    lap_time_s: Option<f64>,
    tank: Option<f64>,
    reserve: f64,
    pit_loss_s: f64,
}

impl Course {
    fn of(fuel: &RaceFuel, planning: &FuelPlanning) -> Result<Self, NoStopPlan> {
        let in_range =
            |value: f64, min: f64| Some(value).filter(|value| (min..=limits::MAX_FUEL_INPUT).contains(value));
        let race = fuel.race.ok_or(NoStopPlan::UnknownEnd)?;
        match race.end {
            RaceEnd::Laps(0) if !race.is_last_lap => return Err(NoStopPlan::Over),
            RaceEnd::Time(left) if !race.is_last_lap && in_range(left, 0.0).is_none() => {
                return Err(NoStopPlan::UnknownEnd);
            }
            _ => {}
        }
        let (amount, lap_position) = match fuel.progress {
            RaceProgress::Before => (None, 0.0),
            RaceProgress::Running { amount, lap_position } => {
                (Some(in_range(amount, 0.0).ok_or(NoStopPlan::UnknownAmount)?), lap_position)
            }
        };
        if !(0.0..=1.0).contains(&lap_position) {
            return Err(NoStopPlan::UnknownPosition);
        }
        let per_lap = fuel.per_lap.and_then(|per_lap| in_range(per_lap, limits::MIN_USE_PER_LAP));
        let per_lap = per_lap.ok_or(NoStopPlan::UnknownConsumption)?;
        Ok(Self {
            race,
            amount,
            first: 1.0 - lap_position,
            per_lap,
            lap_time_s: fuel.lap_time_s.filter(|time| (limits::MIN_LAP_S..=limits::MAX_LAP_S).contains(time)),
            tank: fuel.tank.and_then(|tank| in_range(tank, limits::MIN_USE_PER_LAP)),
            reserve: in_range(planning.reserve_amount(per_lap, fuel.is_electric), 0.0).unwrap_or(0.0),
            pit_loss_s: in_range(planning.pit_loss_s, 0.0).unwrap_or(0.0),
        })
    }

    /// The same race with another consumption. The amount of the reserve stays the same, even if it is that of some laps.
    const fn with_consumption(self, per_lap: f64) -> Self {
        Self { per_lap, ..self }
    }

    /// Consumption to this crossing.
    fn used(&self, crossing: u32) -> f64 {
        (self.first + f64::from(crossing) - 1.0) * self.per_lap
    }

    /// The last crossing at which the reserve is left of this amount; 0 if it is not left at any.
    fn reach(&self, amount: f64) -> u32 {
        whole((amount - self.reserve) / self.per_lap - self.first + 1.0)
    }

    /// Number of laps between two stops, at most.
    fn stint(&self, tank: f64) -> u32 {
        whole((tank - self.reserve) / self.per_lap)
    }

    /// The crossing that is the finish, with this many stops.
    fn laps(&self, stops: u32) -> Result<u32, NoStopPlan> {
        let mut race = self.race;
        if let RaceEnd::Time(left) = &mut race.end {
            *left = (*left - f64::from(stops) * self.pit_loss_s).max(0.0);
        }
        let after = race.laps_to_come(1.0 - self.first, self.lap_time_s).ok_or(NoStopPlan::UnknownLapTime)?;
        Ok(1 + after as u32)
    }

    /// Number of stops that this many laps need. `None` if the size of the tank has to be known for that.
    fn stops_for(&self, laps: u32) -> Result<Option<u32>, NoStopPlan> {
        let stints = |laps: u32| match self.tank.map(|tank| self.stint(tank)) {
            None => Ok(None),
            Some(0) => Err(NoStopPlan::SmallTank),
            Some(stint) => Ok(Some(laps.div_ceil(stint))),
        };
        let Some(amount) = self.amount else { return Ok(stints(laps)?.map(|stints| stints.max(1) - 1)) };
        if amount + TOLERANCE < self.used(1) {
            return Err(NoStopPlan::RunsDry);
        }
        // A stop is possible at the end of the running lap even if the reserve has to be used, but not on the last lap.
        let reach = self.reach(amount).max(1);
        if laps <= reach { Ok(Some(0)) } else { stints(laps - reach) }
    }

    /// The lowest number of stops, and the number of laps that they have to suffice for. No number of stops if the size of the tank has to
    /// be known for that.
    fn stops_and_laps(&self) -> Result<(Option<u32>, u32), NoStopPlan> {
        let mut before = None;
        for stops in 0..=StopPlan::MAX_STOPS {
            let laps = self.laps(stops)?;
            let Some(needed) = self.stops_for(laps)? else { return Ok((None, laps)) };
            if needed == stops {
                return Ok((Some(stops), laps));
            }
            if needed < stops {
                // The time that the last stop costs shortens the race, so that fewer stops would suffice; but without that stop the race is
                // longer again. The plan is for the longest race that this number of stops suffices for.
                return Ok((Some(stops), self.longest(stops, laps, before.unwrap_or(laps))?));
            }
            before = Some(laps);
        }
        Err(NoStopPlan::TooLong)
    }

    /// The highest number of laps in this range that need at most this many stops. The lowest of the range does.
    fn longest(&self, stops: u32, mut enough: u32, too_many: u32) -> Result<u32, NoStopPlan> {
        let mut end = too_many + 1;
        while end - enough > 1 {
            let middle = enough + (end - enough) / 2;
            if self.stops_for(middle)?.is_some_and(|needed| needed <= stops) { enough = middle } else { end = middle }
        }
        Ok(enough)
    }

    /// Stops that add what this many laps need.
    fn planned(&self, amount: f64, laps: u32, stops: u32) -> Vec<PlannedStop> {
        if stops == 0 {
            return Vec::new();
        }
        let missing = self.used(laps) + self.reserve - amount;
        let equal = vec![missing / f64::from(stops); stops as usize];
        self.windows(amount, laps, &equal).unwrap_or_else(|| {
            // As late as possible, then stints of whole laps whose lengths differ by one lap at most.
            let first = self.reach(amount).clamp(1, laps - 1);
            let (each, longer) = ((laps - first) / stops, (laps - first) % stops);
            let stints = (0..stops).map(|stop| f64::from(each + u32::from(stop < longer)) * self.per_lap);
            let mut adds: Vec<_> = stints.collect();
            adds[0] += self.reserve - (amount - self.used(first));
            self.windows(amount, laps, &adds).unwrap_or_default()
        })
    }

    /// The laps at which these amounts can be added; `None` if there are no such laps.
    fn windows(&self, mut amount: f64, laps: u32, adds: &[f64]) -> Option<Vec<PlannedStop>> {
        let tank = self.tank?;
        let mut stops: Vec<PlannedStop> = Vec::with_capacity(adds.len());
        for add in adds {
            let last = stops.last().map(|stop| (stop.earliest, stop.latest));
            // Before the first stop, the reserve may have to be used.
            let latest = self.reach(amount).max(u32::from(last.is_none())).min(laps - 1);
            let fits = (amount + add - tank) / self.per_lap - self.first + 1.0;
            let earliest = (fits - TOLERANCE).ceil().max(1.0) as u32;
            let earliest = earliest.max(last.map_or(1, |(earliest, _)| earliest + 1));
            if earliest > latest || last.is_some_and(|(_, before)| latest <= before) {
                return None;
            }
            stops.push(PlannedStop { earliest, latest, add: *add });
            amount += add;
        }
        Some(stops)
    }

    /// The consumption that saves one of these stops, or all stops if their number is unknown.
    fn saving(&self, stops: Option<u32>, is_missing: bool) -> Option<FuelSaving> {
        let fewer = match stops {
            Some(stops) => stops.checked_sub(1)?,
            None if is_missing && self.amount.is_some() => 0,
            None => return None,
        };
        let suffices = |per_lap: f64| {
            let stops = self.with_consumption(per_lap).stops_and_laps();
            matches!(stops, Ok((Some(stops), _)) if stops <= fewer)
        };
        let (mut enough, mut too_high) = (self.per_lap * (1.0 - MAX_SAVING), self.per_lap);
        if !suffices(enough) {
            return None;
        }
        for _ in 0..BISECTIONS {
            let middle = f64::midpoint(enough, too_high);
            if suffices(middle) { enough = middle } else { too_high = middle }
        }
        Some(FuelSaving { stops: fewer, per_lap: enough, fraction: 1.0 - enough / self.per_lap })
    }
}

/// A number of laps without the part of the last one; 0 if it is negative.
fn whole(laps: f64) -> u32 {
    // A number beyond the range, or NaN, is converted to a bound of the range.
    (laps + TOLERANCE).floor().clamp(0.0, limits::MAX_RACE_LAPS * 10.0) as u32
}

#[cfg(test)]
mod tests;
