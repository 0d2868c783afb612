//! What a wall remembers: its id, and the best laps of the day. A broker does not keep laps for those who subscribe later.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use acevo_files::{FileLock, PendingFile, read_limited};
use serde::{Deserialize, Serialize};

use super::bests::{BestTable, MAX_DRIVERS, MAX_TABLES};
use crate::id::Uuid;

/// Names of the files.
const FILE: &str = "wall.json";
const LOCK: &str = "lock";

/// Maximum size of the file, bytes: more than all tables have.
const MAX_BYTES: u64 = (MAX_TABLES * MAX_DRIVERS) as u64 * 1024;

/// Letters of the id of a client. Brokers of MQTT 3.1.1 may refuse ids of more than 23 characters.
const ID_LENGTH: usize = 12;

/// Why the memory of a wall cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WallStoreError {
    /// Another process has it.
    #[error("another program uses {}", .0.display())]
    InUse(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
}

/// What a wall remembers, in a file of a folder of its own. The file is replaced as a whole, so that a crash leaves the old or the new one.
#[derive(Debug)]
pub struct WallStore {
    path: PathBuf,
    client: String,
    was_damaged: bool,
    _lock: FileLock,
}

#[derive(Serialize, Deserialize)]
struct Content<T> {
    client: String,
    bests: Vec<T>,
}

impl WallStore {
    /// Opens the memory in a folder, which is created if it does not exist, and returns the laps in it. A damaged file counts as an empty one.
    ///
    /// # Errors
    /// If the folder cannot be created or read, or another process uses it.
    pub fn open(folder: impl AsRef<Path>) -> Result<(Self, Vec<BestTable>), WallStoreError> {
        let folder = folder.as_ref();
        let of = |path: &Path| {
            let path = path.to_owned();
            move |source| WallStoreError::Io { path, source }
        };
        std::fs::create_dir_all(folder).map_err(of(folder))?;
        let lock = FileLock::try_acquire(folder.join(LOCK)).map_err(of(folder))?;
        let lock = lock.ok_or_else(|| WallStoreError::InUse(folder.into()))?;
        let path = folder.join(FILE);
        let bytes = match read_limited(&path, MAX_BYTES) {
            Ok(bytes) => Some(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(of(&path)(error)),
        };
        let content = bytes.as_ref().and_then(|bytes| serde_json::from_slice::<Content<BestTable>>(bytes).ok());
        let was_damaged = bytes.is_some() && content.is_none();
        let Content { client, bests } = content.unwrap_or(Content { client: String::new(), bests: Vec::new() });
        let is_id = client.len() == ID_LENGTH && client.bytes().all(|byte| byte.is_ascii_hexdigit());
        let client = if is_id { client } else { new_id().map_err(of(&path))? };
        let mut store = Self { path, client, was_damaged, _lock: lock };
        if !is_id {
            // The id has to be the same after a crash.
            store.save(&bests.iter().collect::<Vec<_>>())?;
        }
        Ok((store, bests))
    }

    /// The id of the client of a broker, which is another one for each memory.
    pub fn client_id(&self) -> String {
        format!("acevo-wall-{}", self.client)
    }

    /// The file existed but could not be understood.
    pub const fn was_damaged(&self) -> bool {
        self.was_damaged
    }

    /// Replaces the laps.
    ///
    /// # Errors
    /// If the file cannot be written. Then the old one stays.
    pub fn save(&mut self, bests: &[&BestTable]) -> Result<(), WallStoreError> {
        let content = Content { client: self.client.clone(), bests: bests.to_vec() };
        let write = || {
            let pending = PendingFile::create_private(&self.path)?;
            let mut file = io::BufWriter::new(pending.file()?);
            serde_json::to_writer(&mut file, &content)?;
            writeln!(file)?;
            file.flush()?;
            drop(file);
            pending.replace()
        };
        write().map_err(|source| WallStoreError::Io { path: self.path.clone(), source })
    }
}

fn new_id() -> io::Result<String> {
    let id = Uuid::random()?.to_string();
    Ok(id.chars().filter(char::is_ascii_hexdigit).take(ID_LENGTH).collect())
}

#[cfg(test)]
mod tests {
    use super::super::bests::BestLap;
    use super::*;

    #[test]
    fn store_keeps_laps_and_the_id_of_the_client() {
        let folder = tempfile::tempdir().unwrap();
        let best = BestLap { driver: None, time_ms: 90_000, site: "club".into(), rig: "one".into(), at_ms: 5 };
        let table = BestTable { track: "Monza".into(), configuration: None, car: "GT3".into(), laps: vec![best] };
        let (mut store, bests) = WallStore::open(folder.path()).unwrap();
        assert!(bests.is_empty() && !store.was_damaged());
        let id = store.client_id();
        assert!(id.len() <= 23, "{id}");
        assert!(matches!(WallStore::open(folder.path()), Err(WallStoreError::InUse(_))));
        store.save(&[&table]).unwrap();
        drop(store);
        let (store, bests) = WallStore::open(folder.path()).unwrap();
        assert_eq!((store.client_id(), bests), (id, vec![table]));
    }

    #[test]
    fn damaged_file_counts_as_empty_and_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{", "[]", r#"{"client":"../../x","bests":[]}"#, r#"{"client":"0123456789ab","bests":[{}]}"#] {
            std::fs::write(folder.path().join(FILE), text).unwrap();
            let (store, bests) = WallStore::open(folder.path()).unwrap();
            assert!(bests.is_empty() && store.client_id().len() == 23, "{text}");
            drop(store);
            assert!(!WallStore::open(folder.path()).unwrap().0.was_damaged(), "{text}");
        }
    }
}
