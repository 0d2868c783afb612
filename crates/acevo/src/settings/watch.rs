//! Follows changes of the settings while a program runs.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use acevo_settings::{Applies, KEYS, Key, Settings};
use tracing::{error, info};

use crate::settings;

/// Time between two looks at the file.
const INTERVAL: Duration = Duration::from_secs(1);

/// What has become of the last change.
#[derive(Debug, Clone, Default)]
pub(crate) struct SettingsStatus(Arc<Mutex<Status>>);

#[derive(Debug, Default)]
struct Status {
    problem: Option<String>,
    waiting: Vec<String>,
}

impl SettingsStatus {
    /// Why the file cannot be used, if it cannot. The settings before the change stay in effect.
    pub(crate) fn problem(&self) -> Option<String> {
        self.lock().problem.clone()
    }

    /// The keys whose change takes effect when the program starts again.
    pub(crate) fn waiting(&self) -> Vec<String> {
        self.lock().waiting.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Status> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls `apply` with changed settings, on a thread of its own, as long as the program runs. `started_with` are those of its start.
///
/// # Errors
/// If the thread cannot be started.
pub(crate) fn start(
    started_with: Settings,
    mut apply: impl FnMut(&Settings) + Send + 'static,
) -> anyhow::Result<SettingsStatus> {
    let status = SettingsStatus::default();
    let shared = status.clone();
    let mut version = version();
    let mut current = started_with.clone();
    let follow = move || {
        loop {
            thread::sleep(INTERVAL);
            let now = self::version();
            if std::mem::replace(&mut version, now) == now {
                continue;
            }
            match settings::load() {
                Ok(effective) => {
                    let new = effective.settings;
                    let waiting = waiting(&started_with, &new);
                    if new != current {
                        info!(waiting = waiting.join(", "), "the settings have changed");
                        apply(&new);
                    }
                    current = new;
                    *shared.lock() = Status { problem: None, waiting };
                }
                Err(error) => {
                    let problem = format!("{error:#}");
                    error!("{problem}");
                    shared.lock().problem = Some(problem);
                }
            }
        }
    };
    thread::Builder::new().name("settings".into()).spawn(follow)?;
    Ok(status)
}

/// Changes with the file. `None` if there is none.
fn version() -> Option<(SystemTime, u64)> {
    let metadata = settings::path()?.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// The keys that differ and take effect when the program starts again.
fn waiting(started_with: &Settings, new: &Settings) -> Vec<String> {
    let waits = |key: &&Key| key.applies == Applies::Restart && started_with.get(key) != new.get(key);
    let mut keys: Vec<_> = KEYS.iter().filter(waits).map(|key| key.name.to_owned()).collect();
    if started_with.sectors.tracks != new.sectors.tracks {
        keys.push("sectors".into());
    }
    keys
}
