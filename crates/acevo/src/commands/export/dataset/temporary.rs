//! The folder for files that are not complete.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// Readers of data sets pass over names that begin so.
const NAME: &str = "_temporary";

/// It goes away with whatever is in it.
pub(super) struct Temporary {
    folder: PathBuf,
    /// Held as long as files are written; nobody else writes to the data set.
    lock: Option<File>,
    /// The data set's folder, where it is new.
    is_new: Option<PathBuf>,
}

impl Temporary {
    pub(super) fn create(dataset: &Path) -> anyhow::Result<Self> {
        let (folder, is_new) = (dataset.join(NAME), !dataset.exists());
        let cannot = || format!("cannot create {}", folder.display());
        fs::create_dir_all(&folder).with_context(cannot)?;
        let lock = File::create(folder.join("lock")).with_context(cannot)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("another export is at work in {}", dataset.display()),
            // Where files cannot be locked, nobody can tell.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let is_new = is_new.then(|| dataset.to_owned());
        Ok(Self { folder, lock: Some(lock), is_new })
    }

    /// The file of the part of this number. Its name is not that of a Parquet file: readers look for those in every folder.
    pub(super) fn file(&self, number: u32) -> PathBuf {
        self.folder.join(format!("{number}.incomplete"))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Windows does not remove what is open. Nobody is left to tell where it fails.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(folder) = &self.is_new {
            // Only where nothing has come into it.
            let _ = fs::remove_dir(folder);
        }
    }
}
