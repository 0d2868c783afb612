//! `acevo repair`: makes a whole file of what can be read of a damaged one.

use std::process::ExitCode;

use acevo_recording::repair;
use anyhow::{Context, ensure};

use crate::cli::Repair;
use crate::output::say;
use crate::session::playback::open;

pub(crate) fn run(args: &Repair) -> anyhow::Result<ExitCode> {
    let mut recording = open(&args.file)?;
    let (info, damage) = (recording.info(), recording.check()?);
    if info.finished && damage.is_empty() {
        say(format_args!("acevo: there is nothing to repair in {}", args.file.display()));
        return Ok(ExitCode::SUCCESS);
    }
    ensure!(!args.output.exists(), "{} is there already; nothing is overwritten", args.output.display());
    repair(&args.file, &args.output).with_context(|| format!("cannot write {}", args.output.display()))?;
    let repaired = open(&args.output)?.info();
    say(format_args!(
        "acevo: {} of {} packets are in {}",
        repaired.records.total(),
        info.records.total(),
        args.output.display()
    ));
    Ok(ExitCode::SUCCESS)
}
