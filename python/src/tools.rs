//! Functions without a recording at hand: channels, units, exports, the library.

use std::path::PathBuf;

use acevo_export::{
    ExportFormat, ExportPlan, MotecNames, Output, Precision, Progress, RecordingReport, Recordings, run,
};
use acevo_library::{Library, LibraryError, ScanOptions, SessionFilter};
use acevo_shared_memory::{FieldType, PageKind};
use acevo_telemetry::{Unit, channel, channels};
use pyo3::prelude::*;
use pyo3::types::PyList;
use pythonize::pythonize;
use serde_json::json;

use crate::columns::{unit_system, unknown};
use crate::errors::{exception, export_error, library_error};
use crate::interrupt::Interrupt;

/// The channel catalogue.
#[pyfunction]
pub(crate) fn channel_list(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let list: Vec<_> = channels()
        .iter()
        .map(|channel| {
            json!({
                "id": channel.id(),
                "title": channel.title(),
                "unit": channel.unit().symbol(),
                "kind": channel.kind().to_string(),
                "rate": channel.rate().to_string(),
                "quality": channel.quality().to_string(),
                "versions": channel.versions(),
                "sources": channel.sources(),
                "note": channel.note(),
                "decimals": channel.decimals(),
                "range": channel.range().map(|range| [*range.start(), *range.end()]),
                "repeats": channel.repeats(),
                "is_default": channel.is_default(),
            })
        })
        .collect();
    Ok(pythonize(py, &list)?)
}

/// Converts numbers from one unit to another.
#[pyfunction]
pub(crate) fn convert(values: Vec<f64>, from: &str, to: &str) -> PyResult<Vec<f64>> {
    let (from, to) = units(from, to)?;
    // Units of one dimension convert any number.
    Ok(values.into_iter().map(|value| from.convert(value, to).unwrap_or(f64::NAN)).collect())
}

/// The factor and the offset that convert values from one unit to another.
#[pyfunction]
pub(crate) fn conversion(from: &str, to: &str) -> PyResult<(f64, f64)> {
    let (from, to) = units(from, to)?;
    let at = |value: f64| from.convert(value, to).unwrap_or(f64::NAN);
    let offset = at(0.0);
    Ok((at(1.0) - offset, offset))
}

/// Two units of one dimension, by their symbols.
fn units(from: &str, to: &str) -> PyResult<(Unit, Unit)> {
    let unit = |symbol: &str| {
        let found = Unit::ALL.iter().find(|unit| unit.symbol() == symbol);
        found.copied().ok_or_else(|| {
            let known: Vec<_> =
                Unit::ALL.iter().map(|unit| unit.symbol()).filter(|symbol| !symbol.is_empty()).collect();
            exception("ArgumentError", format!("unknown unit {symbol:?}; units: {}", known.join(", ")))
        })
    };
    let (from, to) = (unit(from)?, unit(to)?);
    if from.convert(0.0, to).is_none() {
        let message = format!("{} cannot be converted to {}", from.symbol(), to.symbol());
        return Err(exception("ArgumentError", message));
    }
    Ok((from, to))
}

/// A field of a page: path, offset, type, number of elements and unit.
type PageField = (String, usize, String, usize, String);

/// The fields of a page.
#[pyfunction]
pub(crate) fn page_fields(page: &str) -> PyResult<Vec<PageField>> {
    let page = page_kind(page)?;
    let type_of = |ty: FieldType| match ty {
        FieldType::I8 => "<i1".into(),
        FieldType::U8 => "<u1".into(),
        FieldType::I16 => "<i2".into(),
        FieldType::U16 => "<u2".into(),
        FieldType::U32 => "<u4".into(),
        FieldType::U64 => "<u8".into(),
        FieldType::F32 => "<f4".into(),
        FieldType::Bool => "?".into(),
        FieldType::Text(bytes) => format!("S{bytes}"),
        _ => "<i4".to_owned(),
    };
    Ok(page
        .fields()
        .iter()
        .filter(|field| !field.hidden)
        .map(|field| (field.path.to_owned(), field.offset, type_of(field.ty), field.count, field.unit.to_owned()))
        .collect())
}

/// Bytes of a page.
#[pyfunction]
pub(crate) fn page_size(page: &str) -> PyResult<usize> {
    page_kind(page).map(PageKind::size)
}

/// A page by its name.
pub(crate) fn page_kind(name: &str) -> PyResult<PageKind> {
    let found = PageKind::ALL.into_iter().find(|kind| kind.to_string() == name);
    found.ok_or_else(|| exception("ArgumentError", format!("page: {name}: expected physics, graphics or static")))
}

/// Stops after Ctrl-C, and passes progress to a function.
struct Followed<'a> {
    interrupt: &'a Interrupt,
    total: u64,
    report: Option<&'a Py<PyAny>>,
    failure: Option<PyErr>,
}

impl Progress for Followed<'_> {
    fn advance(&mut self, bytes: u64) {
        let Some(report) = self.report else { return };
        let part = bytes as f64 / self.total.max(1) as f64;
        let called = Python::attach(|py| report.call1(py, (part.min(1.0),)).map(drop));
        if let Err(error) = called {
            self.failure.get_or_insert(error);
        }
    }

    fn end(&mut self, _: &RecordingReport) {}

    fn is_cancelled(&self) -> bool {
        self.failure.is_some() || !self.interrupt.keep_going()
    }
}

/// Exports recordings, and returns the files that were written.
#[pyfunction]
#[pyo3(signature = (paths, format, output, channel_names, units, rate, laps, full_precision, motec_names, progress))]
#[expect(clippy::too_many_arguments, reason = "the arguments of a Python function")]
pub(crate) fn export(
    py: Python<'_>,
    paths: Vec<PathBuf>,
    format: &str,
    output: Option<PathBuf>,
    channel_names: Option<Vec<String>>,
    units: &str,
    rate: Option<f64>,
    laps: Option<&str>,
    full_precision: bool,
    motec_names: Option<&str>,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vec<PathBuf>> {
    let format = match format {
        "csv" => ExportFormat::Csv,
        "jsonl" => ExportFormat::Jsonl,
        "motec" => ExportFormat::Motec,
        "parquet" => ExportFormat::Parquet,
        "mcap" => ExportFormat::Mcap,
        other => {
            let message = format!("format: {other}: expected csv, jsonl, parquet, motec or mcap");
            return Err(exception("ArgumentError", message));
        }
    };
    let mut plan = ExportPlan::new(format);
    plan.output = output.map_or(Output::CurrentFolder, Output::Path);
    for name in channel_names.unwrap_or_default() {
        plan.channels.push(channel(&name).ok_or_else(|| unknown(&name))?);
    }
    plan.units = unit_system(units)?;
    plan.rate = rate;
    plan.laps =
        laps.map(str::parse).transpose().map_err(|error| exception("ArgumentError", format!("laps: {error}")))?;
    if full_precision {
        plan.precision = Precision::Full;
    }
    if let Some(names) = motec_names {
        let known = MotecNames::ALL.into_iter().find(|known| known.name() == names);
        plan.motec_names = known.ok_or_else(|| exception("ArgumentError", format!("motec_names: unknown: {names}")))?;
    }
    let (result, failure, interrupt) = py.detach(|| {
        let interrupt = Interrupt::new();
        let (result, failure) = match Recordings::find(&paths) {
            Ok(recordings) => {
                let total = recordings.bytes();
                let mut followed = Followed { interrupt: &interrupt, total, report: progress.as_ref(), failure: None };
                let result = run(&plan, recordings, &mut followed).and_then(acevo_export::Report::into_files);
                (result, followed.failure)
            }
            Err(error) => (Err(error), None),
        };
        (result, failure, interrupt)
    });
    interrupt.check()?;
    failure.map_or(Ok(()), Err)?;
    result.map_err(|error| export_error(&error))
}

/// Queries of the library of recordings, as `acevo run` keeps it.
#[pyclass(frozen, module = "acevo_telemetry")]
pub(crate) struct LibraryFile {
    library: Library,
}

#[pymethods]
impl LibraryFile {
    #[new]
    #[pyo3(signature = (path=None))]
    fn new(path: Option<PathBuf>) -> PyResult<Self> {
        let opened = path.map_or_else(Library::in_memory, Library::open);
        Ok(Self { library: opened.map_err(|error| library_error(&error))? })
    }

    /// Path of the database of this user; `None` if it does not exist.
    #[staticmethod]
    fn user_path() -> Option<PathBuf> {
        Library::user_path().filter(|path| path.exists())
    }

    /// Reads the recordings of folders that are new or have changed. Returns the number of recordings that were read.
    fn scan(&self, py: Python<'_>, folders: Vec<PathBuf>) -> PyResult<usize> {
        let (report, interrupt) = py.detach(|| {
            let interrupt = Interrupt::new();
            let report = self.library.scan(&folders, &ScanOptions::default(), &mut |_| interrupt.keep_going());
            (report, interrupt)
        });
        interrupt.check()?;
        Ok(report.map_err(|error| library_error(&error))?.indexed)
    }

    /// Sessions, newest first, as dictionaries. Texts are parts of names.
    #[pyo3(signature = (track=None, car=None, driver=None, text=None))]
    fn sessions<'py>(
        &self,
        py: Python<'py>,
        track: Option<String>,
        car: Option<String>,
        driver: Option<String>,
        text: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut filter = SessionFilter::default();
        (filter.track, filter.car, filter.driver, filter.text, filter.is_partial) = (track, car, driver, text, true);
        let rows = self.ask(py, |library| library.sessions(&filter))?;
        Ok(pythonize(py, &rows.rows)?)
    }

    /// The laps of a session, as dictionaries with the path of the recording.
    fn laps<'py>(&self, py: Python<'py>, session: i64) -> PyResult<Bound<'py, PyList>> {
        let rows = self.ask(py, |library| library.laps(session))?;
        let laps = PyList::empty(py);
        for row in rows {
            let lap = pythonize(py, &row)?;
            lap.set_item("path", &row.path)?;
            laps.append(lap)?;
        }
        Ok(laps)
    }

    /// The best lap of each car on each track, as dictionaries.
    #[pyo3(signature = (track=None, car=None, driver=None))]
    fn bests<'py>(
        &self,
        py: Python<'py>,
        track: Option<String>,
        car: Option<String>,
        driver: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut filter = SessionFilter::default();
        (filter.track, filter.car, filter.driver, filter.is_partial) = (track, car, driver, true);
        let rows = self.ask(py, |library| library.bests(&filter))?;
        Ok(pythonize(py, &rows)?)
    }
}

impl LibraryFile {
    /// Asks the library, detached from the interpreter.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Library) -> Result<T, LibraryError> + Send,
    ) -> PyResult<T> {
        let answer = py.detach(|| question(&self.library));
        answer.map_err(|error| library_error(&error))
    }
}
