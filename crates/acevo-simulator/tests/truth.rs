//! The truth is consistent with itself and with the pages, in all hard scenarios.

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use acevo_shared_memory::{ACEvoFlagType, ACEvoStatus};
use acevo_simulator::{AbortReason, CarModel, Damage, LapKind, PhantomLap, Scenario, Simulator, Truth, TruthEventKind};
use common::{HARD_SCENARIOS, Shot, frame_at, reset_frame, shots, step_until, with};

/// Checks all hard scenarios, with alternating cars.
fn each(mut check: impl FnMut(Scenario, Simulator)) {
    for (index, scenario) in HARD_SCENARIOS.into_iter().enumerate() {
        let car = CarModel::ALL[index % 6];
        check(scenario, with(scenario, car, 11 + index as u64));
    }
}

/// All hard scenarios, driven to their end once for the tests that look back at them.
static DRIVEN: LazyLock<Vec<(Scenario, Simulator, Vec<Shot>)>> = LazyLock::new(|| {
    let mut driven = Vec::new();
    each(|scenario, mut simulator| {
        let shots = shots(&mut simulator);
        driven.push((scenario, simulator, shots));
    });
    driven
});

#[test]
fn truth_numbers_and_times_laps_without_gaps() {
    for (scenario, simulator, shots) in &*DRIVEN {
        let truth = simulator.truth();
        let rounding = if *scenario == Scenario::Twins { 5 } else { 0 };
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
            // The timer is reset within two frames after the line, and was correct until then.
            let line = frame_at(shots, lap.finished_step);
            let frame = reset_frame(shots, lap);
            let overrun = *scenario != Scenario::Twins;
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
            let timer = shots[frame_at(shots, lap.step) - 1].timer;
            assert!((0..=20).contains(&(lap.elapsed_ms - timer)), "{scenario} {lap:?}: {timer} ms");
        }
        assert!(truth.aborted.is_sorted_by_key(|lap| lap.step));
        assert_eq!(truth.aborted.last().map(|lap| lap.reason), Some(AbortReason::SessionEnd), "{scenario}");
    }
}

fn completed_before(truth: &Truth, run: (u32, u32), step: u64) -> u32 {
    let laps =
        truth.laps.iter().filter(|lap| (lap.session, lap.run) == run && lap.finished_step <= step).count() as u32;
    laps + counted_phantoms(truth, run, step)
}

/// Number of phantom laps that the game has counted up to this step.
fn counted_phantoms(truth: &Truth, run: (u32, u32), step: u64) -> u32 {
    let in_run = |phantom: &&PhantomLap| (phantom.session, phantom.run) == run && phantom.step <= step;
    truth.phantoms.iter().filter(in_run).filter(|phantom| phantom.number.is_some()).count() as u32
}

#[test]
fn published_is_true_if_the_lap_time_was_shown() {
    for (scenario, simulator, shots) in &*DRIVEN {
        let laps = &simulator.truth().laps;
        for (index, lap) in laps.iter().enumerate() {
            let from = frame_at(shots, lap.finished_step);
            let to = laps.get(index + 1).map_or(shots.len(), |next| frame_at(shots, next.finished_step));
            let live = |status| [ACEvoStatus::Live.value(), ACEvoStatus::Off.value()].contains(&status);
            let shown = shots[from..to].iter().any(|shot| live(shot.status) && shot.last == lap.time_ms);
            // An identical time is already shown before it is published.
            let identical = index > 0 && laps[index - 1].time_ms == lap.time_ms;
            assert!(shown == lap.published || identical, "{scenario} {lap:?}");
        }
        assert!(laps.iter().filter(|lap| !lap.published).count() <= 2, "{scenario}");
    }
}

#[test]
fn fuel_used_equals_the_change_of_the_tank() {
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
                .events
                .iter()
                .any(|event| (from..to).contains(&event.step) && event.kind == TruthEventKind::Service(true));
            if !interrupted && !refuelled {
                let missing = fuel[from as usize - 1] - fuel[to as usize - 1];
                assert!((missing - pair[1].fuel_used_l).abs() < 0.001, "{scenario}: {missing} l, {:?}", pair[1]);
                compared += 1;
            }
        }
        assert!(compared > 0, "{scenario}");
    }
}

/// The state that the pages must show according to the truth.
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
fn frames_show_all_events_of_the_truth() {
    each(|scenario, mut simulator| {
        let mut state = State::default();
        let (mut processed, mut paused, mut current, mut watching) = (0, false, true, false);
        // Number of frames for which the page does not show the return to the box yet.
        let mut departing = 0;
        let mut names = std::collections::BTreeSet::new();
        step_until(&mut simulator, 4500, |simulator, changed| {
            for event in &simulator.truth().events[processed..] {
                let (kind, step) = (event.kind, simulator.steps());
                assert_eq!(event.step, step, "{scenario}");
                assert!((0.0..1.0).contains(&event.npos), "{scenario}");
                names.insert(format!("{kind:?}"));
                let switch = match kind {
                    TruthEventKind::PitLane(now) => Some((&mut state.pit_lane, now)),
                    TruthEventKind::PitBox(now) => Some((&mut state.pit_box, now)),
                    TruthEventKind::Service(now) => Some((&mut state.service, now)),
                    TruthEventKind::PitLimiter(now) => Some((&mut state.pit_limiter, now)),
                    TruthEventKind::RevLimiter(now) => Some((&mut state.rev_limiter, now)),
                    TruthEventKind::WrongWay(now) => Some((&mut state.wrong_way, now)),
                    TruthEventKind::Paused(now) => Some((&mut paused, now)),
                    TruthEventKind::PhysicsCurrent(now) => Some((&mut current, now)),
                    TruthEventKind::Watching(now) => Some((&mut watching, now)),
                    _ => None,
                };
                if let Some((state, now)) = switch {
                    assert_ne!(*state, now, "{scenario}: repeated {kind:?} at {step}");
                    *state = now;
                }
                match kind {
                    TruthEventKind::Flag(flag) => state.flag = flag.value(),
                    TruthEventKind::Damage(damage) => state.damage = damage,
                    TruthEventKind::Phase(_) => (state, current) = (State::default(), true),
                    TruthEventKind::ReturnedToGarage => departing = 2,
                    _ => {}
                }
            }
            processed = simulator.truth().events.len();
            let page = simulator.graphics();
            let is_watching = { page.focused_car_id_a } != { page.player_car_id_a };
            if changed.graphics && departing > 0 {
                departing -= 1;
            } else if changed.graphics && page.status == ACEvoStatus::Live.value() && (is_watching || watching) {
                assert_eq!(is_watching, watching, "{scenario} at {:?}", simulator.time());
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
                let is_consistent = physics.carDamage == state.damage.body && physics.gear > 0;
                assert!(is_consistent || !current, "{scenario} at {:?}", simulator.time());
            }
            simulator.is_finished()
        });
        let chequered = format!("{:?}", TruthEventKind::Flag(ACEvoFlagType::CheckeredFlag));
        assert!(names.contains(&chequered) && names.contains("SessionEnded"), "{scenario}: {names:?}");
    });
}

#[test]
fn hard_scenarios_are_deterministic() {
    for scenario in [Scenario::Restart, Scenario::Garage, Scenario::Replay, Scenario::Phases] {
        let mut one = with(scenario, CarModel::Gt3, 8);
        let mut two = with(scenario, CarModel::Gt3, 8);
        let (first, second) = (shots(&mut one), shots(&mut two));
        assert!(first == second && one.truth() == two.truth(), "{scenario}");
        let mut other = with(scenario, CarModel::Gt3, 9);
        assert!(shots(&mut other) != first, "{scenario}");
    }
}
