//! What is in a data set already, as its files tell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acevo_export::Part;
use anyhow::bail;

use crate::commands::export::inputs::files_below;

/// Name and zero of a recording.
type Key = (String, u64);

pub(super) struct Existing(BTreeMap<Key, Vec<(PathBuf, Part)>>);

impl Existing {
    pub(super) fn find(folder: &Path) -> anyhow::Result<Self> {
        let (mut files, mut failures) = (Vec::new(), Vec::new());
        files_below(folder, "parquet", &mut files, &mut failures);
        if let Some(failure) = failures.pop() {
            // What cannot be seen would be exported once more.
            bail!(failure);
        }
        let mut existing = Self(BTreeMap::new());
        for path in files {
            // Files of others are none of our business, and nothing is written over them.
            if let Ok(Some(part)) = Part::read(&path) {
                existing.add(path, part);
            }
        }
        Ok(existing)
    }

    pub(super) fn add(&mut self, path: PathBuf, part: Part) {
        self.0.entry(key(&part)).or_default().push((path, part));
    }

    /// True where all files were made of the same rows and columns.
    pub(super) fn agrees(&self, selection: &str) -> bool {
        self.0.values().flatten().all(|(_, part)| part.selection == selection)
    }

    /// True where every part of this recording is there, as long as it is now; a copy that is shorter is no news.
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

    /// True for a file that is part of this recording.
    pub(super) fn is_of(&self, path: &Path, part: &Part) -> bool {
        self.0.get(&key(part)).is_some_and(|parts| parts.iter().any(|(known, _)| known == path))
    }

    /// Forgets the files of this recording.
    pub(super) fn take(&mut self, part: &Part) -> Vec<PathBuf> {
        self.0.remove(&key(part)).unwrap_or_default().into_iter().map(|(path, _)| path).collect()
    }
}

fn key(part: &Part) -> Key {
    (part.recording.clone(), part.unix_us)
}
