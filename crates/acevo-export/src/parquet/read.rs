//! Reads files of columns, a few rows at a time.

use std::fs::File;
use std::path::Path;

use acevo_files::open_file;
use acevo_telemetry::ChannelValue;
use parquet::basic::{Compression, LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::ExportError;
use crate::typed::{ColumnType, ColumnValues, Series};

/// Reads a Parquet file of flat columns, also one that another program has written.
pub struct ColumnFileReader {
    file: SerializedFileReader<File>,
    columns: Vec<(String, Option<ColumnType>)>,
}

impl std::fmt::Debug for ColumnFileReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ColumnFileReader").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl ColumnFileReader {
    /// Opens a file and reads its metadata.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be read or is not a complete Parquet file.
    pub fn open(path: &Path) -> Result<Self, ExportError> {
        let file = open_file(path).map_err(|source| ExportError::read(path, source))?;
        let file = SerializedFileReader::new(file)?;
        let schema = file.metadata().file_metadata().schema_descr();
        let columns = schema.columns().iter().map(|column| (column.path().string(), type_of(column))).collect();
        Ok(Self { file, columns })
    }

    /// Names and types of the columns; `None` for a type that only other programs write.
    pub fn columns(&self) -> &[(String, Option<ColumnType>)] {
        &self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.file.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    /// A value of the metadata of the file.
    pub fn metadata(&self, key: &str) -> Option<&str> {
        let entries = self.file.metadata().file_metadata().key_value_metadata()?;
        entries.iter().find(|entry| entry.key == key)?.value.as_deref()
    }

    /// True if the compression of all columns is one that acevo reads: LZ4, Snappy, or none.
    pub fn is_readable(&self) -> bool {
        let groups = self.file.metadata().row_groups().iter();
        groups.flat_map(|group| group.columns()).all(|column| {
            let readable = [Compression::UNCOMPRESSED, Compression::LZ4_RAW, Compression::LZ4, Compression::SNAPPY];
            readable.contains(&column.compression())
        })
    }

    /// Calls `take` with a number of rows, up to `rows`, and their values of some columns, which are given by their indices.
    ///
    /// # Errors
    /// [`ExportError`] if they cannot be read, for example because of another compression; those of `take`.
    pub fn read<E: From<ExportError>>(
        &self,
        columns: &[usize],
        rows: usize,
        mut take: impl FnMut(usize, Vec<ColumnValues>) -> Result<(), E>,
    ) -> Result<(), E> {
        for group in 0..self.file.num_row_groups() {
            let group = self.file.get_row_group(group).map_err(ExportError::from)?;
            let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let readers = columns.iter().map(|column| group.get_column_reader(*column));
            let mut readers = readers.collect::<Result<Vec<_>, _>>().map_err(ExportError::from)?;
            while left > 0 {
                let batch = left.min(rows.max(1));
                let read = |(reader, column): (&mut ColumnReader, &usize)| {
                    let kind = self.columns.get(*column).and_then(|(_, kind)| *kind);
                    read_values(reader, kind, batch)
                };
                let values = readers.iter_mut().zip(columns).map(read).collect::<Result<Vec<_>, _>>();
                take(batch, values.map_err(ExportError::from)?)?;
                left -= batch;
            }
        }
        Ok(())
    }
}

/// The type of a column; `None` if acevo writes no such columns.
fn type_of(column: &ColumnDescriptor) -> Option<ColumnType> {
    if column.max_rep_level() > 0 || column.max_def_level() > 1 {
        return None;
    }
    let logical = column.logical_type_ref();
    match column.physical_type() {
        Physical::FLOAT => Some(ColumnType::Float),
        Physical::DOUBLE => Some(ColumnType::Double),
        Physical::BOOLEAN => Some(ColumnType::Flag),
        Physical::INT32 if matches!(logical, None | Some(LogicalType::Integer(_))) => Some(ColumnType::Whole),
        Physical::BYTE_ARRAY if matches!(logical, Some(LogicalType::String)) => Some(ColumnType::Text),
        Physical::INT64 => match logical {
            Some(LogicalType::Timestamp(time)) if time.unit == TimeUnit::MICROS => Some(ColumnType::Time),
            _ => None,
        },
        _ => None,
    }
}

fn read_values(reader: &mut ColumnReader, kind: Option<ColumnType>, rows: usize) -> Result<ColumnValues, ParquetError> {
    Ok(match (kind, reader) {
        (Some(ColumnType::Float), ColumnReader::FloatColumnReader(reader)) => {
            ColumnValues::Float(series(reader, rows)?)
        }
        (Some(ColumnType::Double), ColumnReader::DoubleColumnReader(reader)) => {
            ColumnValues::Double(series(reader, rows)?)
        }
        (Some(ColumnType::Whole), ColumnReader::Int32ColumnReader(reader)) => {
            ColumnValues::Whole(series(reader, rows)?)
        }
        (Some(ColumnType::Flag), ColumnReader::BoolColumnReader(reader)) => ColumnValues::Flag(series(reader, rows)?),
        (Some(ColumnType::Time), ColumnReader::Int64ColumnReader(reader)) => ColumnValues::Time(series(reader, rows)?),
        (Some(ColumnType::Text), ColumnReader::ByteArrayColumnReader(reader)) => {
            let Series { values, levels } = series(reader, rows)?;
            let (mut values, mut column) = (values.iter(), ColumnValues::new(ColumnType::Text));
            for row in 0..rows {
                let is_there = levels.get(row).is_none_or(|level| *level == 1);
                let value = if is_there { values.next() } else { None };
                let text = value.map(|value| std::str::from_utf8(value.data())).transpose();
                let text = text.map_err(|_| ParquetError::General("a text is not UTF-8".into()))?;
                column.push(text.map(ChannelValue::Text));
            }
            column
        }
        _ => return Err(ParquetError::General("a column has a type that acevo does not write".into())),
    })
}

/// The next rows of a column.
fn series<T: DataType>(reader: &mut ColumnReaderImpl<T>, rows: usize) -> Result<Series<T::T>, ParquetError> {
    let mut series = Series::default();
    let mut read = 0;
    while read < rows {
        let (records, ..) = reader.read_records(rows - read, Some(&mut series.levels), None, &mut series.values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a column ends before its last row".into()));
        }
        read += records;
    }
    if series.levels.iter().all(|level| *level == 1) {
        series.levels.clear();
    }
    Ok(series)
}
