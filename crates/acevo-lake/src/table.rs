//! A table: a folder with data files and a log.

use std::fmt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use acevo_files::create_folders;
use acevo_fleet::Uuid;
use serde_json::json;

use crate::data_file::Written;
use crate::log::action::{Add, Format, Line, MetaData, Protocol, Remove, Txn};
use crate::log::snapshot::{READER, Snapshot, WRITER};
use crate::log::{FOLDER, Log};
use crate::partition::Partition;
use crate::schema::{Conflict, LakeColumn, PARTITIONS, Schema};
use crate::time::now_ms;
use crate::{LakeError, local};

/// Attempts to commit. Each that fails is a commit of another program.
const ATTEMPTS: u32 = 200;

/// Maximum time between two attempts.
const MAX_WAIT: Duration = Duration::from_millis(200);

/// A writer makes a checkpoint with each of these commits.
const CHECKPOINT_EVERY: u64 = 100;

/// Removed files stay in checkpoints for this time, milliseconds, also if they are not there any more. Readers of older versions may be at
/// work for that time, by the protocol.
const KEEP_REMOVED_MS: i64 = 7 * 86_400_000;

/// A table of a lake. `Display` formats it as the name of its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TableName {
    /// The cars of sessions with several cars.
    Cars,
    /// The laps of these cars.
    FieldLaps,
    /// What happened.
    Events,
    /// A row per lap.
    Laps,
    /// A row per physics packet, or at a rate.
    Samples,
}

impl TableName {
    /// All tables, in the order in which a recording is added.
    pub const ALL: [Self; 5] = [Self::Cars, Self::FieldLaps, Self::Events, Self::Laps, Self::Samples];

    /// The name of the folder.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cars => "cars",
            Self::FieldLaps => "field_laps",
            Self::Events => "events",
            Self::Laps => "laps",
            Self::Samples => "samples",
        }
    }

    /// True if every recording is in it. The others have only recordings with other cars.
    pub const fn has_all(self) -> bool {
        !matches!(self, Self::Cars | Self::FieldLaps)
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A table, with its newest known state.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: TableName,
    pub(crate) folder: PathBuf,
    pub(crate) log: Log,
    snapshot: Snapshot,
}

/// What a commit does.
#[derive(Debug)]
pub(crate) enum Change<'a> {
    /// Adds files that were written for a recording.
    Append {
        /// Identifies the recording.
        recording: &'a str,
        columns: &'a [LakeColumn],
        files: Vec<Written>,
    },
    /// Replaces files by others with the same rows.
    Compact { removed: Vec<Add>, files: Vec<Written> },
}

impl Table {
    /// The table in a lake. It need not exist.
    pub(crate) fn of(lake: &Path, name: TableName) -> Self {
        let folder = lake.join(name.name());
        Self { name, log: Log::of(&folder), folder, snapshot: Snapshot::default() }
    }

    /// True if the table has a log.
    pub(crate) fn exists(&self) -> bool {
        self.folder.join(FOLDER).is_dir()
    }

    /// Reads the newest state.
    ///
    /// # Errors
    /// Those of the log; [`LakeError::Unsupported`].
    pub(crate) fn refresh(&mut self) -> Result<&Snapshot, LakeError> {
        self.log.refresh(&mut self.snapshot)?;
        match self.snapshot.unsupported() {
            Some(feature) => Err(LakeError::Unsupported { path: self.folder.clone(), feature }),
            None => Ok(&self.snapshot),
        }
    }

    /// The newest schema.
    pub(crate) fn schema(&self) -> Result<Schema, LakeError> {
        let Some(metadata) = &self.snapshot.metadata else { return Ok(Schema::new()) };
        let is_partitioned =
            metadata.partition_columns.iter().map(String::as_str).eq(PARTITIONS.map(|(name, ..)| name));
        if !is_partitioned {
            let feature = format!("the partition columns {:?}", metadata.partition_columns);
            return Err(LakeError::Unsupported { path: self.folder.clone(), feature });
        }
        Schema::parse(&metadata.schema_string).map_err(|error| LakeError::broken(self.log.folder(), error))
    }

    /// True if a recording was added, as far as the known state shows.
    pub(crate) fn has(&self, recording: &str) -> bool {
        self.snapshot.transactions.contains_key(&app_id(recording))
    }

    /// Commits a change. Other programs may commit at the same time: then it is tried again on top of their commits. Returns the version
    /// of the commit; `None` if there is nothing to do any more, because the recording was added or files were removed meanwhile. Then
    /// the new files are removed.
    ///
    /// # Errors
    /// Those of the log; [`LakeError::OtherType`], [`LakeError::Contended`].
    pub(crate) fn commit(&mut self, change: Change<'_>) -> Result<Option<u64>, LakeError> {
        let log = self.log.folder();
        create_folders(log).map_err(|source| LakeError::file("create", log, source))?;
        for attempt in 0..ATTEMPTS {
            self.refresh()?;
            let Some(lines) = self.lines(&change)? else { return Ok(None) };
            let version = self.snapshot.next_version();
            match self.log.commit(version, &lines) {
                Ok(true) => {
                    change.keep_files();
                    self.snapshot.apply(version, lines);
                    if version > 0 && version.is_multiple_of(CHECKPOINT_EVERY) {
                        // The commit is there in any case, and readers can do without a checkpoint.
                        let _ = self.write_checkpoint();
                    }
                    return Ok(Some(version));
                }
                Ok(false) => thread::sleep(Duration::from_millis(attempt.into()).min(MAX_WAIT)),
                Err(error) => {
                    // The commit may be there. Files that are not needed do less harm than files that are missing.
                    change.keep_files();
                    return Err(error);
                }
            }
        }
        Err(LakeError::Contended(self.folder.clone()))
    }

    /// Writes a checkpoint of the known state.
    ///
    /// # Errors
    /// [`LakeError::File`].
    pub(crate) fn write_checkpoint(&self) -> Result<(), LakeError> {
        let oldest = now_ms().saturating_sub(KEEP_REMOVED_MS);
        self.log.write_checkpoint(&self.snapshot, |path, remove| {
            remove.deletion_timestamp.is_none_or(|ms| ms >= oldest)
                || local::file(&self.folder, path).is_some_and(|file| file.exists())
        })
    }

    /// The lines of a commit on top of the known state; `None` if there is nothing to do.
    fn lines(&self, change: &Change<'_>) -> Result<Option<Vec<Line>>, LakeError> {
        let now = now_ms();
        let random = |source| LakeError::file("name a commit of", &self.folder, source);
        let id = Uuid::random().map_err(random)?.to_string();
        let engine = concat!("acevo ", env!("CARGO_PKG_VERSION"));
        let info = |operation: &str, parameters, is_append: bool| {
            Line::info(json!({
                "timestamp": now, "operation": operation, "operationParameters": parameters, "engineInfo": engine,
                "isBlindAppend": is_append, "txnId": id,
            }))
        };
        match change {
            Change::Append { recording, columns, files } => {
                if self.has(recording) {
                    return Ok(None);
                }
                let mut lines = vec![info("WRITE", json!({ "mode": "Append", "recording": recording }), true)];
                let schema = self.schema()?;
                let wider = schema.with(columns).map_err(|Conflict { column, known, new }| LakeError::OtherType {
                    table: self.name,
                    column,
                    known,
                    new,
                })?;
                match (&self.snapshot.metadata, wider) {
                    (Some(_), None) => {}
                    (Some(metadata), Some(schema)) => {
                        lines.push(MetaData { schema_string: schema.to_text(), ..metadata.clone() }.into());
                    }
                    (None, wider) => lines.extend(self.first_lines(&wider.unwrap_or(schema), now)?),
                }
                lines.extend(files.iter().map(|file| file.add.clone().into()));
                let txn = Txn { app_id: app_id(recording), version: 1, last_updated: Some(now) };
                lines.push(txn.into());
                Ok(Some(lines))
            }
            Change::Compact { removed, files } => {
                let is_there =
                    |add: &Add| self.snapshot.files.get(&crate::log::snapshot::decoded(&add.path)) == Some(add);
                if !removed.iter().all(is_there) {
                    return Ok(None);
                }
                let mut lines = vec![info("OPTIMIZE", json!({ "predicate": "[]" }), false)];
                let remove = |add: &Add| Remove {
                    path: add.path.clone(),
                    deletion_timestamp: Some(now),
                    data_change: false,
                    extended_file_metadata: Some(true),
                    partition_values: Some(add.partition_values.clone()),
                    size: Some(add.size),
                };
                lines.extend(removed.iter().map(|add| remove(add).into()));
                lines.extend(files.iter().map(|file| Add { data_change: false, ..file.add.clone() }.into()));
                Ok(Some(lines))
            }
        }
    }

    /// What the first commit of a table has.
    fn first_lines(&self, schema: &Schema, now: i64) -> Result<[Line; 2], LakeError> {
        let id = Uuid::random().map_err(|source| LakeError::file("name", &self.folder, source))?;
        let protocol = Protocol {
            min_reader_version: READER,
            min_writer_version: WRITER,
            reader_features: None,
            writer_features: None,
        };
        let metadata = MetaData {
            id: id.to_string(),
            name: Some(self.name.to_string()),
            description: None,
            format: Format { provider: "parquet".into(), options: [].into() },
            schema_string: schema.to_text(),
            partition_columns: PARTITIONS.map(|(name, ..)| name.to_owned()).into(),
            configuration: [("delta.appendOnly".to_owned(), "true".to_owned())].into(),
            created_time: Some(now),
        };
        Ok([protocol.into(), metadata.into()])
    }
}

impl Change<'_> {
    fn keep_files(self) {
        let (Self::Append { files, .. } | Self::Compact { files, .. }) = self;
        files.into_iter().for_each(Written::keep);
    }
}

/// The id of a recording in the log: it is written once.
pub(crate) fn app_id(recording: &str) -> String {
    format!("acevo:{recording}")
}

/// The recording of an id in the log.
pub(crate) fn recording_of(app_id: &str) -> Option<&str> {
    app_id.strip_prefix("acevo:")
}

/// The files of a table by their folders.
pub(crate) fn by_partition(snapshot: &Snapshot) -> std::collections::BTreeMap<Partition, Vec<Add>> {
    let mut partitions = std::collections::BTreeMap::<_, Vec<_>>::new();
    for add in snapshot.files.values() {
        if let Some(partition) = Partition::of(&add.partition_values) {
            partitions.entry(partition).or_default().push(add.clone());
        }
    }
    partitions
}
