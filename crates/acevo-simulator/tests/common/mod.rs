//! What the tests share.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use acevo_shared_memory::SPageFileGraphicEvo;
use acevo_simulator::{CarModel, Changed, Options, Scenario, Simulator};

/// Physics steps per second.
pub(crate) const RATE: usize = 333;

/// A simulator of this scenario, the other options as by default.
pub(crate) fn simulator(scenario: Scenario) -> Simulator {
    with(scenario, CarModel::Gt3, 1)
}

/// A simulator of this scenario, car and seed.
pub(crate) fn with(scenario: Scenario, car: CarModel, seed: u64) -> Simulator {
    let mut options = Options::default();
    options.scenario = scenario;
    options.car = car;
    options.seed = seed;
    Simulator::new(options)
}

/// Steps on until the condition holds, at most so many simulated seconds.
pub(crate) fn step_until(simulator: &mut Simulator, seconds: usize, mut done: impl FnMut(&Simulator, Changed) -> bool) {
    for _ in 0..seconds * RATE {
        let changed = simulator.step();
        if done(simulator, changed) {
            return;
        }
    }
    panic!("still waiting after {seconds} s of simulated time");
}

/// The player's place in the arrays of cars.
pub(crate) fn player_slot(page: &SPageFileGraphicEvo) -> usize {
    let (ids, player) = (page.car_ids, [page.player_car_id_a, page.player_car_id_b]);
    ids.iter().position(|id| *id == player).expect("the player's id is among the cars'")
}
