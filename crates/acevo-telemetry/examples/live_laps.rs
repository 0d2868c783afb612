//! Prints events and laps of a simulated drive: `cargo run -p acevo-telemetry --example live_laps`.

#![allow(clippy::print_stdout)]

use acevo_simulator::{Options, Simulator};
use acevo_telemetry::analysis::{Analysis, Settings};

fn main() {
    let mut options = Options::default();
    options.laps = Some(2);
    let mut simulator = Simulator::new(options);
    let mut analysis = Analysis::new(Settings::default());
    while !simulator.is_finished() {
        simulator.step();
        analysis.feed(simulator.time(), &simulator.frame());
        while let Some(event) = analysis.next_event() {
            println!("{:8.3} s  {}", event.at_s, event.kind);
        }
    }
    println!("ideal lap: {:?} ms", analysis.bests().ideal_ms());
}
