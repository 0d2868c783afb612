//! Prints the channels of a simulated frame: `cargo run -p acevo-telemetry --example channels`.

#![allow(clippy::print_stdout)]

use acevo_simulator::{Options, Simulator};
use acevo_telemetry::{Axes, UnitSystem, default_channels};

fn main() {
    let mut simulator = Simulator::new(Options::default());
    for _ in 0..20_000 {
        simulator.step();
    }
    let (frame, axes) = (simulator.frame(), Axes::default());
    for channel in default_channels() {
        if let Some(number) = channel.number(&frame, &axes) {
            let (value, unit) = UnitSystem::Metric.show(number, channel.unit());
            println!("{:45} {value:.*} {unit}", channel.title(), channel.decimals_in(unit));
        }
    }
}
