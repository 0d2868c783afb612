//! `acevo export`: exports recordings to files of other tools.

mod progress;

use std::io;
use std::process::ExitCode;

use acevo_export::{ExportError, Outcome, Recordings, Report};
use anyhow::{Context, anyhow, bail};

use self::progress::{ExportProgress, Tally};
use crate::cli::Export;
use crate::output::{OutputClosed, check_new, complain, name_of, say};
use crate::shutdown::Stop;

pub(crate) fn run(args: &Export) -> anyhow::Result<ExitCode> {
    let plan = args.plan();
    plan.check().map_err(with_option)?;
    let stop = Stop::on_signal()?;
    let recordings = Recordings::find(&args.files)?;
    let is_single = recordings.is_single();
    let mut progress = ExportProgress::new(args, &recordings, &stop);
    let report = acevo_export::run(&plan, recordings, &mut progress);
    progress.finish();
    match report {
        Err(ExportError::Cancelled) if !is_single => {
            bail!("stopped; complete files were kept, and the same command continues from there")
        }
        Err(error) => Err(with_option(error)),
        Ok(report) if is_single => finish_single(args, report),
        Ok(report) => Ok(finish_many(args, report, progress.tally())),
    }
}

/// Adds the option of the command line to the error.
fn with_option(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::InvalidOption { option, reason } => {
            let option = match option {
                "units_row" => "units-row",
                "decimal_comma" => "decimal",
                "precision" => "full",
                option => option,
            };
            anyhow!("--{option}: {reason}")
        }
        error => error.into(),
    }
}

fn finish_single(args: &Export, report: Report) -> anyhow::Result<ExitCode> {
    let recording = report.recordings.into_iter().next().context("there is no recording")?;
    match recording.outcome {
        Err(error) if args.is_stream() && is_closed(&error) => return Err(OutputClosed.into()),
        Err(error) => return Err(with_option(error)),
        Ok(Outcome::Exists(path)) => check_new(&path)?,
        Ok(Outcome::Empty) if args.laps.is_some() => {
            bail!("none of these laps is in the recording; `acevo laps FILE` lists its laps")
        }
        Ok(Outcome::Empty) => bail!("there is no driving in the recording"),
        Ok(outcome) if !args.is_quiet() => print_outcome(&outcome),
        Ok(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn finish_many(args: &Export, report: Report, tally: Tally) -> ExitCode {
    let tally = tally.with_failed(report.unreadable.len());
    for error in report.unreadable {
        complain(&error.into());
    }
    if !args.quiet {
        say(format_args!("acevo: {tally}"));
    }
    if tally.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Prints the files that were written.
fn print_outcome(outcome: &Outcome) {
    let Outcome::Written { files, note } = outcome else { return };
    if let Some(note) = note {
        say(format_args!("acevo: {note}"));
    }
    for file in files {
        say(format_args!("acevo: wrote {}", name_of(file)));
    }
}

/// True if the reader of the stream has closed it.
fn is_closed(error: &ExportError) -> bool {
    matches!(error, ExportError::Stream(error) if error.kind() == io::ErrorKind::BrokenPipe)
}
