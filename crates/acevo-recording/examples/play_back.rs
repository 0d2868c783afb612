//! Plays a recording back, 20 times as fast: `cargo run --example play_back -- monza.acevo`.
#![allow(clippy::print_stdout)]

use std::time::Duration;

use acevo_recording::acevo_telemetry::{Connection, ConnectionEvent};
use acevo_recording::{Playback, Player, Recording};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("usage: play_back RECORDING")?;
    let playback = Playback::start(Player::new(Recording::open(file)?).with_speed(20.0))?;
    let mut connection = Connection::from_opener(playback.opener());
    while !playback.is_over() {
        let event = connection.wait(Duration::from_millis(100));
        if let (Some(ConnectionEvent::Packet(packet)), Some(frame)) = (event, connection.frame()) {
            println!("{:?}: {:.0} km/h", playback.lockstep().time_of_packet(&packet), frame.physics.raw().speedKmh);
        }
    }
    Ok(())
}
