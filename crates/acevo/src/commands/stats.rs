//! `acevo stats`: how many packets come, how regularly, how late, and what reading them costs.

mod progress;
mod report;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use acevo_telemetry::{Connection, ConnectionState};

use self::progress::Progress;
use self::report::Report;
use crate::cli::Stats;
use crate::output::print;
use crate::process::Usage;
use crate::shutdown::Stop;

/// Ctrl-C is noticed within this time.
const PATIENCE: Duration = Duration::from_millis(50);

pub(crate) fn run(args: &Stats) -> anyhow::Result<ExitCode> {
    let stop = Stop::on_signal()?;
    let demo = args.demo.start();
    let mut telemetry = Connection::from_opener(demo.as_ref().map_or_else(|| args.place.opener(), |demo| demo.open()));
    let mut progress = Progress::new(args.time, args.quiet);
    // The time counts from the moment that there is something to count.
    while matches!(telemetry.state(), ConnectionState::Waiting | ConnectionState::Attached | ConnectionState::Frozen) {
        if stop.is_requested() {
            return Ok(ExitCode::FAILURE);
        }
        let event = telemetry.wait(PATIENCE);
        progress.waiting(&telemetry, event.as_ref());
    }
    let (start, before) = (Instant::now(), Usage::now()?);
    let left = || args.time.map_or(PATIENCE, |time| time.saturating_sub(start.elapsed()).min(PATIENCE));
    while !left().is_zero() && !stop.is_requested() {
        let event = telemetry.wait(left());
        progress.measuring(start.elapsed(), &telemetry, event.as_ref());
    }
    let (time, usage) = (start.elapsed(), Usage::now()?.since(before, start.elapsed()));
    progress.end();
    let report = Report::new(&telemetry, progress.attachments(), time, usage);
    let text = if args.json { serde_json::to_string_pretty(&report)? + "\n" } else { report.as_text() };
    print(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
