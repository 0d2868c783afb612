//! A lake: a folder with tables.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use acevo_export::Progress;
use acevo_recording::Recording;
use serde::Serialize;

use crate::add::{self, AddOptions, Rows, Source};
use crate::identity::{Origin, recording_id};
use crate::table::{Change, Table};
use crate::{LakeError, TableName};

/// A lake. Several threads and several processes may add to it at the same time.
#[derive(Debug)]
pub struct Lake {
    pub(crate) folder: PathBuf,
    tables: [Mutex<Table>; TableName::ALL.len()],
}

/// What became of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Added {
    /// The id of the recording; empty if it was not read.
    pub recording: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Rows that were added, by the names of tables.
    pub rows: BTreeMap<&'static str, u64>,
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It was added, or what was missing of it.
    Added,
    /// All tables have it.
    AlreadyThere,
    /// It is still being written, or the program that wrote it was killed.
    NotFinished,
    /// There is no driving in it.
    Empty,
}

impl Lake {
    /// Opens a lake. The folder need not exist: it is created when something is added.
    ///
    /// # Errors
    /// [`LakeError::File`] if it is a file; those of the logs of tables that exist.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, LakeError> {
        let folder = folder.into();
        if folder.is_file() {
            let source = io::Error::new(io::ErrorKind::NotADirectory, "it is a file, and a lake is a folder");
            return Err(LakeError::file("use", &folder, source));
        }
        let lake = Self { tables: TableName::ALL.map(|name| Mutex::new(Table::of(&folder, name))), folder };
        for table in lake.existing() {
            lake.table(table).refresh()?;
        }
        Ok(lake)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The tables that exist.
    pub fn existing(&self) -> Vec<TableName> {
        TableName::ALL.into_iter().filter(|name| self.table(*name).exists()).collect()
    }

    pub(crate) fn table(&self, name: TableName) -> MutexGuard<'_, Table> {
        // A table in memory is only a cache of its log.
        self.tables[name as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a finished recording to all tables. A recording that is there already, also by another name or path, adds nothing. After a
    /// crash the same call adds what is missing.
    ///
    /// `progress` gets the bytes of this recording, and can cancel.
    ///
    /// # Errors
    /// [`LakeError`]. Tables that were complete before keep the recording; repeat the call.
    ///
    /// ```no_run
    /// use acevo_lake::{AddOptions, Lake, Origin};
    ///
    /// let lake = Lake::open("lake")?;
    /// let added = lake.add("evening.acevo".as_ref(), &Origin::new("home", "rig-1"), &AddOptions::default(), &mut ())?;
    /// println!("{:?}: {:?}", added.outcome, added.rows);
    /// # Ok::<(), acevo_lake::LakeError>(())
    /// ```
    pub fn add(
        &self,
        path: &Path,
        origin: &Origin,
        options: &AddOptions,
        progress: &mut dyn Progress,
    ) -> Result<Added, LakeError> {
        let recording = Recording::open(path).map(Recording::with_read_ahead);
        let mut recording = recording.map_err(|source| LakeError::Recording { path: path.to_owned(), source })?;
        let info = recording.info();
        let unix_us = info.description.as_ref().map_or(0, |description| description.unix_us);
        let id = recording_id(unix_us, info.bytes);
        let nothing = |outcome| Ok(Added { recording: id.clone(), outcome, rows: BTreeMap::new() });
        if !info.finished {
            return nothing(Outcome::NotFinished);
        }
        let wanted = self.missing(&id)?;
        if !wanted.iter().any(|table| table.has_all()) {
            return nothing(Outcome::AlreadyThere);
        }
        // Rows that are missing now could not be added later: the recording would be there already.
        let damage = recording.check();
        let damage = damage.map_err(|source| LakeError::Recording { path: path.to_owned(), source })?;
        if !damage.is_empty() {
            return Err(LakeError::Damaged { parts: damage.len() });
        }
        let file = path.file_stem().unwrap_or_default().to_string_lossy();
        let source = Source { lake: &self.folder, origin, id: &id, file: &file, wanted: &wanted };
        match add::write(&source, &mut recording, options, progress)? {
            Some(rows) => self.commit(&id, rows),
            None => nothing(Outcome::Empty),
        }
    }

    /// The tables that do not have a recording.
    pub(crate) fn missing(&self, recording: &str) -> Result<Vec<TableName>, LakeError> {
        let mut missing = Vec::new();
        for name in TableName::ALL {
            let mut table = self.table(name);
            if table.exists() {
                table.refresh()?;
            }
            if !table.has(recording) {
                missing.push(name);
            }
        }
        Ok(missing)
    }

    /// Adds files to their tables.
    pub(crate) fn commit(&self, recording: &str, all: BTreeMap<TableName, Rows>) -> Result<Added, LakeError> {
        let mut rows = BTreeMap::new();
        for (name, Rows { columns, files }) in all {
            let count = files.iter().map(|file| file.rows).sum();
            let change = Change::Append { recording, columns: &columns, files };
            if self.table(name).commit(change)?.is_some() {
                rows.insert(name.name(), count);
            }
        }
        let outcome = if rows.is_empty() { Outcome::AlreadyThere } else { Outcome::Added };
        Ok(Added { recording: recording.to_owned(), outcome, rows })
    }
}
