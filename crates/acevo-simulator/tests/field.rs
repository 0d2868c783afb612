//! The truth about all cars, and the scenario in which they stop, retire and join late.

mod common;

use std::collections::HashSet;

use acevo_simulator::{CarModel, CarTruth, LapKind, Options, Scenario, Simulator, TrackName};
use common::{RATE, player_slot, step_until};

fn options(scenario: Scenario, cars: u32) -> Options {
    let mut options = Options::default();
    (options.scenario, options.cars) = (scenario, cars);
    options
}

fn driven(options: Options) -> Simulator {
    let mut simulator = Simulator::new(options);
    step_until(&mut simulator, 4500, |simulator, _| simulator.is_finished());
    simulator
}

/// The sectors of each lap are those of the log, and its laps follow each other.
fn assert_laps_are_consistent(car: &CarTruth) {
    for lap in &car.laps {
        assert_eq!(lap.sectors_ms.iter().sum::<i32>(), lap.time_ms, "{} {lap:?}", car.name);
        assert!(lap.time_ms > 50_000, "{} {lap:?}", car.name);
        assert!(!lap.valid || lap.sectors_ms.iter().all(|&ms| ms > 9_000), "{} {lap:?}", car.name);
        let seconds = lap.finished_at_s - lap.started_at_s;
        assert!((seconds - f64::from(lap.time_ms) / 1000.0).abs() < 0.001, "{} {lap:?}", car.name);
        assert!(!(lap.valid && lap.through_pits), "{} {lap:?}", car.name);
    }
    for pair in car.laps.windows(2).filter(|pair| (pair[0].session, pair[0].run) == (pair[1].session, pair[1].run)) {
        assert_eq!(pair[0].number + 1, pair[1].number, "{} {pair:?}", car.name);
        assert!(pair[0].finished_at_s <= pair[1].started_at_s + 0.001, "{} {pair:?}", car.name);
        assert!(pair[0].finished_step < pair[1].finished_step, "{} {pair:?}", car.name);
    }
}

#[test]
fn every_car_has_a_driver_and_laps_with_the_sectors_of_the_game() {
    for scenario in [Scenario::Field, Scenario::RaceEnd, Scenario::Phases, Scenario::Spectate] {
        let simulator = driven(options(scenario, 20));
        let cars = &simulator.truth().cars;
        assert_eq!(cars.len(), 20, "{scenario}");
        assert_eq!(cars.iter().map(|car| &car.name).collect::<HashSet<_>>().len(), 20, "{scenario}");
        assert_eq!(cars.iter().map(|car| car.number).collect::<HashSet<_>>().len(), 20, "{scenario}");
        assert_eq!(cars.iter().map(|car| car.id).collect::<HashSet<_>>().len(), 20, "{scenario}");
        assert!(cars.iter().map(|car| car.class).collect::<HashSet<_>>().len() >= 3, "{scenario}");
        for car in cars {
            assert_eq!(car.is_ai, !car.is_player, "{scenario} {}", car.name);
            assert!(car.model.starts_with("ks_"), "{scenario} {}", car.name);
            assert_laps_are_consistent(car);
        }
        let player = cars.iter().find(|car| car.is_player).unwrap();
        let page = simulator.truth().laps.iter().map(|lap| (lap.number, lap.time_ms, lap.game_sectors_ms, lap.valid));
        let laps = player.laps.iter().map(|lap| (lap.number, lap.time_ms, lap.sectors_ms, lap.valid));
        assert!(page.eq(laps), "{scenario}");
    }
}

#[test]
fn names_are_those_of_the_pages() {
    let mut simulator = Simulator::new(options(Scenario::Spectate, 20));
    step_until(&mut simulator, 300, |simulator, _| {
        let page = simulator.graphics();
        page.driver_name.to_string() == "Ana" && page.focused_car_id_a != page.player_car_id_a
    });
    let page = simulator.graphics();
    let name = |id: [u64; 2]| simulator.truth().cars.iter().find(|car| car.id.0 == id).unwrap().name.clone();
    assert_eq!(name([page.focused_car_id_a, page.focused_car_id_b]), "Ana Petrović");
    assert_eq!(name([page.player_car_id_a, page.player_car_id_b]), "Žofie Müldřansová");
}

#[test]
fn sectors_of_the_log_are_no_thirds_of_the_lap() {
    for track in TrackName::ALL {
        let mut options = options(Scenario::HotLaps, 3);
        (options.track, options.laps) = (*track, Some(2));
        let simulator = driven(options);
        for lap in simulator.truth().laps.iter().filter(|lap| lap.valid) {
            let apart = lap.sectors_ms.iter().zip(lap.game_sectors_ms).map(|(third, sector)| (third - sector).abs());
            assert!(apart.max() > Some(1000), "{track} {lap:?}");
        }
    }
}

#[test]
fn first_lap_of_a_race_counts_from_the_green_light() {
    let mut options = options(Scenario::Race, 20);
    options.laps = Some(2);
    let simulator = driven(options);
    for car in &simulator.truth().cars {
        let first = &car.laps[0];
        assert!((first.started_at_s - 10.0).abs() < 0.002, "{} {first:?}", car.name);
        assert_eq!((first.number, first.is_out_lap, first.kind), (1, false, LapKind::Flying));
        let later = car.laps.get(1).map_or(i32::MAX, |lap| lap.sectors_ms[0]);
        assert!(first.sectors_ms[0] > later || later == i32::MAX, "{} starts from the grid", car.name);
    }
}

#[test]
fn field_has_stops_retirements_late_joins_and_lapped_cars() {
    for seed in 1..4 {
        let mut options = options(Scenario::Field, 20);
        options.seed = seed;
        let mut simulator = Simulator::new(options);
        let (mut fewest, mut free, mut stood) = (u8::MAX, HashSet::new(), 0);
        let mut lapped = false;
        let mut before = Vec::new();
        step_until(&mut simulator, 1500, |simulator, changed| {
            let page = simulator.graphics();
            if !changed.graphics || page.status != 2 {
                return simulator.is_finished();
            }
            let states = simulator.field();
            let ids = page.car_ids;
            for (slot, state) in states.iter().enumerate() {
                assert_eq!(state.is_active, ids[slot] == state.id.0, "{state:?}");
                assert!(state.is_active || ids[slot] == [0, 0], "{state:?}");
                assert_eq!(state.position == 0, !state.is_active, "{state:?}");
                assert!((0.0..1.0).contains(&state.lap_position), "{state:?}");
                let advance = state.progress_laps - before.get(slot).copied().unwrap_or(state.progress_laps);
                assert!((0.0..0.001).contains(&advance), "{state:?} by {advance}");
                if !state.is_active {
                    free.insert(slot);
                }
            }
            before = states.iter().map(|state| state.progress_laps).collect();
            let active = states.iter().filter(|state| state.is_active);
            let mut positions: Vec<u32> = active.clone().map(|state| state.position).collect();
            positions.sort_unstable();
            assert!(positions.iter().copied().eq(1..=u32::from(page.active_cars)));
            let player = states.iter().find(|state| state.is_player).unwrap();
            assert_eq!(player.position, page.current_pos);
            fewest = fewest.min(page.active_cars);
            stood = stood.max(active.clone().filter(|state| state.is_in_pit_lane).count());
            let progress = || active.clone().filter(|state| !state.is_in_pit_lane).map(|state| state.progress_laps);
            lapped |= progress().fold(0.0, f64::max) > progress().fold(f64::INFINITY, f64::min) + 1.0;
            simulator.is_finished()
        });
        assert_eq!(fewest, 18, "two join late, two leave");
        assert_eq!(free.len(), 4, "the slots of those that join late and of those that leave are free for a time");
        assert!(stood >= 3 && lapped, "seed {seed}: {stood} cars in the pits at once, lapped: {lapped}");

        let cars = &simulator.truth().cars;
        let others = || cars.iter().filter(|car| !car.is_player);
        let stops = others().flat_map(|car| &car.pit_visits).filter(|visit| visit.left.is_some());
        let mut complete = 0;
        for visit in stops {
            let (left, stopped) = (visit.left.unwrap(), visit.stopped_at_s.unwrap());
            assert!(
                visit.entered_at_s <= stopped && stopped + 5.9 < left.0 && visit.entered_step < left.1,
                "{visit:?}"
            );
            complete += 1;
        }
        assert!(complete > 10, "seed {seed}: {complete} stops");
        assert_eq!(others().filter(|car| car.stays[0].joined_at_s > 40.0).count(), 2);
        let retired: Vec<&CarTruth> = others().filter(|car| car.stays[0].left.is_some()).collect();
        assert_eq!(retired.len(), 2);
        assert_eq!(retired.iter().filter(|car| car.pit_visits.iter().any(|visit| visit.left.is_none())).count(), 1);
        assert!(
            others().flat_map(|car| &car.laps).any(|lap| !lap.valid && !lap.through_pits),
            "mistakes off the track"
        );
        let laps = |car: &CarTruth| car.laps.len();
        assert_eq!(others().map(laps).max(), Some(5));
    }
}

#[test]
fn pit_visits_lead_through_the_pit_lane_at_its_speed_limit() {
    let mut simulator = Simulator::new(options(Scenario::Field, 20));
    let mut before: Option<Vec<([f32; 3], bool)>> = None;
    let (mut in_lane, mut fastest) = (0, 0.0f32);
    step_until(&mut simulator, 1500, |simulator, changed| {
        let page = simulator.graphics();
        if changed.graphics && page.status == 2 {
            let own = player_slot(page);
            let positions = page.car_coordinates;
            let states = simulator.field();
            let now: Vec<_> =
                states.iter().zip(positions).map(|(state, at)| (at, state.is_in_pit_lane && state.is_active)).collect();
            for (slot, (state, (at, inside))) in states.iter().zip(&now).enumerate() {
                // The limit is valid within 230 m of the line.
                let signed = (state.lap_position + 0.5).fract() - 0.5;
                let Some((old, true)) = before.as_ref().map(|all| all[slot]) else { continue };
                if slot != own && *inside && signed.abs() < 0.05 {
                    in_lane += 1;
                    let metres = (0..3).map(|axis| (at[axis] - old[axis]).powi(2)).sum::<f32>().sqrt();
                    fastest = fastest.max(metres * 60.0);
                    assert!(at[0].abs() > 10.0, "beside the main straight, which is at x = 0: {at:?}");
                }
            }
            before = Some(now);
        }
        simulator.is_finished()
    });
    assert!(in_lane > 5000, "{in_lane}");
    assert!((21.0..24.5).contains(&fastest), "{fastest} m/s");
}

#[test]
fn cars_of_the_field_do_not_touch_the_player_on_the_track() {
    for (seed, track) in (1..7).zip(TrackName::ALL.iter().cycle()) {
        let mut options = options(Scenario::Field, 20);
        (options.seed, options.track) = (seed, *track);
        let mut simulator = Simulator::new(options);
        step_until(&mut simulator, 1500, |simulator, changed| {
            let page = simulator.graphics();
            if changed.graphics && page.status == 2 {
                let (own, positions) = (player_slot(page), page.car_coordinates);
                let states = simulator.field();
                // On the fourth lap the player leaves the track, and comes back without regard to others.
                let returns = (3.28..3.36).contains(&states[own].progress_laps);
                if !states[own].is_in_pit_lane && !returns {
                    for (slot, state) in states.iter().enumerate() {
                        if slot != own && state.is_active && !state.is_in_pit_lane {
                            let apart =
                                (0..3).map(|axis| (positions[slot][axis] - positions[own][axis]).powi(2)).sum::<f32>();
                            assert!(apart.sqrt() > 1.5, "{track}, seed {seed}: {state:?} at {:?}", simulator.time());
                        }
                    }
                }
            }
            simulator.is_finished()
        });
    }
}

#[test]
fn number_of_cars_is_that_of_the_options() {
    for cars in [0, 2, 3, 5, 60, 61] {
        for scenario in [Scenario::Field, Scenario::Weekend] {
            let mut options = options(scenario, cars);
            options.laps = Some(1);
            let count = cars.clamp(2, 60) as usize;
            let mut simulator = Simulator::new(options);
            let mut most = 0;
            step_until(&mut simulator, 1500, |simulator, changed| {
                let page = simulator.graphics();
                if changed.graphics && page.status == 2 {
                    most = most.max(usize::from(page.active_cars));
                    let (ids, positions) = (page.car_ids, page.car_coordinates);
                    for (id, position) in ids.iter().zip(positions) {
                        assert_eq!(*id == [0, 0], position == [0.0; 3], "{scenario}, {cars}");
                    }
                    assert_eq!(ids.iter().filter(|id| **id != [0, 0]).count(), usize::from(page.active_cars));
                    assert!((1..=page.active_cars.into()).contains(&page.current_pos), "{scenario}, {cars}");
                }
                simulator.is_finished()
            });
            assert!(count - most <= 2, "{scenario}: {most} of {count} at once");
            assert_eq!(simulator.truth().cars.len(), count, "{scenario}");
            simulator.truth().cars.iter().for_each(assert_laps_are_consistent);
        }
    }
}

#[test]
fn lapped_player_finishes_after_the_leader() {
    let mut options = options(Scenario::Field, 20);
    (options.car, options.laps) = (CarModel::Hatch, Some(20));
    let simulator = driven(options);
    let laps = |player: bool| {
        simulator.truth().cars.iter().filter(|car| car.is_player == player).map(|car| car.laps.len()).max().unwrap()
    };
    assert_eq!(laps(false), 20);
    assert!((18..=20).contains(&laps(true)), "{}", laps(true));
    let leader = simulator.truth().cars.iter().flat_map(|car| &car.laps).filter(|lap| lap.number == 20);
    let flag = leader.map(|lap| lap.finished_at_s).fold(f64::INFINITY, f64::min);
    for car in &simulator.truth().cars {
        let after = car.laps.iter().filter(|lap| lap.finished_at_s > flag + 0.001).count();
        assert!(after <= 1, "{} drives {after} laps after the flag", car.name);
    }
}

#[test]
fn truth_grows_only_with_laps_and_stops() {
    let mut options = options(Scenario::HotLaps, 60);
    options.laps = Some(4);
    let mut simulator = Simulator::new(options);
    let size = |simulator: &Simulator| {
        simulator.truth().cars.iter().map(|car| car.laps.len() + car.pit_visits.len() + car.stays.len()).sum::<usize>()
    };
    step_until(&mut simulator, 100, |simulator, _| !simulator.truth().cars.is_empty());
    let mut before = size(&simulator);
    for _ in 0..60 {
        for _ in 0..RATE {
            simulator.step();
        }
        let now = size(&simulator);
        assert!(now - before <= 60, "{} entries in a second", now - before);
        before = now;
    }
    assert!(before <= 60 * 3, "{before} entries after a minute");
}

#[test]
fn equal_seeds_give_equal_fields() {
    let truth = |seed| {
        let mut options = options(Scenario::Field, 12);
        (options.seed, options.laps) = (seed, Some(2));
        driven(options).truth().cars.clone()
    };
    assert_eq!(truth(5), truth(5));
    assert_ne!(truth(5)[0].name.as_str(), "");
    assert_ne!(truth(5), truth(6));
}
