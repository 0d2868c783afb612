//! The folder for files that are not complete.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::ExportError;

/// The name of the folder. Readers of data sets ignore names that begin with an underscore.
const NAME: &str = "_temporary";

/// A folder that is removed on drop, with everything in it.
pub(super) struct Temporary {
    folder: PathBuf,
    /// Locked while files are written, so that no other process writes to the data set.
    lock: Option<File>,
    /// The folder of the data set if it was created here.
    created: Option<PathBuf>,
}

impl Temporary {
    pub(super) fn create(dataset: &Path) -> Result<Self, ExportError> {
        let (folder, is_new) = (dataset.join(NAME), !dataset.exists());
        let failed = |source| ExportError::create(&folder, source);
        fs::create_dir_all(&folder).map_err(failed)?;
        let lock = File::create(folder.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => return Err(ExportError::DatasetInUse(dataset.to_owned())),
            // Some file systems have no locks.
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        Ok(Self { folder, lock: Some(lock), created: is_new.then(|| dataset.to_owned()) })
    }

    /// The temporary file of a part. It does not have the extension of Parquet files, for which readers search every folder.
    pub(super) fn file(&self, number: u32) -> PathBuf {
        let file = self.folder.join(format!("{number}.incomplete"));
        // A process that was killed may have left one.
        let _ = fs::remove_file(&file);
        file
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Windows does not remove open files. Best effort: there is no way to report an error.
        self.lock = None;
        let _ = fs::remove_dir_all(&self.folder);
        if let Some(folder) = &self.created {
            // Only removed if it is empty.
            let _ = fs::remove_dir(folder);
        }
    }
}
