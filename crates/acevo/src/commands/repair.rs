//! `acevo repair`: recovers the readable part of a damaged recording into a new file. A recording without damage is copied.

use std::io;
use std::path::Path;
use std::process::ExitCode;

use acevo_files::open_file;
use acevo_recording::repair;
use anyhow::{Context, ensure};

use crate::cli::RepairArgs;
use crate::output::{check_new, create_pending, default_output, is_dash, name_of, publish, say};
use crate::session::playback::open;

pub(crate) fn run(args: &RepairArgs) -> anyhow::Result<ExitCode> {
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.file, "repaired", "acevo"));
    ensure!(!is_dash(&output), "a recording cannot be written to the standard output: name a file with -o");
    check_new(&output)?;
    let mut recording = open(&args.file)?;
    let (info, damage) = (recording.info(), recording.check()?);
    let name = name_of(&output);
    if info.finished && damage.is_empty() {
        copy(&args.file, &output)?;
        say(format_args!("acevo: there is nothing to repair in {}; it was copied to {name}", name_of(&args.file)));
        return Ok(ExitCode::SUCCESS);
    }
    repair(&args.file, &output).with_context(|| format!("cannot write {name}"))?;
    let repaired = open(&output)?.info();
    say(format_args!("acevo: {} of {} packets are in {name}", repaired.records.total(), info.records.total()));
    Ok(ExitCode::SUCCESS)
}

/// Copies a file byte for byte to a new one.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let mut source = open_file(from).with_context(|| format!("cannot read {}", name_of(from)))?;
    let mut file = create_pending(to)?;
    io::copy(&mut source, &mut file).with_context(|| format!("cannot copy {} to {}", name_of(from), name_of(to)))?;
    publish(file)
}
