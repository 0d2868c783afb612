//! Deleted recordings: they are moved into a folder beside them, from which they can be restored.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use acevo_files::rename_new;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::id::id_of;
use crate::notes::notes_path;
use crate::scan::text_of;
use crate::stamp::signed;
use crate::walk::{TRASH, deleted_ms};
use crate::{Library, LibraryError, store};

impl Library {
    /// Deletes the recording of a session, with all its sessions: the file and its notes are moved into the folder `trash` beside it.
    /// Returns an id for [`restore`](Self::restore).
    ///
    /// # Errors
    /// [`LibraryError::NotFound`]; [`LibraryError::File`] if the file cannot be moved; [`LibraryError::Database`].
    pub fn trash(&self, session: i64) -> Result<i64, LibraryError> {
        let _files = self.files();
        let path = self.file_of(session)?;
        let name = path.file_name().unwrap_or_default();
        let folder = new_folder(&path.with_file_name(TRASH))?;
        let to = folder.join(name);
        if let Err(error) = rename_new(&path, &to) {
            let _ = fs::remove_dir(&folder);
            return Err(LibraryError::file("move", &path, error));
        }
        // Without its notes a recording can be restored, too.
        let _ = rename_new(notes_path(&path), notes_path(&to));
        let (id, from) = (trash_id(&to)?, text_of(&path)?);
        self.change(|change| {
            store::forget(change, from)?;
            Ok(add(change, &to)?)
        })?;
        Ok(id)
    }

    /// Restores a deleted recording, and reads it again. Returns the ids of its sessions, which are those of before.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`]; [`LibraryError::Taken`] if another file has its name by now; [`LibraryError::File`];
    /// [`LibraryError::Database`].
    pub fn restore(&self, id: i64) -> Result<Vec<i64>, LibraryError> {
        let files = self.files();
        let deleted = self.read(|database| {
            let mut path = database.prepare_cached("SELECT path FROM trash WHERE id = ?1")?;
            Ok(path.query_row([id], |row| row.get::<_, String>(0)).optional()?)
        })?;
        let not_found = LibraryError::NotFound { what: "deleted recording", id };
        let Some(deleted) = deleted.map(PathBuf::from) else { return Err(not_found) };
        let Some(path) = original(&deleted) else { return Err(not_found) };
        // The notes come first: a scan that finds the recording finds them, too.
        let has_notes = rename_new(notes_path(&deleted), notes_path(&path)).is_ok();
        if let Err(error) = rename_new(&deleted, &path) {
            if has_notes {
                let _ = rename_new(notes_path(&path), notes_path(&deleted));
            }
            return Err(match error.kind() {
                io::ErrorKind::AlreadyExists => LibraryError::Taken(path),
                _ => LibraryError::file("move", &deleted, error),
            });
        }
        remove_folders(&deleted);
        self.change(|change| Ok(change.execute("DELETE FROM trash WHERE id = ?1", [id]).map(drop)?))?;
        drop(files);
        self.index_file(&path)
    }

    /// Removes recordings for good that were deleted more than `age` ago, in all folders that were scanned. Returns their number. A file
    /// that cannot be removed stays.
    ///
    /// # Errors
    /// [`LibraryError::Database`].
    pub fn empty_trash(&self, age: Duration) -> Result<usize, LibraryError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let before = signed(now.saturating_sub(age).as_micros().try_into().unwrap_or(u64::MAX));
        let old = self.read(|database| {
            let mut paths = database.prepare_cached("SELECT path FROM trash WHERE deleted_us < ?1")?;
            let paths = paths.query_map([before], |row| row.get::<_, String>(0))?;
            Ok(paths.collect::<rusqlite::Result<Vec<_>>>()?)
        })?;
        let mut removed = 0;
        for path in old {
            let file = Path::new(&path);
            // Only where `trash` has put it.
            if original(file).is_none() || fs::remove_file(file).is_err() {
                continue;
            }
            let _ = fs::remove_file(notes_path(file));
            remove_folders(file);
            self.change(|change| Ok(change.execute("DELETE FROM trash WHERE path = ?1", [&path]).map(drop)?))?;
            removed += 1;
        }
        Ok(removed)
    }
}

/// Takes the deleted recordings that a scan of folders has found.
pub(crate) fn note_deleted(
    connection: &Connection,
    found: &BTreeSet<PathBuf>,
    searched: &[PathBuf],
) -> rusqlite::Result<()> {
    let mut paths = connection.prepare_cached("SELECT path FROM trash")?;
    let known = paths.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<BTreeSet<_>>>()?;
    for path in &known {
        let file = Path::new(path);
        if searched.iter().any(|folder| file.starts_with(folder)) && !found.contains(file) {
            connection.execute("DELETE FROM trash WHERE path = ?1", [path])?;
        }
    }
    let is_new = |path: &&PathBuf| path.to_str().is_some_and(|path| !known.contains(path));
    found.iter().filter(is_new).try_for_each(|path| add(connection, path))
}

fn add(connection: &Connection, deleted: &Path) -> rusqlite::Result<()> {
    let ms = deleted.parent().and_then(deleted_ms);
    let (Ok(id), Some(path), Some(ms)) = (trash_id(deleted), deleted.to_str(), ms) else { return Ok(()) };
    let insert = "INSERT OR REPLACE INTO trash (id, path, deleted_us) VALUES (?1, ?2, ?3)";
    connection.execute(insert, params![id, path, signed(ms.saturating_mul(1000))]).map(drop)
}

fn trash_id(deleted: &Path) -> Result<i64, LibraryError> {
    Ok(id_of(&[b"trash", text_of(deleted)?.as_bytes()]))
}

/// Where a deleted recording was: `folder/NAME` for `folder/trash/TIME/NAME`.
fn original(deleted: &Path) -> Option<PathBuf> {
    let time = deleted.parent()?;
    let trash = time.parent()?;
    let is_ours = deleted_ms(time).is_some() && trash.file_name()? == TRASH;
    is_ours.then(|| trash.with_file_name(deleted.file_name().unwrap_or_default()))
}

/// A new folder in the trash, named after the time in milliseconds since 1970.
fn new_folder(trash: &Path) -> Result<PathBuf, LibraryError> {
    fs::create_dir_all(trash).map_err(|error| LibraryError::file("create", trash, error))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut time = now;
    loop {
        let folder = trash.join(time.to_string());
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => time += 1,
            created => {
                return created.map(|()| folder.clone()).map_err(|error| LibraryError::file("create", &folder, error));
            }
        }
    }
}

/// Removes the folders of a file in the trash, if they are empty.
fn remove_folders(deleted: &Path) {
    for folder in deleted.ancestors().skip(1).take(2) {
        let _ = fs::remove_dir(folder);
    }
}
