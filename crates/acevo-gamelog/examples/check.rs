//! Prints the summary of a log: `cargo run --release -p acevo-gamelog --example check -- FILE`.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use acevo_gamelog::LogSummary;

fn main() -> std::io::Result<()> {
    let path = std::env::args_os().nth(1).unwrap_or_else(|| "log.txt".into());
    let start = Instant::now();
    let summary = LogSummary::read(acevo_files::open_file(path)?)?;
    let elapsed = start.elapsed();
    for session in &summary.sessions {
        let (mode, track) = (session.mode.as_deref().unwrap_or("?"), session.track.as_deref().unwrap_or("?"));
        println!("{}  {mode}, {track}{}", session.begins, if session.is_restart { ", again" } else { "" });
        for car in &session.cars {
            let (name, best) = (car.name.as_deref().unwrap_or("?"), car.best_ms().unwrap_or(0));
            println!("  {}  {name:20} {:2} laps, {:2} splits, best {best} ms", car.id, car.laps.len(), car.splits);
        }
    }
    println!("version {:?}, {:?}, {elapsed:.2?}", summary.version, summary.counts);
    Ok(())
}
