//! Small tables with fixed columns.

use std::path::Path;

use acevo_files::PendingFile;
use acevo_telemetry::ChannelValue;
use parquet::basic::Repetition;

use super::data::{physical, write_column};
use super::file::{create_file, part_entry};
use super::metadata::metadata;
use crate::partition::name_beside_folders;
use crate::typed::{ColumnType, ColumnValues};
use crate::{About, ExportError, Part};

/// A small table in memory. Every value may be null.
#[derive(Debug)]
pub struct Table {
    columns: &'static [(&'static str, ColumnType)],
    data: Vec<ColumnValues>,
    rows: usize,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(columns: &'static [(&'static str, ColumnType)]) -> Self {
        let data = columns.iter().map(|(_, kind)| ColumnValues::new(*kind));
        Self { columns, data: data.collect(), rows: 0 }
    }

    /// Adds a row. Flags are numbers; values that are missing at the end are null.
    pub(crate) fn row(&mut self, values: &[Option<ChannelValue<'_>>]) {
        for (index, data) in self.data.iter_mut().enumerate() {
            data.push(values.get(index).copied().flatten());
        }
        self.rows += 1;
    }

    /// Names and types of its columns.
    pub fn columns(&self) -> &'static [(&'static str, ColumnType)] {
        self.columns
    }

    /// The values of its columns.
    pub fn into_values(self) -> Vec<ColumnValues> {
        self.data
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Writes the table under a temporary name, as a file of a data set.
    pub(crate) fn write(mut self, path: &Path, about: &About, part: &Part) -> Result<PendingFile, ExportError> {
        let mut metadata = metadata(about, &[], str::to_owned);
        metadata.push(part_entry(part)?);
        let columns = self.columns.iter().zip(&self.data);
        let columns = columns
            .map(|((name, _), data)| (name_beside_folders(name), physical(data.column_type()), Repetition::OPTIONAL));
        let mut file = create_file(path, columns, metadata)?;
        if self.rows > 0 {
            let every = vec![1; self.rows];
            let mut group = file.next_row_group()?;
            for data in &mut self.data {
                write_column(&mut group, data, &every)?;
            }
            group.close()?;
        }
        Ok(file.into_inner()?)
    }
}
