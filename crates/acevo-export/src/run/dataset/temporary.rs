//! The folder for files that are not complete.

use std::fs;
use std::path::{Path, PathBuf};

use acevo_files::{FileLock, PendingFolder, remove_abandoned};

use crate::ExportError;

/// The lock of a data set, which one export at a time holds. Readers of data sets ignore names that begin with an underscore.
const LOCK: &str = "_acevo.lock";

/// The beginning of the name of the folder. The rest is random, so that a folder of another program is never used.
const PREFIX: &str = "_acevo-";

/// A folder that is removed on drop, with everything in it, and the lock of the data set.
pub(super) struct Temporary {
    // Removed before the data set is released.
    folder: PendingFolder,
    _claim: Claim,
}

impl Temporary {
    pub(super) fn create(dataset: &Path) -> Result<Self, ExportError> {
        let claim = Claim::of(dataset)?;
        remove_abandoned(dataset, PREFIX);
        let folder = PendingFolder::create_in(dataset, PREFIX);
        let folder = folder.map_err(|source| ExportError::create(&dataset.join(PREFIX), source))?;
        Ok(Self { folder, _claim: claim })
    }

    /// The temporary file of a part. It does not have the extension of Parquet files, for which readers search every folder.
    pub(super) fn file(&self, number: u32) -> PathBuf {
        self.folder.file(&number.to_string())
    }
}

/// A data set to which only this export writes.
struct Claim {
    /// `None` once it is released.
    lock: Option<FileLock>,
    /// The folder of the data set if it was created here.
    created: Option<PathBuf>,
}

impl Claim {
    fn of(dataset: &Path) -> Result<Self, ExportError> {
        let created = (!dataset.exists()).then(|| dataset.to_owned());
        fs::create_dir_all(dataset).map_err(|source| ExportError::create(dataset, source))?;
        let path = dataset.join(LOCK);
        let lock = FileLock::try_acquire(&path).map_err(|source| ExportError::create(&path, source))?;
        let lock = lock.ok_or_else(|| ExportError::DatasetInUse(dataset.to_owned()))?;
        Ok(Self { lock: Some(lock), created })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take() {
            lock.remove();
        }
        if let Some(folder) = &self.created {
            // Only removed if it is empty.
            let _ = fs::remove_dir(folder);
        }
    }
}
