//! What the screen remembers between two starts: tab and units. It is not a setting: losing it does no harm.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use acevo_files::{PendingFile, UserFolder, read_limited};
use acevo_telemetry::UnitSystem;
use serde::{Deserialize, Serialize};
use tracing::{debug, warn};

use crate::output::name_of;

/// Name of the file in the folder of state.
const FILE: &str = "screen.json";

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 4096;

/// What the screen remembers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct ScreenState {
    /// Name of the tab; a tab that does not exist is ignored.
    pub(crate) tab: String,
    /// Units that the user has selected on the screen.
    units: String,
    /// Units of the settings at that time.
    units_setting: String,
}

impl ScreenState {
    /// The state of a screen with these units, which begins with those of the settings.
    pub(crate) fn new(tab: &str, units: UnitSystem, setting: UnitSystem) -> Self {
        Self { tab: tab.to_owned(), units: units.to_string(), units_setting: setting.to_string() }
    }

    /// The units of the screen. If the settings were changed since the user selected units on the screen, the settings apply.
    pub(crate) fn units(&self, setting: UnitSystem) -> UnitSystem {
        let is_same = self.units_setting == setting.name();
        self.units.parse().ok().filter(|_| is_same).unwrap_or(setting)
    }

    /// The state of the last screen. A file that is broken or cannot be read is ignored.
    pub(crate) fn load() -> Self {
        let Some(path) = path() else { return Self::default() };
        match read(&path) {
            Ok(state) => state,
            Err(error) => {
                let is_absent = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
                if !is_absent {
                    warn!("ignored {}: {error}", name_of(&path));
                }
                Self::default()
            }
        }
    }

    /// Saves the state if it has changed. An error is logged only.
    pub(crate) fn save(&self, before: &Self) {
        let Some(path) = path().filter(|_| self != before) else { return };
        match write(&path, self) {
            Ok(()) => debug!("saved {}", name_of(&path)),
            Err(error) => warn!("cannot save {}: {error}", name_of(&path)),
        }
    }
}

fn path() -> Option<PathBuf> {
    Some(UserFolder::State.path()?.join(FILE))
}

fn read(path: &Path) -> io::Result<ScreenState> {
    Ok(serde_json::from_slice(&read_limited(path, MAX_BYTES)?)?)
}

fn write(path: &Path, state: &ScreenState) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = PendingFile::create(path)?;
    serde_json::to_writer(&mut file, state)?;
    file.write_all(b"\n")?;
    file.replace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_state_is_read_again_and_broken_files_are_errors() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join(FILE);
        let state = ScreenState::new("Tyres", UnitSystem::Imperial, UnitSystem::Game);
        write(&path, &state).unwrap();
        assert_eq!(read(&path).unwrap(), state);
        for broken in [&b""[..], b"{", b"[1]", b"{\"tab\": 1}", b"\xff\xfe", &[b' '; 5000]] {
            std::fs::write(&path, broken).unwrap();
            assert!(read(&path).is_err(), "{broken:?}");
        }
        std::fs::write(&path, "{\"future\": 1}").unwrap();
        assert_eq!(read(&path).unwrap(), ScreenState::default());
    }

    #[test]
    fn units_of_the_screen_last_until_the_settings_change() {
        let state = ScreenState::new("Drive", UnitSystem::Imperial, UnitSystem::Game);
        assert_eq!(state.units(UnitSystem::Game), UnitSystem::Imperial);
        assert_eq!(state.units(UnitSystem::Metric), UnitSystem::Metric);
        assert_eq!(ScreenState::default().units(UnitSystem::Metric), UnitSystem::Metric);
        let unknown = ScreenState { units: "furlongs".into(), ..state };
        assert_eq!(unknown.units(UnitSystem::Game), UnitSystem::Game);
    }
}
