//! The prefix of a process.

use std::ffi::OsStr;
use std::path::PathBuf;

use acevo_files::read_limited;

/// Bytes of an environment that are read at most.
const MAX_BYTES: u64 = 1 << 20;

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
}
