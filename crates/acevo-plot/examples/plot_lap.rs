//! Draws the best lap of a recording: `cargo run --release --example plot_lap -- FILE.acevo lap.png`

use acevo_plot::{Format, Laps, Request, render};
use acevo_recording::{LapSelector, Recording, lap_traces};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let (recording, picture) = args.next().zip(args.next()).ok_or("usage: plot_lap FILE.acevo PICTURE")?;
    let format = Format::of(picture.as_ref()).ok_or("the picture must be a .png or .svg file")?;
    let request = Request::default();
    let laps = lap_traces(&mut Recording::open(recording)?, &[LapSelector::best()], &request.channels, |_| true)?;
    std::fs::write(picture, render(&Laps::one(&laps[0]), &request, format)?)?;
    Ok(())
}
