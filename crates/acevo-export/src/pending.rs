//! Files that exist only when they are complete.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::ExportError;

/// A file that is written under a temporary name beside its own, and removed where it is not completed.
#[derive(Debug)]
pub(super) struct PendingFile {
    out: BufWriter<File>,
    path: PathBuf,
    temporary: PathBuf,
    is_published: bool,
}

impl PendingFile {
    /// Creates the temporary file: the name with `.part` behind it.
    pub(super) fn create(path: &Path) -> Result<Self, ExportError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let temporary = path.with_file_name(name);
        let file = File::options().read(true).write(true).create(true).truncate(true).open(&temporary);
        let file = file.map_err(|source| ExportError::Io { path: temporary.clone(), source })?;
        let out = BufWriter::with_capacity(1 << 16, file);
        Ok(Self { out, path: path.to_owned(), temporary, is_published: false })
    }

    /// An error of this file.
    pub(super) fn failed(&self, source: io::Error) -> ExportError {
        ExportError::Io { path: self.path.clone(), source }
    }

    /// The file for reading at a position; what was written is in it.
    pub(super) fn read_at(&mut self, position: u64) -> io::Result<&mut File> {
        self.out.flush()?;
        let file = self.out.get_mut();
        file.seek(SeekFrom::Start(position))?;
        Ok(file)
    }

    /// Hands everything to the disk, while the file still has its temporary name.
    pub(super) fn complete(&mut self) -> Result<(), ExportError> {
        let done = self.out.flush().and_then(|()| self.out.get_ref().sync_all());
        done.map_err(|source| self.failed(source))
    }

    /// Gives a [complete](Self::complete) file its name.
    pub(super) fn publish(mut self) -> Result<(), ExportError> {
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
            // Nobody is left to tell.
            let _ = fs::remove_file(&self.temporary);
        }
    }
}
