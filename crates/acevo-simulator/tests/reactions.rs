//! Effects of driving on brakes, tyres, tank and battery, and plausible ranges of all values.

mod common;

use acevo_shared_memory::{ACEvoEngineType, Page, Value};
use acevo_simulator::{CarClass, CarModel, Options, Scenario, Simulator, TrackName};
use common::{CLASSES, RATE, simulator, with};

#[test]
fn brakes_heat_up_when_braking_and_cool_on_straights() {
    let mut simulator = simulator(Scenario::HotLaps);
    let (mut heated, mut cooled) = (0, 0);
    for _ in 0..100 * RATE {
        let before = simulator.physics().brakeTemp[0];
        simulator.step();
        let page = simulator.physics();
        if before > 0.0 && page.brake > 0.5 {
            assert!(page.brakeTemp[0] > before);
            assert!(page.brakeTorque[0] > 0.0);
            heated += 1;
        } else if before > 0.0 && page.brake == 0.0 && page.speedKmh > 100.0 {
            assert!(page.brakeTemp[0] < before);
            cooled += 1;
        }
    }
    assert!(heated > RATE && cooled > 20 * RATE, "{heated} steps of braking, {cooled} without");
}

#[test]
fn tyres_warm_up_and_gain_pressure() {
    let mut simulator = simulator(Scenario::HotLaps);
    simulator.step();
    let cold = *simulator.physics();
    for _ in 0..180 * RATE {
        simulator.step();
    }
    let warm = simulator.physics();
    for wheel in 0..4 {
        assert!(warm.tyreCoreTemperature[wheel] > cold.tyreCoreTemperature[wheel] + 5.0, "wheel {wheel}");
        assert!(warm.wheelsPressure[wheel] > cold.wheelsPressure[wheel] + 0.5, "wheel {wheel}");
    }
}

#[test]
fn camber_heats_the_inner_edges_of_the_tread() {
    let mut simulator = simulator(Scenario::HotLaps);
    let mut sums = [[0.0f64; 2]; 2];
    for _ in 0..180 * RATE {
        if simulator.step().graphics {
            let page = simulator.graphics();
            for (side, tyre) in [page.tyre_lf, page.tyre_rf].into_iter().enumerate() {
                sums[side][0] += f64::from(tyre.tyre_temperature_left);
                sums[side][1] += f64::from(tyre.tyre_temperature_right);
            }
            assert!(simulator.physics().camberRAD[0] < 0.0 && simulator.physics().camberRAD[1] > 0.0);
        }
    }
    assert!(sums[0][1] > sums[0][0], "the inner edge of a left tyre is its right edge");
    assert!(sums[1][0] > sums[1][1], "the inner edge of a right tyre is its left edge");
}

#[test]
fn fuel_in_the_tank_decreases_by_the_fuel_used() {
    let mut simulator = simulator(Scenario::HotLaps);
    simulator.step();
    let start = simulator.physics().fuel;
    let mut before = start;
    for _ in 0..200 * RATE {
        let changed = simulator.step();
        let fuel = simulator.physics().fuel;
        assert!(fuel <= before);
        before = fuel;
        if changed.graphics {
            let page = simulator.graphics();
            assert!((start - fuel - page.fuel_liter_used).abs() < 1e-3);
            assert_eq!(page.fuel_liter_current_quantity, fuel);
        }
    }
    let truth = &simulator.truth().laps;
    assert_eq!(truth.len(), 2);
    for lap in truth {
        assert!((1.0..5.0).contains(&lap.fuel_used_l), "{} l on a lap", lap.fuel_used_l);
        assert_eq!(lap.energy_used_kwh, 0.0);
    }
}

#[test]
fn electric_car_uses_a_battery_instead_of_a_tank() {
    let mut simulator = with(Scenario::HotLaps, CarModel::Electric, 3);
    simulator.step();
    let full = simulator.graphics().kers_charge_perc;
    let (mut charging, mut drawing) = (0, 0);
    for _ in 0..130 * RATE {
        simulator.step();
        let (physics, page) = (simulator.physics(), simulator.graphics());
        assert_eq!((physics.fuel, page.fuel_liter_used, page.max_fuel), (0.0, 0.0, 0.0));
        assert_eq!(page.engine_type, ACEvoEngineType::ElectricMotor.value());
        assert!(page.has_kers && (1..=2).contains(&physics.gear) && page.max_gears == 1);
        assert!((500.0..900.0).contains(&page.battery_voltage));
        charging += usize::from(physics.ersIsCharging == 1);
        drawing += usize::from(physics.kersInput > 0.5);
    }
    let left = simulator.graphics().kers_charge_perc;
    assert!(left < full - 0.02 && left > 0.5, "{full} before, {left} after");
    assert!(charging > 5 * RATE && drawing > 20 * RATE, "{charging} steps charging, {drawing} drawing");
    assert!(simulator.truth().laps[0].energy_used_kwh > 1.0);
}

/// Fields in which the game publishes NaN and infinite values, because it divides without checks.
const QUOTIENTS: [&str; 8] = [
    "fuel_liter_per_km",
    "km_per_fuel_liter",
    "fuel_liter_per_lap",
    "fuel_per_lap",
    "laps_possible_with_fuel",
    "fuel_estimated_laps",
    "instantaneous_fuel_liter_per_km",
    "instantaneous_km_per_fuel_liter",
];

/// Asserts that all other floats are finite, and that all values are plausible.
fn check<P: Page>(page: &P, context: &str) {
    fn finite(value: Value<'_>) -> bool {
        match value {
            Value::Float(value) => value.is_finite(),
            Value::List(list) => list.iter().all(finite),
            _ => true,
        }
    }
    for field in P::FIELDS {
        let value = field.read(page.as_bytes());
        assert!(finite(value) || QUOTIENTS.contains(&field.path), "{context}: {} is {value}", field.path);
    }
    if let Some(implausible) = page.implausible().next() {
        panic!("{context}: {implausible}");
    }
}

#[test]
fn values_stay_plausible_on_a_weekend() {
    check_range_of_classes(Scenario::Weekend, 820);
}

#[test]
fn values_stay_plausible_in_the_pits() {
    check_range_of_classes(Scenario::Pits, 260);
}

#[test]
fn values_stay_plausible_in_a_race() {
    check_range_of_classes(Scenario::Race, 260);
}

#[test]
fn values_stay_plausible_on_flying_laps() {
    check_range_of_classes(Scenario::HotLaps, 260);
}

#[test]
fn values_stay_plausible_when_the_car_is_moved() {
    check_range_of_classes(Scenario::Restart, 650);
    check_range_of_classes(Scenario::Garage, 400);
    check_range_of_classes(Scenario::Replay, 400);
    check_range_of_classes(Scenario::Phases, 500);
}

#[test]
fn values_stay_plausible_during_incidents() {
    check_range_of_classes(Scenario::Validity, 780);
    check_range_of_classes(Scenario::Incidents, 620);
}

/// Checks a car of each class with different seeds.
fn check_range_of_classes(scenario: Scenario, seconds: usize) {
    for (seed, car) in CLASSES.into_iter().enumerate() {
        let simulator = with(scenario, car, 7919 * (seed as u64 + seconds as u64));
        check_range(scenario, car, seconds, simulator);
    }
}

#[test]
fn values_stay_plausible_with_any_car_on_any_track() {
    for (car, track) in CarModel::ALL.iter().flat_map(|car| TrackName::ALL.iter().map(move |track| (*car, *track))) {
        let mut options = Options::default();
        (options.scenario, options.car, options.track) = (Scenario::Pits, car, track);
        check_range(Scenario::Pits, car, 150, Simulator::new(options));
    }
}

fn check_range(scenario: Scenario, car: CarModel, seconds: usize, mut simulator: Simulator) {
    for _ in 0..seconds * RATE {
        let changed = simulator.step();
        let page = simulator.physics();
        let context = || format!("{scenario}, {car}, at {:?}", simulator.time());
        if changed.graphics {
            // All fields are checked in some frames, the most important ones in every step below.
            if simulator.graphics().packetId % 20 == 0 {
                check(page, &context());
                check(simulator.graphics(), &context());
                check(simulator.static_data(), &context());
            }
            let page = simulator.graphics();
            assert!((0..=100).contains(&page.water_temperature_c), "{}", context());
            assert!(page.gap_ahead >= 0.0 && page.gap_behind >= 0.0, "{}", context());
            let positions = if page.active_cars > 1 { 1..=20 } else { 0..=0 };
            assert!(positions.contains(&page.current_pos) || page.status == 0, "{}", context());
            for tyre in [page.tyre_lf, page.tyre_rf, page.tyre_lr, page.tyre_rr] {
                assert!(tyre.tyre_normalized_pressure <= 2.0, "{}", context());
            }
        }
        assert!((0..=12).contains(&page.gear), "{}", context());
        assert!((0..=20_000).contains(&page.rpms), "{}", context());
        assert!((0.0..320.0).contains(&page.speedKmh), "{}", context());
        for pedal in [page.gas, page.brake, page.clutch, page.tc, page.abs] {
            assert!((0.0..=1.0).contains(&pedal), "{}: {pedal}", context());
        }
        assert!((-1.0..=1.0).contains(&page.steerAngle), "{}", context());
        // Up to 3.6 g when the car drops into its box.
        assert!(page.accG.iter().all(|g| g.abs() < 4.0), "{}: {:?}", context(), page.accG);
        for (wheel, torque) in page.brakeTorque.into_iter().enumerate() {
            assert!((0.0..=0.7).contains(&torque), "{}: wheel {wheel}, {torque}", context());
        }
        // Except in the menu and around pauses.
        if page.gear > 0 && page.airTemp > 20.0 && page.wheelLoad[0] != 0.0 && page.airDensity > 1.183 {
            assert!(page.wheelLoad.iter().all(|load| (0.0..25_000.0).contains(load)), "{}", context());
            assert!(page.brakeTemp.iter().all(|t| (15.0..1100.0).contains(t)), "{}: {:?}", context(), page.brakeTemp);
            let tyres = page.tyreCoreTemperature;
            assert!(tyres.iter().all(|t| (20.0..135.0).contains(t)), "{}: {tyres:?}", context());
            assert!(page.wheelsPressure.iter().all(|psi| (18.0..60.0).contains(psi)), "{}", context());
            assert!(page.slipRatio.iter().all(|slip| slip.abs() < 0.2), "{}", context());
            assert!((60.0..115.0).contains(&page.waterTemp) || car.class() == CarClass::Electric, "{}", context());
        }
        let zeros = [page.tyreWear, page.tyreTempI, page.tyreTempM, page.tyreTempO, page.suspensionDamage];
        assert!(zeros.as_flattened().iter().all(|&value| value == 0.0), "{}", context());
        assert_eq!((page.tcinAction, page.absInAction), (0, 0), "{}", context());
    }
}
