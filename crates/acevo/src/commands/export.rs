//! `acevo export`: recordings as files that other tools open.

mod dataset;
mod inputs;
mod many;
mod overview;
mod pages;
mod progress;
mod rows;
mod single;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acevo_export::Separator;
use anyhow::{bail, ensure};

use self::inputs::Inputs;
use self::progress::Bar;
use self::single::Target;
use crate::cli::{Export, ExportFormat};
use crate::output::{OutputClosed, check_new, is_dash, name_of, say};
use crate::session::playback::open;
use crate::shutdown::Stop;

/// What came of a recording.
enum Outcome {
    /// These files.
    Written(Vec<PathBuf>),
    /// That is there already, and is not overwritten.
    Exists(PathBuf),
    /// Nothing: there are no rows in it that were asked for.
    Nothing,
}

impl Outcome {
    /// Tells what was written.
    fn tell(&self) {
        if let Self::Written(files) = self {
            files.iter().for_each(|file| say(format_args!("acevo: wrote {}", name_of(file))));
        }
    }
}

pub(crate) fn run(args: &Export) -> anyhow::Result<ExitCode> {
    check_options(args)?;
    let stop = Stop::on_signal()?;
    let inputs = Inputs::find(&args.files)?;
    match &inputs.recordings[..] {
        [input] if inputs.folders.is_empty() => export_one(args, &input.path, input.bytes, &stop),
        _ => many::export(args, &inputs, &stop),
    }
}

/// Refuses options that would do nothing: who gives them expects something else than what would come.
fn check_options(args: &Export) -> anyhow::Result<()> {
    let (to, is_text) = (args.to, matches!(args.to, ExportFormat::Csv | ExportFormat::Jsonl));
    if to == ExportFormat::Mcap {
        ensure!(
            args.laps.is_none(),
            "--laps: mcap has all pages of a recording; `acevo cut --laps` makes one of some laps"
        );
        ensure!(args.channels.is_empty(), "--channels: mcap has the pages as they are, and no channels");
        ensure!(args.rate.is_none(), "--rate: mcap has every page");
    }
    ensure!(!args.units_row || to == ExportFormat::Csv, "--units-row is for csv only");
    let has_comma = args.decimal == ",";
    ensure!(!has_comma || to == ExportFormat::Csv, "--decimal is for csv only");
    ensure!(args.separator.is_none() || to == ExportFormat::Csv, "--separator is for csv only");
    ensure!(
        !(has_comma && args.separator == Some(Separator::Comma)),
        "a comma cannot separate both cells and decimals: choose --separator ';'"
    );
    ensure!(!args.full || is_text, "--full is for csv and jsonl: in the others all numbers are as exact as they are");
    Ok(())
}

fn export_one(args: &Export, path: &Path, bytes: u64, stop: &Stop) -> anyhow::Result<ExitCode> {
    let is_stream = args.output.as_deref().is_some_and(is_dash);
    ensure!(
        !is_stream || matches!(args.to, ExportFormat::Csv | ExportFormat::Jsonl),
        "only csv and jsonl can be written to the standard output"
    );
    let target = match &args.output {
        Some(output) if output.is_dir() => Target::Folder(output.clone()),
        Some(output) => Target::File(output.clone()),
        None => Target::Folder(path.parent().unwrap_or(Path::new("")).to_owned()),
    };
    let mut recording = open(path)?;
    let bar = Bar::new(bytes, args.quiet || is_stream);
    let exported = single::export(args, path, &target, &mut recording, &bar, stop);
    let outcome = exported.map_err(|error| if is_stream && is_closed(&error) { OutputClosed.into() } else { error })?;
    bar.end();
    match &outcome {
        Outcome::Exists(output) => check_new(output)?,
        Outcome::Nothing if args.laps.is_some() => {
            bail!("none of these laps is in the recording; `acevo laps --from FILE` shows those that are")
        }
        Outcome::Nothing => bail!("there is no driving in the recording"),
        Outcome::Written(_) if args.quiet || is_stream => {}
        Outcome::Written(_) => outcome.tell(),
    }
    Ok(ExitCode::SUCCESS)
}

/// True where whoever reads a stream has enough of it.
fn is_closed(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
