//! `acevo stats`: measures packet rate, jitter, latency and CPU use.

mod progress;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::{Connection, ConnectionState};

use self::progress::Progress;
use self::report::Report;
use crate::cli::StatsArgs;
use crate::output::{print_json, print_text};
use crate::process::ProcessUsage;
use crate::shutdown::Stop;

/// Longest wait for an event, so that Ctrl-C is noticed.
const MAX_WAIT: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &StatsArgs) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let (opener, _demo) = args.source().start();
    let mut telemetry = Connection::from_opener(opener);
    let mut progress = Progress::new(args.time, args.quiet);
    // The measurement starts when telemetry arrives.
    while matches!(telemetry.state(), ConnectionState::Waiting | ConnectionState::Attached | ConnectionState::Frozen) {
        if stop.is_requested() {
            return Ok(ExitCode::FAILURE);
        }
        let event = telemetry.wait(MAX_WAIT);
        progress.waiting(&telemetry, event.as_ref());
    }
    let (start, before) = (Instant::now(), ProcessUsage::now()?);
    let left = || args.time.map_or(MAX_WAIT, |time| time.saturating_sub(start.elapsed()).min(MAX_WAIT));
    while !left().is_zero() && !stop.is_requested() {
        let event = telemetry.wait(left());
        progress.measuring(start.elapsed(), &telemetry, event.as_ref());
    }
    let (time, usage) = (start.elapsed(), ProcessUsage::now()?.since(before, start.elapsed()));
    progress.end();
    let report = Report::new(&telemetry, progress.attachments(), time, usage);
    if args.json {
        print_json(&(serde_json::to_string_pretty(&report)? + "\n"))?;
    } else {
        print_text(&report.as_text())?;
    }
    Ok(ExitCode::SUCCESS)
}
