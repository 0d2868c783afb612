//! Stops for fuel in simulated races, whose truth is known.

use acevo_simulator::{CarModel, Options, Scenario, Simulator, TrackName};
use acevo_telemetry::analysis::{Analysis, FuelPlanning, NoStopPlan, Reserve, Settings, StopPlan};
use acevo_testkit::drive::{each_frame_of, options};

fn without_reserve() -> FuelPlanning {
    let mut planning = FuelPlanning::default();
    planning.reserve = Reserve::Litres(0.0);
    planning
}

#[test]
fn stop_plan_of_a_race_over_time_ends_with_the_amount_that_is_really_left() {
    let mut analysis = Analysis::new(Settings::default());
    let (mut plans, mut left, mut finished) = (Vec::new(), 0.0, 0);
    // The shortest track has the most laps. The first lap, with its standing start, is not the median of three.
    let mut sprint = options(Scenario::Sprint, 3, 5);
    sprint.track = TrackName::Karsthafen;
    each_frame_of(sprint, |at, frame, truth| {
        analysis.feed(at, frame);
        let position = analysis.current_lap().and_then(|lap| lap.lap_position).unwrap_or_default();
        let is_due = truth.len() == 3 + plans.len() && (0.4..0.6).contains(&position);
        if is_due && !frame.graphics.raw().is_last_lap {
            plans.push((truth.len(), analysis.stop_plan(&without_reserve()).unwrap()));
        }
        if truth.len() > finished {
            finished = truth.len();
            left = analysis.fuel().unwrap().amount.unwrap();
        }
    });
    assert!(!plans.is_empty());
    for (driven, plan) in plans {
        // One lap is a margin.
        let laps = plan.laps_to_finish.ceil() as usize - 1;
        assert_eq!(driven + laps, finished, "{plan:?}");
        let (planned, used) = (plan.left_at_finish + plan.per_lap, plan.needed - plan.per_lap);
        assert!((planned - left).abs() < 0.05 * used, "{planned} l planned, {left} l left: {plan:?}");
        assert_eq!((plan.stops.map(|stops| stops.len()), plan.to_add), (Some(0), 0.0));
    }
}

#[test]
fn stops_of_a_race_over_laps_suffice_for_what_is_really_used() {
    /// Laps of the race, and those before the plan. The first one, with its standing start, is not their median.
    const LAPS: u32 = 10;
    const BEFORE: u32 = 4;
    let mut analysis = Analysis::new(Settings::default());
    let (mut plan, mut used) = (None, Vec::new());
    let tank = 9.0;
    each_frame_of(options(Scenario::Race, 3, LAPS), |at, frame, truth| {
        analysis.feed(at, frame);
        if analysis.current_lap_number() == Some(BEFORE + 1) && plan.is_none() {
            let mut fuel = *analysis.fuel().unwrap();
            fuel.amount = Some(7.0);
            let planning = FuelPlanning::default();
            let of_race = StopPlan::of_race(&fuel, analysis.race(), Some(0.0), Some(tank), false, &planning).unwrap();
            plan = Some(of_race);
        }
        used = truth.iter().map(|lap| lap.fuel_used_l).collect();
    });
    let plan = plan.unwrap();
    assert_eq!((plan.laps_to_finish, used.len()), (f64::from(LAPS - BEFORE), LAPS as usize));
    let stops = plan.stops.as_ref().unwrap();
    assert!(stops.len() >= 2, "{plan:?}");
    for late in [false, true] {
        let (mut amount, mut next) = (7.0, stops.iter().peekable());
        for (lap, used) in (1..).zip(&used[BEFORE as usize..]) {
            amount -= used;
            assert!(amount > 0.0, "dry on lap {lap}: {plan:?}");
            if let Some(stop) = next.next_if(|stop| lap == if late { stop.latest } else { stop.earliest }) {
                amount += stop.add;
                assert!(amount < tank + 0.2, "{amount} l after lap {lap}: {plan:?}");
            }
        }
        assert!(next.next().is_none());
        assert!((amount - plan.reserve).abs() < 0.05 * plan.needed, "{amount} l at the finish: {plan:?}");
    }
}

#[test]
fn stop_plan_of_hot_laps_has_no_end_and_of_an_electric_car_no_stops() {
    let mut hot_laps = Options::default();
    hot_laps.scenario = Scenario::HotLaps;
    let (mut simulator, mut analysis) = (Simulator::new(hot_laps), Analysis::new(Settings::default()));
    while simulator.truth().laps.len() < 2 {
        simulator.step();
        analysis.feed(simulator.time(), &simulator.frame());
        let plan = analysis.stop_plan(&FuelPlanning::default());
        assert!(matches!(plan, Err(NoStopPlan::UnknownEnd | NoStopPlan::UnknownConsumption)), "{plan:?}");
    }
    assert_eq!(analysis.stop_plan(&FuelPlanning::default()), Err(NoStopPlan::UnknownEnd));
    let mut analysis = Analysis::new(Settings::default());
    let mut electric = options(Scenario::Race, 3, 3);
    electric.car = CarModel::Electric;
    let mut planned = 0;
    each_frame_of(electric, |at, frame, _| {
        analysis.feed(at, frame);
        if let Ok(plan) = analysis.stop_plan(&FuelPlanning::default()) {
            planned += 1;
            assert!(plan.stops.is_none_or(|stops| stops.is_empty()) && plan.needed < 10.0);
        }
    });
    assert!(planned > 0);
}
