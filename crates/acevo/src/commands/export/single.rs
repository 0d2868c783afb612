//! One recording as one file.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use acevo_export::{
    About, Column, CsvExporter, CsvOptions, Exporter, JsonlExporter, MotecExporter, ParquetExporter, Precision,
    Separator, motec_file_name,
};
use acevo_recording::Recording;
use anyhow::Context;

use super::Outcome;
use super::overview::Overview;
use super::pages::export_pages;
use super::progress::Bar;
use super::rows::{columns, export_rows};
use crate::cli::{Export, ExportFormat};
use crate::output::{check_new, is_dash, say};
use crate::pending::Pending;
use crate::shutdown::Stop;

/// Where the file goes.
pub(super) enum Target {
    /// There.
    File(PathBuf),
    /// Into this folder, by the recording's name; a log by the name that users of such logs know.
    Folder(PathBuf),
}

impl Target {
    /// The path, as soon as what it depends on is known.
    fn path(&self, format: ExportFormat, recording: &Path, about: Option<&About>) -> Option<PathBuf> {
        match (self, format) {
            (Self::File(path), _) => Some(path.clone()),
            (Self::Folder(folder), ExportFormat::Motec) => about.map(|about| folder.join(motec_file_name(about, 1))),
            (Self::Folder(folder), format) => {
                let name = Path::new(recording.file_name().unwrap_or_default());
                Some(folder.join(name.with_extension(format.extension())))
            }
        }
    }
}

pub(super) fn export(
    args: &Export,
    path: &Path,
    target: &Target,
    recording: &mut Recording,
    bar: &Bar,
    stop: &Stop,
) -> anyhow::Result<Outcome> {
    if let Some(output) = target.path(args.to, path, None).filter(|output| check_new(output).is_err()) {
        return Ok(Outcome::Exists(output));
    }
    let is_pages = args.to == ExportFormat::Mcap;
    let progress = bar.begin(recording, if is_pages { 1 } else { 2 });
    if let Some(output) = target.path(args.to, path, None).filter(|_| is_pages) {
        let file = Pending::create(&output)?;
        export_pages(recording, BufWriter::new(file.open()?), &progress, stop)?;
        file.complete()?;
        return Ok(Outcome::Written(vec![output]));
    }
    let overview = Overview::of(recording, args, &progress, stop)?;
    if overview.sessions.is_empty() {
        return Ok(Outcome::Nothing);
    }
    let output = target.path(args.to, path, Some(&overview.about)).context("the file has no name")?;
    if check_new(&output).is_err() {
        return Ok(Outcome::Exists(output));
    }
    progress.again();
    let columns = columns(args);
    let (mut pending, exporter) = exporter(args, &output, &overview.about, &columns)?;
    export_rows(recording, args, &overview, &columns, exporter, &progress, stop)?;
    pending.take().map_or(Ok(()), Pending::complete)?;
    if args.to == ExportFormat::Motec && overview.about.latitude_longitude.is_none() && !args.quiet {
        bar.suspend(|| {
            say(format_args!("acevo: the game gave no coordinates of the track: GPS positions count from 0° N 0° E"));
        });
    }
    Ok(Outcome::Written(vec![output]))
}

type Opened = (Option<Pending>, Box<dyn Exporter>);

fn exporter(args: &Export, output: &Path, about: &About, columns: &[Column]) -> anyhow::Result<Opened> {
    let precision = if args.full { Precision::Full } else { Precision::default() };
    let text = |out: Box<dyn Write>| -> anyhow::Result<Box<dyn Exporter>> {
        Ok(match args.to {
            ExportFormat::Csv => {
                let has_comma = args.decimal == ",";
                let usual = if has_comma { Separator::Semicolon } else { Separator::Comma };
                let options = CsvOptions::default()
                    .with_units(args.units_row)
                    .with_precision(precision)
                    .with_separator(args.separator.unwrap_or(usual))
                    .with_decimal_comma(has_comma);
                Box::new(CsvExporter::new(out, columns, options)?)
            }
            _ => Box::new(JsonlExporter::new(out, columns, precision)),
        })
    };
    Ok(match args.to {
        ExportFormat::Motec => {
            (None, Box::new(MotecExporter::create(output, about.clone(), columns, args.names.into())?))
        }
        ExportFormat::Parquet => (None, Box::new(ParquetExporter::create(output, about, columns)?)),
        _ if is_dash(output) => (None, text(Box::new(io::stdout()))?),
        _ => {
            let pending = Pending::create(output)?;
            let exporter = text(Box::new(pending.open()?))?;
            (Some(pending), exporter)
        }
    })
}
