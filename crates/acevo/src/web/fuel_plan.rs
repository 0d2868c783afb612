//! Stops for fuel as JSON: of the running race, and of a race that a client describes. `docs/web-api.md` describes both.

use acevo_telemetry::CarSample;
use acevo_telemetry::analysis::{
    ConsumptionBasis, FuelPlanning, NoStopPlan, PlannedStop, Race, RaceEnd, RaceFuel, RaceProgress, Reserve, StopPlan,
};
use serde::Serialize;

use super::guard::TOKEN;
use super::json::json;
use crate::format::text::rounded;
use crate::session::snapshot::Snapshot;

/// Stops for fuel, or why there is no plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Stops {
    plan: Option<Plan>,
    /// The name of the reason if there is no plan, and its text.
    no_plan: Option<NoStopPlan>,
    explanation: Option<String>,
}

impl Stops {
    /// The stops of the running race.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let plan = match &snapshot.fuel {
            Some(_) => snapshot.stop_plan.clone(),
            None => Err(NoStopPlan::UnknownAmount),
        };
        Self::new(plan, snapshot.lap.as_ref().map(|lap| lap.number))
    }

    /// `lap` is the number of the running lap.
    fn new(plan: Result<StopPlan, NoStopPlan>, lap: Option<u32>) -> Self {
        match plan {
            Ok(plan) => Self { plan: Some(Plan::of(&plan, lap)), no_plan: None, explanation: None },
            Err(reason) => Self { plan: None, no_plan: Some(reason), explanation: Some(reason.to_string()) },
        }
    }
}

/// A [`StopPlan`] with rounded numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Plan {
    /// The number of the running lap, from which the laps of the stops count.
    lap: Option<u32>,
    laps_to_finish: Option<f64>,
    per_lap: Option<f64>,
    reserve: Option<f64>,
    needed: Option<f64>,
    start: Option<f64>,
    to_add: Option<f64>,
    left_at_finish: Option<f64>,
    stops: Option<Vec<Stop>>,
    time_lost_s: Option<f64>,
    saving: Option<Saving>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Stop {
    earliest: u32,
    latest: u32,
    add: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Saving {
    stops: u32,
    per_lap: Option<f64>,
    fraction: Option<f64>,
}

impl Plan {
    fn of(plan: &StopPlan, lap: Option<u32>) -> Self {
        let stop =
            |stop: &PlannedStop| Stop { earliest: stop.earliest, latest: stop.latest, add: rounded(stop.add, 3) };
        Self {
            lap,
            laps_to_finish: rounded(plan.laps_to_finish, 2),
            per_lap: rounded(plan.per_lap, 4),
            reserve: rounded(plan.reserve, 3),
            needed: rounded(plan.needed, 3),
            start: plan.start.and_then(|start| rounded(start, 3)),
            to_add: rounded(plan.to_add, 3),
            left_at_finish: rounded(plan.left_at_finish, 3),
            stops: plan.stops.as_ref().map(|stops| stops.iter().map(stop).collect()),
            time_lost_s: rounded(plan.time_lost_s, 1),
            saving: plan.saving.map(|saving| Saving {
                stops: saving.stops,
                // Rounded down: a higher consumption would not save the stop.
                per_lap: rounded((saving.per_lap * 1e4 + 1e-3).floor() / 1e4, 4),
                fraction: rounded(saving.fraction, 4),
            }),
        }
    }
}

/// A question of a client: what if the race, the car or the settings were these? What is not given is that of the running session.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct WhatIf {
    laps: Option<u32>,
    minutes: Option<f64>,
    amount: Option<f64>,
    per_lap: Option<f64>,
    lap_time_s: Option<f64>,
    tank: Option<f64>,
    reserve: Option<f64>,
    reserve_laps: Option<f64>,
    pit_loss_s: Option<f64>,
    basis: Option<ConsumptionBasis>,
}

/// The parameters of `/api/fuel-plan`.
const PARAMETERS: &str = "laps, minutes, amount, per_lap, lap_time, tank, reserve, reserve_laps, pit_loss, basis";

/// Parameters that exclude each other.
const EXCLUSIVE: [(&str, &str); 3] = [("laps", "minutes"), ("reserve", "reserve_laps"), ("per_lap", "basis")];

impl WhatIf {
    /// Reads the query of an address. The parameter `token` belongs to the guard.
    ///
    /// # Errors
    /// A message that names the wrong parameter.
    fn parse(query: &str) -> Result<Self, String> {
        let mut what_if = Self::default();
        let mut given: Vec<&str> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if name == TOKEN {
                continue;
            }
            if given.contains(&name) {
                return Err("A parameter is given twice.\n".into());
            }
            what_if.set(name, value)?;
            given.push(name);
        }
        for (one, other) in EXCLUSIVE {
            if given.contains(&one) && given.contains(&other) {
                return Err(format!("`{one}` and `{other}` exclude each other.\n"));
            }
        }
        Ok(what_if)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let number = |name: &str, min: f64, max: f64| match value.parse() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            _ => Err(format!("`{name}` is a number from {min} to {max}.\n")),
        };
        match name {
            "laps" => match value.parse() {
                Ok(laps) if (1..=10_000).contains(&laps) => self.laps = Some(laps),
                _ => return Err("`laps` is a whole number from 1 to 10000.\n".into()),
            },
            "minutes" => self.minutes = number("minutes", 0.1, 10_000.0)?,
            "amount" => self.amount = number("amount", 0.0, 1000.0)?,
            "per_lap" => self.per_lap = number("per_lap", 0.0001, 1000.0)?,
            "lap_time" => self.lap_time_s = number("lap_time", 5.0, 3600.0)?,
            "tank" => self.tank = number("tank", 0.01, 1000.0)?,
            "reserve" => self.reserve = number("reserve", 0.0, Reserve::MAX_LITRES)?,
            "reserve_laps" => self.reserve_laps = number("reserve_laps", 0.0, Reserve::MAX_LAPS)?,
            "pit_loss" => self.pit_loss_s = number("pit_loss", 0.0, FuelPlanning::MAX_PIT_LOSS_S)?,
            "basis" => {
                self.basis = match value {
                    "average" => Some(ConsumptionBasis::Average),
                    "last" => Some(ConsumptionBasis::Last),
                    "highest" => Some(ConsumptionBasis::Highest),
                    _ => return Err("`basis` is average, last or highest.\n".into()),
                }
            }
            _ => return Err(format!("Unknown parameter. There are {PARAMETERS}.\n")),
        }
        Ok(())
    }

    /// True if the client describes a whole race, not the rest of the running one.
    const fn is_whole_race(&self) -> bool {
        self.laps.is_some() || self.minutes.is_some()
    }

    fn planning(&self, of_session: FuelPlanning) -> FuelPlanning {
        let mut planning = of_session;
        let reserve = self.reserve.map(Reserve::Litres).or(self.reserve_laps.map(Reserve::Laps));
        planning.reserve = reserve.unwrap_or(planning.reserve);
        planning.pit_loss_s = self.pit_loss_s.unwrap_or(planning.pit_loss_s);
        planning.basis = self.basis.unwrap_or(planning.basis);
        planning
    }

    /// The race to plan for. `None` instead of the progress if the amount or the lap position is unknown.
    fn race(&self, snapshot: &Snapshot, planning: &FuelPlanning) -> Result<RaceFuel, NoStopPlan> {
        let fuel = snapshot.fuel.unwrap_or_default();
        let car = snapshot.pages.as_ref().map(CarSample::of).unwrap_or_default();
        let end = (self.laps.map(RaceEnd::Laps)).or(self.minutes.map(|minutes| RaceEnd::Time(minutes * 60.0)));
        let (race, progress) = match (end, self.amount) {
            (Some(end), None) => (Race::new(end), RaceProgress::Before),
            (Some(end), Some(amount)) => (Race::new(end), RaceProgress::Running { amount, lap_position: 0.0 }),
            (None, amount) => {
                let race = snapshot.race.filter(|_| snapshot.fuel.is_some()).ok_or(NoStopPlan::UnknownEnd)?;
                let amount = amount.or(fuel.amount).ok_or(NoStopPlan::UnknownAmount)?;
                let lap_position = car.lap_position.ok_or(NoStopPlan::UnknownPosition)?;
                (race, RaceProgress::Running { amount, lap_position })
            }
        };
        Ok(RaceFuel {
            race: Some(race),
            progress,
            per_lap: self.per_lap.or_else(|| fuel.consumption(planning.basis)),
            lap_time_s: self.lap_time_s.or(fuel.lap_time_s),
            tank: self.tank.or(car.tank_l.filter(|_| !car.is_electric)),
            is_electric: car.is_electric,
        })
    }
}

/// The answer to `/api/fuel-plan` with this query.
///
/// # Errors
/// A message that names the wrong parameter.
pub(super) fn document(snapshot: &Snapshot, query: &str) -> Result<String, String> {
    #[derive(Serialize)]
    struct Document {
        /// What the plan was made with.
        lap_time_s: Option<f64>,
        tank: Option<f64>,
        pit_loss_s: f64,
        electric: bool,
        #[serde(flatten)]
        stops: Stops,
    }
    let what_if = WhatIf::parse(query)?;
    let planning = what_if.planning(snapshot.fuel_planning);
    let race = what_if.race(snapshot, &planning);
    let is_electric = race.is_ok_and(|race| race.is_electric);
    if is_electric && what_if.reserve.is_some() {
        return Err("`reserve` is in litres: use `reserve_laps` for an electric car.\n".into());
    }
    let plan = race.and_then(|race| StopPlan::new(&race, &planning));
    let lap = if what_if.is_whole_race() { Some(1) } else { snapshot.lap.as_ref().map(|lap| lap.number) };
    Ok(json(&Document {
        lap_time_s: race.ok().and_then(|race| rounded(race.lap_time_s?, 3)),
        tank: race.ok().and_then(|race| rounded(race.tank?, 3)),
        pit_loss_s: planning.pit_loss_s,
        electric: is_electric,
        stops: Stops::new(plan, lap),
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use acevo_simulator::{CarModel, Options, Scenario};
    use serde_json::{Value, json};

    use super::*;
    use crate::session::status::ConnectionStatus;

    fn nothing() -> Snapshot {
        Snapshot::of(ConnectionStatus::Unconfirmed, None)
    }

    fn answer(snapshot: &Snapshot, query: &str) -> Value {
        serde_json::from_str(&document(snapshot, query).unwrap()).unwrap()
    }

    #[test]
    fn what_if_needs_no_session_if_the_race_is_described() {
        let query = "laps=36&per_lap=3&tank=60&reserve=0&pit_loss=25&token=abc";
        let answer = answer(&nothing(), query);
        assert_eq!(
            (&answer["tank"], &answer["pit_loss_s"], &answer["electric"]),
            (&json!(60.0), &json!(25.0), &json!(false))
        );
        let plan = &answer["plan"];
        assert_eq!((&plan["lap"], &plan["start"], &plan["to_add"]), (&json!(1), &json!(54.0), &json!(54.0)));
        assert_eq!(plan["stops"], json!([{"earliest": 16, "latest": 18, "add": 54.0}]));
        assert_eq!((&plan["time_lost_s"], &answer["no_plan"]), (&json!(25.0), &Value::Null));
    }

    #[test]
    fn what_if_with_unknown_values_has_a_reason() {
        let reason = |query| {
            let answer = answer(&nothing(), query);
            assert!(answer["plan"].is_null() && answer["explanation"].is_string(), "{answer}");
            answer["no_plan"].as_str().unwrap().to_owned()
        };
        assert_eq!(reason(""), "unknown_end");
        assert_eq!(reason("laps=10"), "unknown_consumption");
        assert_eq!(reason("minutes=60&per_lap=3"), "unknown_lap_time");
        assert_eq!(reason("laps=10&per_lap=3&tank=2"), "small_tank");
        assert_eq!(reason("laps=10&per_lap=3&amount=2"), "runs_dry");
    }

    #[test]
    fn what_if_refuses_wrong_parameters() {
        for (query, named) in [
            ("laps=0", "`laps`"),
            ("laps=1.5", "`laps`"),
            ("laps=10001", "`laps`"),
            ("minutes=inf", "`minutes`"),
            ("minutes=-5", "`minutes`"),
            ("per_lap=NaN", "`per_lap`"),
            ("per_lap=", "`per_lap`"),
            ("per_lap", "`per_lap`"),
            ("tank=0", "`tank`"),
            ("tank=1e9", "`tank`"),
            ("reserve=101", "`reserve`"),
            ("reserve_laps=-1", "`reserve_laps`"),
            ("pit_loss=3601", "`pit_loss`"),
            ("lap_time=1", "`lap_time`"),
            ("basis=worst", "`basis`"),
            ("amount=%31", "`amount`"),
            ("laps=5&minutes=5", "`laps` and `minutes`"),
            ("reserve=1&reserve_laps=1", "`reserve` and `reserve_laps`"),
            ("per_lap=3&basis=last", "`per_lap` and `basis`"),
            ("laps=5&laps=6", "twice"),
            ("<b>=1", "Unknown parameter"),
            ("laps=5&&x", "Unknown parameter"),
        ] {
            let refusal = document(&nothing(), query).unwrap_err();
            assert!(refusal.contains(named) && !refusal.contains('<'), "{query}: {refusal}");
        }
    }

    fn driven(car: CarModel, scenario: Scenario) -> Snapshot {
        let mut options = Options::default();
        (options.car, options.scenario) = (car, scenario);
        Snapshot::driven(options, Duration::from_secs(130))
    }

    #[test]
    fn what_if_without_parameters_is_the_plan_of_the_session() {
        let snapshot = driven(CarModel::Gt3, Scenario::Sprint);
        let of_session = serde_json::to_value(Stops::of(&snapshot)).unwrap();
        let answer = answer(&snapshot, "");
        assert!(answer["plan"]["needed"].as_f64().unwrap() > 1.0, "{answer}");
        assert_eq!(answer["plan"], of_session["plan"]);
        let more = self::answer(&snapshot, "reserve=10");
        let needed =
            |answer: &Value| answer["plan"]["needed"].as_f64().unwrap() - answer["plan"]["reserve"].as_f64().unwrap();
        assert!((needed(&more) - needed(&answer)).abs() < 0.01, "{more} {answer}");
        assert_eq!(more["plan"]["reserve"], 10.0);
    }

    #[test]
    fn electric_car_has_no_stops_and_no_reserve_in_litres() {
        let snapshot = driven(CarModel::Electric, Scenario::Sprint);
        let whole = answer(&snapshot, "laps=4&amount=1");
        assert_eq!((&whole["electric"], &whole["tank"]), (&json!(true), &Value::Null));
        assert!(whole["plan"]["stops"].as_array().is_none_or(Vec::is_empty), "{whole}");
        assert!(document(&snapshot, "reserve=1").unwrap_err().contains("reserve_laps"));
    }

    #[test]
    fn session_without_an_end_has_no_plan() {
        let stops = Stops::of(&driven(CarModel::Gt3, Scenario::HotLaps));
        assert_eq!((stops.plan.is_none(), stops.no_plan), (true, Some(NoStopPlan::UnknownEnd)));
        assert_eq!(Stops::of(&nothing()).no_plan, Some(NoStopPlan::UnknownAmount));
    }
}
