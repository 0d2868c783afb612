//! Determinism, rates, traffic and options.

mod common;

use std::collections::{BTreeSet, HashSet};
use std::time::Instant;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Page, Publisher};
use acevo_simulator::{CarModel, Options, Scenario, Simulator, TrackName};
use common::{RATE, player_slot, simulator, step_until, with};

/// The bytes of all pages.
fn bytes(simulator: &Simulator) -> Vec<u8> {
    [simulator.physics().as_bytes(), simulator.graphics().as_bytes(), simulator.static_data().as_bytes()].concat()
}

#[test]
fn equal_seeds_produce_equal_pages() {
    let mut one = with(Scenario::Weekend, CarModel::Gt3, 42);
    let mut two = with(Scenario::Weekend, CarModel::Gt3, 42);
    let mut other = with(Scenario::Weekend, CarModel::Gt3, 43);
    let mut differs = 0;
    for step in 0..240 * RATE {
        assert_eq!(one.step(), two.step());
        other.step();
        if step % 97 == 0 {
            let bytes_of_one = bytes(&one);
            assert!(bytes_of_one == bytes(&two), "after {step} steps");
            differs += usize::from(bytes_of_one != bytes(&other));
        }
    }
    assert_eq!(one.truth(), two.truth());
    assert_ne!(one.truth(), other.truth());
    assert!(differs > 500, "another seed produces other pages");
}

#[test]
fn step_writes_physics_and_graphics_at_their_rates() {
    let mut simulator = simulator(Scenario::HotLaps);
    let (mut physics, mut graphics) = (0, 0);
    for _ in 0..10 * RATE {
        let before = (simulator.physics().packetId, simulator.graphics().packetId);
        let changed = simulator.step();
        physics += usize::from(changed.physics);
        graphics += usize::from(changed.graphics);
        assert_eq!(simulator.physics().packetId - before.0, i32::from(changed.physics));
        if changed.graphics {
            assert_eq!(simulator.graphics().packetId - before.1, 1);
        }
    }
    assert_eq!((physics, graphics), (10 * RATE, 601), "one more frame when loading");
    assert_eq!(simulator.time().as_secs(), 10);
}

#[test]
fn every_car_has_an_id_and_coordinates() {
    for scenario in [Scenario::Weekend, Scenario::Race] {
        let mut simulator = simulator(scenario);
        step_until(&mut simulator, 20, |simulator, _| simulator.time().as_secs() == 16);
        let page = simulator.graphics();
        let ids = { page.car_ids };
        let taken: HashSet<[u64; 2]> = ids.iter().copied().filter(|id| *id != [0, 0]).collect();
        assert_eq!((taken.len(), page.active_cars, page.total_drivers), (20, 20, 20));
        let positions = page.car_coordinates;
        for (id, position) in ids.iter().zip(positions) {
            assert_eq!(*id == [0, 0], position == [0.0; 3], "{id:x?} at {position:?}");
        }
        let distinct: HashSet<[u32; 3]> = positions[..20].iter().map(|position| position.map(f32::to_bits)).collect();
        assert_eq!(distinct.len(), 20);
        assert!(player_slot(page) < 20);
        assert_eq!({ page.focused_car_id_a }, { page.player_car_id_a });
    }
}

#[test]
fn traffic_moves_at_plausible_speeds() {
    let mut simulator = simulator(Scenario::Weekend);
    step_until(&mut simulator, 20, |simulator, _| simulator.time().as_secs() == 12);
    let mut before = simulator.graphics().car_coordinates;
    let own = player_slot(simulator.graphics());
    let mut moved = BTreeSet::new();
    for _ in 0..600 {
        step_until(&mut simulator, 1, |_, changed| changed.graphics);
        let now = simulator.graphics().car_coordinates;
        for slot in (0..20).filter(|&slot| slot != own) {
            let distance = (0..3).map(|axis| (now[slot][axis] - before[slot][axis]).powi(2)).sum::<f32>().sqrt();
            assert!(distance * 60.0 < 95.0, "car {slot} at {} m/s", distance * 60.0);
            if distance > 0.1 {
                moved.insert(slot);
            }
        }
        before = now;
    }
    assert!((12..19).contains(&moved.len()), "{} of the other cars drive, some stay in their boxes", moved.len());
}

#[test]
fn race_starts_from_the_grid_with_start_lights() {
    let mut simulator = simulator(Scenario::Race);
    step_until(&mut simulator, 10, |simulator, _| simulator.graphics().session_state.lights_on == 5);
    let page = simulator.graphics();
    assert_eq!((simulator.physics().speedKmh, page.current_lap_time_ms, page.current_pos), (0.0, 0, 8));
    let start = page.car_coordinates;
    step_until(&mut simulator, 5, |simulator, _| simulator.graphics().session_state.lights_on == 0);
    step_until(&mut simulator, 5, |simulator, _| simulator.physics().speedKmh > 100.0);
    let page = simulator.graphics();
    assert!((1500..9000).contains(&page.current_lap_time_ms), "the first lap is timed from the green light");
    let moved = start.iter().zip(page.car_coordinates).filter(|(a, b)| **a != *b).count();
    assert_eq!(moved, 20, "all cars have started");
    let mut positions = BTreeSet::new();
    for _ in 0..80 * RATE {
        simulator.step();
        positions.insert(simulator.graphics().current_pos);
    }
    assert!(positions.len() > 1, "positions change: {positions:?}");
}

#[test]
fn names_round_trip_through_from_str() {
    for car in CarModel::ALL {
        assert_eq!(car.to_string().parse::<CarModel>().as_ref(), Ok(car));
    }
    for scenario in Scenario::ALL {
        assert_eq!(scenario.to_string().to_uppercase().parse::<Scenario>().as_ref(), Ok(scenario));
    }
    let error = "truck".parse::<CarModel>().unwrap_err().to_string();
    assert_eq!(error, "unknown name \"truck\", expected one of: gt3, road, electric, gt3-turbo, hatch, electric-coupe");
}

#[test]
fn scenario_menu_never_leaves_the_menu() {
    let mut simulator = simulator(Scenario::Menu);
    for _ in 0..30 * RATE {
        let changed = simulator.step();
        assert!(!changed.physics && !simulator.is_finished());
    }
    assert_eq!(simulator.graphics().status, 0);
}

#[test]
fn scenario_pits_stops_on_every_second_lap() {
    let mut simulator = simulator(Scenario::Pits);
    let (mut stops, mut serviced) = (0, false);
    step_until(&mut simulator, 600, |simulator, _| {
        let now = simulator.graphics().pit_info.fuel == 1;
        stops += usize::from(now && !serviced);
        serviced = now;
        simulator.truth().laps.len() == 5
    });
    assert_eq!(stops, 2);
}

#[test]
fn driver_stops_before_the_battery_is_empty() {
    let mut options = Options::default();
    options.scenario = Scenario::HotLaps;
    options.car = CarModel::Electric;
    let mut simulator = Simulator::new(options);
    let mut min_level: f32 = 1.0;
    step_until(&mut simulator, 3600, |simulator, changed| {
        if changed.graphics {
            min_level = min_level.min(simulator.graphics().kers_charge_perc);
        }
        simulator.graphics().pit_info.fuel == 1
    });
    assert!((0.02..0.15).contains(&min_level), "in the box with {min_level} of the battery");
    step_until(&mut simulator, 60, |simulator, _| simulator.graphics().pit_info.fuel == 0);
    assert!(simulator.graphics().kers_charge_perc > 0.55);
}

#[test]
fn run_publishes_in_real_time() {
    let mut simulator = simulator(Scenario::HotLaps);
    let pages = LocalPages::new();
    let mut publisher = Publisher::local(&pages);
    let reader = ACEvoSharedMemoryMapper::open_source(pages).unwrap();
    let started = Instant::now();
    acevo_simulator::run(&mut simulator, &mut publisher, 4.0, |simulator| simulator.time().as_secs() < 2).unwrap();
    assert!(started.elapsed().as_secs_f64() > 0.4, "two seconds at four times the speed take half a second");
    assert_eq!(simulator.time().as_secs(), 2);
    assert_eq!(reader.physics().raw(), simulator.physics());
    assert_eq!(reader.graphics().raw().as_bytes(), simulator.graphics().as_bytes());
    assert_eq!(reader.static_data().raw(), simulator.static_data());
}

/// Longitudinal and lateral distance in metres from the player to every other car.
fn neighbours(simulator: &Simulator) -> Vec<[f64; 2]> {
    let (physics, page) = (simulator.physics(), simulator.graphics());
    let (sin, cos) = physics.heading.sin_cos();
    let own = player_slot(page);
    let positions = page.car_coordinates;
    let relative = |position: [f32; 3]| {
        let (x, z) = (position[0] - positions[own][0], position[2] - positions[own][2]);
        [f64::from(z * cos - x * sin), f64::from(-x * cos - z * sin)]
    };
    (0..20).filter(|&slot| slot != own).map(|slot| relative(positions[slot])).collect()
}

#[test]
fn race_traffic_never_touches_the_player() {
    for track in TrackName::ALL {
        for seed in 1..4 {
            let mut options = Options::default();
            (options.scenario, options.seed, options.track, options.laps) = (Scenario::Race, seed, *track, Some(6));
            let mut simulator = Simulator::new(options);
            let (mut gained, mut lost, mut near) = (0, 0, 0);
            let mut position = 8;
            step_until(&mut simulator, 900, |simulator, changed| {
                let page = simulator.graphics();
                if changed.graphics && page.status == 2 {
                    for [along, across] in neighbours(simulator) {
                        let apart = along.abs() > 4.3 || across.abs() > 1.6;
                        assert!(apart, "{track}, seed {seed}, at {:?}: {along} m, {across} m", simulator.time());
                        near += usize::from(along.abs() < 10.0 && across.abs() < 6.0);
                    }
                    gained += page.current_pos.saturating_sub(position);
                    lost += position.saturating_sub(page.current_pos);
                    position = page.current_pos;
                }
                simulator.is_finished()
            });
            assert!(gained + lost >= 4, "{track}, seed {seed}: {gained} positions won, {lost} lost");
            assert!(near > 300, "{track}, seed {seed}: {near} times near another car");
        }
    }
}

#[test]
fn race_without_a_number_of_laps_lasts_twenty_minutes() {
    let mut simulator = simulator(Scenario::Race);
    step_until(&mut simulator, 1500, |simulator, _| simulator.is_finished());
    let laps = &simulator.truth().laps;
    let (end, before) = (laps[laps.len() - 1].finished_at_s, laps[laps.len() - 2].finished_at_s);
    assert!(end >= 1200.0 && before < 1200.0, "{before} s, {end} s");
    assert!(simulator.static_data().is_timed_race);
}
