//! Many recordings, one after the other: what goes wrong with one is told, and the others go on.

use std::fmt;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use acevo_recording::Recording;
use anyhow::{Context, bail, ensure};

use super::Outcome;
use super::dataset::Dataset;
use super::inputs::{Input, Inputs};
use super::progress::Bar;
use super::single::{self, Target};
use crate::cli::{Export, ExportFormat};
use crate::output::{complain, is_dash, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

pub(super) fn export(args: &Export, inputs: &Inputs, stop: &Stop) -> anyhow::Result<ExitCode> {
    ensure!(
        !args.output.as_deref().is_some_and(|output| is_dash(output) || output.is_file()),
        "many recordings are exported into a folder: name one with -o"
    );
    let mut dataset = match dataset_folder(args, inputs)? {
        Some(folder) => Some(Dataset::open(&folder, args)?),
        None => None,
    };
    let bar = Bar::new(inputs.bytes(), args.quiet);
    let mut tally = Tally { failed: inputs.failures.len(), ..Tally::default() };
    inputs.failures.iter().for_each(|failure| bar.suspend(|| complain(failure)));
    for (number, input) in (1..).zip(&inputs.recordings) {
        bar.tell(format!("{number}/{}", inputs.recordings.len()));
        let outcome = open(&input.path).and_then(|mut recording| match &mut dataset {
            Some(dataset) => dataset.add(args, &input.path, &mut recording, &bar, stop),
            None => export_one(args, input, &mut recording, &bar, stop),
        });
        if stop.is_requested() {
            bar.end();
            bail!("stopped; what is complete was kept, and the same command goes on from there");
        }
        bar.done(input.bytes);
        let outcome = outcome.with_context(|| format!("cannot export {}", input.path.display()));
        bar.suspend(|| tally.take(&outcome, args, input));
    }
    bar.end();
    if !args.quiet {
        say(format_args!("acevo: {tally}"));
    }
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Folders become a data set, if the format is one that data sets are made of.
fn dataset_folder(args: &Export, inputs: &Inputs) -> anyhow::Result<Option<PathBuf>> {
    if args.to != ExportFormat::Parquet || inputs.folders.is_empty() {
        return Ok(None);
    }
    match (&args.output, &inputs.folders[..]) {
        (Some(output), _) => Ok(Some(output.clone())),
        (None, [folder]) => Ok(Some(folder.join("parquet"))),
        (None, _) => bail!("name a folder for the data set with -o"),
    }
}

/// Beside the recording, or into the folder that was named, in folders like those it is in.
fn export_one(
    args: &Export,
    input: &Input,
    recording: &mut Recording,
    bar: &Bar,
    stop: &Stop,
) -> anyhow::Result<Outcome> {
    let beside = input.path.parent().unwrap_or(&input.below).to_owned();
    let folder = args.output.as_ref().map_or(beside, |output| output.join(&input.below));
    fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    single::export(args, &input.path, &Target::Folder(folder), recording, bar, stop)
}

/// Recordings, by what came of them.
#[derive(Default)]
struct Tally {
    exported: usize,
    kept: usize,
    empty: usize,
    failed: usize,
}

impl Tally {
    /// Counts it, and tells what is worth telling.
    fn take(&mut self, outcome: &anyhow::Result<Outcome>, args: &Export, input: &Input) {
        match outcome {
            Ok(Outcome::Written(_)) => self.exported += 1,
            Ok(Outcome::Exists(_)) => self.kept += 1,
            Ok(Outcome::Nothing) => self.empty += 1,
            Err(_) => self.failed += 1,
        }
        match outcome {
            Err(error) => complain(error),
            Ok(_) if args.quiet => {}
            Ok(Outcome::Nothing) => {
                let what = if args.laps.is_some() { "none of these laps is" } else { "no driving is" };
                say(format_args!("acevo: {what} in {}", input.path.display()));
            }
            Ok(outcome) => outcome.tell(),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.exported == 1 { "" } else { "s" };
        write!(f, "exported {} recording{plural}", self.exported)?;
        for (count, what) in
            [(self.kept, "there already and kept"), (self.empty, "without rows"), (self.failed, "failed")]
        {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}
