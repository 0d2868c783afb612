//! Files of a table by their paths in the log, which any program may have written.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::LakeError;
use crate::data_file::EXTENSION;
use crate::log::FOLDER;

/// Maximum number of folders in each other.
const MAX_DEPTH: usize = 8;

/// The file of a decoded path. `None` for one that is not below the folder of the table: an address, or a path that leaves the folder.
pub(crate) fn file(table: &Path, path: &str) -> Option<PathBuf> {
    let is_plain = !path.contains([':', '\\', '\0'])
        && !path.is_empty()
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
    is_plain.then(|| table.join(path))
}

/// The data files below the folder of a table, also those that are not complete, by their paths in the log.
///
/// # Errors
/// [`LakeError::File`] if a folder cannot be read.
pub(crate) fn files(table: &Path) -> Result<Vec<(String, PathBuf)>, LakeError> {
    let mut found = Vec::new();
    search(table, "", 0, &mut found)?;
    Ok(found)
}

fn search(folder: &Path, path: &str, depth: usize, found: &mut Vec<(String, PathBuf)>) -> Result<(), LakeError> {
    let unreadable = |source| LakeError::file("read", folder, source);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with(['_', '.'])) else { continue };
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        // Links are not followed.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() && depth < MAX_DEPTH {
            search(&entry.path(), &path, depth + 1, found)?;
        } else if kind.is_file() && is_data(name) {
            found.push((path, entry.path()));
        }
    }
    Ok(())
}

/// True for complete data files, and those that are being written: `NAME.parquet.RANDOM.part`.
fn is_data(name: &str) -> bool {
    let extension = format!(".{EXTENSION}");
    name.ends_with(&extension) || (name.ends_with(".part") && name.contains(&extension))
}

/// Commits and checkpoints that were never completed, in the folder of a log.
///
/// # Errors
/// [`LakeError::File`] if the folder cannot be read.
pub(crate) fn pending_commits(table: &Path) -> Result<Vec<(String, PathBuf)>, LakeError> {
    let folder = table.join(FOLDER);
    let unreadable = |source| LakeError::file("read", &folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        if let Some(name) = name.to_str().filter(|name| name.ends_with(".part"))
            && entry.file_type().map_err(unreadable)?.is_file()
        {
            found.push((format!("{FOLDER}/{name}"), entry.path()));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_is_never_outside_of_the_table() {
        let table = Path::new("lake/laps");
        assert_eq!(file(table, "track=a/date=b/c.parquet"), Some(table.join("track=a/date=b/c.parquet")));
        for path in ["", "/etc/passwd", "../x", "a/../../x", "file:///x", "s3://b/x", "C:\\x", "a\0"] {
            assert_eq!(file(table, path), None, "{path:?}");
        }
    }
}
