//! Checks that the files of a lake are those of its logs.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use acevo_export::ColumnFileReader;
use serde::Serialize;

use crate::log::snapshot::Snapshot;
use crate::schema::Schema;
use crate::table::{Table, recording_of};
use crate::{Lake, LakeError, TableName, local, stats};

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct CheckReport {
    /// The tables.
    pub tables: Vec<TableReport>,
    /// What was found.
    pub findings: Vec<Finding>,
}

/// What a table has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TableReport {
    /// The name.
    pub table: &'static str,
    /// The version of the newest commit.
    pub version: Option<u64>,
    /// Number of data files.
    pub files: usize,
    /// Rows, by the statistics in the log.
    pub rows: u64,
    /// Size of the data files in bytes, by the log.
    pub bytes: u64,
    /// Number of recordings.
    pub recordings: usize,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The table.
    pub table: &'static str,
    /// What it is.
    pub kind: FindingKind,
    /// The file or the recording; empty for the whole table.
    pub subject: String,
    /// Describes it.
    pub text: String,
}

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FindingKind {
    /// The log cannot be read.
    BrokenLog,
    /// A file of the table is not there.
    MissingFile,
    /// A file has another size than in the log.
    WrongSize,
    /// A file cannot be read, or has columns that are not those of the table.
    BrokenFile,
    /// A file has another number of rows than its statistics.
    WrongRows,
    /// A file is not in the folder of the table. acevo does not check it.
    ForeignFile,
    /// A file belongs to no commit: a writer was killed, or is at work.
    LeftOver,
    /// A recording is not in all tables: a writer was killed, or is at work. Adding it again completes it.
    Incomplete,
}

impl FindingKind {
    /// True if rows are lost or readers fail.
    pub const fn is_damage(self) -> bool {
        !matches!(self, Self::LeftOver | Self::Incomplete)
    }
}

impl CheckReport {
    /// True if rows are lost or readers fail.
    pub fn is_damaged(&self) -> bool {
        self.findings.iter().any(|finding| finding.kind.is_damage())
    }

    fn find(&mut self, table: TableName, kind: FindingKind, subject: &str, text: impl Into<String>) {
        self.findings.push(Finding { table: table.name(), kind, subject: subject.to_owned(), text: text.into() });
    }
}

impl Lake {
    /// Checks all tables: the log, and each data file's size, columns and number of rows. Data is not read. `keep_going` is called for
    /// each file; checking stops if it returns false.
    ///
    /// # Errors
    /// [`LakeError::NoLake`]; [`LakeError::File`] if a folder cannot be read. Damage is no error, but a [`Finding`].
    pub fn check(folder: &std::path::Path, mut keep_going: impl FnMut() -> bool) -> Result<CheckReport, LakeError> {
        let tables = TableName::ALL.map(|name| Table::of(folder, name));
        let mut report = CheckReport::default();
        let mut recordings = BTreeMap::<String, BTreeSet<TableName>>::new();
        if !tables.iter().any(Table::exists) {
            return Err(LakeError::NoLake(folder.to_owned()));
        }
        let (mut broken, mut without_log) = (BTreeSet::new(), Vec::new());
        for mut table in tables {
            let name = table.name;
            if !table.exists() {
                if table.folder.is_dir() && !local::files(&table.folder)?.is_empty() {
                    without_log.push(name);
                }
                continue;
            }
            let snapshot = match table.refresh().cloned() {
                Ok(snapshot) => snapshot,
                Err(error @ (LakeError::BrokenLog { .. } | LakeError::Unsupported { .. })) => {
                    broken.insert(name);
                    report.find(name, FindingKind::BrokenLog, "", error.to_string());
                    continue;
                }
                Err(error) => return Err(error),
            };
            for id in snapshot.transactions.keys().filter_map(|id| recording_of(id)) {
                recordings.entry(id.to_owned()).or_default().insert(name);
            }
            check_table(&table, &snapshot, &mut report, &mut keep_going)?;
        }
        for name in without_log {
            // A writer that is killed before its first commit leaves one recording like this.
            let missing = recordings.values().filter(|tables| !tables.contains(&name)).count();
            let kind = if missing > 1 { FindingKind::BrokenLog } else { FindingKind::LeftOver };
            report.find(name, kind, "", "has data files, but no log: add the recordings again");
        }
        for (recording, tables) in recordings {
            let is_missing = |name: &TableName| name.has_all() && !tables.contains(name) && !broken.contains(name);
            for name in TableName::ALL.into_iter().filter(is_missing) {
                report.find(name, FindingKind::Incomplete, &recording, "is not in this table; add the recording again");
            }
        }
        Ok(report)
    }
}

fn check_table(
    table: &Table,
    snapshot: &Snapshot,
    report: &mut CheckReport,
    keep_going: &mut dyn FnMut() -> bool,
) -> Result<(), LakeError> {
    let name = table.name;
    let schema = match table.schema() {
        Ok(schema) => schema,
        Err(error) => {
            report.find(name, FindingKind::BrokenLog, "", error.to_string());
            return Ok(());
        }
    };
    let rows = |add: &crate::log::action::Add| add.stats.as_deref().and_then(stats::rows);
    report.tables.push(TableReport {
        table: name.name(),
        version: snapshot.version,
        files: snapshot.files.len(),
        rows: snapshot.files.values().filter_map(rows).sum(),
        bytes: snapshot.files.values().map(|add| add.size).fold(0, u64::saturating_add),
        recordings: snapshot.transactions.keys().filter(|id| recording_of(id).is_some()).count(),
    });
    for (path, add) in &snapshot.files {
        if !keep_going() {
            return Ok(());
        }
        let Some(file) = local::file(&table.folder, path) else {
            report.find(name, FindingKind::ForeignFile, path, "is not in the folder of the table");
            continue;
        };
        let bytes = match std::fs::metadata(&file) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                report.find(name, FindingKind::MissingFile, path, "is not there");
                continue;
            }
            Err(error) => {
                report.find(name, FindingKind::BrokenFile, path, format!("cannot be read: {error}"));
                continue;
            }
        };
        if bytes != add.size {
            let text = format!("has {bytes} bytes instead of {}", add.size);
            report.find(name, FindingKind::WrongSize, path, text);
            continue;
        }
        match ColumnFileReader::open(&file) {
            Err(error) => report.find(name, FindingKind::BrokenFile, path, format!("cannot be read: {error}")),
            Ok(reader) => {
                if let Some(expected) = rows(add).filter(|rows| *rows != reader.rows()) {
                    let text = format!("has {} rows instead of {expected}", reader.rows());
                    report.find(name, FindingKind::WrongRows, path, text);
                }
                if let Some(column) = foreign_column(&schema, &reader) {
                    let text = format!("has a column {column} that is not that of the table");
                    report.find(name, FindingKind::BrokenFile, path, text);
                }
            }
        }
    }
    let left = local::files(&table.folder)?
        .into_iter()
        .filter(|(path, _)| !snapshot.files.contains_key(path) && !snapshot.removed.contains_key(path));
    for (path, _) in left.chain(local::pending_commits(&table.folder)?) {
        report.find(name, FindingKind::LeftOver, &path, "belongs to no commit");
    }
    Ok(())
}

/// A column of a file that the table does not have, or not with this type.
fn foreign_column<'a>(schema: &Schema, reader: &'a ColumnFileReader) -> Option<&'a str> {
    let known: BTreeMap<_, _> = schema.columns().collect();
    let is_foreign = |(name, kind): &&(String, _)| known.get(name.as_str()) != Some(kind);
    reader.columns().iter().find(is_foreign).map(|(name, _)| name.as_str())
}
