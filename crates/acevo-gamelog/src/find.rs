//! Finding logs on this computer.

mod process;
#[cfg(not(windows))]
mod steam;

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

pub use self::process::prefix_of_process;

/// Entries of a folder that are read at most.
const MAX_ENTRIES: usize = 4096;

/// Folders of logs in the folder of a user.
const IN_USER_FOLDER: [&[&str]; 3] =
    [&["Saved Games", "ACE", "Logs"], &["Documents", "ACE", "Logs"], &["Saved Games", "ACE-Server"]];

/// Folders in which [`candidates`] looks for logs.
///
/// ```
/// use acevo_gamelog::{Places, candidates};
///
/// let places = Places::none().with_folder("logs").with_prefix("/games/prefix");
/// assert!(candidates(&places).is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// Folders that have logs.
    folders: Vec<PathBuf>,
    /// Folders of Wine, with `drive_c` in them.
    prefixes: Vec<PathBuf>,
}

impl Places {
    /// No folder.
    pub fn none() -> Self {
        Self::default()
    }

    /// The folders in which the game and its server write on this computer: on Windows those of this user, on Linux those of Proton in the
    /// libraries of Steam.
    pub fn of_this_computer() -> Self {
        #[cfg(windows)]
        {
            use known_folders::{KnownFolder, get_known_folder_path};

            let mut places = Self::none();
            if let Some(games) = get_known_folder_path(KnownFolder::SavedGames) {
                places.folders.extend([games.join("ACE").join("Logs"), games.join("ACE-Server")]);
            }
            if let Some(documents) = get_known_folder_path(KnownFolder::Documents) {
                places.folders.push(documents.join("ACE").join("Logs"));
            }
            places
        }
        #[cfg(not(windows))]
        {
            let home = std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute());
            Self { folders: Vec::new(), prefixes: home.map(|home| steam::prefixes(&home)).unwrap_or_default() }
        }
    }

    /// Also a folder with logs in it.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// Also a prefix of Wine or Proton: the folder that has `drive_c`.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<PathBuf>) -> Self {
        self.prefixes.push(prefix.into());
        self
    }

    /// Also the prefix in which this process runs, if [`prefix_of_process`] finds it.
    #[must_use]
    pub fn with_process(mut self, pid: u32) -> Self {
        self.prefixes.extend(prefix_of_process(pid));
        self
    }

    /// The folders with logs.
    fn log_folders(&self) -> Vec<PathBuf> {
        let users = self.prefixes.iter().flat_map(|prefix| entries(&prefix.join("drive_c").join("users")));
        let in_users = users
            .flat_map(|user| IN_USER_FOLDER.map(|parts| parts.iter().fold(user.path(), |path, part| path.join(part))));
        self.folders.iter().cloned().chain(in_users).collect()
    }
}

/// Logs of the game and of its server in these places, the last modified first. Folders that are missing or cannot be read have none.
pub fn candidates(places: &Places) -> Vec<PathBuf> {
    let mut logs: Vec<_> = places.log_folders().iter().flat_map(|folder| logs_in(folder)).collect();
    // Ties are decided by name: newer games have greater names.
    logs.sort_by(|a, b| b.cmp(a));
    let mut found: Vec<PathBuf> = Vec::new();
    let mut real = std::collections::HashSet::new();
    for (_, path) in logs {
        // Libraries are often linked to from several places.
        if real.insert(fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
            found.push(path);
        }
    }
    found
}

/// True for the names of logs of the game: `log.txt`, `log-260501-200000.txt`.
pub(crate) fn is_game_log(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    name == "log.txt" || (name.starts_with("log-") && name.ends_with(".txt"))
}

fn is_server_log(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.eq_ignore_ascii_case("Assetto Corsa EVO Server.txt"))
}

/// Logs in a folder and when they were modified, in any order.
fn logs_in(folder: &Path) -> Vec<(SystemTime, PathBuf)> {
    entries(folder).filter_map(|entry| modified(entry.path())).collect()
}

/// The log of the game in this folder that was modified last.
pub(crate) fn newest_game_log(folder: &Path) -> Option<(SystemTime, PathBuf)> {
    logs_in(folder).into_iter().filter(|(_, path)| is_game_log(path)).max()
}

fn modified(path: PathBuf) -> Option<(SystemTime, PathBuf)> {
    if !is_game_log(&path) && !is_server_log(&path) {
        return None;
    }
    let metadata = fs::metadata(&path).ok()?;
    metadata.is_file().then(|| Some((metadata.modified().ok()?, path)))?
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    fs::read_dir(folder).into_iter().flatten().take(MAX_ENTRIES).filter_map(io::Result::ok)
}
