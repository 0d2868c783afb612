//! Publishes a simulated race to all readers of the game, and prints the true laps: `cargo run --release --example publish`
#![allow(clippy::print_stdout)]

use acevo_shared_memory::{Error, Publisher};
use acevo_simulator::{Options, Scenario, Simulator, run};

fn main() -> Result<(), Error> {
    let mut options = Options::default();
    (options.scenario, options.laps) = (Scenario::Race, Some(3));
    let mut printed = 0;
    // Real time. With a speed of 10.0 a lap takes ten seconds.
    run(&mut Simulator::new(options), &mut Publisher::open()?, 1.0, |simulator| {
        for lap in &simulator.truth().laps[printed..] {
            println!("lap {}: {} ms, valid: {}", lap.number, lap.time_ms, lap.valid);
            printed += 1;
        }
        !simulator.is_finished()
    })
}
