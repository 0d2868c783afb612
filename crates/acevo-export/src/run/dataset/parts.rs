//! Writes a file for each session of a recording.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::{About, Column, ExportError, Exporter, ParquetExporter, Part, Row};

/// A file to be written.
#[derive(Clone)]
pub(super) struct Planned {
    /// The temporary name it is written under.
    pub(super) temporary: PathBuf,
    /// The final name, given once all parts of the recording are complete.
    pub(super) path: PathBuf,
    /// The final name below the folder of the data set.
    pub(super) partition: PathBuf,
    pub(super) about: About,
    pub(super) part: Part,
}

/// Passes rows to the file of their session.
pub(super) struct Parts {
    /// Files that were not started, by session.
    left: BTreeMap<u32, Planned>,
    columns: Vec<Column>,
    open: Option<Open>,
}

struct Open {
    session: u32,
    exporter: Box<ParquetExporter>,
    /// Time of its first row.
    start_s: f64,
}

impl Parts {
    pub(super) fn new(planned: BTreeMap<u32, Planned>, columns: &[Column]) -> Self {
        Self { left: planned, columns: columns.to_vec(), open: None }
    }

    fn create(&self, planned: &Planned) -> Result<Box<ParquetExporter>, ExportError> {
        let Planned { temporary, about, part, .. } = planned;
        Ok(Box::new(ParquetExporter::create_part(temporary, about, &self.columns, part)?))
    }

    /// Completes the open file and starts that of the next session.
    fn begin(&mut self, session: u32, start_s: f64) -> Result<Open, ExportError> {
        if let Some(open) = self.open.take() {
            open.exporter.finish()?;
        }
        let planned = self.left.remove(&session);
        let planned = planned.ok_or_else(|| ExportError::Unfit(format!("unexpected session {session}")))?;
        Ok(Open { session, exporter: self.create(&planned)?, start_s })
    }
}

impl Exporter for Parts {
    fn row(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let open = match self.open.take_if(|open| open.session == row.session) {
            Some(open) => open,
            None => self.begin(row.session, row.time_s)?,
        };
        let open = self.open.insert(open);
        open.exporter.row(&Row { time_s: row.time_s - open.start_s, ..*row })
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        if let Some(open) = self.open.take() {
            open.exporter.finish()?;
        }
        // Sessions that are shorter than the interval of the rows.
        for planned in self.left.values() {
            self.create(planned)?.finish()?;
        }
        Ok(())
    }
}
