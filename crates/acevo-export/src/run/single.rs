//! Exports a recording to one file.

use std::io;
use std::path::{Path, PathBuf};

use acevo_files::PendingFile;
use acevo_recording::Recording;

use super::lap_filter::LapFilter;
use super::long_gaps::MAX_GAP;
use super::overview::Overview;
use super::row_sink::RowSink;
use super::rows::export_rows;
use crate::files::check_new;
use crate::progress::Tracker;
use crate::worker::BackgroundWriter;
use crate::{
    About, Column, CsvExporter, ExportError, ExportFormat, ExportPlan, Exporter, JsonlExporter, MotecExporter, Note,
    Outcome, Row, files, motec_file_name,
};

/// Where the file is written.
pub(super) enum Target {
    /// To this file.
    File(PathBuf),
    /// Into this folder, named after the recording; a MoTeC log has the name that is common for such logs.
    Folder(PathBuf),
    /// To the standard output.
    Stdout,
}

impl Target {
    /// The path of the file. `None` for a stream, and for a MoTeC log as long as it is not known what the recording is about.
    fn path(&self, format: ExportFormat, recording: &Path, about: Option<&About>) -> Option<PathBuf> {
        match (self, format) {
            (Self::Stdout, _) => None,
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
    plan: &ExportPlan,
    path: &Path,
    target: &Target,
    recording: &mut Recording,
    tracker: &mut Tracker<'_>,
) -> Result<Outcome, ExportError> {
    if let Some(output) = target.path(plan.format, path, None)
        && check_new(&output).is_err()
    {
        return Ok(Outcome::Exists(output));
    }
    #[cfg(feature = "mcap")]
    if let (ExportFormat::Mcap, Some(output)) = (plan.format, target.path(plan.format, path, None)) {
        tracker.start(recording, 1);
        super::pages::export_pages(recording, files::create(&output)?, tracker)?;
        return Ok(Outcome::Written { files: vec![output], notes: Vec::new() });
    }
    tracker.start(recording, LapFilter::passes(plan));
    let overview = Overview::of(recording, plan, tracker)?;
    if overview.sessions.is_empty() {
        return Ok(Outcome::Empty);
    }
    let output = target.path(plan.format, path, Some(&overview.about));
    if let Some(output) = &output
        && check_new(output).is_err()
    {
        return Ok(Outcome::Exists(output.clone()));
    }
    tracker.next_pass();
    let columns = plan.columns();
    let exporter = exporter(plan, output.as_deref(), &overview, &columns)?;
    let sink = RowSink::in_thread(&columns, overview.axes, exporter)?;
    export_rows(recording, plan, &overview, sink, tracker, &mut ())?;
    let notes = if plan.format == ExportFormat::Motec { log_notes(&overview) } else { Vec::new() };
    Ok(Outcome::Written { files: output.into_iter().collect(), notes })
}

/// What the user should know about a log with evenly spaced samples.
fn log_notes(overview: &Overview) -> Vec<Note> {
    let has_coordinates = overview.about.names.latitude_longitude.is_some();
    let gaps = Note::ShortenedGaps { count: overview.gaps.count(), removed: overview.gaps.removed(), to: MAX_GAP };
    let notes = [(!has_coordinates, Note::NoCoordinates), (overview.gaps.count() > 0, gaps)];
    notes.into_iter().filter_map(|(applies, note)| applies.then_some(note)).collect()
}

/// The exporter of the plan's format; without an output it writes to stdout.
fn exporter(
    plan: &ExportPlan,
    output: Option<&Path>,
    overview: &Overview,
    columns: &[Column],
) -> Result<Box<dyn Exporter + Send>, ExportError> {
    let Some(output) = output else {
        return Ok(match plan.format {
            ExportFormat::Csv => Box::new(CsvExporter::new(io::stdout(), columns, plan.csv_options())?),
            _ => Box::new(JsonlExporter::new(io::stdout(), columns, plan.precision)),
        });
    };
    let about = &overview.about;
    Ok(match plan.format {
        ExportFormat::Motec => {
            let exporter = MotecExporter::create(output, about.clone(), columns, plan.motec_names)?;
            // Before gigabytes are written.
            exporter.check_size(overview.gaps.length().as_secs_f64())?;
            Box::new(exporter)
        }
        #[cfg(feature = "parquet")]
        ExportFormat::Parquet => Box::new(crate::ParquetExporter::create(output, about, columns)?),
        ExportFormat::Csv => {
            let exporter = CsvExporter::new(background_file(output)?, columns, plan.csv_options())?;
            Box::new(FileExporter { exporter, into_file: CsvExporter::into_inner })
        }
        _ => {
            let exporter = JsonlExporter::new(background_file(output)?, columns, plan.precision);
            Box::new(FileExporter { exporter, into_file: JsonlExporter::into_inner })
        }
    })
}

/// A file that another thread writes.
fn background_file(path: &Path) -> Result<BackgroundWriter<PendingFile>, ExportError> {
    BackgroundWriter::start(files::create(path)?).map_err(|source| ExportError::create(path, source))
}

/// An exporter to a stream that is a file: publishes the file at the end.
struct FileExporter<E> {
    exporter: E,
    into_file: fn(E) -> Result<BackgroundWriter<PendingFile>, ExportError>,
}

impl<E: Exporter> Exporter for FileExporter<E> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        self.exporter.row(row)
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        let file = (self.into_file)(self.exporter)?;
        files::publish(file.into_inner().map_err(ExportError::Stream)?)
    }
}
