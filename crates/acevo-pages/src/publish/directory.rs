//! Page files in a directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::target::{CounterOrder, Target, are_written};
use crate::error::Error;
use crate::page::PageKind;
use crate::source::{NEVER_BLOCK, PageDirectory, is_foreign, page_path};

/// The three files. The physics file is locked while this publisher exists, which excludes other publishers; the system releases the lock
/// when the process ends, however it ends. The lock is on a file of this user: another user can lock the directory, but not the file.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    pages: [Option<File>; 3],
}

impl Files {
    pub(super) fn create(directory: &Path) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(|error| Error::of_system(directory.display().to_string(), error))?;
        for page in PageKind::ALL {
            check_owner(&page_path(directory, page))?;
        }
        // A bridge does not lock its files.
        if PageDirectory::open(directory).is_ok_and(|pages| are_written(&pages)) {
            return Err(in_use(directory));
        }
        let mut files = Self { directory: directory.to_owned(), pages: [const { None }; 3] };
        // If one fails, dropping `files` removes those that were created before.
        for page in [PageKind::Physics, PageKind::Graphics, PageKind::Static] {
            let path = page_path(directory, page);
            let failed = |error| Error::of_system(path.display().to_string(), error);
            let file = if page == PageKind::Physics {
                claim(directory, &path)?
            } else {
                remove(&path)?;
                create(&path).map_err(failed)?
            };
            files.pages[page as usize].insert(file).set_len(page.size() as u64).map_err(failed)?;
        }
        Ok(files)
    }

    fn path(&self, page: PageKind) -> PathBuf {
        page_path(&self.directory, page)
    }
}

fn in_use(directory: &Path) -> Error {
    Error::AlreadyPublished { location: directory.display().to_string() }
}

/// Fails if a file of another user is at this path.
fn check_owner(path: &Path) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Ok(found) if is_foreign(found.uid()) => {
            Err(Error::ForeignPages { location: path.display().to_string(), owner: found.uid() })
        }
        _ => Ok(()),
    }
}

/// Creates the file that is locked. Of several publishers that start at the same time at most one succeeds: it holds the lock of the file
/// that has the name, and only the holder of that lock removes the file.
fn claim(directory: &Path, path: &Path) -> Result<File, Error> {
    let failed = |error| Error::of_system(path.display().to_string(), error);
    match Stale::find(path) {
        Ok(Stale::Nothing) => {}
        Ok(stale) => {
            remove(path)?;
            drop(stale);
        }
        Err(TryLockError::WouldBlock) => return Err(in_use(directory)),
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    let file = match create(path) {
        // Another publisher was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(in_use(directory)),
        file => file.map_err(failed)?,
    };
    match file.try_lock() {
        Ok(()) if is_at(&file, path) => Ok(file),
        // Another publisher has taken it for the file of one that was killed.
        Ok(()) | Err(TryLockError::WouldBlock) => Err(in_use(directory)),
        Err(TryLockError::Error(error)) => {
            // Best effort: the error of the lock is returned.
            let _ = fs::remove_file(path);
            Err(failed(error))
        }
    }
}

/// What a publisher finds in place of the file that it locks.
enum Stale {
    Nothing,
    /// The file of a publisher that was killed, locked so that no other publisher removes it.
    Locked {
        _file: File,
    },
    /// A link or anything else that cannot be locked.
    Obstacle,
}

impl Stale {
    fn find(path: &Path) -> Result<Self, TryLockError> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Nothing),
            Ok(found) if found.is_file() => {}
            _ => return Ok(Self::Obstacle),
        }
        let file = match OpenOptions::new().read(true).custom_flags(NEVER_BLOCK).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::Nothing),
            Err(_) => return Ok(Self::Obstacle),
        };
        file.try_lock()?;
        // Otherwise another publisher has replaced it meanwhile.
        if is_at(&file, path) { Ok(Self::Locked { _file: file }) } else { Err(TryLockError::WouldBlock) }
    }
}

/// True if this open file has the path.
fn is_at(file: &File, path: &Path) -> bool {
    let id = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let found = fs::symlink_metadata(path).map(id).ok();
    found.is_some() && found == file.metadata().map(id).ok()
}

/// Creates an empty file, which only this user can read. Links are not followed.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

/// Removes a file, or a link, that was left behind.
fn remove(path: &Path) -> Result<(), Error> {
    check_owner(path)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::of_system(path.display().to_string(), error))
        }
        _ => Ok(()),
    }
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
    /// Removes the files, unless they have been replaced by others. The locked file is the last one: until then no other publisher starts.
    fn drop(&mut self) {
        for page in [PageKind::Static, PageKind::Graphics, PageKind::Physics] {
            let path = self.path(page);
            if self.pages[page as usize].as_ref().is_some_and(|file| is_at(file, &path)) {
                // Best effort: `drop` cannot report errors, and the next publisher replaces the file.
                let _ = fs::remove_file(path);
            }
        }
    }
}
