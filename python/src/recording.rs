//! Recordings: contents, telemetry, corners, raw pages.

use std::fs::File;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use acevo_export::{ExportError, ExportFormat, ExportPlan, Progress, RecordedRows, read_analyzed_rows, read_rows};
use acevo_recording::{
    Contents, LapSelector, LapSpan, Recording, RecordingError, SessionContents, TracedLaps, analyze, analyze_field,
    lap_samples,
};
use acevo_shared_memory::PageKind;
use acevo_telemetry::analysis::{Analysis, LapId, Settings};
use acevo_telemetry::corners::{self, Corners, LapCorners};
use acevo_telemetry::traces::LapTraces;
use acevo_telemetry::{Axes, display_name};
use arrow_array::{ArrayRef, Float64Array, UInt32Array};
use arrow_buffer::Buffer;
use pyo3::prelude::*;
use pythonize::pythonize;
use serde_json::{Value, json};

use crate::columns::{Wanted, plain_field, table};
use crate::errors::{exception, export_error, lap_error, recording_error};
use crate::interrupt::Interrupt;
use crate::live::event_json;
use crate::table::{Memory, Table};
use crate::tools::page_kind;

/// Read before and after a lap: the line was crossed between two frames.
const MARGIN: Duration = Duration::from_millis(250);

/// A part of a recording that is read by a thread of its own has at least this length.
const MIN_PART: Duration = Duration::from_secs(60);

/// A recording. What takes long to find is found once.
#[pyclass(frozen, module = "acevo_telemetry")]
pub(crate) struct RecordingFile {
    path: PathBuf,
    info: Value,
    span: RangeInclusive<Duration>,
    contents: OnceLock<Arc<Contents>>,
    traced: Mutex<Option<Arc<TracedLaps>>>,
}

#[pymethods]
impl RecordingFile {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let opened = py.detach(|| Recording::open(&path).map(|recording| recording.info()));
        let info = opened.map_err(|error| recording_error(&path, &error))?;
        let span = info.start..=info.end;
        let info = serde_json::to_value(&info).map_err(|error| exception("AcevoError", error))?;
        Ok(Self { path, info, span, contents: OnceLock::new(), traced: Mutex::new(None) })
    }

    /// Counts, times and sizes.
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(pythonize(py, &self.info)?)
    }

    /// Seconds from the first to the last record.
    #[getter]
    fn duration_s(&self) -> f64 {
        self.span.end().saturating_sub(*self.span.start()).as_secs_f64()
    }

    /// Sessions with their laps and stints.
    fn contents<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let contents = self.read_contents(py)?;
        let sessions: Vec<Value> = contents.sessions.iter().map(|session| session_json(&contents, session)).collect();
        let value = json!({
            "sessions": sessions,
            "game_version": contents.game_version,
            "program": contents.program,
            "is_finished": contents.is_finished,
            "is_simulated": contents.is_simulated,
            "is_damaged": contents.is_damaged,
            "unix_us": contents.unix_us,
        });
        Ok(pythonize(py, &value)?)
    }

    /// All events, with those of laps.
    fn events<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let events = self.with_recording(py, |recording, interrupt| {
            let (mut events, mut analysis) = (Vec::new(), Analysis::new(Settings::default()));
            analyze(recording, &mut analysis, |analysis, step| {
                while let Some(event) = analysis.next_event() {
                    let mut value = event_json(&event);
                    value["at_s"] = json!(step.at.saturating_sub(*self.span.start()).as_secs_f64());
                    events.push(value);
                }
                Ok::<_, RecordingError>(control(interrupt.keep_going()))
            })?;
            Ok(events)
        })?;
        Ok(pythonize(py, &events)?)
    }

    /// All cars, with their laps.
    fn cars<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let field = self.with_recording(py, |recording, interrupt| {
            Ok(analyze_field(recording, &Settings::default(), |_, _| interrupt.keep_going())?)
        })?;
        let mut cars = Vec::new();
        if let Some(field) = &field {
            for (id, identity, laps) in field.cars() {
                cars.push(json!({
                    "id": id.to_string(),
                    "is_player": field.player() == Some(id),
                    "name": identity.name,
                    "short_name": identity.short_name,
                    "number": identity.number,
                    "model": identity.model,
                    "is_ai": identity.is_ai,
                    "laps": laps,
                }));
            }
        }
        Ok(pythonize(py, &cars)?)
    }

    /// A row for each physics packet from one time to another, in seconds since the first record.
    #[pyo3(signature = (columns, from_s, to_s, units, threads))]
    fn table(
        &self,
        py: Python<'_>,
        columns: Option<Vec<String>>,
        from_s: f64,
        to_s: Option<f64>,
        units: &str,
        threads: usize,
    ) -> PyResult<Table> {
        let wanted = Wanted::new(columns, units)?;
        let span = self.at(from_s)..=to_s.map_or(*self.span.end(), |seconds| self.at(seconds));
        let rows = if wanted.needs_laps() {
            let rows = self.analyzed_rows(py, &wanted)?;
            between(rows, from_s, to_s.unwrap_or(f64::INFINITY))
        } else {
            let axes = self.axes(py, &wanted)?;
            self.rows(py, &wanted, axes, &span, threads)?
        };
        Ok(table(rows, &wanted))
    }

    /// A row for each packet of a lap, with time and distance since the line.
    #[pyo3(signature = (columns, from_us, to_us, time_ms, units))]
    fn lap_table(
        &self,
        py: Python<'_>,
        columns: Option<Vec<String>>,
        from_us: u64,
        to_us: u64,
        time_ms: Option<u32>,
        units: &str,
    ) -> PyResult<Table> {
        let wanted = Wanted::new(columns, units)?;
        let axes = self.axes(py, &wanted)?;
        let span = LapSpan { from: Duration::from_micros(from_us), to: Duration::from_micros(to_us), time_ms };
        let (samples, rows) = self.with_recording(py, |recording, interrupt| {
            let samples = lap_samples(recording, span, &[], |_| interrupt.keep_going())?;
            let part = span.from.saturating_sub(MARGIN)..=span.to.saturating_add(MARGIN);
            let rows = read_rows(recording, &wanted.columns, axes, part, |_| interrupt.keep_going())?;
            Ok((samples, rows))
        })?;
        // The rows of the lap, by their times in microseconds.
        let start = *self.span.start();
        let time_of = |row: usize| (rows.time_s[row] * 1e6).round() as u128;
        let (mut row, mut chosen, mut places) = (0, Vec::new(), Vec::new());
        for (index, at) in samples.at.iter().enumerate() {
            let at = at.saturating_sub(start).as_micros();
            while row < rows.len() && time_of(row) < at {
                row += 1;
            }
            if row < rows.len() && time_of(row) == at {
                chosen.push(row);
                places.push((f64::from(samples.time_s[index]), f64::from(samples.positions[index])));
                row += 1;
            }
        }
        let rows = rows.gathered(&chosen);
        let length = samples.length_m;
        let made = table(rows, &wanted);
        Ok(with_places(made, &places, length))
    }

    /// The laps whose line and corners are known, and the outline of the track.
    fn outline<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let traced = self.read_traced(py)?;
        let outline = traced.outline();
        let corners = corners_of(&traced);
        let value = json!({
            "track": outline.track(),
            "layout": outline.configuration(),
            "length_m": outline.track_length_m().or(outline.length_m()),
            "points": outline.points(),
            "corners": corners.map_or_else(Vec::new, |corners| corners.corners),
        });
        Ok(pythonize(py, &value)?)
    }

    /// What a driver did in the corners of a lap.
    fn corners<'py>(&self, py: Python<'py>, session: u32, number: u32, attempt: u32) -> PyResult<Bound<'py, PyAny>> {
        let traced = self.read_traced(py)?;
        let lap = self.trace(&traced, (session, number, attempt))?;
        let corners = self.known_corners(&traced)?;
        Ok(pythonize(py, LapCorners::new(&corners, lap).figures())?)
    }

    /// A lap compared with a lap of this or another recording: the delta over the distance, and the losses of corners.
    fn compare<'py>(
        &self,
        py: Python<'py>,
        lap: (u32, u32, u32),
        other: &Self,
        reference: (u32, u32, u32),
    ) -> PyResult<(Table, Bound<'py, PyAny>)> {
        let (traced, others) = (self.read_traced(py)?, other.read_traced(py)?);
        let (lap, reference) = (self.trace(&traced, lap)?, other.trace(&others, reference)?);
        if !(lap.track == reference.track && lap.layout == reference.layout) {
            let names = [lap, reference].map(|lap| format!("{} {}", lap.track, lap.layout));
            let message = format!("laps of two tracks cannot be compared: {} and {}", names[0].trim(), names[1].trim());
            return Err(exception("ArgumentError", message));
        }
        let points: Vec<_> = lap.delta_to(reference).into_iter().flatten().collect();
        let length = lap.length_m.or(reference.length_m);
        let compared = corners_of(&traced)
            .map(|corners| corners::compare(&LapCorners::new(&corners, lap), &LapCorners::new(&corners, reference)));
        Ok((delta_table(&points, length), pythonize(py, &compared)?))
    }

    /// Pages as the game wrote them: their times in seconds, and their bytes.
    fn pages(&self, py: Python<'_>, page: &str, from_s: f64, to_s: Option<f64>) -> PyResult<(Table, Memory)> {
        let page = page_kind(page)?;
        let (start, at) = (*self.span.start(), |seconds: f64| self.at(seconds));
        let (from, to) = (at(from_s), to_s.map_or(Duration::MAX, at));
        let size = page.size();
        let (times, missed, bytes) = self.with_recording(py, |recording, interrupt| {
            let (mut times, mut missed, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
            recording.seek(from)?;
            while let Some(step) = recording.next_step()? {
                if step.at > to || !interrupt.keep_going() {
                    break;
                }
                let seen = match page {
                    PageKind::Physics => step.physics,
                    PageKind::Graphics => step.graphics,
                    PageKind::Static => step.static_data,
                };
                if let Some(seen) = seen {
                    times.push(step.at.saturating_sub(start).as_secs_f64());
                    missed.push(seen.missed);
                    bytes.extend_from_slice(step.frame.bytes(page));
                }
            }
            Ok((times, missed, bytes))
        })?;
        let (times, missed): (ArrayRef, ArrayRef) =
            (Arc::new(Float64Array::from(times)), Arc::new(UInt32Array::from(missed)));
        let columns = vec![
            (plain_field("time_s", "s", "Time since the start of the recording", &times), times),
            (plain_field("missed", "", "Packets missed since the previous page", &missed), missed),
        ];
        Ok((Table::new(columns), Memory { bytes: Buffer::from_vec(bytes), size }))
    }
}

impl RecordingFile {
    /// A time since the recording's zero, from seconds since the first record.
    fn at(&self, seconds: f64) -> Duration {
        self.span.start().saturating_add(Duration::try_from_secs_f64(seconds).unwrap_or_default())
    }

    fn read_contents(&self, py: Python<'_>) -> PyResult<Arc<Contents>> {
        if let Some(contents) = self.contents.get() {
            return Ok(contents.clone());
        }
        let contents = self.with_recording(py, |recording, interrupt| {
            Ok(Contents::read(recording, &Settings::default(), |_| interrupt.keep_going())?)
        })?;
        let contents = Arc::new(contents.unwrap_or_default());
        Ok(self.contents.get_or_init(|| contents).clone())
    }

    fn read_traced(&self, py: Python<'_>) -> PyResult<Arc<TracedLaps>> {
        let known = || self.traced.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(traced) = known().clone() {
            return Ok(traced);
        }
        let contents = self.read_contents(py)?;
        let laps = contents.sessions.iter().flat_map(|session| &session.laps);
        let selectors: Vec<_> = laps.map(|lap| LapSelector::from(lap.lap.id())).collect();
        let traced = self.with_recording(py, |recording, interrupt| {
            let traced = TracedLaps::read(recording, &selectors, &corners::channels(), |_| interrupt.keep_going());
            traced.map_err(ExportError::Laps)
        })?;
        let traced = Arc::new(traced);
        *known() = Some(traced.clone());
        Ok(traced)
    }

    /// Does something with the recording, detached from the interpreter.
    fn with_recording<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Recording<File>, &Interrupt) -> Result<T, ExportError> + Send,
    ) -> PyResult<T> {
        let (result, interrupt) = py.detach(|| {
            let interrupt = Interrupt::new();
            let opened = Recording::open(&self.path).map(Recording::with_read_ahead).map_err(ExportError::from);
            let result = opened.and_then(|mut recording| work(&mut recording, &interrupt));
            (result, interrupt)
        });
        interrupt.check()?;
        result.map_err(|error| self.error(&error))
    }

    fn error(&self, error: &ExportError) -> PyErr {
        match error {
            ExportError::Recording(error) => recording_error(&self.path, error),
            ExportError::Laps(error) => lap_error(&self.path, error),
            error => export_error(error),
        }
    }

    /// The axes of the acceleration, if columns need them. Finding them takes reading everything once.
    fn axes(&self, py: Python<'_>, wanted: &Wanted) -> PyResult<Axes> {
        if wanted.needs_axes() { Ok(self.read_contents(py)?.axes) } else { Ok(Axes::default()) }
    }

    /// The rows of a part, which several threads read.
    fn rows(
        &self,
        py: Python<'_>,
        wanted: &Wanted,
        axes: Axes,
        span: &RangeInclusive<Duration>,
        threads: usize,
    ) -> PyResult<RecordedRows> {
        let length = span.end().saturating_sub(*span.start());
        let parts = ((length.as_secs_f64() / MIN_PART.as_secs_f64()) as usize).clamp(1, threads.max(1)) as u32;
        let bound = |part: u32| *span.start() + length / parts * part;
        let part_span = |part: u32| {
            let end = if part + 1 == parts { *span.end() } else { bound(part + 1) - Duration::from_micros(1) };
            bound(part)..=end
        };
        if parts == 1 {
            return self.with_recording(py, |recording, interrupt| {
                read_rows(recording, &wanted.columns, axes, part_span(0), |_| interrupt.keep_going())
            });
        }
        let stop = std::sync::atomic::AtomicBool::new(false);
        let read = |part: u32| {
            let mut recording = Recording::open(&self.path)?;
            let is_stopped = |_| !stop.load(std::sync::atomic::Ordering::Relaxed);
            read_rows(&mut recording, &wanted.columns, axes, part_span(part), is_stopped)
        };
        let (results, interrupt) = py.detach(|| {
            let interrupt = Interrupt::new();
            let results = thread::scope(|scope| {
                let handles: Vec<_> = (1..parts).map(|part| scope.spawn(move || read(part))).collect();
                // The calling thread takes the first part, and notices Ctrl-C.
                let first = Recording::open(&self.path).map_err(ExportError::from).and_then(|mut recording| {
                    read_rows(&mut recording, &wanted.columns, axes, part_span(0), |_| interrupt.keep_going())
                });
                if !interrupt.keep_going() {
                    stop.store(true, std::sync::atomic::Ordering::Relaxed);
                }
                let others = handles
                    .into_iter()
                    .map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
                std::iter::once(first).chain(others).collect::<Result<Vec<_>, _>>()
            });
            (results, interrupt)
        });
        interrupt.check()?;
        let mut parts = results.map_err(|error| self.error(&error))?.into_iter();
        let mut rows = parts.next().ok_or_else(|| exception("AcevoError", "nothing was read"))?;
        parts.for_each(|part| rows.append(part));
        Ok(rows)
    }

    /// All rows, with laps and with positions on the lap.
    fn analyzed_rows(&self, py: Python<'_>, wanted: &Wanted) -> PyResult<RecordedRows> {
        let mut plan = ExportPlan::new(ExportFormat::Csv);
        plan.units = wanted.units;
        plan.channels = wanted.columns.iter().map(|column| column.channel).collect();
        if plan.channels.is_empty() {
            // A plan without channels has the default ones.
            plan.channels = acevo_telemetry::channel("speed").into_iter().collect();
        }
        let planned = plan.columns();
        let mut rows = self.with_recording(py, |recording, interrupt| {
            read_analyzed_rows(&plan, recording, &mut Interruptible(interrupt))
        })?;
        // In the units and the order of the wanted columns.
        let mut found: Vec<_> = rows.columns.drain(..).map(Some).collect();
        rows.columns = wanted
            .columns
            .iter()
            .filter_map(|column| {
                let index = planned.iter().position(|planned| planned.name() == column.name())?;
                found[index].take()
            })
            .collect();
        Ok(rows)
    }

    fn trace<'a>(
        &self,
        traced: &'a TracedLaps,
        (session, number, attempt): (u32, u32, u32),
    ) -> PyResult<&'a LapTraces> {
        let selector = LapSelector::from(LapId::new(session, number).with_attempt(attempt));
        let found = traced.find(selector).map(|(_, traces)| traces);
        found.map_err(|error| lap_error(&self.path, &error))
    }

    fn known_corners(&self, traced: &TracedLaps) -> PyResult<Corners> {
        corners_of(traced).ok_or_else(|| {
            let message = format!("{} shows no corner: it has no complete lap", self.path.display());
            exception("LapNotFoundError", message)
        })
    }
}

/// Stops an export after Ctrl-C.
struct Interruptible<'a>(&'a Interrupt);

impl Progress for Interruptible<'_> {
    fn is_cancelled(&self) -> bool {
        !self.0.keep_going()
    }
}

fn control(keeps_going: bool) -> ControlFlow<()> {
    if keeps_going { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
}

/// The corners of the track that the laps have shown.
fn corners_of(traced: &TracedLaps) -> Option<Corners> {
    let laps: Vec<_> = traced.laps().filter(|(lap, _)| lap.lap.counts()).map(|(_, traces)| traces.clone()).collect();
    Corners::detect(traced.outline(), &laps).filter(|corners| !corners.corners.is_empty())
}

fn session_json(contents: &Contents, session: &SessionContents) -> Value {
    let seconds = |at: Duration| at.saturating_sub(contents.start).as_secs_f64();
    let names = &session.names;
    let laps: Vec<Value> = session
        .laps
        .iter()
        .map(|recorded| {
            let mut lap = serde_json::to_value(&recorded.lap).unwrap_or_default();
            lap["from_us"] = json!(recorded.from.as_micros() as u64);
            lap["to_us"] = json!(recorded.to.as_micros() as u64);
            lap["from_s"] = json!(seconds(recorded.from));
            lap["to_s"] = json!(seconds(recorded.to));
            lap["counts"] = json!(recorded.lap.counts());
            lap["id"] = json!(recorded.lap.id().to_string());
            lap
        })
        .collect();
    json!({
        "number": session.number,
        "track": names.track,
        "track_name": display_name(&names.track),
        "layout": names.configuration,
        "layout_name": display_name(&names.configuration),
        "track_length_m": names.track_length_m,
        "car": names.car,
        "car_name": display_name(&names.car),
        "driver": names.driver,
        "name": names.session,
        "kind": session.kind.map_or_else(|| "unknown".to_owned(), |kind| kind.name().to_owned()),
        "from_s": seconds(session.from),
        "to_s": seconds(session.to),
        "sector_ends": session.sector_ends,
        "laps": laps,
        "stints": session.stints,
    })
}

/// Rows between two times in seconds.
fn between(rows: RecordedRows, from_s: f64, to_s: f64) -> RecordedRows {
    let from = rows.time_s.partition_point(|time| *time < from_s);
    let to = rows.time_s.partition_point(|time| *time <= to_s);
    if from == 0 && to == rows.len() { rows } else { rows.gathered(&(from..to).collect::<Vec<_>>()) }
}

/// Replaces the time of a table by those of a lap, and adds its distance and position.
fn with_places(table: Table, places: &[(f64, f64)], length_m: Option<f64>) -> Table {
    let column = |value: &dyn Fn(&(f64, f64)) -> f64| -> ArrayRef {
        Arc::new(
            places.iter().map(|place| Some(value(place)).filter(|value| !value.is_nan())).collect::<Float64Array>(),
        )
    };
    let time = column(&|place| place.0);
    let distance = column(&|place| length_m.map_or(f64::NAN, |length| place.1 * length));
    let position = column(&|place| place.1);
    let mut columns = vec![
        (plain_field("time_s", "s", "Time since the line", &time), time),
        (plain_field("distance_m", "m", "Distance since the line, of the centre line", &distance), distance.clone()),
        (plain_field("lap_position", "", "Part of the lap, 0 to 1", &position), position),
    ];
    let others = table.schema.fields().iter().zip(&table.columns).skip(1);
    for (field, array) in others {
        match field.name().as_str() {
            "lap_position" => {}
            // The game publishes it 60 times per second, and changes it late at the line.
            "lap_distance" => {
                columns.push((field.as_ref().clone().with_data_type(distance.data_type().clone()), distance.clone()))
            }
            _ => columns.push((field.as_ref().clone(), array.clone())),
        }
    }
    Table::new(columns)
}

/// The delta over a lap.
fn delta_table(points: &[(f64, f64)], length_m: Option<f64>) -> Table {
    let position: ArrayRef = Arc::new(Float64Array::from_iter_values(points.iter().map(|point| point.0)));
    let distance: ArrayRef =
        Arc::new(points.iter().map(|point| length_m.map(|length| point.0 * length)).collect::<Float64Array>());
    let delta: ArrayRef = Arc::new(Float64Array::from_iter_values(points.iter().map(|point| point.1)));
    Table::new(vec![
        (plain_field("lap_position", "", "Part of the lap, 0 to 1", &position), position),
        (plain_field("distance_m", "m", "Distance since the line", &distance), distance),
        (plain_field("delta_s", "s", "Time lost to the reference lap", &delta), delta),
    ])
}
