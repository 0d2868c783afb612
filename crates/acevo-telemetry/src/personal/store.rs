//! The file of personal bests. A crash, another program or a version that cannot read it never loses anything in it.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use acevo_files::{FileLock, PendingFile, TooLarge, UserFolder, read_limited};

use super::bests::PersonalBests;
use super::error::{MAX_FILE_BYTES, PersonalError};
use super::file::{self, Unreadable};

/// Maximum time to wait for a lock that another program holds.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// Time between two attempts to get the lock.
const LOCK_RETRY: Duration = Duration::from_millis(5);

/// The file of personal bests.
///
/// The file is replaced as a whole: a crash leaves the old file or the new one. A file that this program cannot read is not
/// overwritten. Programs that run at the same time take turns (a lock on a file next to it), so that none loses the bests of another. On
/// a file system without locks, a program may lose its bests if another one writes within the same few milliseconds.
///
/// ```no_run
/// use acevo_telemetry::personal::{PersonalBests, PersonalStore};
///
/// let store = PersonalStore::new(PersonalStore::default_path().expect("a home directory"));
/// let mut bests = store.load()?;
/// // Drive laps: bests.offer(…).
/// bests = store.merge(&bests)?;
/// # Ok::<(), acevo_telemetry::personal::PersonalError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PersonalStore {
    path: PathBuf,
}

impl PersonalStore {
    /// The file at this path. The file and its directory need not exist yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// `$XDG_DATA_HOME/acevo/personal-bests.json` or the same in `~/.local/share`; on Windows in `%APPDATA%`. `None` if
    /// the environment has no such directory.
    pub fn default_path() -> Option<PathBuf> {
        Some(UserFolder::Data.path()?.join("personal-bests.json"))
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file. The result is empty if the file does not exist.
    ///
    /// # Errors
    /// Any [`PersonalError`] except `Busy`: reading needs no lock.
    pub fn load(&self) -> Result<PersonalBests, PersonalError> {
        let text = match read_limited(&self.path, MAX_FILE_BYTES) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(PersonalBests::default()),
            Err(error) if TooLarge::of(&error).is_some() => {
                return Err(PersonalError::TooLarge { path: self.path.clone() });
            }
            Err(source) => return Err(self.io(source)),
        };
        file::read(&text).map_err(|error| match error {
            Unreadable::Newer(version) => PersonalError::Newer { path: self.path.clone(), version },
            Unreadable::Other(source) => PersonalError::Broken { path: self.path.clone(), source },
        })
    }

    /// Merges personal bests into the file, which another program may have changed meanwhile, and returns the contents of the file. The
    /// file is not written if nothing in it becomes better. Waits up to 2 s for the lock, and for the disk.
    ///
    /// # Errors
    /// [`PersonalError`]. The file is unchanged, and the call can be repeated.
    pub fn merge(&self, new: &PersonalBests) -> Result<PersonalBests, PersonalError> {
        let directory = self.path.parent().filter(|directory| !directory.as_os_str().is_empty());
        if let Some(directory) = directory {
            fs::create_dir_all(directory).map_err(|source| PersonalError::Io { path: directory.into(), source })?;
        }
        let _lock = self.lock()?;
        let mut bests = self.load()?;
        let before = bests.clone();
        bests.merge(new);
        if !bests.has_same_entries(&before) {
            let text = file::write(&bests).map_err(|error| self.io(error.into()))?;
            if text.len() as u64 > MAX_FILE_BYTES {
                return Err(PersonalError::TooLarge { path: self.path.clone() });
            }
            self.replace(&text).map_err(|source| self.io(source))?;
        }
        Ok(bests)
    }

    /// Locks the file for this program. The lock ends when it is dropped, or with the program.
    fn lock(&self) -> Result<FileLock, PersonalError> {
        let path = self.beside("lock");
        let began = Instant::now();
        loop {
            match FileLock::try_acquire(&path) {
                Ok(Some(lock)) => return Ok(lock),
                Ok(None) if began.elapsed() > LOCK_TIMEOUT => return Err(PersonalError::Busy { path }),
                Ok(None) => thread::sleep(LOCK_RETRY),
                Err(source) => return Err(PersonalError::Io { path, source }),
            }
        }
    }

    /// Replaces the file by a complete one, so that a half-written file never has the name.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        // If the path is a link, its target is replaced.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let mut file = PendingFile::create(target)?;
        file.write_all(text)?;
        file.replace()
    }

    /// The path with an extension appended to its name.
    fn beside(&self, extension: &str) -> PathBuf {
        let mut path = OsString::from(&self.path);
        path.push(".");
        path.push(extension);
        path.into()
    }

    fn io(&self, source: io::Error) -> PersonalError {
        PersonalError::Io { path: self.path.clone(), source }
    }
}
