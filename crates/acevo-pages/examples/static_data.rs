//! Prints the session: game, track and weather.
//!
//! Run it while the game or `acevo simulate` runs: `cargo run --example static_data`
#![allow(clippy::print_stdout)]

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error};

fn main() -> Result<(), Error> {
    let mapper = ACEvoSharedMemoryMapper::open()?;
    let session = mapper.try_static_data()?;
    println!("game     {} (shared memory {})", session.ac_evo_version(), session.sm_version());
    println!("session  {} ({})", session.session_name(), session.session());
    println!("track    {} {}, {}", session.track(), session.track_configuration(), session.nation());
    if let Some(length) = session.track_length() {
        println!("length   {length:.0} m");
    }
    println!("grip     {}", session.starting_grip());
    println!("air      {:.1} °C", session.raw().starting_ambient_temperature_c);
    Ok(())
}
