//! Notes, tags and titles of sessions: a file beside each recording that has some.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use acevo_files::{PendingFile, read_limited};
use serde::{Deserialize, Serialize};

use crate::LibraryError;

/// What comes after the name of the recording without `.acevo`.
const EXTENSION: &str = "notes.json";

/// Version of the format.
const VERSION: u32 = 1;

/// Maximum size of a file, bytes.
const MAX_BYTES: u64 = 1 << 20;

/// Maximum number of characters of a title, of a note, of a tag.
const MAX_TITLE: usize = 200;
const MAX_NOTE: usize = 20_000;
const MAX_TAG: usize = 60;

/// Maximum number of tags of a session.
const MAX_TAGS: usize = 32;

/// Notes of a session.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Notes {
    /// A name for the session, at most 200 characters; empty without.
    pub title: String,
    /// A text, at most 20,000 characters; empty without.
    pub note: String,
    /// Tags, at most 32 of at most 60 characters.
    pub tags: Vec<String>,
}

impl Notes {
    /// True if there is neither title nor note nor tag.
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.note.is_empty() && self.tags.is_empty()
    }

    /// The notes without blanks around texts, empty tags and tags that are there twice.
    ///
    /// # Errors
    /// [`LibraryError::NotesTooLong`].
    pub(crate) fn checked(self) -> Result<Self, LibraryError> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        let notes = Self { title: self.title.trim().to_owned(), note: self.note.trim().to_owned(), tags };
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        match () {
            () if is_long(&notes.title, MAX_TITLE) => {
                Err(LibraryError::NotesTooLong("a title has at most 200 characters"))
            }
            () if is_long(&notes.note, MAX_NOTE) => {
                Err(LibraryError::NotesTooLong("a note has at most 20,000 characters"))
            }
            () if notes.tags.len() > MAX_TAGS => Err(LibraryError::NotesTooLong("a session has at most 32 tags")),
            () if notes.tags.iter().any(|tag| is_long(tag, MAX_TAG)) => {
                Err(LibraryError::NotesTooLong("a tag has at most 60 characters"))
            }
            () => Ok(notes),
        }
    }
}

/// The file beside a recording: the notes of its sessions by their numbers.
#[derive(Debug, Default, Serialize, Deserialize)]
struct NotesFile {
    version: u32,
    sessions: BTreeMap<u32, Notes>,
}

/// The path of the notes of a recording: `evening.notes.json` for `evening.acevo`.
pub fn notes_path(recording: &Path) -> PathBuf {
    recording.with_extension(EXTENSION)
}

/// True if a recording has notes, tags or titles, or a file that may have some.
///
/// ```
/// assert!(!acevo_library::has_notes("no-such-file.acevo".as_ref()));
/// ```
pub fn has_notes(recording: &Path) -> bool {
    read(recording).map_or(true, |notes| notes.values().any(|notes| !notes.is_empty()))
}

/// The notes of a recording by the numbers of its sessions; none without a file.
pub(crate) fn read(recording: &Path) -> Result<BTreeMap<u32, Notes>, LibraryError> {
    let path = notes_path(recording);
    let bytes = match read_limited(&path, MAX_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(LibraryError::file("read", &path, error)),
    };
    let wrong = |reason: String| LibraryError::Notes { path: path.clone(), reason };
    let file: NotesFile = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    if file.version > VERSION {
        return Err(wrong(format!("version {} is newer than {VERSION}", file.version)));
    }
    file.sessions.into_iter().map(|(number, notes)| Ok((number, notes.checked()?))).collect()
}

/// Replaces the notes of a session of a recording. Without any notes the file is removed.
pub(crate) fn write(recording: &Path, session: u32, notes: Notes) -> Result<(), LibraryError> {
    let path = notes_path(recording);
    let mut sessions = read(recording)?;
    sessions.insert(session, notes);
    sessions.retain(|_, notes| !notes.is_empty());
    let cannot = |error: io::Error| LibraryError::file("write", &path, error);
    if sessions.is_empty() {
        return match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(cannot(error)),
            _ => Ok(()),
        };
    }
    let mut file = PendingFile::create(&path).map_err(cannot)?;
    let json = serde_json::to_vec_pretty(&NotesFile { version: VERSION, sessions }).unwrap_or_default();
    file.write_all(&json).and_then(|()| file.write_all(b"\n")).map_err(cannot)?;
    file.replace().map_err(cannot)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(title: &str, tags: &[&str]) -> Notes {
        Notes { title: title.into(), note: String::new(), tags: tags.iter().map(|tag| (*tag).into()).collect() }
    }

    #[test]
    fn write_keeps_notes_of_other_sessions_and_removes_an_empty_file() {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("evening.acevo");
        write(&recording, 1, notes("one", &["wet"])).unwrap();
        write(&recording, 2, notes("two", &[])).unwrap();
        assert!(folder.path().join("evening.notes.json").exists() && has_notes(&recording));
        let read_back = read(&recording).unwrap();
        assert_eq!((read_back[&1].clone(), read_back[&2].clone()), (notes("one", &["wet"]), notes("two", &[])));
        write(&recording, 1, Notes::default()).unwrap();
        write(&recording, 2, Notes::default()).unwrap();
        assert!(!folder.path().join("evening.notes.json").exists() && !has_notes(&recording));
    }

    #[test]
    fn files_that_are_not_understood_are_errors_and_stay() {
        let folder = tempfile::tempdir().unwrap();
        let recording = folder.path().join("a.acevo");
        let path = notes_path(&recording);
        for broken in ["", "{", "[1]", "{\"version\":2,\"sessions\":{}}", "{\"version\":1,\"sessions\":{\"x\":{}}}"] {
            fs::write(&path, broken).unwrap();
            assert!(read(&recording).is_err() && has_notes(&recording), "{broken}");
            assert!(write(&recording, 1, notes("mine", &[])).is_err());
            assert_eq!(fs::read_to_string(&path).unwrap(), broken);
        }
    }

    #[test]
    fn checked_trims_texts_and_refuses_long_ones() {
        let checked = notes("  title ", &[" wet ", "", "wet", "night"]).checked().unwrap();
        assert_eq!(checked, notes("title", &["wet", "night"]));
        let long = "x".repeat(201);
        let many: Vec<String> = (0..33).map(|tag| tag.to_string()).collect();
        for wrong in [
            notes(&long, &[]),
            notes("", &[&long]),
            Notes { note: "x".repeat(20_001), ..Notes::default() },
            Notes { tags: many, ..Notes::default() },
        ] {
            assert!(matches!(wrong.checked(), Err(LibraryError::NotesTooLong(_))));
        }
    }
}
