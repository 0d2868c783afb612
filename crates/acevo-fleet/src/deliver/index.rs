//! An index of files: what is known about each of them, also after a kill or a power cut.

use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use acevo_files::{PendingFile, open_append, read_limited};
use serde::{Deserialize, Serialize};

use super::digest::{Fingerprint, Sha256};

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Lines that the file may have beyond twice the number of entries, before it is written again.
const SPARE_LINES: usize = 100;

/// What is known about a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexEntry {
    /// Its name, which is unique in the index.
    pub name: String,
    /// Its length and digest.
    #[serde(flatten)]
    pub content: Fingerprint,
    /// When it was changed last, microseconds since 1970.
    pub modified_us: u64,
    /// When the entry was made, milliseconds since 1970.
    pub unix_ms: u64,
    /// Where the file is in the store; may be empty.
    #[serde(default)]
    pub url: String,
    /// What has to follow was done.
    #[serde(default)]
    pub is_done: bool,
}

/// A line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Entry(IndexEntry),
    Removed { removed: String },
}

/// An index of files. It is a file of lines, to which changes are appended. Lines that cannot be read are ignored.
///
/// Only one process at a time may use it; the caller takes care of that.
#[derive(Debug)]
pub struct FileIndex {
    path: PathBuf,
    entries: BTreeMap<String, IndexEntry>,
    /// Names by content.
    names: BTreeMap<Sha256, Vec<String>>,
    lines: usize,
    /// `None` if the file has to be written again.
    file: Option<File>,
}

impl FileIndex {
    /// Reads the index; empty if there is no file. Its folder must exist.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        let bytes = match read_limited(&path, MAX_BYTES) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let mut index = Self { path, entries: BTreeMap::new(), names: BTreeMap::new(), lines: 0, file: None };
        let is_complete = bytes.last().is_none_or(|last| *last == b'\n');
        for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            index.lines += 1;
            match serde_json::from_slice(line) {
                Ok(Line::Entry(entry)) => index.insert(entry),
                Ok(Line::Removed { removed }) => index.take(&removed),
                Err(_) => {}
            }
        }
        // A line that was cut by a crash must not be joined with the next one.
        if is_complete {
            index.file = Some(open_append(&index.path)?);
        } else {
            index.rewrite()?;
        }
        Ok(index)
    }

    fn insert(&mut self, entry: IndexEntry) {
        self.take(&entry.name);
        self.names.entry(entry.content.sha256).or_default().push(entry.name.clone());
        self.entries.insert(entry.name.clone(), entry);
    }

    fn take(&mut self, name: &str) {
        let Some(entry) = self.entries.remove(name) else { return };
        if let Some(names) = self.names.get_mut(&entry.content.sha256) {
            names.retain(|other| other != name);
            if names.is_empty() {
                self.names.remove(&entry.content.sha256);
            }
        }
    }

    /// The entry of a file.
    pub fn get(&self, name: &str) -> Option<&IndexEntry> {
        self.entries.get(name)
    }

    /// The entry of a file, unless the file was changed since the entry was made.
    pub fn current(&self, name: &str, metadata: &Metadata) -> Option<&IndexEntry> {
        let is_same =
            |entry: &&IndexEntry| entry.content.bytes == metadata.len() && entry.modified_us == modified_us(metadata);
        self.get(name).filter(is_same)
    }

    /// The entries with this content.
    pub fn with_content(&self, content: Fingerprint) -> impl Iterator<Item = &IndexEntry> {
        let names = self.names.get(&content.sha256).into_iter().flatten();
        names.filter_map(|name| self.entries.get(name)).filter(move |entry| entry.content == content)
    }

    /// All entries, by name.
    pub fn entries(&self) -> impl Iterator<Item = &IndexEntry> {
        self.entries.values()
    }

    /// Adds or replaces an entry. It is on the disk after that.
    ///
    /// # Errors
    /// If the file cannot be written. The entry is in memory, and is written with the next change.
    pub fn put(&mut self, entry: IndexEntry) -> io::Result<()> {
        let line = Line::Entry(entry.clone());
        self.insert(entry);
        self.append(&line)
    }

    /// Removes an entry.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn remove(&mut self, name: &str) -> io::Result<()> {
        self.take(name);
        self.append(&Line::Removed { removed: name.to_owned() })
    }

    fn append(&mut self, line: &Line) -> io::Result<()> {
        self.lines += 1;
        if self.file.is_none() || self.lines > 2 * self.entries.len() + SPARE_LINES {
            return self.rewrite();
        }
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        let Some(file) = &mut self.file else { return Ok(()) };
        let written = file.write_all(&bytes).and_then(|()| file.sync_data());
        if written.is_err() {
            // The file may end with a part of the line.
            self.file = None;
        }
        written
    }

    fn rewrite(&mut self) -> io::Result<()> {
        self.file = None;
        let mut file = PendingFile::create_private(&self.path)?;
        for entry in self.entries.values() {
            serde_json::to_writer(&mut file, entry)?;
            file.write_all(b"\n")?;
        }
        file.replace()?;
        self.lines = self.entries.len();
        self.file = Some(open_append(&self.path)?);
        Ok(())
    }

    /// Where the index is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// When a file was changed last, microseconds since 1970; 0 if it is not known.
pub fn modified_us(metadata: &Metadata) -> u64 {
    let time = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    time.map_or(0, |time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn entry(name: &str, content: &[u8]) -> IndexEntry {
        let content = Fingerprint::of(content, |_| Ok(())).unwrap();
        IndexEntry { name: name.into(), content, modified_us: 1, unix_ms: 2, url: String::new(), is_done: false }
    }

    #[test]
    fn entries_survive_a_restart_and_are_found_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.jsonl");
        let mut index = FileIndex::open(&path).unwrap();
        let (a, b, c) = (entry("a", b"1"), entry("b", b"1"), entry("c", b"2"));
        for entry in [&a, &b, &c] {
            index.put(entry.clone()).unwrap();
        }
        let done = IndexEntry { is_done: true, ..a.clone() };
        index.put(done.clone()).unwrap();
        index.remove("c").unwrap();
        drop(index);
        let index = FileIndex::open(&path).unwrap();
        assert_eq!(index.entries().collect::<Vec<_>>(), [&done, &b]);
        assert_eq!(index.with_content(a.content).count(), 2);
        assert_eq!(index.with_content(c.content).count(), 0);
        assert_eq!(index.with_content(Fingerprint { bytes: 9, ..a.content }).count(), 0);
    }

    #[test]
    fn file_stays_small_if_entries_change_again_and_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut index = FileIndex::open(folder.path().join("index.jsonl")).unwrap();
        for round in 0..1000 {
            index.put(IndexEntry { unix_ms: round, ..entry("a", b"1") }).unwrap();
        }
        assert!(fs::metadata(index.path()).unwrap().len() < 40_000);
        assert_eq!(FileIndex::open(index.path().to_owned()).unwrap().get("a").unwrap().unix_ms, 999);
    }

    proptest! {
        #[test]
        fn cut_file_loses_only_what_was_cut(cut in 0_usize..600) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("index.jsonl");
            let mut index = FileIndex::open(&path).unwrap();
            for name in ["a", "b", "c"] {
                index.put(entry(name, name.as_bytes())).unwrap();
            }
            drop(index);
            let bytes = fs::read(&path).unwrap();
            let cut = cut.min(bytes.len());
            fs::write(&path, &bytes[..cut]).unwrap();
            let mut index = FileIndex::open(&path).unwrap();
            let complete = bytes[..cut].iter().filter(|byte| **byte == b'\n').count();
            let count = index.entries().count();
            // The last line may be complete but for its end.
            prop_assert!(count == complete || count == complete + 1);
            index.put(entry("d", b"d")).unwrap();
            drop(index);
            prop_assert_eq!(FileIndex::open(&path).unwrap().entries().count(), count + 1);
        }

        #[test]
        fn open_with_any_bytes_does_not_panic(bytes: Vec<u8>) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("index.jsonl");
            fs::write(&path, bytes).unwrap();
            let mut index = FileIndex::open(&path).unwrap();
            index.put(entry("a", b"1")).unwrap();
            prop_assert!(FileIndex::open(&path).unwrap().get("a").is_some());
        }
    }
}
