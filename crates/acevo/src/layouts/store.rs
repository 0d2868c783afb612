//! The files of layouts: `layouts/NAME.json` in the folder of settings. A broken file never affects the others.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use acevo_files::{NotAFile, PendingFile, TooLarge, UserFolder, read_limited};
use acevo_telemetry::clean_text;
use serde::Serialize;

use super::document::{Layout, MAX_BYTES};
use super::name::LayoutName;

/// Maximum number of layouts.
pub(super) const MAX_LAYOUTS: usize = 100;

/// Maximum number of names that are read from the folder. Others may have put many files there.
const MAX_FILES: usize = 1000;

const EXTENSION: &str = ".json";

/// A file in the folder of layouts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    /// The name of the file.
    file: String,
    /// The name of the layout; `None` if the file has no valid name.
    name: Option<String>,
    /// The number of variants; `None` if the file is broken.
    variants: Option<usize>,
    /// What is wrong with the file.
    error: Option<String>,
}

/// Why a layout cannot be read, saved or removed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The name is not possible.
    Name(String),
    /// There is no such layout.
    Absent,
    /// There is a layout with this name, or with one that differs only in its case.
    Taken(String),
    /// The file is broken. The text names file and field.
    Broken(String),
    /// There are too many layouts.
    Full,
    /// The system refuses.
    System(String),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::System(error.to_string())
    }
}

/// The layouts of the user. Changes by this program do not overlap.
#[derive(Debug)]
pub(crate) struct Layouts {
    folder: Option<PathBuf>,
    changing: Mutex<()>,
}

impl Layouts {
    /// The layouts in the folder of settings.
    pub(crate) fn of_user() -> Self {
        Self::new(UserFolder::Config.path().map(|folder| folder.join("layouts")))
    }

    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, changing: Mutex::new(()) }
    }

    fn change(&self) -> MutexGuard<'_, ()> {
        // The lock protects no data, so a panic of another thread broke nothing.
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folder(&self) -> Result<&PathBuf, Failure> {
        self.folder.as_ref().ok_or_else(|| Failure::System("the folder of settings is unknown".to_owned()))
    }

    /// The path of a layout, also if it does not exist.
    fn path(&self, name: &LayoutName) -> Result<PathBuf, Failure> {
        Ok(self.folder()?.join(format!("{}{EXTENSION}", name.as_str())))
    }

    /// The names of all layout files, sorted. Other files are not included.
    fn files(&self) -> Result<Vec<String>, Failure> {
        let Some(folder) = &self.folder else { return Ok(Vec::new()) };
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let mut names: Vec<_> = names.filter(|name| name.to_lowercase().ends_with(EXTENSION)).take(MAX_FILES).collect();
        names.sort();
        Ok(names)
    }

    /// The valid names of existing layouts.
    fn names(&self) -> Result<Vec<LayoutName>, Failure> {
        let stem = |file: &String| LayoutName::new(file.strip_suffix(EXTENSION)?).ok();
        Ok(self.files()?.iter().filter_map(stem).collect())
    }

    /// The existing layout with this name. A name that differs only in its case finds it, too.
    fn find(&self, name: &LayoutName) -> Result<LayoutName, Failure> {
        let names = self.names()?;
        let found = names.iter().find(|other| *other == name);
        let found = found.or_else(|| names.iter().find(|other| other.is_similar_to(name)));
        found.cloned().ok_or(Failure::Absent)
    }

    /// All files with their problems, sorted by name.
    ///
    /// # Errors
    /// If the folder cannot be read. A folder that does not exist is empty.
    pub(crate) fn list(&self) -> Result<Vec<Entry>, Failure> {
        let mut seen: Vec<LayoutName> = Vec::new();
        let mut entries = Vec::new();
        for file in self.files()? {
            let entry = self.entry(&file, &seen);
            seen.extend(file.strip_suffix(EXTENSION).and_then(|stem| LayoutName::new(stem).ok()));
            entries.push(entry);
        }
        Ok(entries)
    }

    fn entry(&self, file: &str, seen: &[LayoutName]) -> Entry {
        let shown = clean_text(file);
        let broken = |name: Option<&LayoutName>, error| Entry {
            file: shown.clone(),
            name: name.map(|name| name.as_str().to_owned()),
            variants: None,
            error: Some(error),
        };
        let Some(stem) = file.strip_suffix(EXTENSION) else {
            return broken(None, format!("{shown}: the extension is written “{EXTENSION}”"));
        };
        let name = match LayoutName::new(stem) {
            Ok(name) => name,
            Err(problem) => return broken(None, format!("{shown}: {problem}")),
        };
        if let Some(other) = seen.iter().find(|other| other.is_similar_to(&name)) {
            let same = format!("{shown}: “{}” differs only in upper and lower case", other.as_str());
            return broken(None, same);
        }
        match self.load(&name) {
            Ok(layout) => Entry {
                file: shown,
                name: Some(name.as_str().to_owned()),
                variants: Some(layout.variants()),
                error: None,
            },
            Err(Failure::Broken(problem) | Failure::System(problem)) => broken(Some(&name), problem),
            Err(_) => broken(Some(&name), format!("{shown}: the file is missing")),
        }
    }

    /// The layout with a name in any case.
    ///
    /// # Errors
    /// If the name is not possible, or there is no such file, or it is broken.
    pub(crate) fn read(&self, name: &str) -> Result<Layout, Failure> {
        let name = LayoutName::new(name).map_err(Failure::Name)?;
        self.load(&self.find(&name)?)
    }

    fn load(&self, name: &LayoutName) -> Result<Layout, Failure> {
        let file = format!("{}{EXTENSION}", name.as_str());
        let bytes = match read_limited(self.path(name)?, MAX_BYTES as u64) {
            Ok(bytes) => bytes,
            Err(error) if TooLarge::of(&error).is_some() || NotAFile::of(&error).is_some() => {
                return Err(Failure::Broken(format!("{file}: {error}")));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(Failure::Absent),
            Err(error) => return Err(Failure::System(format!("{file}: {error}"))),
        };
        Layout::read(&bytes).map_err(|problem| Failure::Broken(format!("{file}: {problem}")))
    }

    /// Saves a layout. The file of this name is replaced, unless `is_new`.
    ///
    /// # Errors
    /// If the name is not possible or taken, there are too many layouts, or the system refuses.
    pub(crate) fn save(&self, name: &str, layout: &Layout, is_new: bool) -> Result<(), Failure> {
        let name = LayoutName::new(name).map_err(Failure::Name)?;
        let _change = self.change();
        let names = self.names()?;
        match names.iter().find(|other| other.is_similar_to(&name)) {
            Some(other) if is_new || *other != name => return Err(Failure::Taken(other.as_str().to_owned())),
            None if names.len() >= MAX_LAYOUTS => return Err(Failure::Full),
            _ => {}
        }
        fs::create_dir_all(self.folder()?)?;
        let mut file = PendingFile::create(self.path(&name)?)?;
        file.write_all(layout.text().as_bytes())?;
        Ok(if is_new { file.publish() } else { file.replace() }?)
    }

    /// Removes a layout, also a broken one.
    ///
    /// # Errors
    /// If the name is not possible, there is no such file, or the system refuses.
    pub(crate) fn remove(&self, name: &str) -> Result<(), Failure> {
        let name = LayoutName::new(name).map_err(Failure::Name)?;
        let _change = self.change();
        Ok(fs::remove_file(self.path(&self.find(&name)?)?)?)
    }
}
