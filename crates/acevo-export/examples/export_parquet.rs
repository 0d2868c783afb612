//! Exports a recording to Parquet: `cargo run --release --features parquet --example export_parquet -- FILE.acevo`

use acevo_export::{ExportFormat, ExportPlan, Recordings, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let recording = std::env::args().nth(1).ok_or("usage: export_parquet FILE.acevo")?;
    let plan = ExportPlan::new(ExportFormat::Parquet);
    let report = run(&plan, Recordings::file(recording), &mut ())?;
    for file in report.into_files()? {
        eprintln!("wrote {}", file.display());
    }
    Ok(())
}
