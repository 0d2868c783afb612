//! The libraries of Steam.

use std::path::{Path, PathBuf};

use acevo_files::read_limited;

/// Bytes of a list of libraries that are read at most.
const MAX_BYTES: u64 = 1 << 20;

/// The game's number in Steam.
const GAME: &str = "3058630";

/// Folders of Steam in the home of a user.
const STEAM: [&str; 3] = [".local/share/Steam", ".steam/steam", ".var/app/com.valvesoftware.Steam/.local/share/Steam"];

/// Libraries of a Steam that are read at most.
const MAX_LIBRARIES: usize = 32;

/// The prefixes of the game in the libraries of the Steam in this home.
pub(super) fn prefixes(home: &Path) -> Vec<PathBuf> {
    let mut prefixes = Vec::new();
    for steam in STEAM.map(|steam| home.join(steam)) {
        let list = read_limited(steam.join("steamapps/libraryfolders.vdf"), MAX_BYTES).unwrap_or_default();
        let others = libraries(&String::from_utf8_lossy(&list));
        for library in std::iter::once(steam).chain(others) {
            let prefix = library.join("steamapps/compatdata").join(GAME).join("pfx");
            if !prefixes.contains(&prefix) {
                prefixes.push(prefix);
            }
        }
    }
    prefixes
}

/// The libraries in `libraryfolders.vdf`: lines such as `"path"   "/games/Steam"`.
fn libraries(list: &str) -> Vec<PathBuf> {
    let paths = list.lines().filter_map(|line| {
        let value = line.trim().strip_prefix("\"path\"")?.trim().strip_prefix('"')?.strip_suffix('"')?;
        Some(PathBuf::from(value.replace(r"\\", r"\"))).filter(|path| path.is_absolute())
    });
    paths.take(MAX_LIBRARIES).collect()
}

// Whether a path is absolute depends on the system.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn prefixes_include_all_libraries() {
        let home = tempfile::tempdir().unwrap();
        let steam = home.path().join(".steam/steam/steamapps");
        std::fs::create_dir_all(&steam).unwrap();
        let list = "\"libraryfolders\"\n{\n\t\"0\"\n\t{\n\t\t\"path\"\t\t\"/games/Steam\"\n\t\t\"label\"\t\"\"\n\t\t\"path\" \"relative\"\n";
        std::fs::write(steam.join("libraryfolders.vdf"), list).unwrap();
        let found = prefixes(home.path());
        assert_eq!(found.len(), 4);
        assert!(found.contains(&PathBuf::from("/games/Steam/steamapps/compatdata/3058630/pfx")));
        assert!(found.contains(&home.path().join(".local/share/Steam/steamapps/compatdata/3058630/pfx")));
    }
}
