//! Passes everything of a recording to one visitor: rows, events, laps and the tables of all cars.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::time::Duration;

use acevo_recording::{AnalyzedStep, Recording};
use acevo_telemetry::analysis::{Analysis, SessionEvent, Settings};

use super::lap_filter::LapFilter;
use super::other_cars::CarTables;
use super::overview::Overview;
use super::row_sink::RowSink;
use super::rows::{Observer, export_rows};
use crate::parquet::Table;
use crate::progress::Tracker;
use crate::{About, Column, ExportError, ExportPlan, Exporter, Progress};

/// Takes what is in a recording, session by session.
pub trait SessionVisitor {
    /// Takes the sessions that have rows, by their numbers. Returns the exporter of the rows, which works in a thread of its own.
    /// The times of its rows count from the first record of the recording if the plan selects no laps.
    ///
    /// # Errors
    /// [`ExportError`], which ends the visit.
    fn begin(&mut self, sessions: &BTreeMap<u32, About>) -> Result<Box<dyn Exporter + Send>, ExportError>;

    /// Takes an event, at a time since the recording's zero. Laps are events.
    ///
    /// # Errors
    /// [`ExportError`], which ends the visit.
    fn event(&mut self, analysis: &Analysis, event: &SessionEvent, at: Duration) -> Result<(), ExportError>;

    /// Takes a step after its events.
    fn step(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>);

    /// Takes the cars of a session that has other cars, and their laps, at the end. The [crate](crate#data-sets) describes the tables; here
    /// the column of the session is called `session`.
    ///
    /// # Errors
    /// [`ExportError`], which ends the visit.
    fn cars(&mut self, session: u32, cars: Table, laps: Table) -> Result<(), ExportError>;
}

/// Reads a recording twice and passes everything that is in it to a visitor, with rows of these columns. Of the plan, laps and rate are
/// used.
///
/// Returns false, and does not begin, if the recording has no rows.
///
/// # Errors
/// [`ExportError`] if the plan is invalid or the recording cannot be read; those of the visitor; [`ExportError::Cancelled`].
pub fn visit_sessions<R: Read + Seek>(
    plan: &ExportPlan,
    columns: &[Column],
    recording: &mut Recording<R>,
    visitor: &mut dyn SessionVisitor,
    progress: &mut dyn Progress,
) -> Result<bool, ExportError> {
    plan.check()?;
    let mut tracker = Tracker::new(progress, 0);
    tracker.start(recording, LapFilter::passes(plan));
    let overview = Overview::of(recording, plan, &mut tracker)?;
    if overview.sessions.is_empty() {
        return Ok(false);
    }
    tracker.next_pass();
    let exporter = visitor.begin(&overview.sessions)?;
    let sink = RowSink::in_thread(columns, overview.axes, exporter)?;
    let mut visit = Visit { visitor, cars: overview.other_cars.follow(recording) };
    export_rows(recording, plan, &overview, sink, &mut tracker, &mut visit)?;
    let Visit { visitor, cars } = visit;
    for session in overview.sessions.keys().filter(|session| overview.other_cars.are_in(**session)) {
        if let Some((cars, laps)) = cars.as_ref().map(|cars| cars.tables(*session)) {
            visitor.cars(*session, cars, laps)?;
        }
    }
    Ok(true)
}

struct Visit<'a> {
    visitor: &'a mut dyn SessionVisitor,
    cars: Option<CarTables>,
}

impl Observer for Visit<'_> {
    /// All events.
    fn settings(&self) -> Settings {
        Settings::default()
    }

    fn event(&mut self, analysis: &Analysis, event: &SessionEvent, at: Duration) -> Result<(), ExportError> {
        self.visitor.event(analysis, event, at)
    }

    fn step(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        self.cars.step(analysis, step);
        self.visitor.step(analysis, step);
    }
}
