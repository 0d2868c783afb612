//! One thread reads, another processes snapshots, which own their page and outlive the mapper.
//!
//! Run it while the game or `acevo simulate` runs: `cargo run --example snapshot_thread`
#![allow(clippy::print_stdout)]

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PhysicsView};

fn main() -> Result<(), Error> {
    let mapper = ACEvoSharedMemoryMapper::open()?;
    let (sender, receiver) = mpsc::sync_channel::<PhysicsView<'static>>(64);
    let worker = thread::spawn(move || {
        let fastest = receiver.iter().max_by(|a, b| a.raw().speedKmh.total_cmp(&b.raw().speedKmh));
        if let Some(fastest) = fastest {
            println!("fastest was packet {} with {:.1} km/h", fastest.packet_id(), fastest.raw().speedKmh);
        }
    });

    let mut physics = mapper.physics();
    for _ in 0..3000 {
        if physics.refresh()? && sender.send(physics.snapshot()).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(1));
    }
    drop((sender, mapper));
    worker.join().expect("the worker does not panic");
    Ok(())
}
