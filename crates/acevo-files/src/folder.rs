//! Folders for files that are not complete.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use crate::FileLock;
use crate::pending::sync_folder;

/// Name of the lock in a folder.
const LOCK: &str = "lock";

/// The extension of all files in a folder, except for the lock.
const EXTENSION: &str = "part";

/// A folder with a unique name for files that are not complete. It is removed on drop, with everything in it.
///
/// A lock in it shows that its process is running. [`remove_abandoned`] removes folders of processes that were killed.
#[derive(Debug)]
pub struct PendingFolder {
    // Released before the folder is removed, because Windows does not remove open files.
    _lock: FileLock,
    folder: TempDir,
}

impl PendingFolder {
    /// Creates a folder in `parent`: `prefix` followed by random characters.
    ///
    /// # Errors
    /// The error of the operating system.
    pub fn create_in(parent: impl AsRef<Path>, prefix: &str) -> io::Result<Self> {
        let folder = Builder::new().prefix(prefix).tempdir_in(parent)?;
        let lock = FileLock::try_acquire(folder.path().join(LOCK))?;
        let lock = lock.ok_or_else(|| io::Error::other("another process has locked a new folder"))?;
        Ok(Self { _lock: lock, folder })
    }

    /// The path of a file in the folder. Only such files are removed if the process is killed.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.{EXTENSION}"))
    }
}

/// Removes folders that processes have left in `parent` when they were killed: real folders whose name begins with `prefix`, with a lock
/// that no process holds. Anything in them that a [`PendingFolder`] does not create stays, and its folder too.
///
/// Errors are ignored: a folder that stays does no harm.
pub fn remove_abandoned(parent: impl AsRef<Path>, prefix: &str) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(prefix)
            && entry.file_type().is_ok_and(|found| found.is_dir())
            && fs::symlink_metadata(entry.path().join(LOCK)).is_ok_and(|found| found.is_file() && found.len() == 0);
        if is_ours
            && let Ok(Some(lock)) = FileLock::try_acquire(entry.path().join(LOCK))
            && lock.is_exclusive()
        {
            remove(&entry.path(), lock);
        }
    }
}

/// Creates a folder and those above it that do not exist, and makes their names durable.
///
/// # Errors
/// The error of the operating system.
pub fn create_folders(folder: impl AsRef<Path>) -> io::Result<()> {
    let folder = folder.as_ref();
    if folder.is_dir() {
        return Ok(());
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    above.map_or(Ok(()), create_folders)?;
    match fs::create_dir(folder) {
        // Another process was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        created => created?,
    }
    sync_folder(folder);
    Ok(())
}

fn remove(folder: &Path, lock: FileLock) {
    let mut has_others = false;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_file = entry.file_type().is_ok_and(|found| found.is_file());
        if is_file && entry.path().extension().is_some_and(|extension| extension == EXTENSION) {
            let _ = fs::remove_file(entry.path());
        } else {
            has_others |= entry.file_name() != LOCK;
        }
    }
    if has_others {
        return;
    }
    if cfg!(unix) {
        lock.remove();
    } else {
        drop(lock);
        let _ = fs::remove_file(folder.join(LOCK));
    }
    // Removed only if it is empty.
    let _ = fs::remove_dir(folder);
}
