//! From recordings to files.

#[cfg(feature = "parquet")]
mod dataset;
mod lap_filter;
mod lap_position;
mod long_gaps;
#[cfg(feature = "parquet")]
mod other_cars;
mod overview;
#[cfg(feature = "mcap")]
mod pages;
mod row_sink;
mod rows;
#[cfg(feature = "parquet")]
mod sessions;
mod single;

use std::fs;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use acevo_recording::Recording;

use self::overview::Overview;
use self::row_sink::RowSink;
use self::rows::export_rows;
#[cfg(feature = "parquet")]
pub use self::sessions::{SessionVisitor, visit_sessions};
use self::single::Target;
use crate::progress::Tracker;
use crate::recorded_rows::{Collector, RecordedRows};
use crate::recordings::Input;
use crate::{
    CsvExporter, ExportError, ExportFormat, ExportPlan, Outcome, Output, Progress, RecordingReport, Recordings, Report,
};

/// Exports recordings.
///
/// One recording becomes one file, several recordings a file each. With the format Parquet a folder of recordings becomes one partitioned
/// data set: complete files are kept, and a recording that has grown replaces its own. A recording that fails does not stop the others;
/// its error is in the [`Report`].
///
/// Files are written under a temporary name and renamed when they are complete. Nothing is overwritten.
///
/// ```no_run
/// use acevo_export::{ExportFormat, ExportPlan, Recordings, run};
///
/// let plan = ExportPlan::new(ExportFormat::Csv);
/// let report = run(&plan, Recordings::file("evening.acevo"), &mut ())?;
/// println!("{:?}", report.into_files()?);
/// # Ok::<(), acevo_export::ExportError>(())
/// ```
///
/// # Errors
/// [`ExportError`] if the plan is invalid, if the output does not suit the recordings, if a data set cannot be opened, or
/// [`ExportError::Cancelled`].
pub fn run(plan: &ExportPlan, recordings: Recordings, progress: &mut dyn Progress) -> Result<Report, ExportError> {
    plan.check()?;
    let mut destination = Destination::of(plan, &recordings)?;
    let Recordings { inputs, unreadable, .. } = recordings;
    let mut report = Report { unreadable, ..Report::default() };
    let mut done = 0u64;
    for (number, input) in (1..).zip(&inputs) {
        progress.begin(&input.path, number, inputs.len());
        let outcome = destination.export(plan, input, &mut Tracker::new(progress, done));
        if matches!(outcome, Err(ExportError::Cancelled)) || progress.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        done = done.saturating_add(input.bytes);
        progress.advance(done);
        let recording = RecordingReport { path: input.path.clone(), outcome };
        progress.end(&recording);
        report.recordings.push(recording);
    }
    Ok(report)
}

/// Writes one recording as a table to a stream, for example to memory. The plan's format and output are not used.
///
/// Returns false, and writes nothing, if no row is to be exported.
///
/// ```no_run
/// use acevo_export::{ExportFormat, ExportPlan, write_csv};
/// use acevo_recording::Recording;
///
/// let mut table = Vec::new();
/// write_csv(&ExportPlan::new(ExportFormat::Csv), &mut Recording::open("lap.acevo")?, &mut table)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ExportError`] if the plan is invalid, or the recording cannot be read or the table not be written.
pub fn write_csv<R: Read + Seek>(
    plan: &ExportPlan,
    recording: &mut Recording<R>,
    output: &mut dyn Write,
) -> Result<bool, ExportError> {
    let plan = ExportPlan { format: ExportFormat::Csv, output: Output::Stdout, ..plan.clone() };
    plan.check()?;
    let mut progress = ();
    let mut tracker = Tracker::new(&mut progress, 0);
    let overview = Overview::of(recording, &plan, &mut tracker)?;
    if overview.sessions.is_empty() {
        return Ok(false);
    }
    let columns = plan.columns();
    let exporter = Box::new(CsvExporter::new(output, &columns, plan.csv_options())?);
    let sink = RowSink::here(&columns, overview.axes, exporter);
    export_rows(recording, &plan, &overview, sink, &mut tracker, &mut ())?;
    Ok(true)
}

/// Reads the rows of an export into memory: those of the plan's laps, at its rate, with corrected positions on the lap. The plan's format and
/// output are not used. Reads the recording twice, as an export does.
///
/// # Errors
/// As [`run`], for one recording.
pub fn read_analyzed_rows<R: Read + Seek>(
    plan: &ExportPlan,
    recording: &mut Recording<R>,
    progress: &mut dyn Progress,
) -> Result<RecordedRows, ExportError> {
    let plan = ExportPlan { format: ExportFormat::Csv, output: Output::CurrentFolder, ..plan.clone() };
    plan.check()?;
    let mut tracker = Tracker::new(progress, 0);
    let columns = plan.columns();
    let mut rows = RecordedRows::of(&columns);
    let overview = Overview::of(recording, &plan, &mut tracker)?;
    let sink = RowSink::here(&columns, overview.axes, Box::new(Collector(&mut rows)));
    export_rows(recording, &plan, &overview, sink, &mut tracker, &mut ())?;
    Ok(rows)
}

/// Where recordings are exported to.
enum Destination {
    /// One recording to this target.
    Single(Target),
    /// A file for each recording in this folder.
    Files(PathBuf),
    #[cfg(feature = "parquet")]
    Dataset(Box<dataset::Dataset>),
}

impl Destination {
    fn of(plan: &ExportPlan, recordings: &Recordings) -> Result<Self, ExportError> {
        if recordings.is_single() {
            return Ok(Self::Single(match &plan.output {
                Output::CurrentFolder => Target::Folder(PathBuf::new()),
                Output::Path(path) if path.is_dir() => Target::Folder(path.clone()),
                Output::Path(path) => Target::File(path.clone()),
                Output::Stdout => Target::Stdout,
            }));
        }
        let folder = match &plan.output {
            Output::CurrentFolder => None,
            Output::Path(path) if !path.is_file() => Some(path.as_path()),
            Output::Path(_) | Output::Stdout => {
                let reason = "several recordings need a folder";
                return Err(ExportError::InvalidOption { option: "output", reason });
            }
        };
        if !plan.format.has_datasets() || recordings.folders.is_empty() {
            return Ok(Self::Files(folder.unwrap_or(Path::new("")).to_owned()));
        }
        #[cfg(feature = "parquet")]
        return Ok(Self::Dataset(Box::new(dataset::Dataset::open(folder.unwrap_or(Path::new("parquet")), plan)?)));
        #[cfg(not(feature = "parquet"))]
        Ok(Self::Files(folder.unwrap_or(Path::new("")).to_owned()))
    }

    fn export(&mut self, plan: &ExportPlan, input: &Input, tracker: &mut Tracker<'_>) -> Result<Outcome, ExportError> {
        let mut recording = input.open()?;
        match self {
            Self::Single(target) => single::export(plan, &input.path, target, &mut recording, tracker),
            Self::Files(folder) => {
                // In the folder, subfolders are the same as those of the recordings.
                let folder = folder.join(&input.subfolder);
                fs::create_dir_all(&folder).map_err(|source| ExportError::create(&folder, source))?;
                single::export(plan, &input.path, &Target::Folder(folder), &mut recording, tracker)
            }
            #[cfg(feature = "parquet")]
            Self::Dataset(dataset) => dataset.add(plan, &input.path, &mut recording, tracker),
        }
    }
}
