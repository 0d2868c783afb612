//! `acevo export`: exports recordings to files of other tools.

mod progress;

use std::io;
use std::process::ExitCode;

use acevo_export::{ExportError, Outcome, Output, Recordings, Report};
use anyhow::{Context, anyhow, bail};

use self::progress::{ExportProgress, Tally, Verbosity, print_outcome};
use crate::cli::ExportArgs;
use crate::output::{OutputClosed, check_new, complain, say, stdout_is_terminal};
use crate::shutdown::Stop;

pub(crate) fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let plan = args.plan();
    plan.check().map_err(with_option)?;
    let is_stream = matches!(plan.output, Output::Stdout);
    if plan.raw_text && is_stream && stdout_is_terminal() {
        bail!("--raw-text: a terminal would obey control characters in names; write a file or a pipe");
    }
    let stop = Stop::on_signal()?;
    let recordings = Recordings::find(&args.files)?;
    let is_single = recordings.is_single();
    let verbosity = Verbosity { is_quiet: args.is_quiet() || is_stream, has_lap_filter: plan.laps.is_some() };
    let mut progress = ExportProgress::new(verbosity, &recordings, &stop);
    let report = acevo_export::run(&plan, recordings, &mut progress);
    progress.finish();
    match report {
        Err(ExportError::Cancelled) if !is_single => {
            bail!("stopped; complete files were kept, and the same command continues from there")
        }
        Err(error) => Err(with_option(error)),
        Ok(report) if is_single => finish_single(report, verbosity, is_stream),
        Ok(report) => Ok(finish_many(report, verbosity, progress.tally())),
    }
}

/// Adds the option of the command line to the error.
fn with_option(error: ExportError) -> anyhow::Error {
    match error {
        ExportError::InvalidOption { option, reason } => {
            let option = match option {
                "units_row" => "units-row",
                "decimal_comma" => "decimal",
                "raw_text" => "raw-text",
                "precision" => "full",
                option => option,
            };
            anyhow!("--{option}: {reason}")
        }
        error => error.into(),
    }
}

fn finish_single(report: Report, verbosity: Verbosity, is_stream: bool) -> anyhow::Result<ExitCode> {
    let recording = report.recordings.into_iter().next().context("there is no recording")?;
    match recording.outcome {
        Err(error) if is_stream && is_closed(&error) => return Err(OutputClosed.into()),
        Err(error) => return Err(with_option(error)),
        Ok(Outcome::Exists(path)) => check_new(&path)?,
        Ok(Outcome::Empty) if verbosity.has_lap_filter => {
            bail!("none of these laps is in the recording; `acevo laps FILE` lists its laps")
        }
        Ok(Outcome::Empty) => bail!("there is no driving in the recording"),
        Ok(outcome) if !verbosity.is_quiet => print_outcome(&outcome),
        Ok(_) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn finish_many(report: Report, verbosity: Verbosity, tally: Tally) -> ExitCode {
    let tally = tally.with_failed(report.unreadable.len());
    for error in report.unreadable {
        complain(&error.into());
    }
    if !verbosity.is_quiet {
        say(format_args!("acevo: {tally}"));
    }
    if tally.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// True if the reader of the stream has closed it.
fn is_closed(error: &ExportError) -> bool {
    matches!(error, ExportError::Stream(error) if error.kind() == io::ErrorKind::BrokenPipe)
}
