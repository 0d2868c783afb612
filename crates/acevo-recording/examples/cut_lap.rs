//! Cuts the best lap out of a recording: `cargo run --example cut_lap -- monza.acevo best.acevo`.

use acevo_recording::{Recording, RecordingWriter, cut_laps};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = std::env::args().skip(1);
    let (from, to) = files.next().zip(files.next()).ok_or("usage: cut_lap RECORDING NEW")?;
    let mut recording = Recording::open(from)?;
    let mut writer = RecordingWriter::create(to, &recording.description().cloned().unwrap_or_default())?;
    cut_laps(&mut recording, &"best".parse()?, &mut writer, |_| true)?;
    writer.finish()?;
    Ok(())
}
