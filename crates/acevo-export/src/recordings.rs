//! The recordings to export.

use std::fs;
use std::path::{Path, PathBuf};

use acevo_recording::Recording;

use crate::ExportError;

/// The extension of recordings.
pub(crate) const EXTENSION: &str = "acevo";

/// A recording to export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    /// Its folder, relative to the folder that was named.
    pub(crate) subfolder: PathBuf,
    pub(crate) bytes: u64,
}

impl Input {
    fn new(path: PathBuf, subfolder: PathBuf) -> Self {
        let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        Self { path, subfolder, bytes }
    }

    /// Opens the recording, to be read from its beginning to its end.
    pub(crate) fn open(&self) -> Result<Recording, ExportError> {
        let path = self.path.clone();
        Recording::open(&path).map(Recording::with_read_ahead).map_err(|source| match source.not_a_file() {
            Some(found) => ExportError::NotAFile { path, found },
            None => ExportError::Open { path, source },
        })
    }
}

/// The recordings to export: files, and folders that contain recordings.
#[derive(Debug, Default)]
pub struct Recordings {
    pub(crate) inputs: Vec<Input>,
    /// The folders that were named.
    pub(crate) folders: Vec<PathBuf>,
    /// Errors of folders that cannot be read.
    pub(crate) unreadable: Vec<ExportError>,
}

impl Recordings {
    /// A single recording.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { inputs: vec![Input::new(path.into(), PathBuf::new())], ..Self::default() }
    }

    /// Finds the recordings in these paths: files are taken as named, folders are searched for `*.acevo`, including their subfolders,
    /// in the order of the names. Folders named `trash` have deleted recordings and are left out. A subfolder that cannot be read does not stop the search; [`run`](crate::run) reports it.
    ///
    /// # Errors
    /// [`ExportError::NoRecordings`] for a folder without recordings.
    pub fn find(paths: &[PathBuf]) -> Result<Self, ExportError> {
        let mut recordings = Self::default();
        for path in paths {
            if !path.is_dir() {
                recordings.inputs.push(Input::new(path.clone(), PathBuf::new()));
                continue;
            }
            let mut found = Vec::new();
            find_files(path, EXTENSION, &mut found, &mut recordings.unreadable);
            if found.is_empty() && recordings.unreadable.is_empty() {
                return Err(ExportError::NoRecordings(path.clone()));
            }
            for file in found {
                let folder = file.parent().and_then(|folder| folder.strip_prefix(path).ok()).unwrap_or(Path::new(""));
                let folder = folder.to_owned();
                recordings.inputs.push(Input::new(file, folder));
            }
            recordings.folders.push(path.clone());
        }
        Ok(recordings)
    }

    /// Number of recordings.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    /// True if there are no recordings.
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Size of all recordings in bytes.
    pub fn bytes(&self) -> u64 {
        self.inputs.iter().fold(0, |sum, input| sum.saturating_add(input.bytes))
    }

    /// True if exactly one recording was named, and no folder.
    pub fn is_single(&self) -> bool {
        self.inputs.len() == 1 && self.folders.is_empty()
    }
}

/// The folder of deleted recordings, which is beside the others.
const TRASH: &str = "trash";

/// Finds the files with an extension in a folder and its subfolders, sorted by name, except for those of folders named `trash`. Links to
/// folders are not followed: they may form a loop.
pub fn find_files(folder: &Path, extension: &str, found: &mut Vec<PathBuf>, unreadable: &mut Vec<ExportError>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(source) => return unreadable.push(ExportError::read(folder, source)),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|ty| ty.is_dir()) {
            if entry.file_name() != TRASH {
                find_files(&path, extension, found, unreadable);
            }
        } else if path.extension().is_some_and(|has| has == extension) && path.is_file() {
            found.push(path);
        }
    }
}
