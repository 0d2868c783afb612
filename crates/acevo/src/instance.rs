//! The running background program: one per user. Others find it by its file, and a lock decides which one may run.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use acevo_files::{FileLock, PendingFile, UserFolder, read_limited};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::output::name_of;

/// Names of the lock and of the file in the folder of state.
const LOCK: &str = "run.lock";
const FILE: &str = "run.json";

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 16 * 1024;

/// What others have to know about the running program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InstanceInfo {
    /// Its process id.
    pub(crate) pid: u32,
    /// Its version.
    pub(crate) version: String,
    /// The port of its web server on this computer; `None` if the server does not run.
    pub(crate) port: Option<u16>,
    /// Why the server does not run.
    #[serde(default)]
    pub(crate) problem: Option<String>,
}

impl InstanceInfo {
    /// This process, with this port or this problem.
    pub(crate) fn of_this_process(server: Result<u16, &str>) -> Self {
        let (port, problem) = match server {
            Ok(port) => (Some(port), None),
            Err(problem) => (None, Some(problem.to_owned())),
        };
        Self { pid: std::process::id(), version: env!("CARGO_PKG_VERSION").into(), port, problem }
    }

    /// The address of the page, if there is one.
    pub(crate) fn address(&self) -> Option<String> {
        Some(format!("http://127.0.0.1:{}/", self.port?))
    }
}

/// The right to be the running program. It ends when this is dropped, or with the process.
#[derive(Debug)]
pub(crate) struct Instance {
    folder: PathBuf,
    _lock: FileLock,
}

/// The result of an attempt to become the running program.
#[derive(Debug)]
pub(crate) enum Claim {
    /// No other one runs.
    Granted(Instance),
    /// Another one runs. `None` if it has not published its address yet.
    Taken(Option<InstanceInfo>),
}

impl Instance {
    /// Claims to be the running program of this user.
    ///
    /// # Errors
    /// If there is no folder for the lock, or it cannot be written.
    pub(crate) fn claim() -> anyhow::Result<Claim> {
        let Some(folder) = UserFolder::State.path() else {
            bail!("there is no folder to note which acevo runs: set HOME or XDG_STATE_HOME");
        };
        fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {}", name_of(&folder)))?;
        let path = folder.join(LOCK);
        let lock = FileLock::try_acquire(&path).with_context(|| format!("cannot lock {}", name_of(&path)))?;
        Ok(match lock {
            Some(lock) => Claim::Granted(Self { folder, _lock: lock }),
            None => Claim::Taken(read(&folder.join(FILE))?),
        })
    }

    /// Publishes the address.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn publish(&self, info: &InstanceInfo) -> anyhow::Result<()> {
        let path = self.folder.join(FILE);
        let write = || -> io::Result<()> {
            let mut file = PendingFile::create(&path)?;
            file.write_all(&serde_json::to_vec(info)?)?;
            file.replace()
        };
        write().with_context(|| format!("cannot write {}", name_of(&path)))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // The lock is still held: this is our own file. If it stays, the lock shows that it is not valid.
        let _ = fs::remove_file(self.folder.join(FILE));
    }
}

/// The running program of this user, if there is one.
///
/// # Errors
/// If its file cannot be read.
pub(crate) fn running() -> anyhow::Result<Option<InstanceInfo>> {
    let Some(folder) = UserFolder::State.path() else { return Ok(None) };
    let path = folder.join(LOCK);
    if path.symlink_metadata().is_err() {
        return Ok(None);
    }
    match FileLock::try_acquire(&path) {
        Ok(None) => read(&folder.join(FILE)),
        Ok(Some(lock)) if lock.is_exclusive() => Ok(None),
        // A file system without locks: the file decides.
        Ok(Some(_)) => read(&folder.join(FILE)),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", name_of(&path))),
    }
}

fn read(path: &std::path::Path) -> anyhow::Result<Option<InstanceInfo>> {
    match read_limited(path, MAX_BYTES) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", name_of(path))),
    }
}
