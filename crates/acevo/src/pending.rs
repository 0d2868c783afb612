//! Files that come into being under a temporary name.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::output::check_new;

/// A file under a temporary name, which is removed unless it becomes complete.
pub(crate) struct Pending {
    temporary: PathBuf,
    path: PathBuf,
}

impl Pending {
    pub(crate) fn create(path: &Path) -> anyhow::Result<Self> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        Ok(Self { temporary: path.with_file_name(name), path: path.into() })
    }

    pub(crate) fn open(&self) -> anyhow::Result<File> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(&self.temporary);
        file.with_context(|| format!("cannot create {}", self.temporary.display()))
    }

    pub(crate) fn complete(self) -> anyhow::Result<()> {
        check_new(&self.path)?;
        fs::rename(&self.temporary, &self.path).with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        // Gone already where it is complete.
        let _ = fs::remove_file(&self.temporary);
    }
}
