//! Finds recordings in folders.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::LibraryError;

/// The extension of recordings.
pub(crate) const EXTENSION: &str = "acevo";

/// The folder of deleted recordings, beside those that are not deleted.
pub(crate) const TRASH: &str = "trash";

/// Maximum number of folders in each other.
const MAX_DEPTH: usize = 32;

/// The files that were found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Recordings, sorted by path.
    pub(crate) recordings: BTreeSet<PathBuf>,
    /// Deleted recordings.
    pub(crate) deleted: BTreeSet<PathBuf>,
    /// Folders that cannot be read.
    pub(crate) problems: Vec<LibraryError>,
}

impl Found {
    /// Searches a folder and its subfolders. Links to folders are not followed: they may form a loop.
    pub(crate) fn search(&mut self, folder: &Path) {
        self.search_folder(folder, 0);
    }

    fn search_folder(&mut self, folder: &Path, depth: usize) {
        for path in self.entries(folder) {
            if path.is_dir() && !path.is_symlink() {
                match path.file_name() {
                    Some(name) if name == TRASH => self.search_trash(&path),
                    _ if depth < MAX_DEPTH => self.search_folder(&path, depth + 1),
                    _ => {}
                }
            } else if is_recording(&path) {
                self.recordings.insert(path);
            }
        }
    }

    /// Each deleted recording has a folder of its own, named after the time.
    fn search_trash(&mut self, trash: &Path) {
        for folder in self.entries(trash).into_iter().filter(|path| path.is_dir() && !path.is_symlink()) {
            if deleted_ms(&folder).is_some() {
                let files = self.entries(&folder);
                self.deleted.extend(files.into_iter().filter(|path| is_recording(path)));
            }
        }
    }

    fn entries(&mut self, folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
        entries.unwrap_or_else(|error| {
            self.problems.push(LibraryError::file("read", folder, error));
            Vec::new()
        })
    }
}

fn is_recording(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION) && path.is_file()
}

/// When a recording in this folder of the trash was deleted, milliseconds since 1970.
pub(crate) fn deleted_ms(folder: &Path) -> Option<u64> {
    folder.file_name()?.to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}
