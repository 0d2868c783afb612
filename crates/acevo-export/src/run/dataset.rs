//! Exports many recordings into one partitioned Parquet data set.

mod existing;
mod parts;
mod tables;
mod temporary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use acevo_files::rename_new;
use acevo_recording::Recording;

use self::existing::Existing;
use self::parts::{Parts, Planned};
use self::tables::Tables;
use self::temporary::Temporary;
use super::lap_filter::LapFilter;
use super::overview::Overview;
use super::row_sink::RowSink;
use super::rows::export_rows;
use crate::files::{check_new, not_published};
use crate::progress::Tracker;
use crate::{Column, ExportError, ExportPlan, Outcome, Part, partition_path};

/// A data set to which recordings are added.
pub(super) struct Dataset {
    folder: PathBuf,
    columns: Vec<Column>,
    selection: String,
    existing: Existing,
    /// The tables of all cars beside it.
    tables: Tables,
    temporary: Temporary,
}

impl Dataset {
    /// Opens a data set, or creates it.
    pub(super) fn open(folder: &Path, plan: &ExportPlan) -> Result<Self, ExportError> {
        let temporary = Temporary::create(folder)?;
        let columns = plan.columns();
        let selection = plan.selection(&columns);
        let existing = Existing::find(folder)?;
        if !existing.agrees(&selection) {
            return Err(ExportError::OtherDataset(folder.to_owned()));
        }
        let tables = Tables::open(folder)?;
        Ok(Self { folder: folder.to_owned(), columns, selection, existing, tables, temporary })
    }

    /// Adds the parts of a recording that the data set does not have.
    pub(super) fn add(
        &mut self,
        plan: &ExportPlan,
        path: &Path,
        recording: &mut Recording,
        tracker: &mut Tracker<'_>,
    ) -> Result<Outcome, ExportError> {
        let part = Part {
            recording: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            unix_us: recording.description().map_or(0, |description| description.unix_us),
            bytes: recording.info().bytes,
            selection: self.selection.clone(),
            ..Part::default()
        };
        if self.existing.has_all_of(&part) && self.tables.have_all_of(&part, self.existing.parts_of(&part)) {
            return Ok(Outcome::Exists(self.folder.clone()));
        }
        tracker.start(recording, LapFilter::passes(plan));
        let overview = Overview::of(recording, plan, tracker)?;
        if overview.sessions.is_empty() {
            return Ok(Outcome::Empty);
        }
        tracker.next_pass();
        let planned = self.plan_parts(&part, &overview)?;
        let parts = Box::new(Parts::new(planned.clone(), &self.columns));
        let mut cars = overview.other_cars.follow(recording);
        let sink = RowSink::in_thread(&self.columns, overview.axes, parts)?;
        export_rows(recording, plan, &overview, sink, tracker, &mut cars)?;
        // If this fails, the parts of the recording are not complete, so that the next export begins again.
        let mut files = self.tables.publish(&part, &planned, cars.as_ref())?;
        files.extend(self.publish(&part, planned.into_values())?);
        Ok(Outcome::Written { files, notes: Vec::new() })
    }

    /// Plans a file for each session.
    fn plan_parts(&self, part: &Part, overview: &Overview) -> Result<BTreeMap<u32, Planned>, ExportError> {
        let mut planned = BTreeMap::<u32, Planned>::new();
        let sessions = &overview.sessions;
        for (number, (session, about)) in (1..).zip(sessions) {
            let mut about = about.clone();
            let mut partition = partition_path(&about, &part.recording);
            // Two sessions with the same names in the same millisecond.
            while planned.values().any(|other| other.partition == partition) {
                about.unix_s += 0.001;
                partition = partition_path(&about, &part.recording);
            }
            let path = self.folder.join(&partition);
            if !self.existing.is_of(&path, part) {
                check_new(&path)?;
            }
            let mut part = part.clone();
            (part.number, part.of) = (number, u32::try_from(sessions.len()).unwrap_or(u32::MAX));
            part.has_field = overview.other_cars.are_in(*session);
            if part.has_field {
                self.tables.check_new(&partition, &part)?;
            }
            planned.insert(*session, Planned { temporary: self.temporary.file(number), path, partition, about, part });
        }
        Ok(planned)
    }

    /// Gives complete files their final names, and removes files of an earlier state of the recording.
    fn publish(&mut self, part: &Part, planned: impl Iterator<Item = Planned>) -> Result<Vec<PathBuf>, ExportError> {
        let mut written = Vec::new();
        let outdated = self.existing.take(part);
        for Planned { temporary, path, part, .. } in planned {
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder).map_err(|source| ExportError::create(folder, source))?;
            let is_own = outdated.contains(&path);
            let renamed = if is_own { fs::rename(&temporary, &path) } else { rename_new(&temporary, &path) };
            renamed.map_err(|source| not_published(&path, source))?;
            self.existing.add(path.clone(), part);
            written.push(path);
        }
        remove_outdated(&self.folder, outdated, &written)?;
        Ok(written)
    }
}

/// Removes files of an earlier state of a recording that were not written again, and folders that are empty then.
fn remove_outdated(root: &Path, outdated: Vec<PathBuf>, written: &[PathBuf]) -> Result<(), ExportError> {
    for path in outdated.into_iter().filter(|path| !written.contains(path)) {
        fs::remove_file(&path).map_err(|source| ExportError::RemoveOutdated { path: path.clone(), source })?;
        // Folders are removed only if they are empty.
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != root);
        let _ = folders.map(fs::remove_dir).find(Result::is_err);
    }
    Ok(())
}
