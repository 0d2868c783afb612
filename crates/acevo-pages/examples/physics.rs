//! Prints the state of the vehicle ten times a second.
//!
//! Run it while the game or `acevo simulate` runs: `cargo run --example physics`
#![allow(clippy::print_stdout)]

use std::thread::sleep;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error};

fn main() -> Result<(), Error> {
    let mapper = ACEvoSharedMemoryMapper::open()?;
    let mut physics = mapper.physics();
    for _ in 0..100 {
        if physics.refresh()? {
            let page = physics.raw();
            println!(
                "{:5.1} km/h  gear {}  {:5} rpm  throttle {:3.0} %  brake {:3.0} %{}{}",
                page.speedKmh,
                physics.gear(),
                page.rpms,
                page.gas * 100.0,
                page.brake * 100.0,
                if physics.anti_lock_brakes() { "  ABS" } else { "" },
                if physics.traction_control() { "  TC" } else { "" },
            );
        }
        sleep(Duration::from_millis(100));
    }
    Ok(())
}
