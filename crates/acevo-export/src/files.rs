//! Creates and publishes files, with errors that name them.

use std::io;
use std::path::Path;

use acevo_files::PendingFile;

use crate::ExportError;

/// Creates a file that has its name only when it is complete.
pub(crate) fn create(path: &Path) -> Result<PendingFile, ExportError> {
    PendingFile::create(path).map_err(|source| ExportError::create(path, source))
}

/// Completes a file and gives it its final name.
pub(crate) fn publish(file: PendingFile) -> Result<(), ExportError> {
    let path = file.path().to_owned();
    file.publish().map_err(|source| not_published(&path, source))
}

/// Completes a file and gives it its final name. A file of this name is replaced.
#[cfg(feature = "parquet")]
pub(crate) fn replace(file: PendingFile) -> Result<(), ExportError> {
    let path = file.path().to_owned();
    file.replace().map_err(|source| ExportError::write(&path, source))
}

/// An error of a file that is being written.
pub(crate) fn failed(file: &PendingFile, source: io::Error) -> ExportError {
    ExportError::write(file.path(), source)
}

/// An error of giving a file its final name.
pub(crate) fn not_published(path: &Path, source: io::Error) -> ExportError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => ExportError::Exists(path.to_owned()),
        _ => ExportError::write(path, source),
    }
}

/// Fails if there is a file that must not be overwritten.
pub(crate) fn check_new(path: &Path) -> Result<(), ExportError> {
    if path.symlink_metadata().is_ok() { Err(ExportError::Exists(path.to_owned())) } else { Ok(()) }
}
