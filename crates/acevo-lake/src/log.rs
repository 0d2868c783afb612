//! The log of a table: the folder `_delta_log`, by the [protocol of Delta](https://github.com/delta-io/delta/blob/master/PROTOCOL.md).

pub(crate) mod action;
mod checkpoint;
pub(crate) mod snapshot;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use acevo_files::{PendingFile, open_file, read_limited};
use serde_json::json;

use self::action::{Line, Remove};
use self::snapshot::Snapshot;
use crate::LakeError;

/// The folder of the log in that of the table.
pub(crate) const FOLDER: &str = "_delta_log";

/// Maximum size of a commit, bytes. A commit of acevo has about ten kilobytes.
const MAX_COMMIT: u64 = 256 << 20;

/// Maximum size of a checkpoint, bytes.
const MAX_CHECKPOINT: u64 = 4 << 30;

/// Digits of a version in the name of a file.
const DIGITS: usize = 20;

/// The file that names the newest checkpoint, for readers that cannot list a folder quickly.
const LAST_CHECKPOINT: &str = "_last_checkpoint";

/// The log of a table.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    folder: PathBuf,
}

/// The files of a log by their versions.
#[derive(Debug, Default)]
struct Listing {
    commits: BTreeSet<u64>,
    /// The files of each checkpoint, and how many it should have.
    checkpoints: BTreeMap<u64, Vec<(String, usize)>>,
}

impl Log {
    /// The log of the table in a folder.
    pub(crate) fn of(table: &Path) -> Self {
        Self { folder: table.join(FOLDER) }
    }

    /// The folder of the log.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file of a commit.
    pub(crate) fn commit_file(&self, version: u64) -> PathBuf {
        self.folder.join(format!("{version:0DIGITS$}.json"))
    }

    fn checkpoint_file(&self, version: u64) -> PathBuf {
        self.folder.join(format!("{version:0DIGITS$}.checkpoint.parquet"))
    }

    /// Brings a state up to date. Without any commit it has no version.
    ///
    /// # Errors
    /// [`LakeError::File`], [`LakeError::BrokenLog`]. Then the state is that of some version.
    pub(crate) fn refresh(&self, snapshot: &mut Snapshot) -> Result<(), LakeError> {
        let listing = self.list()?;
        let newest = listing.commits.iter().chain(listing.checkpoints.keys()).max().copied();
        let Some(newest) = newest else {
            *snapshot = Snapshot::default();
            return Ok(());
        };
        if snapshot.version.is_some_and(|version| version > newest) {
            // The table was made again.
            *snapshot = Snapshot::default();
        }
        // A checkpoint is quicker than all commits, and replaces old ones, which may have been removed.
        let next = snapshot.next_version();
        let has_all = (next..=newest).all(|version| listing.commits.contains(&version));
        if next == 0 || !has_all {
            self.read_checkpoint(&listing, snapshot)?;
        }
        for version in snapshot.next_version()..=newest {
            // The list of a folder may lack what was added while it was made, so the file decides.
            let path = self.commit_file(version);
            let text = read_limited(&path, MAX_COMMIT).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => LakeError::broken(&path, "it is missing"),
                _ => LakeError::file("read", &path, error),
            })?;
            let lines = action::from_text(&text).map_err(|error| LakeError::broken(&path, error))?;
            snapshot.apply(version, lines);
        }
        if snapshot.protocol.is_none() || snapshot.metadata.is_none() {
            return Err(LakeError::broken(&self.folder, "it has no protocol or no schema"));
        }
        Ok(())
    }

    /// Reads the newest checkpoint that is complete, if it is newer than the state.
    fn read_checkpoint(&self, listing: &Listing, snapshot: &mut Snapshot) -> Result<(), LakeError> {
        let newest = listing.newest_checkpoint().filter(|(version, _)| *version >= snapshot.next_version());
        let Some((version, files)) = newest else { return Ok(()) };
        let mut state = Snapshot { version: Some(version), ..Snapshot::default() };
        for (name, _) in files {
            let path = self.folder.join(name);
            let unreadable = |source| LakeError::file("read", &path, source);
            let file = open_file(&path).map_err(unreadable)?;
            if file.metadata().map_err(unreadable)?.len() > MAX_CHECKPOINT {
                return Err(LakeError::broken(&path, "it is too large"));
            }
            let read = checkpoint::read(file, |line| state.apply_line(line));
            read.map_err(|error| LakeError::broken(&path, error))?;
        }
        *snapshot = state;
        Ok(())
    }

    /// Writes a checkpoint of a state.
    ///
    /// # Errors
    /// [`LakeError::File`]. Readers do without it.
    pub(crate) fn write_checkpoint(
        &self,
        snapshot: &Snapshot,
        is_needed: impl Fn(&str, &Remove) -> bool,
    ) -> Result<(), LakeError> {
        let Some(version) = snapshot.version else { return Ok(()) };
        let path = self.checkpoint_file(version);
        let mut actions = 0_u64;
        let lines = snapshot.lines(is_needed).inspect(|_| actions += 1);
        let file = PendingFile::create(&path).map_err(|source| LakeError::file("create", &path, source))?;
        let written = checkpoint::write(file, lines).map_err(io::Error::other).and_then(PendingFile::replace);
        written.map_err(|source| LakeError::file("write", &path, source))?;
        let path = self.folder.join(LAST_CHECKPOINT);
        let text = json!({ "version": version, "size": actions }).to_string();
        let written = PendingFile::create(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.replace()
        });
        written.map_err(|source| LakeError::file("write", &path, source))
    }

    /// The number of commits that a new reader has to read.
    ///
    /// # Errors
    /// [`LakeError::File`].
    pub(crate) fn commits_after_checkpoint(&self) -> Result<u64, LakeError> {
        let listing = self.list()?;
        let first = listing.newest_checkpoint().map_or(0, |(version, _)| version + 1);
        Ok(listing.commits.range(first..).count() as u64)
    }

    /// The commits and checkpoints before a checkpoint for which `is_old` is true. Readers need none of them.
    ///
    /// # Errors
    /// [`LakeError::File`].
    pub(crate) fn unneeded(&self, is_old: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, LakeError> {
        let listing = self.list()?;
        let path = |(name, _): &(String, usize)| self.folder.join(name);
        let is_old_checkpoint = |files: &[(String, usize)]| files.iter().map(path).all(|path| is_old(&path));
        let mut checkpoints = listing.complete_checkpoints().rev();
        let Some((newest, _)) = checkpoints.find(|(_, files)| is_old_checkpoint(files)) else {
            return Ok(Vec::new());
        };
        let commits = listing.commits.range(..newest).map(|version| self.commit_file(*version));
        let checkpoints = listing.checkpoints.range(..newest).flat_map(|(_, files)| files).map(path);
        Ok(commits.chain(checkpoints).filter(|path| is_old(path)).collect())
    }

    fn list(&self) -> Result<Listing, LakeError> {
        let mut listing = Listing::default();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(listing),
            Err(source) => return Err(LakeError::file("read", &self.folder, source)),
        };
        for entry in entries {
            let entry = entry.map_err(|source| LakeError::file("read", &self.folder, source))?;
            let name = entry.file_name();
            if let Some(name) = name.to_str() {
                listing.add(name);
            }
        }
        Ok(listing)
    }

    /// Adds a commit. Returns false if another program has written this version.
    ///
    /// The file is complete before it has its name, and it gets its name only if no file has it. A network share may lose the answer after
    /// it has done that, so a file with our lines is ours.
    ///
    /// # Errors
    /// [`LakeError::File`]. The commit may have been written nevertheless if a share has failed.
    pub(crate) fn commit(&self, version: u64, lines: &[Line]) -> Result<bool, LakeError> {
        let path = self.commit_file(version);
        let text = action::to_text(lines).map_err(|error| LakeError::file("write", &path, error.into()))?;
        match publish(&path, &text) {
            Ok(()) => Ok(true),
            Err(error) => match read_limited(&path, MAX_COMMIT) {
                Ok(there) if there == text => Ok(true),
                Ok(_) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
                _ => Err(LakeError::file("write", &path, error)),
            },
        }
    }
}

fn publish(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = PendingFile::create(path)?;
    file.write_all(text)?;
    file.publish_at_once()
}

impl Listing {
    /// The checkpoints of which all files are there, the oldest first.
    fn complete_checkpoints(&self) -> impl DoubleEndedIterator<Item = (u64, &[(String, usize)])> {
        let checkpoints = self.checkpoints.iter().map(|(version, files)| (*version, files.as_slice()));
        checkpoints.filter(|(_, files)| files.first().is_some_and(|(_, parts)| files.len() == *parts))
    }

    fn newest_checkpoint(&self) -> Option<(u64, &[(String, usize)])> {
        self.complete_checkpoints().next_back()
    }

    /// Takes the name of a file. Other files are ignored, such as checksums and those that are being written.
    fn add(&mut self, name: &str) {
        let Some((version, rest)) = name.split_at_checked(DIGITS) else { return };
        if !version.bytes().all(|byte| byte.is_ascii_digit()) {
            return;
        }
        let Ok(version) = version.parse() else { return };
        if rest == ".json" {
            self.commits.insert(version);
            return;
        }
        let Some(rest) = rest.strip_prefix(".checkpoint.").and_then(|rest| rest.strip_suffix("parquet")) else {
            return;
        };
        let parts = match *rest.trim_end_matches('.').split('.').collect::<Vec<_>>() {
            [""] => 1,
            [part, parts] if part.len() == 10 && parts.len() == 10 => match parts.parse() {
                Ok(parts) => parts,
                Err(_) => return,
            },
            // Named by an id: those of the second version, which need a feature.
            _ => return,
        };
        self.checkpoints.entry(version).or_default().push((name.to_owned(), parts));
    }
}

#[cfg(test)]
mod tests;
