//! Tables with any columns.

use std::path::Path;

use acevo_files::PendingFile;
use acevo_telemetry::ChannelValue;
use parquet::basic::Repetition;
use parquet::file::writer::SerializedFileWriter;

use super::data::{physical, write_column};
use super::file::create_file;
use crate::typed::{ColumnType, ColumnValues};
use crate::{CellColumn, CellKind, CellWriter, ExportError, files};

/// Maximum number of rows in memory.
const GROUP_ROWS: usize = 20_000;

/// Writes a Parquet file. The file is renamed to its final name when it is complete.
#[derive(Debug)]
pub struct CellParquet {
    file: SerializedFileWriter<PendingFile>,
    columns: Vec<ColumnValues>,
    rows: usize,
}

impl CellParquet {
    /// Creates the file under a temporary name.
    ///
    /// # Errors
    /// [`ExportError`] if it cannot be created.
    pub fn create(path: &Path, columns: &[CellColumn]) -> Result<Self, ExportError> {
        let kind = |column: &CellColumn| match column.kind {
            CellKind::Whole => ColumnType::Whole,
            CellKind::Number(_) => ColumnType::Double,
            CellKind::Flag => ColumnType::Flag,
            CellKind::Text => ColumnType::Text,
        };
        let types = columns.iter().map(|column| (column.name.clone(), physical(kind(column)), Repetition::OPTIONAL));
        let file = create_file(path, types, Vec::new())?;
        Ok(Self { file, columns: columns.iter().map(|column| ColumnValues::new(kind(column))).collect(), rows: 0 })
    }

    fn write_group(&mut self) -> Result<(), ExportError> {
        let every = vec![1; std::mem::take(&mut self.rows)];
        let mut group = self.file.next_row_group()?;
        for column in &mut self.columns {
            write_column(&mut group, column, &every)?;
        }
        group.close()?;
        Ok(())
    }
}

impl CellWriter for CellParquet {
    fn row(&mut self, values: &[Option<ChannelValue<'_>>]) -> Result<(), ExportError> {
        if self.rows >= GROUP_ROWS {
            self.write_group()?;
        }
        for (index, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(index).copied().flatten());
        }
        self.rows += 1;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if self.rows > 0 {
            self.write_group()?;
        }
        files::publish(self.file.into_inner()?)
    }
}
