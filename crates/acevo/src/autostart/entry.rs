//! What is started at login, and how.

use std::path::PathBuf;

use serde::Serialize;

/// How a program is started at login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(not(any(target_os = "linux", windows)), expect(dead_code, reason = "no mechanism on this system"))]
pub(crate) enum Mechanism {
    /// A user unit of systemd.
    #[cfg_attr(windows, expect(dead_code, reason = "not on this system"))]
    Systemd,
    /// The autostart folder of the desktop, as freedesktop.org specifies it.
    #[cfg_attr(windows, expect(dead_code, reason = "not on this system"))]
    Xdg,
    /// The `Run` key of the registry.
    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "not on this system"))]
    Registry,
}

impl Mechanism {
    /// A name for users.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Systemd => "systemd user unit",
            Self::Xdg => "autostart folder of the desktop",
            Self::Registry => "Run key of the registry",
        }
    }
}

/// An entry that starts a program at login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    pub(crate) mechanism: Mechanism,
    /// The file, or the key of the registry.
    pub(crate) place: String,
    /// False if the entry exists but was turned off, for example in the settings of the desktop.
    pub(crate) enabled: bool,
    /// The program that it starts. `None` if the entry was changed and names none.
    pub(crate) program: Option<PathBuf>,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
pub(crate) struct State {
    /// True if `acevo run` is started at the next login.
    pub(crate) on: bool,
    pub(crate) entries: Vec<Entry>,
    /// Why `acevo run` does not start at login, or another program than this one does.
    pub(crate) problems: Vec<String>,
}

/// An entry that was made.
#[derive(Debug)]
pub(crate) struct TurnedOn {
    pub(crate) entry: Entry,
    /// The program was started.
    pub(crate) is_started: bool,
}
