//! Small tables with fixed columns.

use std::path::Path;

use acevo_files::PendingFile;
use acevo_telemetry::ChannelValue;
use parquet::basic::Repetition;

use super::data::{Data, Series, Texts};
use super::file::{create_file, part_entry};
use super::metadata::metadata;
use crate::partition::name_beside_folders;
use crate::{About, ExportError, Part};

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 32-bit integers.
    Whole,
    /// 64-bit floats.
    Double,
    /// Booleans.
    Flag,
    /// UTF-8 texts.
    Text,
}

impl Kind {
    /// A column of this type without values.
    pub(super) fn data(self) -> Data {
        match self {
            Self::Whole => Data::Whole(Series::default()),
            Self::Double => Data::Double(Series::default()),
            Self::Flag => Data::Flag(Series::default()),
            Self::Text => Data::Text(Texts::default()),
        }
    }
}

/// A table in memory. Every value may be null.
#[derive(Debug)]
pub(crate) struct Table {
    columns: &'static [(&'static str, Kind)],
    data: Vec<Data>,
    rows: usize,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(columns: &'static [(&'static str, Kind)]) -> Self {
        let data = columns.iter().map(|(_, kind)| kind.data());
        Self { columns, data: data.collect(), rows: 0 }
    }

    /// Adds a row. Flags are numbers; values that are missing at the end are null.
    pub(crate) fn row(&mut self, values: &[Option<ChannelValue<'_>>]) {
        for (index, data) in self.data.iter_mut().enumerate() {
            data.push(values.get(index).copied().flatten());
        }
        self.rows += 1;
    }

    /// Writes the table under a temporary name, as a file of a data set.
    pub(crate) fn write(mut self, path: &Path, about: &About, part: &Part) -> Result<PendingFile, ExportError> {
        let mut metadata = metadata(about, &[], str::to_owned);
        metadata.push(part_entry(part)?);
        let columns = self.columns.iter().zip(&self.data);
        let columns =
            columns.map(|((name, _), data)| (name_beside_folders(name), data.physical(), Repetition::OPTIONAL));
        let mut file = create_file(path, columns, metadata)?;
        if self.rows > 0 {
            let every = vec![1; self.rows];
            let mut group = file.next_row_group()?;
            for data in &mut self.data {
                data.write(&mut group, &every)?;
            }
            group.close()?;
        }
        Ok(file.into_inner()?)
    }
}
