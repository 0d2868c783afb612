//! Files that exist only when they are complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::ExportError;

/// A file that is written under a temporary name next to its final one, and removed on drop unless it was published.
#[derive(Debug)]
pub struct PendingFile {
    out: BufWriter<File>,
    path: PathBuf,
    temporary: PathBuf,
    is_published: bool,
}

impl PendingFile {
    /// Creates the temporary file: the name with `.part` appended.
    ///
    /// # Errors
    /// [`ExportError::Create`].
    pub fn create(path: &Path) -> Result<Self, ExportError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let temporary = path.with_file_name(name);
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&temporary);
        let file = file.map_err(|source| ExportError::create(&temporary, source))?;
        let out = BufWriter::with_capacity(1 << 16, file);
        Ok(Self { out, path: path.to_owned(), temporary, is_published: false })
    }

    /// A handle to the temporary file, for a writer that takes a [`File`]. Do not mix it with writing to `self`.
    ///
    /// # Errors
    /// [`ExportError::Create`] if the operating system has no handle left.
    pub fn file(&self) -> Result<File, ExportError> {
        self.out.get_ref().try_clone().map_err(|source| ExportError::create(&self.temporary, source))
    }

    /// An error of this file.
    pub(crate) fn failed(&self, source: io::Error) -> ExportError {
        ExportError::write(&self.path, source)
    }

    /// The file for reading from a position. Everything written so far can be read.
    pub(crate) fn read_at(&mut self, position: u64) -> io::Result<&mut File> {
        self.out.flush()?;
        let file = self.out.get_mut();
        file.seek(SeekFrom::Start(position))?;
        Ok(file)
    }

    /// Flushes everything to the disk, under the temporary name.
    ///
    /// # Errors
    /// [`ExportError::Write`].
    pub fn complete(&mut self) -> Result<(), ExportError> {
        let done = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        done.map_err(|source| self.failed(source))
    }

    /// Gives a [complete](Self::complete) file its final name.
    ///
    /// # Errors
    /// [`ExportError::Exists`] if a file has this name by now, [`ExportError::Write`] if the file cannot be renamed.
    pub fn publish(mut self) -> Result<(), ExportError> {
        check_new(&self.path)?;
        fs::rename(&self.temporary, &self.path).map_err(|source| self.failed(source))?;
        self.is_published = true;
        Ok(())
    }
}

impl Write for PendingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for PendingFile {
    fn drop(&mut self) {
        if !self.is_published {
            // Best effort: there is no way to report an error.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Fails if there is a file that must not be overwritten.
pub(crate) fn check_new(path: &Path) -> Result<(), ExportError> {
    if path.symlink_metadata().is_ok() { Err(ExportError::Exists(path.to_owned())) } else { Ok(()) }
}
