//! Exports some channels of some laps to CSV: `cargo run --release --example export_csv -- FILE.acevo 2-4`

use acevo_export::{ExportFormat, ExportPlan, Recordings, run};
use acevo_telemetry::channel;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let recording = args.next().ok_or("usage: export_csv FILE.acevo [LAPS]")?;
    let mut plan = ExportPlan::new(ExportFormat::Csv);
    plan.laps = args.next().map(|laps| laps.parse()).transpose()?;
    plan.channels = ["lap_distance", "speed", "throttle", "brake"].into_iter().filter_map(channel).collect();
    plan.rate = Some(50.0);
    for file in run(&plan, Recordings::file(recording), &mut ())?.into_files()? {
        eprintln!("wrote {}", file.display());
    }
    Ok(())
}
