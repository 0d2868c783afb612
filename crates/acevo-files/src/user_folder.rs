//! Folders of the user for settings, data and state.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// A folder of the user for a kind of files. acevo's folders of all systems but Windows follow the XDG Base Directory Specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserFolder {
    /// Settings: `$XDG_CONFIG_HOME` or `~/.config`; on Windows `%APPDATA%`.
    Config,
    /// Data that the user wants to keep: `$XDG_DATA_HOME` or `~/.local/share`; on Windows `%APPDATA%`.
    Data,
    /// State that may be lost, such as a log: `$XDG_STATE_HOME` or `~/.local/state`; on Windows `%LOCALAPPDATA%`.
    State,
}

impl UserFolder {
    /// The folder `acevo` in it, which need not exist. `None` if the environment names no such folder; relative paths are ignored.
    pub fn path(self) -> Option<PathBuf> {
        self.find(|name| env::var_os(name), cfg!(windows))
    }

    fn find(self, variable: impl Fn(&str) -> Option<OsString>, windows: bool) -> Option<PathBuf> {
        let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = if windows {
            absolute(if self == Self::State { "LOCALAPPDATA" } else { "APPDATA" })
        } else {
            let (name, in_home) = match self {
                Self::Config => ("XDG_CONFIG_HOME", ".config"),
                Self::Data => ("XDG_DATA_HOME", ".local/share"),
                Self::State => ("XDG_STATE_HOME", ".local/state"),
            };
            absolute(name).or_else(|| absolute("HOME").map(|home| home.join(in_home)))
        };
        Some(folder?.join("acevo"))
    }
}

// Whether a path is absolute depends on the system.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn path_follows_the_environment() {
        let path = |folder: UserFolder, variables: &[(&str, &str)], windows| {
            let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into());
            folder.find(variable, windows).map(|path| path.display().to_string())
        };
        let home = ("HOME", "/home/me");
        for (folder, name, in_home) in [
            (UserFolder::Config, "XDG_CONFIG_HOME", ".config"),
            (UserFolder::Data, "XDG_DATA_HOME", ".local/share"),
            (UserFolder::State, "XDG_STATE_HOME", ".local/state"),
        ] {
            let default = format!("/home/me/{in_home}/acevo");
            assert_eq!(path(folder, &[home, (name, "/own")], false).unwrap(), "/own/acevo");
            assert_eq!(path(folder, &[home], false).unwrap(), default);
            assert_eq!(path(folder, &[home, (name, "relative")], false).unwrap(), default);
            assert_eq!(path(folder, &[("HOME", "")], false), None);
            assert_eq!(path(folder, &[home], true), None);
        }
        let windows = [("APPDATA", "/roaming"), ("LOCALAPPDATA", "/local")];
        assert_eq!(path(UserFolder::Config, &windows, true).unwrap(), "/roaming/acevo");
        assert_eq!(path(UserFolder::Data, &windows, true).unwrap(), "/roaming/acevo");
        assert_eq!(path(UserFolder::State, &windows, true).unwrap(), "/local/acevo");
    }
}
