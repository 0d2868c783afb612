//! `acevo doctor`: diagnoses missing telemetry.

mod examine;
mod report;

use std::process::ExitCode;

use self::examine::examine;
use crate::cli::DoctorArgs;
use crate::output::{Paint, print};

pub(crate) fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let report = examine(&args.pages());
    if args.json {
        print((serde_json::to_string_pretty(&report)? + "\n").as_bytes())?;
    } else if !args.quiet {
        print(report.as_text(Paint::for_stdout()).as_bytes())?;
    }
    Ok(if report.flowing { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
