//! From a recording to the rows of all tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use acevo_export::{
    About, ColumnType, ExportError, ExportFormat, ExportPlan, Exporter, Progress, Row, SessionVisitor, Table,
    visit_sessions,
};
use acevo_recording::{AnalyzedStep, LapIndexer, Recording};
use acevo_telemetry::Channel;
use acevo_telemetry::analysis::{Analysis, SessionEvent};

use crate::TableName;
use crate::data_file::{DataFile, Written, WrittenFiles};
use crate::identity::{Identity, Origin};
use crate::schema::LakeColumn;
use crate::tables::{cars, events, laps, samples};

/// Which samples are added.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct AddOptions {
    /// The channels; those of an export by default.
    pub channels: Vec<&'static Channel>,
    /// Maximum number of samples per second; one for each physics packet by default.
    pub rate: Option<f64>,
}

/// Files for a table, with their columns.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<LakeColumn>,
    pub(crate) files: Vec<Written>,
}

/// A recording that is read.
pub(crate) struct Source<'a> {
    /// The folder of the lake.
    pub(crate) lake: &'a Path,
    pub(crate) origin: &'a Origin,
    /// The id of the recording.
    pub(crate) id: &'a str,
    /// Name of the file.
    pub(crate) file: &'a str,
    /// The tables that do not have it.
    pub(crate) wanted: &'a [TableName],
}

/// Writes the files of a recording; `None` if there is no driving in it.
///
/// # Errors
/// [`ExportError`]. Then no file stays.
pub(crate) fn write(
    source: &Source<'_>,
    recording: &mut Recording,
    options: &AddOptions,
    progress: &mut dyn Progress,
) -> Result<Option<BTreeMap<TableName, Rows>>, ExportError> {
    let mut plan = ExportPlan::new(ExportFormat::Parquet);
    (plan.channels, plan.rate) = (options.channels.clone(), options.rate);
    let wants_samples = source.wanted.contains(&TableName::Samples);
    let columns = if wants_samples { samples::in_own_units(plan.columns()) } else { Vec::new() };
    let info = recording.info();
    let unix_us = info.description.as_ref().map_or(0, |description| description.unix_us);
    let mut visitor = Visitor {
        source,
        zero_us: i64::try_from(unix_us).ok().filter(|us| *us > 0),
        start: info.start,
        sample_columns: samples::columns(&columns),
        identities: BTreeMap::new(),
        samples: WrittenFiles::default(),
        events: BTreeMap::new(),
        indexer: LapIndexer::default(),
        cars: BTreeMap::new(),
    };
    let has_rows = visit_sessions(&plan, &columns, recording, &mut visitor, progress)?;
    if has_rows { visitor.finish().map(Some) } else { Ok(None) }
}

struct Visitor<'a> {
    source: &'a Source<'a>,
    /// The recording's zero, microseconds since 1970.
    zero_us: Option<i64>,
    /// Time of the first record.
    start: Duration,
    sample_columns: Vec<LakeColumn>,
    identities: BTreeMap<u32, Identity>,
    samples: WrittenFiles,
    /// Files of events by sessions.
    events: BTreeMap<u32, DataFile>,
    indexer: LapIndexer,
    /// Columns and rows of the tables of all cars.
    cars: BTreeMap<TableName, Rows>,
}

impl Visitor<'_> {
    fn wants(&self, table: TableName) -> bool {
        self.source.wanted.contains(&table)
    }

    fn folder(&self, table: TableName) -> PathBuf {
        self.source.lake.join(table.name())
    }

    /// The identity of a session. One without rows has no names.
    fn identity(&self, session: u32) -> Identity {
        let unknown = || {
            let Source { origin, id, file, .. } = self.source;
            Identity::new(origin, id, file, session, &About::default())
        };
        self.identities.get(&session).cloned().unwrap_or_else(unknown)
    }

    fn finish(mut self) -> Result<BTreeMap<TableName, Rows>, ExportError> {
        let mut all = BTreeMap::new();
        if self.wants(TableName::Laps) {
            all.insert(TableName::Laps, self.laps()?);
        }
        let (wants_events, wants_samples) = (self.wants(TableName::Events), self.wants(TableName::Samples));
        all.extend(self.cars);
        if wants_events {
            let mut files = Vec::new();
            for file in self.events.into_values() {
                files.extend(file.finish()?);
            }
            all.insert(TableName::Events, Rows { columns: events::columns(), files });
        }
        if wants_samples {
            let rows = Rows { columns: self.sample_columns, files: self.samples.take() };
            all.insert(TableName::Samples, rows);
        }
        Ok(all)
    }

    fn laps(&mut self) -> Result<Rows, ExportError> {
        let laps = std::mem::take(&mut self.indexer).finish().into_laps();
        let sectors = laps.iter().map(|lap| lap.lap.sectors_ms.len()).max().unwrap_or(0);
        let columns = laps::columns(sectors);
        let mut sessions = BTreeMap::<u32, DataFile>::new();
        for lap in &laps {
            let identity = self.identity(lap.lap.session);
            let new = || DataFile::new(&self.folder(TableName::Laps), identity.partition.clone(), &columns);
            let file = sessions.entry(lap.lap.session).or_insert_with(new);
            laps::push(file.values(), &identity, lap, |at| time_us(self.zero_us, at));
            file.flush()?;
        }
        let mut files = Vec::new();
        for file in sessions.into_values() {
            files.extend(file.finish()?);
        }
        Ok(Rows { columns, files })
    }

    fn add_cars(&mut self, name: TableName, session: u32, table: Table) -> Result<(), ExportError> {
        if !self.wants(name) || table.rows() == 0 {
            return Ok(());
        }
        let identity = self.identity(session);
        let columns = cars::columns(table.columns());
        let mut file = DataFile::new(&self.folder(name), identity.partition.clone(), &columns);
        cars::append(file.values(), &identity, table);
        let rows = self.cars.entry(name).or_default();
        rows.columns = columns;
        rows.files.extend(file.finish()?);
        Ok(())
    }
}

/// A time since the recording's zero in microseconds since 1970.
fn time_us(zero_us: Option<i64>, at: Duration) -> Option<i64> {
    zero_us?.checked_add(i64::try_from(at.as_micros()).ok()?)
}

impl SessionVisitor for Visitor<'_> {
    fn begin(&mut self, sessions: &BTreeMap<u32, About>) -> Result<Box<dyn Exporter + Send>, ExportError> {
        let Source { origin, id, file, .. } = self.source;
        let identity = |(number, about): (&u32, _)| (*number, Identity::new(origin, id, file, *number, about));
        self.identities = sessions.iter().map(identity).collect();
        if !self.wants(TableName::Samples) {
            return Ok(Box::new(NoRows));
        }
        Ok(Box::new(SampleRows {
            folder: self.folder(TableName::Samples),
            columns: self.sample_columns.iter().map(|column| (column.name.clone(), column.kind)).collect(),
            identities: self.identities.clone(),
            start_us: time_us(self.zero_us, self.start),
            open: None,
            written: self.samples.clone(),
        }))
    }

    fn event(&mut self, analysis: &Analysis, event: &SessionEvent, at: Duration) -> Result<(), ExportError> {
        let _ = analysis;
        self.indexer.on_event(&event.kind, at);
        if !self.wants(TableName::Events) {
            return Ok(());
        }
        let identity = self.identity(event.session);
        let folder = self.folder(TableName::Events);
        let new = || DataFile::new(&folder, identity.partition.clone(), &events::columns());
        let file = self.events.entry(event.session).or_insert_with(new);
        let at = Duration::try_from_secs_f64(event.at_s).unwrap_or(at);
        events::push(file.values(), &identity, event, time_us(self.zero_us, at));
        file.flush()
    }

    fn step(&mut self, analysis: &Analysis, step: &AnalyzedStep<'_>) {
        self.indexer.on_step(analysis, *step);
    }

    fn cars(&mut self, session: u32, cars: Table, laps: Table) -> Result<(), ExportError> {
        self.add_cars(TableName::Cars, session, cars)?;
        self.add_cars(TableName::FieldLaps, session, laps)
    }
}

/// Takes rows of samples, session by session.
struct SampleRows {
    folder: PathBuf,
    columns: Vec<(String, ColumnType)>,
    identities: BTreeMap<u32, Identity>,
    /// Time zero of the rows, microseconds since 1970.
    start_us: Option<i64>,
    open: Option<Open>,
    written: WrittenFiles,
}

struct Open {
    session: u32,
    identity: Identity,
    /// Time of its first row.
    start_s: f64,
    file: DataFile,
}

impl SampleRows {
    fn begin(&mut self, session: u32, start_s: f64) -> Result<Open, ExportError> {
        self.end()?;
        let identity = self.identities.get(&session).cloned().unwrap_or_default();
        let file = DataFile::of(&self.folder, identity.partition.clone(), self.columns.clone());
        Ok(Open { session, identity, start_s, file })
    }

    fn end(&mut self) -> Result<(), ExportError> {
        if let Some(open) = self.open.take() {
            self.written.push(open.file.finish()?);
        }
        Ok(())
    }
}

impl Exporter for SampleRows {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let open = match self.open.take_if(|open| open.session == row.session) {
            Some(open) => open,
            None => self.begin(row.session, row.time_s)?,
        };
        let Open { identity, start_s, file, .. } = self.open.insert(open);
        let time_us = self.start_us.map(|us| us.saturating_add((row.time_s * 1e6).round() as i64));
        samples::push(file.values(), identity, row, row.time_s - *start_s, time_us);
        file.flush()
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        self.end()
    }
}

/// Takes rows that are not needed.
struct NoRows;

impl Exporter for NoRows {
    fn row(&mut self, _: &Row<'_>) -> Result<(), ExportError> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), ExportError> {
        Ok(())
    }
}
