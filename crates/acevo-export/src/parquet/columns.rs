//! Files of columns in memory, with the statistics of what was written.

use std::fs;
use std::path::Path;

use acevo_files::PendingFile;
use parquet::basic::Repetition;
use parquet::file::metadata::{KeyValue, RowGroupMetaData};
use parquet::file::statistics::Statistics;
use parquet::file::writer::SerializedFileWriter;

use super::data::{physical, write_column};
use super::file::create_file;
use crate::typed::{ColumnType, ColumnValues};
use crate::{ExportError, files};

/// Writes a Parquet file from columns in memory, a row group at a time. Every value may be null.
///
/// ```
/// use acevo_export::{ColumnFile, ColumnType, ColumnValues};
/// use acevo_telemetry::ChannelValue;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("speed.parquet");
/// let mut file = ColumnFile::create(&path, [("speed".to_owned(), ColumnType::Float)], [])?;
/// let mut speed = ColumnValues::new(ColumnType::Float);
/// speed.push(Some(ChannelValue::Number(210.5)));
/// file.write_group(&mut [speed])?;
/// let statistics = file.publish()?;
/// assert_eq!(statistics.rows, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ColumnFile {
    file: SerializedFileWriter<PendingFile>,
}

/// Statistics of a file.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct FileStatistics {
    /// Number of rows.
    pub rows: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// One for each column, in their order.
    pub columns: Vec<ColumnStatistics>,
}

/// Statistics of a column.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ColumnStatistics {
    /// Number of missing values.
    pub nulls: u64,
    /// Limits between which all values are; `None` if they are not known, and for flags.
    pub limits: Option<(Limit, Limit)>,
}

/// A limit of the values of a column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Limit {
    /// Of whole numbers, and of times in microseconds.
    Whole(i64),
    /// Of floats; finite.
    Number(f64),
    /// Of texts. Long ones are cut, so that they are still limits.
    Text(String),
}

impl ColumnFile {
    /// Creates the file under a temporary name. `metadata` are keys and values for the metadata of the file.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be created.
    pub fn create(
        path: &Path,
        columns: impl IntoIterator<Item = (String, ColumnType)>,
        metadata: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ExportError> {
        let columns = columns.into_iter().map(|(name, kind)| (name, physical(kind), Repetition::OPTIONAL));
        let metadata = metadata.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
        Ok(Self { file: create_file(path, columns, metadata)? })
    }

    /// Writes the rows as a group, and empties the columns. All columns must have the same number of rows.
    ///
    /// # Errors
    /// [`ExportError`] if they cannot be written, or are not the columns of the file.
    pub fn write_group(&mut self, columns: &mut [ColumnValues]) -> Result<(), ExportError> {
        let every = vec![1; columns.first().map_or(0, ColumnValues::len)];
        let mut group = self.file.next_row_group()?;
        for column in columns {
            write_column(&mut group, column, &every)?;
        }
        group.close()?;
        Ok(())
    }

    /// Completes the file and gives it its final name. A file of this name is not replaced.
    ///
    /// # Errors
    /// [`ExportError`] if that fails.
    pub fn publish(self) -> Result<FileStatistics, ExportError> {
        let (mut rows, mut columns) = (0, Vec::new());
        for group in self.file.flushed_row_groups() {
            rows += u64::try_from(group.num_rows()).unwrap_or(0);
            add_group(&mut columns, group);
        }
        let columns = columns.into_iter().map(Collected::finish).collect();
        let file = self.file.into_inner()?;
        let path = file.path().to_owned();
        files::publish(file)?;
        let bytes = fs::metadata(&path).map_err(|source| ExportError::read(&path, source))?.len();
        Ok(FileStatistics { rows, bytes, columns })
    }
}

/// Statistics of a column while groups are added.
#[derive(Default)]
struct Collected {
    nulls: u64,
    limits: Option<(Limit, Limit)>,
    /// A group with values has no limits.
    is_unlimited: bool,
}

impl Collected {
    fn finish(self) -> ColumnStatistics {
        ColumnStatistics { nulls: self.nulls, limits: self.limits.filter(|_| !self.is_unlimited) }
    }
}

fn add_group(columns: &mut Vec<Collected>, group: &RowGroupMetaData) {
    columns.resize_with(group.num_columns(), Collected::default);
    for (collected, column) in columns.iter_mut().zip(group.columns()) {
        let statistics = column.statistics();
        let nulls = statistics.and_then(Statistics::null_count_opt).unwrap_or(0);
        collected.nulls += nulls;
        if nulls == u64::try_from(column.num_values()).unwrap_or(0) {
            continue;
        }
        match statistics.and_then(limits) {
            Some((low, high)) => {
                let known = collected.limits.take();
                collected.limits = Some(match known {
                    Some((least, greatest)) => (min(least, low), max(greatest, high)),
                    None => (low, high),
                });
            }
            None => collected.is_unlimited = true,
        }
    }
}

fn limits(statistics: &Statistics) -> Option<(Limit, Limit)> {
    let number = |value: f64| value.is_finite().then_some(Limit::Number(value));
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).ok().map(|text| Limit::Text(text.to_owned()));
    Some(match statistics {
        Statistics::Int32(of) => (Limit::Whole((*of.min_opt()?).into()), Limit::Whole((*of.max_opt()?).into())),
        Statistics::Int64(of) => (Limit::Whole(*of.min_opt()?), Limit::Whole(*of.max_opt()?)),
        Statistics::Float(of) => (number((*of.min_opt()?).into())?, number((*of.max_opt()?).into())?),
        Statistics::Double(of) => (number(*of.min_opt()?)?, number(*of.max_opt()?)?),
        Statistics::ByteArray(of) => (text(of.min_opt()?.data())?, text(of.max_opt()?.data())?),
        _ => return None,
    })
}

fn is_less(a: &Limit, b: &Limit) -> bool {
    match (a, b) {
        (Limit::Whole(a), Limit::Whole(b)) => a < b,
        (Limit::Number(a), Limit::Number(b)) => a < b,
        (Limit::Text(a), Limit::Text(b)) => a < b,
        _ => false,
    }
}

fn min(a: Limit, b: Limit) -> Limit {
    if is_less(&b, &a) { b } else { a }
}

fn max(a: Limit, b: Limit) -> Limit {
    if is_less(&a, &b) { b } else { a }
}
