//! Columns for data frames and databases: Apache Parquet.

mod cells;
mod columns;
mod data;
mod file;
mod metadata;
mod read;
mod table;

use std::mem;
use std::path::Path;

use acevo_files::PendingFile;
use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::writer::SerializedFileWriter;

pub use self::cells::CellParquet;
pub use self::columns::{ColumnFile, ColumnStatistics, FileStatistics, Limit};
use self::data::{physical, write, write_column, write_values};
use self::file::{create_file, part_entry};
use self::metadata::metadata;
pub use self::read::ColumnFileReader;
pub use self::table::Table;
use crate::exporter::LEAD;
use crate::partition::name_beside_folders;
use crate::typed::{ColumnType, ColumnValues, Series};
use crate::worker::Worker;
use crate::{About, Column, ExportError, Exporter, Part, Row, files};

/// Length of a row group in seconds: what is kept in memory, and what a reader can skip.
const GROUP_S: f64 = 60.0;

/// Maximum number of rows in a group: three minutes of physics steps.
const GROUP_ROWS: usize = 60_000;

/// Writes an Apache Parquet file.
///
/// It has the columns `time_s`, `packet_id`, `session`, `lap`, `missed` and `skipped`, and one for each channel under its
/// [name](Column::name), with the type of the game: 32-bit floats, integers, flags, texts. Values computed from integers are 64-bit
/// floats, and enums are the numbers of the game. Missing values are null.
///
/// Floats are split into streams of bytes, which halves their size, and compressed with LZ4, which is pure Rust and supported by all
/// readers. The metadata of the file has JSON under two keys: `acevo.about` has the track, the car, the session and the version of the
/// game; `acevo.columns` has the unit, title, quality, measured game versions, sources and note of each column, and the names of the
/// values of an enum. Parquet has no metadata per field. Arrow stores such metadata in its own serialised schema, which is not written.
///
/// Up to two minutes of rows are in memory: one is collected while another thread writes the one before. The file is renamed to its final
/// name when it is complete.
#[derive(Debug)]
pub struct ParquetExporter {
    rows: Rows,
    /// Encodes and writes groups of rows.
    file: Worker<SerializedFileWriter<PendingFile>, Rows, ExportError>,
    /// Time of the first row in memory.
    since_s: f64,
}

/// Rows in memory, column by column.
#[derive(Debug, Clone)]
struct Rows {
    lead: Lead,
    columns: Vec<ColumnValues>,
}

/// The values that every row has.
#[derive(Debug, Clone, Default)]
struct Lead {
    time_s: Vec<f64>,
    packet_id: Vec<i32>,
    session: Vec<i32>,
    lap: Series<i32>,
    missed: Vec<i32>,
    skipped: Vec<i32>,
}

impl ParquetExporter {
    /// Creates the file under a temporary name.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be created.
    pub fn create(path: &Path, about: &About, columns: &[Column]) -> Result<Self, ExportError> {
        Self::create_named(path, columns, metadata(about, columns, str::to_owned), str::to_owned)
    }

    /// Creates a file of a data set; its path in the data set is that of [`partition_path`](crate::partition_path). Columns with the
    /// names of folders are renamed to `session_number` and `track_by_game`.
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be created.
    pub fn create_part(path: &Path, about: &About, columns: &[Column], part: &Part) -> Result<Self, ExportError> {
        let mut metadata = metadata(about, columns, name_beside_folders);
        metadata.push(part_entry(part)?);
        Self::create_named(path, columns, metadata, name_beside_folders)
    }

    fn create_named(
        path: &Path,
        columns: &[Column],
        metadata: Vec<KeyValue>,
        name_in_file: fn(&str) -> String,
    ) -> Result<Self, ExportError> {
        let data: Vec<_> = columns.iter().map(|column| ColumnValues::new(ColumnType::of(column))).collect();
        let types = LEAD.map(|name| match name {
            "time_s" => (name, Physical::DOUBLE, Repetition::REQUIRED),
            "lap" => (name, Physical::INT32, Repetition::OPTIONAL),
            _ => (name, Physical::INT32, Repetition::REQUIRED),
        });
        let names: Vec<_> = columns.iter().map(Column::name).collect();
        let optional = |(name, data): (_, &ColumnValues)| (name, physical(data.column_type()), Repetition::OPTIONAL);
        let types = types.into_iter().chain(names.iter().map(AsRef::as_ref).zip(&data).map(optional));

        let types = types.map(|(name, physical, repetition)| (name_in_file(name), physical, repetition));
        let file = create_file(path, types, metadata)?;
        let file = Worker::start(file, 0, |file, rows: &mut Rows| rows.write(file))?;
        Ok(Self { rows: Rows { lead: Lead::default(), columns: data }, file, since_s: 0.0 })
    }

    /// Passes the rows in memory to the file.
    fn end_group(&mut self) -> Result<(), ExportError> {
        let next = self.rows.empty();
        let rows = mem::replace(&mut self.rows, next);
        if let Some(spent) = self.file.pass(rows)? {
            self.rows = spent;
        }
        Ok(())
    }
}

impl Rows {
    /// No rows of the same columns.
    fn empty(&self) -> Self {
        Self {
            lead: Lead::default(),
            columns: self.columns.iter().map(|column| ColumnValues::new(column.column_type())).collect(),
        }
    }

    /// Writes the rows as a group, and forgets them.
    fn write(&mut self, file: &mut SerializedFileWriter<PendingFile>) -> Result<(), ExportError> {
        let every = vec![1; self.lead.time_s.len()];
        let mut group = file.next_row_group()?;
        write_values::<DoubleType>(&mut group, &self.lead.time_s, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.packet_id, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.session, None)?;
        write::<Int32Type>(&mut group, &mut self.lead.lap, &every)?;
        write_values::<Int32Type>(&mut group, &self.lead.missed, None)?;
        write_values::<Int32Type>(&mut group, &self.lead.skipped, None)?;
        for column in &mut self.columns {
            write_column(&mut group, column, &every)?;
        }
        group.close()?;
        let Lead { time_s, packet_id, session, missed, skipped, .. } = &mut self.lead;
        time_s.clear();
        for numbers in [packet_id, session, missed, skipped] {
            numbers.clear();
        }
        Ok(())
    }
}

impl Exporter for ParquetExporter {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let count = self.rows.lead.time_s.len();
        if count > 0 && (row.time_s - self.since_s >= GROUP_S || count >= GROUP_ROWS) {
            self.end_group()?;
        }
        let Rows { lead, columns } = &mut self.rows;
        if lead.time_s.is_empty() {
            self.since_s = row.time_s;
        }
        let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        lead.time_s.push(row.time_s);
        lead.packet_id.push(row.packet_id);
        lead.session.push(whole(row.session));
        lead.lap.push(row.lap.map(whole));
        lead.missed.push(whole(row.missed));
        lead.skipped.push(whole(row.skipped));
        for (index, column) in columns.iter_mut().enumerate() {
            column.push(row.values.get(index).copied().flatten());
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if !self.rows.lead.time_s.is_empty() {
            self.end_group()?;
        }
        files::publish(self.file.finish()?.into_inner()?)
    }
}

impl From<ParquetError> for ExportError {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::External(error) => match error.downcast::<std::io::Error>() {
                Ok(source) => Self::Stream(*source),
                Err(error) => Self::Format(error),
            },
            error => Self::Format(error.into()),
        }
    }
}
