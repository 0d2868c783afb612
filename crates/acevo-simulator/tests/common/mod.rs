//! Test helpers: simulators, stepping, and the frames of a simulation.

#![allow(dead_code, reason = "every test file uses only some of them")]

use acevo_shared_memory::SPageFileGraphicEvo;
use acevo_simulator::{CarModel, Changed, LapRecord, Options, Scenario, Simulator};

/// Physics steps per second.
pub(crate) const RATE: usize = 333;

/// A simulator of this scenario with otherwise default options.
pub(crate) fn simulator(scenario: Scenario) -> Simulator {
    with(scenario, CarModel::Gt3, 1)
}

/// A simulator of this scenario with a car and a seed.
pub(crate) fn with(scenario: Scenario, car: CarModel, seed: u64) -> Simulator {
    let mut options = Options::default();
    options.scenario = scenario;
    options.car = car;
    options.seed = seed;
    Simulator::new(options)
}

/// Steps until the condition holds. Panics after this number of simulated seconds.
pub(crate) fn step_until(simulator: &mut Simulator, seconds: usize, mut done: impl FnMut(&Simulator, Changed) -> bool) {
    for _ in 0..seconds * RATE {
        let changed = simulator.step();
        if done(simulator, changed) {
            return;
        }
    }
    panic!("still waiting after {seconds} s of simulated time");
}

/// The player's index in the arrays of cars.
pub(crate) fn player_slot(page: &SPageFileGraphicEvo) -> usize {
    let (ids, player) = (page.car_ids, [page.player_car_id_a, page.player_car_id_b]);
    ids.iter().position(|id| *id == player).expect("the player's id is among the cars'")
}

/// The scenarios for cases that are hard for readers.
pub(crate) const HARD_SCENARIOS: [Scenario; 19] = [
    Scenario::Restart,
    Scenario::Garage,
    Scenario::Replay,
    Scenario::Online,
    Scenario::Validity,
    Scenario::CarChange,
    Scenario::TrackChange,
    Scenario::Phases,
    Scenario::DriveThrough,
    Scenario::Twins,
    Scenario::Sprint,
    Scenario::Incidents,
    Scenario::Pauses,
    Scenario::Teleports,
    Scenario::Boxes,
    Scenario::Menus,
    Scenario::Bounces,
    Scenario::RaceEnd,
    Scenario::Spectate,
];

/// The values of a frame that are relevant for lap timing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shot {
    pub(crate) step: u64,
    pub(crate) status: i32,
    pub(crate) packet: i32,
    pub(crate) physics_packet: i32,
    pub(crate) timer: i32,
    pub(crate) count: i32,
    pub(crate) last: i32,
    pub(crate) best: i32,
    pub(crate) npos: f32,
    pub(crate) valid: bool,
    pub(crate) in_box: bool,
    /// Coordinates of the player's car.
    pub(crate) position: [f32; 3],
    pub(crate) fuel: f32,
    pub(crate) speed: f32,
}

impl Shot {
    pub(crate) fn of(simulator: &Simulator) -> Self {
        let (page, physics) = (simulator.graphics(), simulator.physics());
        let coordinates = page.car_coordinates;
        Self {
            step: simulator.steps(),
            status: page.status,
            packet: page.packetId,
            physics_packet: physics.packetId,
            timer: page.current_lap_time_ms,
            count: page.total_lap_count,
            last: page.last_laptime_ms,
            best: page.best_laptime_ms,
            npos: page.npos,
            valid: page.is_valid_lap,
            in_box: page.is_in_pit_box,
            position: if page.player_car_id_a == 0 { [0.0; 3] } else { coordinates[player_slot(page)] },
            fuel: physics.fuel,
            speed: physics.speedKmh,
        }
    }
}

/// A car of each class.
pub(crate) const CLASSES: [CarModel; 3] = [CarModel::Gt3, CarModel::Road, CarModel::Electric];

/// All frames until the simulation is over.
pub(crate) fn shots(simulator: &mut Simulator) -> Vec<Shot> {
    let mut shots = Vec::new();
    step_until(simulator, 4500, |simulator, changed| {
        if changed.graphics {
            shots.push(Shot::of(simulator));
        }
        simulator.is_finished()
    });
    shots
}

/// Index of the first frame after the line in which the timer has been reset. The timer runs some ms past the lap's time.
pub(crate) fn reset_frame(shots: &[Shot], lap: &LapRecord) -> usize {
    let line = frame_at(shots, lap.finished_step);
    line + shots[line..].iter().position(|shot| shot.timer < 1000).expect("the timer is reset")
}

/// Index of the first frame that was drawn in this step or later.
pub(crate) fn frame_at(shots: &[Shot], step: u64) -> usize {
    shots.partition_point(|shot| shot.step < step)
}
