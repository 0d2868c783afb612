//! The state of a table at a version: what all commits until then add up to.

use std::collections::{BTreeMap, HashMap};

use percent_encoding::percent_decode_str;

use super::action::{Add, Line, MetaData, Protocol, Remove, Txn};

/// The newest versions of the protocol that acevo reads and writes.
pub(crate) const READER: i32 = 1;
pub(crate) const WRITER: i32 = 2;

/// The state of a table at a version.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Snapshot {
    /// The version of the newest commit; `None` without any.
    pub(crate) version: Option<u64>,
    pub(crate) protocol: Option<Protocol>,
    pub(crate) metadata: Option<MetaData>,
    /// The files of the table by their decoded paths.
    pub(crate) files: BTreeMap<String, Add>,
    /// Files that were removed from the table.
    pub(crate) removed: BTreeMap<String, Remove>,
    /// Versions by the ids of those who have written.
    pub(crate) transactions: HashMap<String, i64>,
}

impl Snapshot {
    /// Takes the lines of the next commit.
    pub(crate) fn apply(&mut self, version: u64, lines: impl IntoIterator<Item = Line>) {
        lines.into_iter().for_each(|line| self.apply_line(line));
        self.version = Some(version);
    }

    pub(crate) fn apply_line(&mut self, line: Line) {
        let Line { protocol, meta_data, add, remove, txn, .. } = line;
        self.protocol = protocol.or(self.protocol.take());
        self.metadata = meta_data.or(self.metadata.take());
        if let Some(remove) = remove {
            let path = decoded(&remove.path);
            self.files.remove(&path);
            self.removed.insert(path, remove);
        }
        if let Some(add) = add {
            let path = decoded(&add.path);
            self.removed.remove(&path);
            self.files.insert(path, add);
        }
        if let Some(txn) = txn {
            self.transactions.insert(txn.app_id, txn.version);
        }
    }

    /// The state as actions, for a checkpoint. Removed files are those that `is_needed` names.
    pub(crate) fn lines<'a>(
        &'a self,
        is_needed: impl Fn(&str, &Remove) -> bool + 'a,
    ) -> impl Iterator<Item = Line> + 'a {
        let first = [self.protocol.clone().map(Line::from), self.metadata.clone().map(Line::from)];
        let txn =
            |(id, version): (&String, &i64)| Txn { app_id: id.clone(), version: *version, last_updated: None }.into();
        let add = |add: &Add| Add { data_change: false, ..add.clone() }.into();
        let removed = self.removed.iter().filter(move |(path, remove)| is_needed(path, remove));
        let remove = |(_, remove): (&String, &Remove)| Remove { data_change: false, ..remove.clone() }.into();
        let actions = self.transactions.iter().map(txn).chain(self.files.values().map(add));
        first.into_iter().flatten().chain(actions).chain(removed.map(remove))
    }

    /// The version of the next commit.
    pub(crate) fn next_version(&self) -> u64 {
        self.version.map_or(0, |version| version + 1)
    }

    /// The feature that acevo lacks to read and write the table.
    pub(crate) fn unsupported(&self) -> Option<String> {
        if let Some(protocol) = &self.protocol
            && (protocol.min_reader_version > READER || protocol.min_writer_version > WRITER)
        {
            let Protocol { min_reader_version, min_writer_version, reader_features, writer_features } = protocol;
            let features = [reader_features, writer_features].into_iter().flatten().flatten();
            let features: Vec<_> = features.map(String::as_str).collect();
            return Some(format!(
                "reader version {min_reader_version} and writer version {min_writer_version} of the Delta protocol {features:?}"
            ));
        }
        let metadata = self.metadata.as_ref()?;
        if metadata.format.provider != "parquet" {
            return Some(format!("data files in the format {:?}", metadata.format.provider));
        }
        if self.files.values().any(|add| add.deletion_vector.is_some()) {
            return Some("deletion vectors".into());
        }
        None
    }
}

/// A path of the log as text.
pub(crate) fn decoded(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}
