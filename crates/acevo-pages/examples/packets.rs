//! Prints every packet as it arrives, and finally the number of missed packets.
//!
//! Run it while the game or `acevo simulate` runs: `cargo run --example packets`
#![allow(clippy::print_stdout)]

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error};

fn main() -> Result<(), Error> {
    let mapper = ACEvoSharedMemoryMapper::open()?;
    let mut packets = mapper.packets();
    for packet in packets.by_ref().take(2000) {
        let packet = packet?;
        if let Some(graphics) = &packet.graphics {
            println!("graphics: lap {}, status {}", graphics.view.raw().total_lap_count + 1, graphics.view.status());
        }
        if let Some(physics) = &packet.physics {
            println!("{:5.1} km/h, {} missed before", physics.view.raw().speedKmh, physics.missed);
        }
    }
    let physics = &packets.stats().physics;
    println!(
        "{} packets, {} missed, {} unsettled, {:.1} per second",
        physics.distinct,
        physics.missed,
        physics.unsettled,
        physics.rate().unwrap_or_default()
    );
    Ok(())
}
