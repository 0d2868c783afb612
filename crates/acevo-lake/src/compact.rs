//! Merges small files, and removes files that no reader needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use acevo_export::{ColumnFileReader, ColumnType, ExportError, Progress};
use serde::Serialize;
use serde_json::Value;

use crate::data_file::{DataFile, Written, group_rows};
use crate::log::action::Add;
use crate::log::snapshot::decoded;
use crate::partition::Partition;
use crate::table::{Change, Table, by_partition};
use crate::time::now_ms;
use crate::{Lake, LakeError, TableName, local};

/// Commits after which compaction writes a checkpoint, also if it has merged nothing.
const CHECKPOINT_AFTER: u64 = 10;

/// The history of a table that always stays, as other programs keep it.
const MIN_HISTORY: Duration = Duration::from_secs(30 * 86_400);

/// Attempts to replace files of a partition that other programs replace at the same time.
const ATTEMPTS: u32 = 3;

/// How files are merged.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompactOptions {
    /// Size up to which files are merged, bytes. A file that has half of it is left alone.
    pub target_bytes: u64,
}

impl Default for CompactOptions {
    /// Files of 256 MiB.
    fn default() -> Self {
        Self { target_bytes: 256 << 20 }
    }
}

/// What was merged in a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Compacted {
    /// The table.
    pub table: &'static str,
    /// Files that were merged.
    pub merged: usize,
    /// Files that replace them.
    pub written: usize,
    /// Rows in them.
    pub rows: u64,
    /// Small files that were left alone, because another program has compressed them in a way that acevo does not read.
    pub unreadable: usize,
    /// The version of which a checkpoint was written, by which readers open the table faster. `None` if there is a new one already.
    pub checkpoint: Option<u64>,
}

/// What was removed from a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Vacuumed {
    /// The table.
    pub table: &'static str,
    /// Files that were removed.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Lake {
    /// Merges small files of each partition. Rows stay the same, and the merged files stay for readers that have just begun;
    /// [`vacuum`](Self::vacuum) removes them later. Other programs may add at the same time.
    ///
    /// `progress` gets the bytes of the files that were read, and can cancel.
    ///
    /// # Errors
    /// [`LakeError::NoLake`] and those of the log and the files. What was merged before stays.
    pub fn compact(&self, options: &CompactOptions, progress: &mut dyn Progress) -> Result<Vec<Compacted>, LakeError> {
        let mut done = 0;
        let tables = self.existing_or_none()?;
        tables.into_iter().map(|name| self.compact_table(name, options, &mut done, progress)).collect()
    }

    fn existing_or_none(&self) -> Result<Vec<TableName>, LakeError> {
        let tables = self.existing();
        if tables.is_empty() { Err(LakeError::NoLake(self.folder.clone())) } else { Ok(tables) }
    }

    fn compact_table(
        &self,
        name: TableName,
        options: &CompactOptions,
        done: &mut u64,
        progress: &mut dyn Progress,
    ) -> Result<Compacted, LakeError> {
        let mut compacted =
            Compacted { table: name.name(), merged: 0, written: 0, rows: 0, unreadable: 0, checkpoint: None };
        // A file that was merged is left alone in the next attempt, unless another program has merged the same files.
        for _ in 0..ATTEMPTS {
            let (partitions, columns) = {
                let mut table = self.table(name);
                let partitions = by_partition(table.refresh()?);
                (partitions, known_columns(&table)?)
            };
            let mut has_lost = false;
            compacted.unreadable = 0;
            for (partition, files) in partitions {
                let folder = self.folder.join(name.name());
                let (small, unreadable) = small_files(&folder, files, options);
                compacted.unreadable += unreadable;
                for group in groups(small, options.target_bytes) {
                    let written = merge(&folder, &partition, &group, &columns, done, progress)?;
                    let rows: u64 = written.iter().map(|file| file.rows).sum();
                    let (merged, new) = (group.len(), written.len());
                    let change = Change::Compact { removed: group, files: written };
                    // The table is locked for the commit only.
                    if self.table(name).commit(change)?.is_some() {
                        compacted.merged += merged;
                        compacted.written += new;
                        compacted.rows += rows;
                    } else {
                        has_lost = true;
                    }
                }
            }
            if !has_lost {
                break;
            }
        }
        let mut table = self.table(name);
        if compacted.merged > 0 || table.log.commits_after_checkpoint()? >= CHECKPOINT_AFTER {
            compacted.checkpoint = table.refresh()?.version;
            table.write_checkpoint()?;
        }
        Ok(compacted)
    }

    /// Removes files that are no part of the tables: merged ones, and what killed writers have left. Only those that were removed, or written,
    /// before `age` are removed. Readers and writers that are at work for longer than that fail. Also removes the log before a checkpoint, if
    /// both are older than `age` and than 30 days.
    ///
    /// # Errors
    /// [`LakeError::NoLake`] and those of the log; [`LakeError::File`] if a file cannot be removed.
    pub fn vacuum(&self, age: Duration) -> Result<Vec<Vacuumed>, LakeError> {
        let mut all = Vec::new();
        for name in self.existing_or_none()? {
            let mut table = self.table(name);
            let snapshot = table.refresh()?.clone();
            let folder = self.folder.join(name.name());
            let mut vacuumed = Vacuumed { table: name.name(), files: 0, bytes: 0 };
            let unneeded = local::files(&folder)?.into_iter().filter(|(path, _)| !snapshot.files.contains_key(path));
            for (path, file) in unneeded.chain(local::pending_commits(&folder)?) {
                let removed_ms = snapshot.removed.get(&path).and_then(|remove| remove.deletion_timestamp);
                if removed_ms.map_or_else(|| is_older(&file, age), |ms| is_before(ms, age)) {
                    vacuumed.remove(&file)?;
                }
            }
            let log_age = age.max(MIN_HISTORY);
            for file in table.log.unneeded(|file| is_older(file, log_age))? {
                vacuumed.remove(&file)?;
            }
            all.push(vacuumed);
        }
        Ok(all)
    }
}

impl Vacuumed {
    fn remove(&mut self, file: &Path) -> Result<(), LakeError> {
        let bytes = fs::metadata(file).map_or(0, |metadata| metadata.len());
        fs::remove_file(file).map_err(|source| LakeError::file("remove", file, source))?;
        self.files += 1;
        self.bytes += bytes;
        Ok(())
    }
}

/// True if a time in milliseconds since 1970 is longer ago than `age`.
fn is_before(ms: i64, age: Duration) -> bool {
    now_ms().saturating_sub(ms) >= i64::try_from(age.as_millis()).unwrap_or(i64::MAX)
}

/// True if a file was written longer ago than `age`. A time in the future is that of a wrong clock.
fn is_older(file: &Path, age: Duration) -> bool {
    let modified = fs::metadata(file).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|past| past >= age))
}

/// The columns of a table that acevo can write.
fn known_columns(table: &Table) -> Result<Vec<(String, ColumnType)>, LakeError> {
    let schema = table.schema()?;
    let unknown = |name: &str| {
        let feature = format!("the type of the column {name}");
        LakeError::Unsupported { path: table.folder.clone(), feature }
    };
    schema.columns().map(|(name, kind)| kind.map(|kind| (name.to_owned(), kind)).ok_or_else(|| unknown(name))).collect()
}

/// The files that are to be merged, the oldest rows first, and the number of those that acevo cannot read. A file that is missing is an
/// error when it is read: a check names it, too.
fn small_files(folder: &Path, files: Vec<Add>, options: &CompactOptions) -> (Vec<Add>, usize) {
    let is_small = |add: &Add| add.size < options.target_bytes / 2;
    let mut small: Vec<_> = files.into_iter().filter(is_small).collect();
    let before = small.len();
    small.retain(|add| {
        let file = local::file(folder, &decoded(&add.path));
        file.is_some_and(|file| ColumnFileReader::open(&file).map_or(true, |reader| reader.is_readable()))
    });
    let unreadable = before - small.len();
    small.sort_by_cached_key(|add| (first_time(add), add.path.clone()));
    (small, unreadable)
}

/// The time of the first row as text, by the statistics.
fn first_time(add: &Add) -> Option<String> {
    let stats: Value = serde_json::from_str(add.stats.as_deref()?).ok()?;
    Some(stats.get("minValues")?.get("time")?.as_str()?.to_owned())
}

/// Groups of at least two files that have the wanted size together.
fn groups(files: Vec<Add>, target_bytes: u64) -> Vec<Vec<Add>> {
    let (mut groups, mut size) = (vec![Vec::new()], 0_u64);
    for file in files {
        if size.saturating_add(file.size) > target_bytes {
            groups.push(Vec::new());
            size = 0;
        }
        size = size.saturating_add(file.size);
        if let Some(group) = groups.last_mut() {
            group.push(file);
        }
    }
    groups.retain(|group: &Vec<_>| group.len() > 1);
    groups
}

/// Writes the rows of files into one.
fn merge(
    folder: &Path,
    partition: &Partition,
    files: &[Add],
    known: &[(String, ColumnType)],
    done: &mut u64,
    progress: &mut dyn Progress,
) -> Result<Vec<Written>, LakeError> {
    let mut readers = Vec::new();
    for add in files {
        if let Some(file) = local::file(folder, &decoded(&add.path)) {
            readers.push((ColumnFileReader::open(&file)?, add.size));
        }
    }
    // Columns that no file has stay absent: a null needs no column.
    let is_used = |(name, _): &&(String, _)| readers.iter().any(|(reader, _)| index_of(reader, name).is_some());
    let columns: Vec<_> = known.iter().filter(is_used).cloned().collect();
    let batch = group_rows(columns.len());
    let mut merged = DataFile::of(folder, partition.clone(), columns.clone());
    for (reader, bytes) in readers {
        let places: Vec<_> = columns.iter().map(|(name, kind)| (index_of(&reader, name), *kind)).collect();
        let present: Vec<_> = places.iter().filter_map(|(index, _)| *index).collect();
        let (rows, before) = (reader.rows().max(1), *done);
        let mut read = 0_u64;
        reader.read(&present, batch, |count, values| {
            let mut values = values.into_iter();
            for (column, (index, kind)) in merged.values().iter_mut().zip(&places) {
                match index.and_then(|_| values.next()) {
                    Some(next) if next.column_type() == *kind => column.append(next),
                    Some(_) => return Err(ExportError::Unfit("a column has another type than in the table".into())),
                    None => (0..count).for_each(|_| column.push(None)),
                }
            }
            read += count as u64;
            progress.advance(before + (read as f64 / rows as f64 * bytes as f64) as u64);
            if progress.is_cancelled() {
                return Err(ExportError::Cancelled);
            }
            merged.flush()
        })?;
        *done = before + bytes;
    }
    Ok(merged.finish()?.into_iter().collect())
}

fn index_of(reader: &ColumnFileReader, name: &str) -> Option<usize> {
    reader.columns().iter().position(|(column, _)| column == name)
}

impl Lake {
    /// Size of the files that [`compact`](Self::compact) may read, in bytes.
    ///
    /// # Errors
    /// Those of the log.
    pub fn small_bytes(&self, options: &CompactOptions) -> Result<u64, LakeError> {
        let mut bytes = 0_u64;
        for name in self.existing() {
            let partitions: BTreeMap<_, _> = by_partition(self.table(name).refresh()?);
            for files in partitions.into_values().filter(|files| files.len() > 1) {
                let small = files.iter().filter(|add| add.size < options.target_bytes / 2);
                bytes = small.map(|add| add.size).fold(bytes, u64::saturating_add);
            }
        }
        Ok(bytes)
    }
}
