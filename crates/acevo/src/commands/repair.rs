//! `acevo repair`: recovers the readable part of a damaged recording into a new file.

use std::process::ExitCode;

use acevo_recording::repair;
use anyhow::Context;

use crate::cli::RepairArgs;
use crate::output::{check_new, default_output, name_of, say};
use crate::session::playback::open;

pub(crate) fn run(args: &RepairArgs) -> anyhow::Result<ExitCode> {
    let mut recording = open(&args.file)?;
    let (info, damage) = (recording.info(), recording.check()?);
    if info.finished && damage.is_empty() {
        say(format_args!("acevo: there is nothing to repair in {}", name_of(&args.file)));
        return Ok(ExitCode::SUCCESS);
    }
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.file, "repaired", "acevo"));
    check_new(&output)?;
    repair(&args.file, &output).with_context(|| format!("cannot write {}", name_of(&output)))?;
    let repaired = open(&output)?.info();
    say(format_args!(
        "acevo: {} of {} packets are in {}",
        repaired.records.total(),
        info.records.total(),
        name_of(&output)
    ));
    Ok(ExitCode::SUCCESS)
}
