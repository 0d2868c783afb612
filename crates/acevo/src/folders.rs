//! The folders of the platform in which acevo keeps files of its own. Personal bests have a folder of their own, see
//! [`PersonalStore::default_path`](acevo_telemetry::personal::PersonalStore::default_path).

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

/// Name of the folder of acevo in each of them.
const NAME: &str = "acevo";

/// The folder of the log: `$XDG_STATE_HOME/acevo` or `~/.local/state/acevo`; on Windows `%LOCALAPPDATA%\acevo`. `None` without a home
/// directory.
pub(crate) fn state() -> Option<PathBuf> {
    let folders = etcetera::choose_base_strategy().ok()?;
    let state = folders.state_dir().unwrap_or_else(|| folders.cache_dir());
    Some(state.join(NAME))
}

/// The folder of the settings: `$XDG_CONFIG_HOME/acevo` or `~/.config/acevo`; on Windows `%APPDATA%\acevo`. `None` without a home
/// directory.
pub(crate) fn config() -> Option<PathBuf> {
    Some(etcetera::choose_base_strategy().ok()?.config_dir().join(NAME))
}
