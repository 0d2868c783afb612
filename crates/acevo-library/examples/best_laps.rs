//! Prints the best lap of each car on each track of the recordings in a folder.
//!
//! `cargo run --release -p acevo-library --example best_laps -- FOLDER`

#![allow(clippy::print_stdout)]

use std::time::Duration;

use acevo_library::{Library, ScanOptions, SessionFilter};
use acevo_telemetry::format_lap_time;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder with recordings")?;
    let library = Library::in_memory()?;
    let report = library.scan(&[folder.into()], &ScanOptions::default(), &mut |_| true)?;
    println!("{} recordings", report.files);
    for best in library.bests(&SessionFilter::default())? {
        let time = format_lap_time(Some(Duration::from_millis(best.time_ms.into())));
        println!("{} {} · {}: {time}", best.track_name, best.layout_name, best.car_name);
    }
    for file in library.unreadable()? {
        println!("{}: {}", file.path.display(), file.reason);
    }
    Ok(())
}
