use proptest::prelude::*;

use super::*;

/// Tolerance for sums, litres.
const NEAR: f64 = 1e-6;

fn planning(reserve: Reserve, pit_loss_s: f64) -> FuelPlanning {
    FuelPlanning { reserve, pit_loss_s, ..FuelPlanning::default() }
}

fn without_reserve() -> FuelPlanning {
    planning(Reserve::Litres(0.0), 0.0)
}

/// A race at the start of a lap of 100 s, with 3 l per lap and a tank for 60 l.
fn at_line(end: RaceEnd, amount: f64) -> RaceFuel {
    RaceFuel {
        race: Some(Race { has_extra_lap: false, ..Race::new(end) }),
        progress: RaceProgress::Running { amount, lap_position: 0.0 },
        per_lap: Some(3.0),
        lap_time_s: Some(100.0),
        tank: Some(60.0),
        is_electric: false,
    }
}

fn adds(plan: &StopPlan) -> Vec<f64> {
    plan.stops.iter().flatten().map(|stop| stop.add).collect()
}

#[test]
fn stop_plan_without_stops_has_what_is_left() {
    let plan = StopPlan::new(&at_line(RaceEnd::Laps(10), 40.0), &FuelPlanning::default()).unwrap();
    assert_eq!((plan.laps_to_finish, plan.needed, plan.reserve), (10.0, 31.5, 1.5));
    assert_eq!((plan.to_add, plan.left_at_finish, plan.time_lost_s), (0.0, 10.0, 0.0));
    assert_eq!((plan.stops, plan.saving, plan.start), (Some(vec![]), None, None));
}

#[test]
fn stops_add_equal_amounts_if_they_fit() {
    // 20 laps from the tank, then 30: one stop would have to add 90 l.
    let plan = StopPlan::new(&at_line(RaceEnd::Laps(50), 60.0), &without_reserve()).unwrap();
    assert_eq!(adds(&plan), [45.0, 45.0]);
    let windows: Vec<_> = plan.stops.unwrap().iter().map(|stop| (stop.earliest, stop.latest)).collect();
    assert_eq!(windows, [(15, 20), (30, 35)]);
    assert_eq!((plan.to_add, plan.left_at_finish), (90.0, 0.0));
}

#[test]
fn stops_add_whole_laps_if_equal_amounts_do_not_fit() {
    // A tank for two laps. With equal amounts, the second stop would be after 3.7 laps: too late after three, too early after four.
    let race = RaceFuel { tank: Some(6.0), ..at_line(RaceEnd::Laps(7), 6.0) };
    let plan = StopPlan::new(&race, &without_reserve()).unwrap();
    assert_eq!(adds(&plan), [6.0, 6.0, 3.0]);
    // A tank for 2.5 laps lasts for two.
    let race = RaceFuel { tank: Some(7.5), ..at_line(RaceEnd::Laps(9), 7.5) };
    let plan = StopPlan::new(&race, &without_reserve()).unwrap();
    assert_eq!((plan.stops.as_ref().unwrap().len(), plan.to_add), (4, 19.5));
}

#[test]
fn reserve_is_left_at_the_finish_and_in_laps_grows_with_the_consumption() {
    let left = |reserve| {
        let plan = StopPlan::new(&at_line(RaceEnd::Laps(30), 60.0), &planning(reserve, 0.0)).unwrap();
        (plan.reserve, plan.left_at_finish, plan.to_add)
    };
    assert_eq!(left(Reserve::Litres(2.0)), (2.0, 2.0, 32.0));
    assert_eq!(left(Reserve::Laps(2.0)), (6.0, 6.0, 36.0));
}

#[test]
fn reserve_in_litres_has_no_meaning_for_a_battery() {
    let race = RaceFuel { per_lap: Some(0.05), tank: None, is_electric: true, ..at_line(RaceEnd::Laps(10), 0.9) };
    let plan = StopPlan::new(&race, &planning(Reserve::Litres(2.0), 0.0)).unwrap();
    assert!((plan.reserve - 0.025).abs() < NEAR && plan.stops == Some(vec![]), "{plan:?}");
}

#[test]
fn time_lost_at_stops_shortens_a_race_over_time() {
    let laps = |pit_loss_s| {
        let race = at_line(RaceEnd::Time(3590.0), 60.0);
        let plan = StopPlan::new(&race, &planning(Reserve::Litres(0.0), pit_loss_s)).unwrap();
        (plan.laps_to_finish, plan.stops.unwrap().len(), plan.time_lost_s)
    };
    assert_eq!(laps(0.0), (36.0, 1, 0.0));
    assert_eq!(laps(85.0), (36.0, 1, 85.0));
    assert_eq!(laps(95.0), (35.0, 1, 95.0));
}

#[test]
fn stop_that_makes_itself_unnecessary_is_planned_for_the_longest_race_it_suffices_for() {
    // 21 laps without a stop, for which 20 laps of fuel do not suffice; 20 laps with one.
    let race = at_line(RaceEnd::Time(2050.0), 60.0);
    let plan = StopPlan::new(&race, &planning(Reserve::Litres(0.0), 60.0)).unwrap();
    assert_eq!((plan.laps_to_finish, adds(&plan)), (21.0, vec![3.0]));
}

#[test]
fn saving_is_the_consumption_with_a_stop_less() {
    let plan = StopPlan::new(&at_line(RaceEnd::Laps(42), 60.0), &without_reserve()).unwrap();
    let saving = plan.saving.unwrap();
    // 21 laps of each of the two tanks.
    assert_eq!((plan.stops.unwrap().len(), saving.stops), (2, 1));
    assert!((saving.per_lap - 60.0 / 21.0).abs() < NEAR && (saving.fraction - 1.0 / 21.0).abs() < NEAR, "{saving:?}");
    let plan = StopPlan::new(&at_line(RaceEnd::Laps(40), 60.0), &without_reserve()).unwrap();
    assert_eq!(plan.saving, None, "half of the consumption cannot be saved");
}

#[test]
fn plan_without_the_size_of_the_tank_has_what_is_missing_but_no_stops() {
    let race = |laps| RaceFuel { tank: None, ..at_line(RaceEnd::Laps(laps), 60.0) };
    let plan = StopPlan::new(&race(22), &without_reserve()).unwrap();
    assert_eq!((plan.stops, plan.to_add, plan.left_at_finish), (None, 6.0, -6.0));
    assert_eq!(plan.saving.map(|saving| saving.stops), Some(0));
    let enough = StopPlan::new(&race(20), &without_reserve()).unwrap();
    assert_eq!((enough.stops, enough.to_add), (Some(vec![]), 0.0));
    assert_eq!(StopPlan::new(&race(5000), &without_reserve()), Err(NoStopPlan::UnknownTank));
}

#[test]
fn start_is_planned_before_the_race() {
    let before = |laps| RaceFuel { progress: RaceProgress::Before, ..at_line(RaceEnd::Laps(laps), 0.0) };
    let short = StopPlan::new(&before(10), &FuelPlanning::default()).unwrap();
    assert_eq!((short.start, short.stops.as_ref().map(Vec::len), short.to_add), (Some(31.5), Some(0), 0.0));
    let long = StopPlan::new(&before(36), &without_reserve()).unwrap();
    assert_eq!((long.start, adds(&long)), (Some(54.0), vec![54.0]));
    let unknown = StopPlan::new(&RaceFuel { tank: None, ..before(36) }, &without_reserve()).unwrap();
    assert_eq!((unknown.start, unknown.stops, unknown.to_add), (Some(108.0), None, 0.0));
}

#[test]
fn last_lap_has_no_stops_and_may_use_the_reserve() {
    let mut race = at_line(RaceEnd::Time(0.0), 3.5);
    race.race.as_mut().unwrap().is_last_lap = true;
    let plan = StopPlan::new(&race, &planning(Reserve::Litres(5.0), 0.0)).unwrap();
    assert_eq!((plan.stops.as_deref(), plan.to_add, plan.left_at_finish), (Some(&[][..]), 0.0, 0.5));
    let stop_now = StopPlan::new(&at_line(RaceEnd::Laps(3), 3.5), &planning(Reserve::Litres(5.0), 0.0)).unwrap();
    let stop = stop_now.stops.unwrap()[0];
    assert_eq!((stop.earliest, stop.latest, stop.add), (1, 1, 10.5));
}

#[test]
fn no_plan_has_its_reason() {
    let of = |race: &RaceFuel| StopPlan::new(race, &FuelPlanning::default()).unwrap_err();
    let race = at_line(RaceEnd::Laps(50), 60.0);
    assert_eq!(of(&RaceFuel { race: None, ..race }), NoStopPlan::UnknownEnd);
    assert_eq!(of(&at_line(RaceEnd::Time(f64::NAN), 60.0)), NoStopPlan::UnknownEnd);
    assert_eq!(of(&at_line(RaceEnd::Laps(0), 60.0)), NoStopPlan::Over);
    assert_eq!(of(&RaceFuel { per_lap: None, ..race }), NoStopPlan::UnknownConsumption);
    assert_eq!(of(&RaceFuel { lap_time_s: None, ..at_line(RaceEnd::Time(900.0), 60.0) }), NoStopPlan::UnknownLapTime);
    assert_eq!(of(&at_line(RaceEnd::Laps(50), f64::NAN)), NoStopPlan::UnknownAmount);
    let position = RaceProgress::Running { amount: 60.0, lap_position: f64::NAN };
    assert_eq!(of(&RaceFuel { progress: position, ..race }), NoStopPlan::UnknownPosition);
    assert_eq!(of(&at_line(RaceEnd::Laps(50), 2.9)), NoStopPlan::RunsDry);
    assert_eq!(of(&RaceFuel { tank: Some(4.0), ..race }), NoStopPlan::SmallTank);
    assert_eq!(of(&at_line(RaceEnd::Laps(3000), 60.0)), NoStopPlan::TooLong);
}

/// Any race with plausible values.
fn races() -> impl Strategy<Value = (RaceFuel, FuelPlanning)> {
    let end = prop_oneof![(1..400_u32).prop_map(RaceEnd::Laps), (0.0..90_000.0).prop_map(RaceEnd::Time)];
    let reserve = prop_oneof![(0.0..5.0).prop_map(Reserve::Litres), (0.0..2.0).prop_map(Reserve::Laps)];
    let progress = prop_oneof![
        Just(RaceProgress::Before),
        (0.0..120.0, 0.0..=1.0).prop_map(|(amount, lap_position)| RaceProgress::Running { amount, lap_position }),
    ];
    (end, any::<bool>(), progress, 0.3..9.0, 30.0..600.0, prop::option::of(5.0..120.0), reserve, 0.0..150.0).prop_map(
        |(end, has_extra_lap, progress, per_lap, lap_time, tank, reserve, pit_loss_s)| {
            let race = Some(Race { has_extra_lap, ..Race::new(end) });
            let (per_lap, lap_time_s) = (Some(per_lap), Some(lap_time));
            let fuel = RaceFuel { race, progress, per_lap, lap_time_s, tank, is_electric: false };
            (fuel, planning(reserve, pit_loss_s))
        },
    )
}

/// Number of stops, and of laps to the finish.
fn stops(race: &RaceFuel, planning: &FuelPlanning) -> Option<(usize, f64)> {
    let plan = StopPlan::new(race, planning).ok()?;
    Some((plan.stops?.len(), plan.laps_to_finish))
}

/// Drives a race with stops at these laps of the windows: 0 is the earliest, 1 the latest. Returns the lowest and the highest amount, and
/// the one at the finish.
fn driven(race: &RaceFuel, plan: &StopPlan, when: &[f64]) -> (f64, f64, f64) {
    let (mut amount, position) = match race.progress {
        RaceProgress::Before => (plan.start.unwrap(), 0.0),
        RaceProgress::Running { amount, lap_position } => (amount, lap_position),
    };
    let (mut lowest, mut highest) = (amount, plan.start.unwrap_or(0.0));
    let laps = (plan.laps_to_finish + position).round() as u32;
    let mut stops = plan.stops.iter().flatten().zip(when.iter().cycle()).peekable();
    let mut last_stop = 0;
    for lap in 1..=laps {
        amount -= plan.per_lap * if lap == 1 { 1.0 - position } else { 1.0 };
        lowest = lowest.min(amount);
        if let Some((stop, when)) = stops.peek() {
            let earliest = stop.earliest.max(last_stop + 1);
            if lap >= earliest + (f64::from(stop.latest - earliest) * *when).round() as u32 {
                amount += stop.add;
                highest = highest.max(amount);
                last_stop = lap;
                stops.next();
            }
        }
    }
    assert!(stops.next().is_none(), "a stop after the finish");
    (lowest, highest, amount)
}

proptest! {
    #[test]
    fn plan_never_runs_dry_and_never_overfills(
        (race, planning) in races(), when in prop::collection::vec(0.0..=1.0_f64, 1..5),
    ) {
        let Ok(plan) = StopPlan::new(&race, &planning) else { return Ok(()) };
        let Some(stops) = &plan.stops else { return Ok(()) };
        let (lowest, highest, finish) = driven(&race, &plan, &when);
        prop_assert!(lowest >= -NEAR, "dry: {:?}", plan);
        prop_assert!(race.tank.is_none_or(|tank| highest <= tank + NEAR), "overfilled to {}: {:?}", highest, plan);
        prop_assert!((finish - plan.left_at_finish).abs() < NEAR, "{} left: {:?}", finish, plan);
        if !stops.is_empty() || plan.start.is_some() {
            prop_assert!((finish - plan.reserve).abs() < NEAR, "{} left: {:?}", finish, plan);
            // Only on the running lap the reserve may have to be used.
            let may_use_reserve = stops.first().is_some_and(|stop| stop.latest == 1);
            prop_assert!(may_use_reserve || lowest >= plan.reserve - NEAR, "{:?}", plan);
        }
        let added: f64 = stops.iter().map(|stop| stop.add).sum();
        prop_assert!((added - plan.to_add).abs() < NEAR && stops.iter().all(|stop| stop.add > 0.0), "{:?}", plan);
    }

    #[test]
    fn stops_do_not_decrease_with_the_consumption((race, planning) in races(), factor in 1.0..1.5_f64) {
        let thirsty = RaceFuel { per_lap: race.per_lap.map(|per_lap| per_lap * factor), ..race };
        if let (Some((few, _)), Some((many, _))) = (stops(&race, &planning), stops(&thirsty, &planning)) {
            prop_assert!(many >= few, "{} stops, {} with {} times the consumption", few, many, factor);
        }
    }

    #[test]
    fn consumption_of_saving_has_a_stop_less((race, planning) in races()) {
        let Ok(plan) = StopPlan::new(&race, &planning) else { return Ok(()) };
        let Some(saving) = plan.saving else { return Ok(()) };
        let before = plan.stops.map_or(1, |stops| stops.len());
        prop_assert!(saving.fraction > 0.0 && saving.fraction <= MAX_SAVING + NEAR);
        let frugal = RaceFuel { per_lap: Some(saving.per_lap), ..race };
        let (after, _) = stops(&frugal, &planning).expect("a plan");
        prop_assert!(after < before, "{} stops with {:?}, {} without", after, saving, before);
    }

    #[test]
    fn number_of_stops_is_the_lowest_possible((race, planning) in races()) {
        let (Ok(plan), Some(tank)) = (StopPlan::new(&race, &planning), race.tank) else { return Ok(()) };
        let stops = plan.stops.as_ref().map_or(0, Vec::len);
        let stint = whole((tank - plan.reserve) / plan.per_lap);
        // A stop less, and in a race over time the laps that it adds, or those that the plan has.
        if stops > 0 {
            let (start, position) = match race.progress {
                RaceProgress::Before => (tank, 0.0),
                RaceProgress::Running { amount, lap_position } => (amount, lap_position),
            };
            let first = whole((start - plan.reserve) / plan.per_lap + position).max(1);
            let laps = (plan.laps_to_finish + position).round() as u32;
            prop_assert!(first + (stops as u32 - 1) * stint < laps, "{:?}", plan);
        }
    }

    #[test]
    fn stop_plan_is_finite_for_any_values(
        (left_s, left, last, extra) in (any::<f64>(), any::<u32>(), any::<bool>(), any::<bool>()),
        (amount, position, per_lap, lap_time) in (any::<f64>(), 0.0..=1.0_f64, any::<f64>(), any::<f64>()),
        (tank, reserve, pit_loss, is_electric) in (any::<Option<f64>>(), any::<f64>(), any::<f64>(), any::<bool>()),
        plausible in any::<[bool; 5]>(),
    ) {
        let fine = |index: usize, value: f64, scale: f64| if plausible[index] { value.sin().abs() * scale } else { value };
        for end in [RaceEnd::Laps(left), RaceEnd::Time(fine(0, left_s, 1e5)), RaceEnd::Laps(left % 1000)] {
            for progress in [
                RaceProgress::Before,
                RaceProgress::Running { amount: fine(1, amount, 100.0), lap_position: position },
            ] {
                let race = RaceFuel {
                    race: Some(Race { end, is_last_lap: last, has_extra_lap: extra }),
                    progress,
                    per_lap: Some(fine(2, per_lap, 5.0)),
                    lap_time_s: Some(fine(3, lap_time, 300.0)),
                    tank: tank.map(|tank| fine(4, tank, 100.0)),
                    is_electric,
                };
                for reserve in [Reserve::Litres(reserve), Reserve::Laps(reserve)] {
                    let Ok(plan) = StopPlan::new(&race, &planning(reserve, pit_loss)) else { continue };
                    let all = [plan.laps_to_finish, plan.needed, plan.to_add, plan.time_lost_s, plan.start.unwrap_or(0.0)];
                    prop_assert!(all.iter().all(|value| *value >= 0.0 && value.is_finite()), "{:?}", plan);
                    prop_assert!(plan.left_at_finish.is_finite());
                    prop_assert!(plan.stops.is_none_or(|stops| stops.len() <= StopPlan::MAX_STOPS as usize));
                }
            }
        }
    }
}
