//! Page files in a directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::target::{CounterOrder, Target, are_written};
use crate::error::Error;
use crate::page::PageKind;
use crate::source::PageDirectory;

/// The three files, and the lock that excludes other publishers.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    pages: [Option<File>; 3],
    /// Held while this publisher exists. The system releases it when the process ends, however it ends.
    _lock: File,
}

impl Files {
    pub(super) fn create(directory: &Path) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(|error| Error::of_system(directory.display().to_string(), error))?;
        let lock = lock(directory)?;
        // A bridge does not take the lock.
        if PageDirectory::open(directory).is_ok_and(|pages| are_written(&pages)) {
            return Err(Error::AlreadyPublished { location: directory.display().to_string() });
        }
        let mut files = Self { directory: directory.to_owned(), pages: [const { None }; 3], _lock: lock };
        for page in PageKind::ALL {
            // If one fails, dropping `files` removes those that were created before.
            files.pages[page as usize] = Some(create_page(directory, page)?);
        }
        Ok(files)
    }

    fn path(&self, page: PageKind) -> PathBuf {
        self.directory.join(page.section_name())
    }
}

/// Takes the publisher's lock. The lock is on the directory itself, so it leaves no file behind.
fn lock(directory: &Path) -> Result<File, Error> {
    let location = || directory.display().to_string();
    let file = File::open(directory).map_err(|error| Error::of_system(location(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::AlreadyPublished { location: location() }),
        Err(TryLockError::Error(error)) => Err(Error::of_system(location(), error)),
    }
}

/// Creates a page's file. A file left behind by a killed publisher is removed, not written to, and links are not followed.
fn create_page(directory: &Path, page: PageKind) -> Result<File, Error> {
    let path = directory.join(page.section_name());
    let failed = |error| Error::of_system(path.display().to_string(), error);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    file.set_len(page.size() as u64).map_err(failed)?;
    Ok(file)
}

impl Target for Files {
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error> {
        let Some(file) = &self.pages[page as usize] else { return Ok(()) };
        let (counter, rest) = bytes.split_at(bytes.len().min(4));
        let written = match order {
            // The kernel copies from start to end.
            CounterOrder::First => file.write_all_at(bytes, 0),
            CounterOrder::Last => file.write_all_at(rest, 4).and_then(|()| file.write_all_at(counter, 0)),
        };
        written.map_err(|error| Error::of_system(self.path(page).display().to_string(), error))
    }

    fn location(&self) -> String {
        format!("files in {}", self.directory.display())
    }
}

impl Drop for Files {
    /// Removes the files, unless they have been replaced by others.
    fn drop(&mut self) {
        for page in PageKind::ALL {
            let path = self.path(page);
            let file = self.pages[page as usize].as_ref();
            let own = file.and_then(|file| file.metadata().ok()).map(|file| (file.dev(), file.ino()));
            if own.is_some() && own == fs::symlink_metadata(&path).map(|file| (file.dev(), file.ino())).ok() {
                // Best effort: `drop` cannot report errors, and the next publisher replaces the file.
                let _ = fs::remove_file(path);
            }
        }
    }
}
