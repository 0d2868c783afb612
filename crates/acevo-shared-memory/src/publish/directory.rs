//! Page files in a directory.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::{CounterOrder, Target, moves};
use crate::error::Error;
use crate::page::PageKind;
use crate::source::PageDirectory;

/// The three files, and the lock that keeps other publishers away.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
    pages: [Option<File>; 3],
    /// Held as long as this publisher lives; the system frees it when the process ends in whatever way.
    _lock: File,
}

impl Files {
    pub(super) fn create(directory: &Path) -> Result<Self, Error> {
        fs::create_dir_all(directory).map_err(|error| Error::of_system(directory.display().to_string(), error))?;
        let lock = lock(directory)?;
        // A bridge knows nothing of our lock.
        if PageDirectory::open(directory).is_ok_and(|pages| moves(&pages)) {
            return Err(Error::AlreadyPublished { place: directory.display().to_string() });
        }
        let mut files = Self { directory: directory.to_owned(), pages: [const { None }; 3], _lock: lock };
        for page in PageKind::ALL {
            // Where one fails, dropping removes those before it.
            files.pages[page as usize] = Some(create_page(directory, page)?);
        }
        Ok(files)
    }

    fn path(&self, page: PageKind) -> PathBuf {
        self.directory.join(page.section_name())
    }
}

/// Takes the publisher's lock: on the directory itself, so that nothing of it stays behind.
fn lock(directory: &Path) -> Result<File, Error> {
    let place = || directory.display().to_string();
    let file = File::open(directory).map_err(|error| Error::of_system(place(), error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::AlreadyPublished { place: place() }),
        Err(TryLockError::Error(error)) => Err(Error::of_system(place(), error)),
    }
}

/// Makes a page's file anew: what a killed publisher left is removed, never written to, and links are not followed.
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
            // The kernel copies from the start to the end.
            CounterOrder::First => file.write_all_at(bytes, 0),
            CounterOrder::Last => file.write_all_at(rest, 4).and_then(|()| file.write_all_at(counter, 0)),
        };
        written.map_err(|error| Error::of_system(self.path(page).display().to_string(), error))
    }

    fn place(&self) -> String {
        format!("files in {}", self.directory.display())
    }
}

impl Drop for Files {
    /// Removes the files, unless somebody has put others in their place.
    fn drop(&mut self) {
        for page in PageKind::ALL {
            let path = self.path(page);
            let file = self.pages[page as usize].as_ref();
            let mine = file.and_then(|file| file.metadata().ok()).map(|file| (file.dev(), file.ino()));
            if mine.is_some() && mine == fs::symlink_metadata(&path).map(|file| (file.dev(), file.ino())).ok() {
                // Nobody can be told any more; a file left behind is replaced by the next publisher.
                let _ = fs::remove_file(path);
            }
        }
    }
}
