//! The tables of all cars, in folders of their own beside the data set: its files have other columns.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::existing::Existing;
use super::parts::Planned;
use super::remove_outdated;
use crate::files::{check_new, publish, replace};
use crate::parquet::Table;
use crate::run::other_cars::CarTables;
use crate::{ExportError, Part};

/// Names of the tables, which follow the name of the data set.
const NAMES: [&str; 2] = ["cars", "field_laps"];

/// The tables of all cars of a data set.
pub(super) struct Tables([TableFolder; 2]);

/// A table: a data set with the same partitions.
struct TableFolder {
    name: &'static str,
    folder: PathBuf,
    existing: Existing,
}

impl Tables {
    /// Finds the tables of a data set, whose folder exists.
    pub(super) fn open(dataset: &Path) -> Result<Self, ExportError> {
        let [cars, laps] = NAMES.map(|name| TableFolder::open(dataset, name));
        Ok(Self([cars?, laps?]))
    }

    /// True if they have a file for each of these parts of a recording that needs one.
    pub(super) fn have_all_of<'a>(&self, recording: &Part, parts: impl Iterator<Item = &'a Part>) -> bool {
        let mut parts = parts.filter(|part| part.has_field);
        parts.all(|part| self.0.iter().all(|table| table.existing.has(recording, part.number)))
    }

    /// Fails if a file that is not of this recording is in the way.
    pub(super) fn check_new(&self, partition: &Path, part: &Part) -> Result<(), ExportError> {
        for table in &self.0 {
            let path = table.folder.join(partition);
            if !table.existing.is_of(&path, part) {
                check_new(&path)?;
            }
        }
        Ok(())
    }

    /// Writes the files of a recording, and removes those of an earlier state of it. If that fails, new files are removed.
    pub(super) fn publish(
        &mut self,
        part: &Part,
        planned: &BTreeMap<u32, Planned>,
        cars: Option<&CarTables>,
    ) -> Result<Vec<PathBuf>, ExportError> {
        let outdated = self.0.each_mut().map(|table| table.existing.take(part));
        let mut written = Vec::new();
        let all = self.write_all(planned, cars, &outdated, &mut written);
        for (table, outdated) in self.0.iter().zip(outdated) {
            if all.is_err() {
                table.undo(planned, &outdated);
            } else {
                remove_outdated(&table.folder, outdated, &written)?;
            }
        }
        all.map(|()| written)
    }

    fn write_all(
        &mut self,
        planned: &BTreeMap<u32, Planned>,
        cars: Option<&CarTables>,
        outdated: &[Vec<PathBuf>; 2],
        written: &mut Vec<PathBuf>,
    ) -> Result<(), ExportError> {
        for (session, planned) in planned.iter().filter(|(_, planned)| planned.part.has_field) {
            let Some((cars, laps)) = cars.map(|cars| cars.tables(*session)) else { continue };
            for ((folder, table), outdated) in self.0.iter_mut().zip([cars, laps]).zip(outdated) {
                written.push(folder.write(table, planned, outdated)?);
            }
        }
        Ok(())
    }
}

impl TableFolder {
    fn open(dataset: &Path, name: &'static str) -> Result<Self, ExportError> {
        let folder = beside(dataset, name)?;
        let is_new = folder.symlink_metadata().is_err();
        let existing = if is_new { Existing::default() } else { Existing::find(&folder)? };
        if !existing.agrees(name) {
            return Err(ExportError::OtherDataset(folder));
        }
        Ok(Self { name, folder, existing })
    }

    /// Writes a file. One of the same recording is replaced.
    fn write(&mut self, table: Table, planned: &Planned, outdated: &[PathBuf]) -> Result<PathBuf, ExportError> {
        let Planned { partition, about, part, .. } = planned;
        let path = self.folder.join(partition);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|source| ExportError::create(folder, source))?;
        let part = Part { selection: self.name.into(), ..part.clone() };
        let file = table.write(&path, about, &part)?;
        if outdated.contains(&path) {
            replace(file)?;
        } else {
            publish(file)?;
        }
        self.existing.add(path.clone(), part);
        Ok(path)
    }

    /// Removes the new files of a recording that could not be completed, and empty folders.
    fn undo(&self, planned: &BTreeMap<u32, Planned>, outdated: &[PathBuf]) {
        for planned in planned.values() {
            let path = self.folder.join(&planned.partition);
            let is_new = self.existing.is_of(&path, &planned.part) && !outdated.contains(&path);
            if is_new {
                // The error that has led here is reported.
                let _ = fs::remove_file(&path);
            }
            let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.folder));
            let _ = folders.map(fs::remove_dir).find(Result::is_err);
        }
    }
}

/// The folder of a table: `DATA-cars` beside `DATA`.
fn beside(dataset: &Path, name: &str) -> Result<PathBuf, ExportError> {
    let has_name = dataset.file_name().is_some();
    let named = if has_name { Ok(dataset.to_owned()) } else { fs::canonicalize(dataset) };
    let named = named.map_err(|source| ExportError::read(dataset, source))?;
    let Some(last) = named.file_name() else {
        return Err(ExportError::InvalidOption { option: "output", reason: "a data set needs a folder with a name" });
    };
    let mut folder = last.to_owned();
    folder.push("-");
    folder.push(name);
    Ok(named.with_file_name(folder))
}
