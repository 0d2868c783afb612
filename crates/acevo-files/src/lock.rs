//! Locks between processes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::open::{is_at, open_own};

/// Number of attempts to lock a file that other processes remove at the same time.
const ATTEMPTS: usize = 100;

/// A lock on a file, which one process at a time can hold. It ends when it is dropped, or with the process.
///
/// The content of the file is never changed, and a link is not followed. On a file system without locks the file is opened, but excludes
/// no other process; see [`is_exclusive`](Self::is_exclusive).
///
/// ```
/// use acevo_files::FileLock;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("data.lock");
/// let lock = FileLock::try_acquire(&path)?.expect("nothing else holds it");
/// assert!(FileLock::try_acquire(&path)?.is_none());
/// drop(lock);
/// assert!(FileLock::try_acquire(&path)?.is_some());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct FileLock {
    file: File,
    path: PathBuf,
    is_exclusive: bool,
}

impl FileLock {
    /// Locks the file at this path, which is created if it does not exist. `None` if another process holds the lock. Does not wait.
    ///
    /// # Errors
    /// [`NotAFile`](crate::NotAFile) if the path is a link or leads to anything but a regular file; else the error of the operating system.
    pub fn try_acquire(path: impl Into<PathBuf>) -> io::Result<Option<Self>> {
        let path = path.into();
        for _ in 0..ATTEMPTS {
            let file = open(&path)?;
            match file.try_lock() {
                // The process that held it before may have removed it.
                Ok(()) if !is_at(&file, &path) => {}
                Ok(()) => return Ok(Some(Self { file, path, is_exclusive: true })),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) if is_unsupported(&error) => {
                    return Ok(Some(Self { file, path, is_exclusive: false }));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Err(io::Error::other("other processes remove it all the time"))
    }

    /// False if the file system has no locks.
    pub fn is_exclusive(&self) -> bool {
        self.is_exclusive
    }

    /// Releases the lock and removes its file if that is empty. On Windows the file stays: a process that opened it before would hold a lock
    /// on a file that is gone.
    pub fn remove(self) {
        let is_empty = self.file.metadata().is_ok_and(|metadata| metadata.len() == 0);
        if cfg!(unix) && self.is_exclusive && is_empty && is_at(&self.file, &self.path) {
            // Best effort: an empty file that stays does no harm.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    open_own(path, OpenOptions::new().read(true).write(true).create(true).truncate(false))
}

/// True for the errors of file systems without locks.
fn is_unsupported(error: &io::Error) -> bool {
    #[cfg(unix)]
    if rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::NOLCK) {
        return true;
    }
    error.kind() == io::ErrorKind::Unsupported
}
