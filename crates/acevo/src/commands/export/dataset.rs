//! Many recordings as one partitioned Parquet data set.

mod existing;
mod parts;
mod temporary;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use acevo_export::{About, Column, Part, partition_path};
use acevo_recording::Recording;
use anyhow::{Context, ensure};

use self::existing::Existing;
use self::parts::{Parts, Planned};
use self::temporary::Temporary;
use super::Outcome;
use super::overview::Overview;
use super::progress::Bar;
use super::rows::{columns, export_rows};
use crate::cli::Export;
use crate::output::check_new;
use crate::shutdown::Stop;

/// A data set that grows.
pub(super) struct Dataset {
    folder: PathBuf,
    columns: Vec<Column>,
    selection: String,
    existing: Existing,
    temporary: Temporary,
}

impl Dataset {
    /// Opens a data set, or begins one.
    pub(super) fn open(folder: &Path, args: &Export) -> anyhow::Result<Self> {
        let temporary = Temporary::create(folder)?;
        let columns = columns(args);
        let selection = selection(args, &columns);
        let existing = Existing::find(folder)?;
        ensure!(
            existing.agrees(&selection),
            "{} was made with other columns, units, laps or another rate, and one data set has the same in all files: \
             name another folder with -o, or remove it",
            folder.display()
        );
        Ok(Self { folder: folder.to_owned(), columns, selection, existing, temporary })
    }

    /// Adds a recording, as far as it is not in it.
    pub(super) fn add(
        &mut self,
        args: &Export,
        path: &Path,
        recording: &mut Recording,
        bar: &Bar,
        stop: &Stop,
    ) -> anyhow::Result<Outcome> {
        let mut part = Part::default();
        part.recording = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        part.unix_us = recording.description().map_or(0, |told| told.unix_us);
        part.bytes = recording.info().bytes;
        part.selection.clone_from(&self.selection);
        if self.existing.has_all_of(&part) {
            return Ok(Outcome::Exists(self.folder.clone()));
        }
        let progress = bar.begin(recording, 2);
        let overview = Overview::of(recording, args, &progress, stop)?;
        if overview.sessions.is_empty() {
            return Ok(Outcome::Nothing);
        }
        progress.again();
        let planned = self.plan(&part, &overview.sessions)?;
        let parts = Box::new(Parts::new(&planned, &self.columns));
        export_rows(recording, args, &overview, &self.columns, parts, &progress, stop)?;
        let written = self.publish(&part, planned.into_values())?;
        Ok(Outcome::Written(written))
    }

    /// Where each session goes.
    fn plan(&self, part: &Part, sessions: &BTreeMap<u32, About>) -> anyhow::Result<BTreeMap<u32, Planned>> {
        let mut planned = BTreeMap::<u32, Planned>::new();
        for (number, (session, about)) in (1..).zip(sessions) {
            let mut about = about.clone();
            let mut path = self.folder.join(partition_path(&about, &part.recording));
            // Two of the same in the same millisecond.
            while planned.values().any(|other| other.path == path) {
                about.unix_s += 0.001;
                path = self.folder.join(partition_path(&about, &part.recording));
            }
            if !self.existing.is_of(&path, part) {
                check_new(&path)?;
            }
            let mut part = part.clone();
            (part.number, part.of) = (number, u32::try_from(sessions.len()).unwrap_or(u32::MAX));
            planned.insert(*session, Planned { temporary: self.temporary.file(number), path, about, part });
        }
        Ok(planned)
    }

    /// Gives complete files their names. What an earlier state of the recording had left elsewhere goes away.
    fn publish(&mut self, part: &Part, planned: impl Iterator<Item = Planned>) -> anyhow::Result<Vec<PathBuf>> {
        let mut written = Vec::new();
        let outdated = self.existing.take(part);
        for Planned { temporary, path, part, .. } in planned {
            let folder = path.parent().unwrap_or(&self.folder);
            fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
            fs::rename(&temporary, &path).with_context(|| format!("cannot write {}", path.display()))?;
            self.existing.add(path.clone(), part);
            written.push(path);
        }
        for path in outdated.iter().filter(|path| !written.contains(path)) {
            fs::remove_file(path).with_context(|| format!("cannot remove {}, which is outdated", path.display()))?;
            // As far as they are empty.
            let folders = path.ancestors().skip(1).take_while(|folder| *folder != self.folder);
            let _ = folders.map(fs::remove_dir).find(Result::is_err);
        }
        Ok(written)
    }
}

/// Which rows and columns are exported.
fn selection(args: &Export, columns: &[Column]) -> String {
    let laps = args.laps.as_ref().map_or("all".into(), ToString::to_string);
    let rate = args.rate.map_or("all".into(), |rate| rate.to_string());
    let columns: Vec<_> = columns.iter().map(|column| format!("{} {}", column.name(), column.unit.symbol())).collect();
    format!("laps: {laps}; rows a second: {rate}; columns: {}", columns.join(", "))
}
