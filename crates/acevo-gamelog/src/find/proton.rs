//! Proton and Wine on Linux.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use acevo_files::read_limited;

/// Bytes of an environment or of a list of libraries that are read at most.
const MAX_BYTES: u64 = 1 << 20;

/// The game's number in Steam.
#[cfg(not(windows))]
const GAME: &str = "3058630";

/// Folders of Steam in the home of a user.
#[cfg(not(windows))]
const STEAM: [&str; 3] = [".local/share/Steam", ".steam/steam", ".var/app/com.valvesoftware.Steam/.local/share/Steam"];

/// Libraries of a Steam that are read at most.
#[cfg(not(windows))]
const MAX_LIBRARIES: usize = 32;

/// The folder of Wine or Proton in which a process runs, from its environment: `STEAM_COMPAT_DATA_PATH`, `WINEPREFIX`, or `.wine` in its
/// home. `None` if the process cannot be read, the folder does not exist, or this is not Linux.
pub fn prefix_of_process(pid: u32) -> Option<PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let environment = read_limited(format!("/proc/{pid}/environ"), MAX_BYTES).ok()?;
    prefix_of(&environment).filter(|prefix| prefix.join("drive_c").is_dir())
}

/// The prefix that an environment names, in which entries end with a zero byte.
fn prefix_of(environment: &[u8]) -> Option<PathBuf> {
    let variable = |name: &str| {
        let mut entries = environment.split(|byte| *byte == 0);
        let value = entries.find_map(|entry| entry.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
        path(value).filter(|path| path.is_absolute())
    };
    let proton = variable("STEAM_COMPAT_DATA_PATH").map(|data| data.join("pfx"));
    proton.or_else(|| variable("WINEPREFIX")).or_else(|| variable("HOME").map(|home| home.join(".wine")))
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;

    Some(PathBuf::from(OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(OsStr::new(str::from_utf8(bytes).ok()?)))
}

/// The prefixes of the game in the libraries of the Steam in this home.
#[cfg(not(windows))]
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
#[cfg(not(windows))]
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
    fn prefix_of_follows_the_environment() {
        let of = |text: &str| prefix_of(text.replace(' ', "\0").as_bytes()).map(|path| path.display().to_string());
        let home = "HOME=/home/me";
        let wine = "WINEPREFIX=/games/wine";
        let proton = "STEAM_COMPAT_DATA_PATH=/steam/3058630";
        assert_eq!(of(&format!("A=1 {home} {wine} {proton} ")).unwrap(), "/steam/3058630/pfx");
        assert_eq!(of(&format!("{home} {wine}")).unwrap(), "/games/wine");
        assert_eq!(of(&format!("{home} WINEPREFIX=relative")).unwrap(), "/home/me/.wine");
        assert_eq!(of("XHOME=/home/me HOMEX=/home/me"), None);
        assert_eq!(of(""), None);
    }

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
