//! Which recordings are meant.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// What recordings are called.
const EXTENSION: &str = "acevo";

/// A recording.
pub(super) struct Input {
    pub(super) path: PathBuf,
    /// Its folder, below the one that was named.
    pub(super) below: PathBuf,
    pub(super) bytes: u64,
}

pub(super) struct Inputs {
    pub(super) recordings: Vec<Input>,
    /// The folders that were named.
    pub(super) folders: Vec<PathBuf>,
    /// Folders that cannot be read.
    pub(super) failures: Vec<anyhow::Error>,
}

impl Inputs {
    /// Files as they are named, and the recordings in folders and in the folders below, in the order of their names.
    pub(super) fn find(named: &[PathBuf]) -> anyhow::Result<Self> {
        let mut inputs = Self { recordings: Vec::new(), folders: Vec::new(), failures: Vec::new() };
        for path in named {
            if !path.is_dir() {
                inputs.add(path.clone(), PathBuf::new());
                continue;
            }
            let mut found = Vec::new();
            files_below(path, EXTENSION, &mut found, &mut inputs.failures);
            ensure!(
                !found.is_empty() || !inputs.failures.is_empty(),
                "there are no recordings (*.{EXTENSION}) in {}",
                path.display()
            );
            for file in found {
                let below = file.parent().and_then(|folder| folder.strip_prefix(path).ok()).unwrap_or(Path::new(""));
                inputs.add(file.clone(), below.to_owned());
            }
            inputs.folders.push(path.clone());
        }
        Ok(inputs)
    }

    fn add(&mut self, path: PathBuf, below: PathBuf) {
        let bytes = fs::metadata(&path).map_or(0, |metadata| metadata.len());
        self.recordings.push(Input { path, below, bytes });
    }

    pub(super) fn bytes(&self) -> u64 {
        self.recordings.iter().fold(0, |sum, input| sum.saturating_add(input.bytes))
    }
}

/// Files with this extension in a folder and those below, sorted. Links to folders are not followed: they may lead back.
pub(super) fn files_below(folder: &Path, extension: &str, found: &mut Vec<PathBuf>, failures: &mut Vec<anyhow::Error>) {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = match entries.with_context(|| format!("cannot read {}", folder.display())) {
        Ok(entries) => entries,
        Err(error) => return failures.push(error),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().is_ok_and(|ty| ty.is_dir()) {
            files_below(&path, extension, found, failures);
        } else if path.extension().is_some_and(|has| has == extension) && path.is_file() {
            found.push(path);
        }
    }
}
