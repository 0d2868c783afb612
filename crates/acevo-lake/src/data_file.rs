//! Data files while they are written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use acevo_export::{ColumnFile, ColumnType, ColumnValues, ExportError, FileStatistics};
use acevo_files::create_folders;
use acevo_fleet::Uuid;

use crate::log::action::{Add, PartitionValues};
use crate::partition::Partition;
use crate::schema::LakeColumn;
use crate::stats;
use crate::time::now_ms;

/// Number of values of a row group, which are in memory.
const GROUP_VALUES: usize = 8_000_000;

/// Limits of the number of rows of a group.
const GROUP_ROWS: (usize, usize) = (10_000, 500_000);

/// The extension of data files.
pub(crate) const EXTENSION: &str = "parquet";

/// Number of rows of a group with this number of columns.
pub(crate) fn group_rows(columns: usize) -> usize {
    (GROUP_VALUES / columns.max(1)).clamp(GROUP_ROWS.0, GROUP_ROWS.1)
}

/// A data file that is being written. The file is created with the first group; it has its name when it is complete.
#[derive(Debug)]
pub(crate) struct DataFile {
    table: PathBuf,
    partition: Partition,
    columns: Vec<(String, ColumnType)>,
    /// Rows of the next group.
    values: Vec<ColumnValues>,
    group_rows: usize,
    file: Option<(ColumnFile, String)>,
}

impl DataFile {
    /// A file of a table, which is a folder.
    pub(crate) fn new(table: &Path, partition: Partition, columns: &[LakeColumn]) -> Self {
        let columns = columns.iter().map(|column| (column.name.clone(), column.kind));
        Self::of(table, partition, columns.collect())
    }

    pub(crate) fn of(table: &Path, partition: Partition, columns: Vec<(String, ColumnType)>) -> Self {
        let values = columns.iter().map(|(_, kind)| ColumnValues::new(*kind)).collect();
        let group_rows = group_rows(columns.len());
        Self { table: table.to_owned(), partition, columns, values, group_rows, file: None }
    }

    /// The rows of the next group, for adding rows. Call [`flush`](Self::flush) after each row or batch.
    pub(crate) fn values(&mut self) -> &mut [ColumnValues] {
        &mut self.values
    }

    /// Writes a group if there are enough rows.
    pub(crate) fn flush(&mut self) -> Result<(), ExportError> {
        if self.rows() >= self.group_rows { self.write_group() } else { Ok(()) }
    }

    fn rows(&self) -> usize {
        self.values.first().map_or(0, ColumnValues::len)
    }

    fn write_group(&mut self) -> Result<(), ExportError> {
        let (file, _) = match &mut self.file {
            Some(file) => file,
            None => {
                let folder = self.table.join(self.partition.folder());
                create_folders(&folder).map_err(|source| ExportError::Create { path: folder.clone(), source })?;
                let id = Uuid::random().map_err(|source| ExportError::Create { path: folder.clone(), source })?;
                let name = format!("part-{id}.{EXTENSION}");
                let file = ColumnFile::create(&folder.join(&name), self.columns.iter().cloned(), [])?;
                self.file.insert((file, name))
            }
        };
        file.write_group(&mut self.values)
    }

    /// Completes the file; `None` without rows. It is no part of the table before it is committed.
    pub(crate) fn finish(mut self) -> Result<Option<Written>, ExportError> {
        if self.rows() > 0 {
            self.write_group()?;
        }
        let Some((file, name)) = self.file.take() else { return Ok(None) };
        let statistics = file.publish()?;
        let stats = stats::to_text(&statistics, self.columns.iter().map(|(name, kind)| (name.as_str(), *kind)));
        let FileStatistics { rows, bytes, .. } = statistics;
        let path = format!("{}/{name}", self.partition.folder());
        let add = Add {
            path: path.clone(),
            partition_values: PartitionValues::from(&self.partition),
            size: bytes,
            modification_time: now_ms(),
            data_change: true,
            stats: Some(stats),
            deletion_vector: None,
        };
        Ok(Some(Written { path: self.table.join(path), add, rows }))
    }
}

/// A complete data file that is not committed. It is removed on drop unless it is [kept](Self::keep).
#[derive(Debug)]
pub(crate) struct Written {
    path: PathBuf,
    pub(crate) add: Add,
    pub(crate) rows: u64,
}

impl Written {
    /// Keeps the file: it is committed, or may be.
    pub(crate) fn keep(mut self) {
        self.path = PathBuf::new();
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            // A file that stays is found by `lake check`, and removed later.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Files that threads have written.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenFiles(Arc<Mutex<Vec<Written>>>);

impl WrittenFiles {
    pub(crate) fn push(&self, written: impl IntoIterator<Item = Written>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(written);
    }

    pub(crate) fn take(&self) -> Vec<Written> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
