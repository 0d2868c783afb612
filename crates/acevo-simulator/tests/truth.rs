//! The truth agrees with itself and with the pages, in every scenario made for traps.

mod common;

use std::collections::BTreeMap;

use acevo_shared_memory::{ACEvoFlagType, ACEvoStatus};
use acevo_simulator::{AbortReason, CarModel, Damage, LapKind, Occurrence, PhantomLap, Scenario, Simulator, Truth};
use common::{TRAPS, frame_at, reset_frame, shots, step_until, with};

/// Every scenario, the cars in turns.
fn each(mut check: impl FnMut(Scenario, Simulator)) {
    for (index, scenario) in TRAPS.into_iter().enumerate() {
        let car = CarModel::all()[index % 6];
        check(scenario, with(scenario, car, 11 + index as u64));
    }
}

#[test]
fn laps_are_numbered_and_timed_without_a_gap() {
    each(|scenario, mut simulator| {
        let shots = shots(&mut simulator);
        let truth = simulator.truth();
        let rounding = if scenario == Scenario::Twins { 5 } else { 0 };
        assert!(truth.laps.len() >= 2, "{scenario}: {} laps", truth.laps.len());
        let mut completed: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for lap in &truth.laps {
            let before = completed.entry((lap.session, lap.run)).or_default();
            *before += 1;
            let phantoms = counted_phantoms(truth, (lap.session, lap.run), lap.finished_step);
            assert_eq!(lap.number, *before + phantoms, "{scenario}");
            assert_eq!(lap.sectors_ms.iter().sum::<i32>(), lap.time_ms, "{scenario} {lap:?}");
            assert!(lap.sectors_ms.iter().all(|&ms| ms > 12_000), "{scenario} {lap:?}");
            assert!(!lap.valid || (lap.kind == LapKind::Flying && !lap.through_pits), "{scenario} {lap:?}");
            assert!(lap.fuel_used_l + lap.energy_used_kwh > 0.4, "{scenario} {lap:?}");
            assert!(
                lap.returned_ms.is_none_or(|ms| lap.kind == LapKind::Out && ms < lap.time_ms),
                "{scenario} {lap:?}"
            );
            // The timer is back within two frames after the line, runs on until then, and has been right.
            let line = frame_at(&shots, lap.finished_step);
            let frame = reset_frame(&shots, lap);
            let overrun = scenario != Scenario::Twins;
            assert!((line + usize::from(overrun)..=line + 2).contains(&frame), "{scenario} {lap:?}");
            let over = shots[frame - 1].timer - lap.time_ms;
            let allowed = if overrun { 0..=20 } else { -20 - rounding..=rounding };
            assert!(allowed.contains(&over), "{scenario} {lap:?}: {over} ms");
        }
        for pair in truth.laps.windows(2) {
            assert!(pair[0].finished_step < pair[1].finished_step);
            let aborted_between =
                truth.aborted.iter().any(|lap| (pair[0].finished_step..pair[1].finished_step).contains(&lap.step))
                    || pair[0].session != pair[1].session;
            if !aborted_between {
                let between = (pair[1].finished_at_s - pair[0].finished_at_s) * 1000.0;
                assert!(
                    (between - f64::from(pair[1].time_ms)).abs() <= 0.5 + f64::from(rounding),
                    "{scenario}: {:?}",
                    pair[1]
                );
            }
        }
        for lap in &truth.aborted {
            let before = completed_before(truth, (lap.session, lap.run), lap.step);
            assert_eq!(lap.number, before + 1, "{scenario} {lap:?}");
            assert!(lap.elapsed_ms > 0, "{scenario} {lap:?}");
            // The last frame that still shows the lap.
            let timer = shots[frame_at(&shots, lap.step) - 1].timer;
            assert!((0..=20).contains(&(lap.elapsed_ms - timer)), "{scenario} {lap:?}: {timer} ms");
        }
        assert!(truth.aborted.is_sorted_by_key(|lap| lap.step));
        assert_eq!(truth.aborted.last().map(|lap| lap.reason), Some(AbortReason::SessionEnd), "{scenario}");
    });
}

fn completed_before(truth: &Truth, run: (u32, u32), step: u64) -> u32 {
    let laps =
        truth.laps.iter().filter(|lap| (lap.session, lap.run) == run && lap.finished_step <= step).count() as u32;
    laps + counted_phantoms(truth, run, step)
}

/// What the game has counted as laps up to this step although none were driven.
fn counted_phantoms(truth: &Truth, run: (u32, u32), step: u64) -> u32 {
    let in_run = |phantom: &&PhantomLap| (phantom.session, phantom.run) == run && phantom.step <= step;
    truth.phantoms.iter().filter(in_run).filter(|phantom| phantom.number.is_some()).count() as u32
}

#[test]
fn a_lap_time_is_published_or_it_is_not() {
    each(|scenario, mut simulator| {
        let shots = shots(&mut simulator);
        let laps = &simulator.truth().laps;
        for (index, lap) in laps.iter().enumerate() {
            let from = frame_at(&shots, lap.finished_step);
            let to = laps.get(index + 1).map_or(shots.len(), |next| frame_at(&shots, next.finished_step));
            let live = |status| [ACEvoStatus::Live.value(), ACEvoStatus::Off.value()].contains(&status);
            let shown = shots[from..to].iter().any(|shot| live(shot.status) && shot.last == lap.time_ms);
            // Twins are there before they are published.
            let twin = index > 0 && laps[index - 1].time_ms == lap.time_ms;
            assert!(shown == lap.published || twin, "{scenario} {lap:?}");
        }
        assert!(laps.iter().filter(|lap| !lap.published).count() <= 2, "{scenario}");
    });
}

#[test]
fn fuel_used_is_what_is_missing_in_the_tank() {
    for scenario in [Scenario::Restart, Scenario::Garage, Scenario::Replay, Scenario::DriveThrough, Scenario::Incidents]
    {
        let mut simulator = with(scenario, CarModel::Gt3, 5);
        let mut fuel = Vec::new();
        step_until(&mut simulator, 1500, |simulator, _| {
            fuel.push(f64::from(simulator.physics().fuel));
            simulator.is_finished()
        });
        let truth = simulator.truth();
        let mut compared = 0;
        for pair in truth.laps.windows(2) {
            let (from, to) = (pair[0].finished_step, pair[1].finished_step);
            let interrupted = truth.aborted.iter().any(|lap| (from..to).contains(&lap.step));
            let refuelled = truth
                .happenings
                .iter()
                .any(|happening| (from..to).contains(&happening.step) && happening.what == Occurrence::Service(true));
            if !interrupted && !refuelled {
                let missing = fuel[from as usize - 1] - fuel[to as usize - 1];
                assert!((missing - pair[1].fuel_used_l).abs() < 0.001, "{scenario}: {missing} l, {:?}", pair[1]);
                compared += 1;
            }
        }
        assert!(compared > 0, "{scenario}");
    }
}

/// What the pages have to show, by the truth.
#[derive(Debug, Default, PartialEq)]
struct State {
    flag: i32,
    pit_lane: bool,
    pit_box: bool,
    service: bool,
    pit_limiter: bool,
    rev_limiter: bool,
    wrong_way: bool,
    damage: Damage,
}

#[test]
fn every_frame_shows_what_has_happened() {
    each(|scenario, mut simulator| {
        let mut state = State::default();
        let (mut told, mut paused, mut current, mut watching) = (0, false, true, false);
        // Frames for which the page does not show yet that the car is back in its box.
        let mut departing = 0;
        let mut names = std::collections::BTreeSet::new();
        step_until(&mut simulator, 4500, |simulator, changed| {
            for happening in &simulator.truth().happenings[told..] {
                let (what, step) = (happening.what, simulator.steps());
                assert_eq!(happening.step, step, "{scenario}");
                assert!((0.0..1.0).contains(&happening.npos), "{scenario}");
                names.insert(format!("{what:?}"));
                let switch = match what {
                    Occurrence::PitLane(now) => Some((&mut state.pit_lane, now)),
                    Occurrence::PitBox(now) => Some((&mut state.pit_box, now)),
                    Occurrence::Service(now) => Some((&mut state.service, now)),
                    Occurrence::PitLimiter(now) => Some((&mut state.pit_limiter, now)),
                    Occurrence::RevLimiter(now) => Some((&mut state.rev_limiter, now)),
                    Occurrence::WrongWay(now) => Some((&mut state.wrong_way, now)),
                    Occurrence::Paused(now) => Some((&mut paused, now)),
                    Occurrence::PhysicsCurrent(now) => Some((&mut current, now)),
                    Occurrence::Watching(now) => Some((&mut watching, now)),
                    _ => None,
                };
                if let Some((state, now)) = switch {
                    assert_ne!(*state, now, "{scenario}: {what:?} again at {step}");
                    *state = now;
                }
                match what {
                    Occurrence::Flag(flag) => state.flag = flag.value(),
                    Occurrence::Damage(damage) => state.damage = damage,
                    Occurrence::Phase(_) => (state, current) = (State::default(), true),
                    Occurrence::ReturnedToGarage => departing = 2,
                    _ => {}
                }
            }
            told = simulator.truth().happenings.len();
            let page = simulator.graphics();
            let elsewhere = { page.focused_car_id_a } != { page.player_car_id_a };
            if changed.graphics && departing > 0 {
                departing -= 1;
            } else if changed.graphics && page.status == ACEvoStatus::Live.value() && (elsewhere || watching) {
                assert_eq!(elsewhere, watching, "{scenario} at {:?}", simulator.time());
            } else if changed.graphics && page.status == ACEvoStatus::Live.value() {
                let physics = simulator.physics();
                let damage = page.car_damage;
                let shown = State {
                    flag: page.flag,
                    pit_lane: page.is_in_pit_lane,
                    pit_box: page.is_in_pit_box,
                    service: page.pit_info.tyres_lf == 1,
                    pit_limiter: page.electronics.is_pitlimiter_on,
                    rev_limiter: page.is_rpm_limiter_on,
                    wrong_way: page.is_wrong_way,
                    damage: Damage {
                        body: [
                            damage.damage_front,
                            damage.damage_rear,
                            damage.damage_left,
                            damage.damage_right,
                            damage.damage_center,
                        ],
                        suspension: [
                            damage.damage_suspension_lf,
                            damage.damage_suspension_rf,
                            damage.damage_suspension_lr,
                            damage.damage_suspension_rr,
                        ],
                    },
                };
                assert_eq!(shown, state, "{scenario} at {:?}", simulator.time());
                let whole = physics.carDamage == state.damage.body && physics.gear > 0;
                assert!(whole || !current, "{scenario} at {:?}", simulator.time());
            }
            simulator.is_finished()
        });
        let chequered = format!("{:?}", Occurrence::Flag(ACEvoFlagType::CheckeredFlag));
        assert!(names.contains(&chequered) && names.contains("SessionEnded"), "{scenario}: {names:?}");
    });
}

#[test]
fn traps_are_the_same_every_time() {
    for scenario in [Scenario::Restart, Scenario::Garage, Scenario::Replay, Scenario::Phases] {
        let mut one = with(scenario, CarModel::Gt3, 8);
        let mut two = with(scenario, CarModel::Gt3, 8);
        let (first, second) = (shots(&mut one), shots(&mut two));
        assert!(first == second && one.truth() == two.truth(), "{scenario}");
        let mut other = with(scenario, CarModel::Gt3, 9);
        assert!(shots(&mut other) != first, "{scenario}");
    }
}
