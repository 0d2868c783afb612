//! Prints speed and throttle of the best lap over the distance: `cargo run --example lap_traces -- monza.acevo`.
#![allow(clippy::print_stdout)]

use acevo_recording::acevo_telemetry::channel;
use acevo_recording::{LapSelector, Recording, lap_traces};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: lap_traces RECORDING")?;
    let channels = ["speed", "throttle"].map(|id| channel(id).expect("a channel"));
    let lap = lap_traces(&mut Recording::open(file)?, &[LapSelector::best()], &channels, |_| true)?.remove(0);
    let (speed, throttle) = (lap.trace("speed").expect("sampled"), lap.trace("throttle").expect("sampled"));
    for ((position, speed), throttle) in lap.positions.iter().zip(&speed.values).zip(&throttle.values) {
        println!("{:7.1} m  {speed:6.1}  {throttle:5.2}", position * lap.length_m.unwrap_or(1.0));
    }
    Ok(())
}
