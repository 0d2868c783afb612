//! `acevo doctor`: diagnoses missing telemetry.

mod background;
mod examine;
mod report;

use std::process::ExitCode;

pub(super) use self::examine::examine;
use crate::cli::DoctorArgs;
use crate::output::{Paint, print_json, print_text};

pub(crate) fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    let report = examine(&args.pages());
    if args.json {
        print_json(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    } else if !args.quiet {
        print_text(&report.as_text(Paint::for_stdout()))?;
    }
    Ok(if report.flowing { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
