//! Prints lap times, flags and the other cars once a second.
//!
//! Run it while the game or `acevo simulate` runs: `cargo run --example graphics`
#![allow(clippy::print_stdout)]

use std::thread::sleep;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, ACEvoStatus, Error};

fn main() -> Result<(), Error> {
    let mapper = ACEvoSharedMemoryMapper::open()?;
    for _ in 0..10 {
        let graphics = mapper.try_graphics()?;
        match graphics.status() {
            ACEvoStatus::Off => println!("in the menu"),
            status => println!(
                "{status}: lap {:?}, last {:?}, best {:?}, delta {:?} s, flag {}, {} cars, {} ahead of us",
                graphics.current_lap_time(),
                graphics.last_lap_time(),
                graphics.best_lap_time(),
                graphics.delta(),
                graphics.flag(),
                graphics.cars().count(),
                graphics.raw().current_pos.saturating_sub(1),
            ),
        }
        sleep(Duration::from_secs(1));
    }
    Ok(())
}
