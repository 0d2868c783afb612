//! The files of a data set, identified by their metadata.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::recordings::find_files;
use crate::{ExportError, Part};

/// Name of a recording, and its start in microseconds since 1970.
type Key = (String, u64);

#[derive(Default)]
pub(super) struct Existing(BTreeMap<Key, Vec<(PathBuf, Part)>>);

impl Existing {
    pub(super) fn find(folder: &Path) -> Result<Self, ExportError> {
        let (mut files, mut unreadable) = (Vec::new(), Vec::new());
        find_files(folder, "parquet", &mut files, &mut unreadable);
        if let Some(error) = unreadable.pop() {
            // Parts in a folder that cannot be read would be exported twice.
            return Err(error);
        }
        let mut existing = Self(BTreeMap::new());
        for path in files {
            // Other files are ignored, and never overwritten.
            if let Ok(Some(part)) = Part::read(&path) {
                existing.add(path, part);
            }
        }
        Ok(existing)
    }

    pub(super) fn add(&mut self, path: PathBuf, part: Part) {
        self.0.entry(key(&part)).or_default().push((path, part));
    }

    /// True if all files have these rows and columns.
    pub(super) fn agrees(&self, selection: &str) -> bool {
        self.0.values().flatten().all(|(_, part)| part.selection == selection)
    }

    /// True if every part of this recording exists and the recording has not grown since.
    pub(super) fn has_all_of(&self, part: &Part) -> bool {
        let parts = self.0.get(&key(part)).map_or(&[][..], Vec::as_slice);
        let has = |number| parts.iter().any(|(_, part)| part.number == number);
        parts.first().is_some_and(|(_, first)| {
            let is_current = |other: &Part| other.of == first.of && other.bytes >= part.bytes;
            parts.iter().all(|(_, part)| is_current(part))
                && parts.len() == first.of as usize
                && (1..=first.of).all(has)
        })
    }

    /// True if the file with this number of a recording exists and the recording has not grown since.
    pub(super) fn has(&self, part: &Part, number: u32) -> bool {
        self.parts_of(part).any(|known| known.number == number && known.bytes >= part.bytes)
    }

    /// The parts of a recording.
    pub(super) fn parts_of(&self, part: &Part) -> impl Iterator<Item = &Part> {
        self.0.get(&key(part)).into_iter().flatten().map(|(_, part)| part)
    }

    /// True for a file that is part of this recording.
    pub(super) fn is_of(&self, path: &Path, part: &Part) -> bool {
        self.0.get(&key(part)).is_some_and(|parts| parts.iter().any(|(known, _)| known == path))
    }

    /// Removes this recording from the list and returns its files.
    pub(super) fn take(&mut self, part: &Part) -> Vec<PathBuf> {
        self.0.remove(&key(part)).unwrap_or_default().into_iter().map(|(path, _)| path).collect()
    }
}

fn key(part: &Part) -> Key {
    (part.recording.clone(), part.unix_us)
}
