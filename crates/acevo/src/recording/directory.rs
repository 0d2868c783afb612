//! The directory of recordings.

use std::fs::{self, OpenOptions};
use std::path::Path;

use anyhow::Context;

use crate::output::name_of;

/// Creates the directory if it does not exist.
pub(crate) fn create_directory(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory).with_context(|| format!("cannot create the directory {}", name_of(directory)))
}

/// Checks that files can be created in the directory, by creating one and removing it. Called before the game is waited for.
pub(crate) fn check_directory(directory: &Path) -> anyhow::Result<()> {
    create_directory(directory)?;
    let path = directory.join(format!(".acevo-{}", std::process::id()));
    let created = OpenOptions::new().write(true).create_new(true).open(&path);
    let removed = created.and_then(|file| {
        drop(file);
        fs::remove_file(&path)
    });
    removed.with_context(|| format!("cannot create files in {}", name_of(directory)))
}
