//! Starting `acevo run` at login, for the user who asks for it.
//!
//! | system | mechanism |
//! |---|---|
//! | Linux | a user unit of systemd; without its user manager a file in the autostart folder of the desktop |
//! | Windows | a value of the `Run` key of the registry, which starts `acevow.exe` |
//!
//! A Windows service cannot do it: services run in session 0 and do not see the sections of the user's session.

#[cfg(target_os = "linux")]
mod desktop_entry;
mod entry;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(windows, test))]
mod registry_text;
#[cfg(target_os = "linux")]
mod systemd_unit;
#[cfg(not(any(target_os = "linux", windows)))]
mod unsupported;
#[cfg(windows)]
mod windows;

#[cfg(target_os = "linux")]
use self::linux as system;
#[cfg(not(any(target_os = "linux", windows)))]
use self::unsupported as system;
#[cfg(windows)]
use self::windows as system;

pub(crate) use self::entry::{Entry, State, TurnedOn};

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

use crate::output::name_of;

/// Starts this program at each login from now on, and now if `starts` is true.
///
/// # Errors
/// If the system is not supported, the entry of another program has the name, or the entry cannot be made.
pub(crate) fn turn_on(starts: bool) -> anyhow::Result<TurnedOn> {
    system::turn_on(&this_program()?, starts)
}

/// Removes the entries that [`turn_on`] has made, and returns them.
///
/// # Errors
/// If the system is not supported, or an entry cannot be removed.
pub(crate) fn turn_off() -> anyhow::Result<Vec<Entry>> {
    system::turn_off()
}

/// What is started at login.
///
/// # Errors
/// If the system is not supported, or an entry cannot be read.
pub(crate) fn state() -> anyhow::Result<State> {
    let mut state = State::default();
    system::find(&mut state)?;
    let program = this_program()?;
    for entry in &state.entries {
        let place = &entry.place;
        if !entry.enabled {
            state.problems.push(format!("{place} is turned off"));
        }
        match &entry.program {
            None => state.problems.push(format!("{place} was changed: it names no program that acevo recognises")),
            Some(found) if !found.is_file() => {
                state
                    .problems
                    .push(format!("{} does not exist any more: run `acevo autostart on` again", name_of(found)));
            }
            Some(found) if !is_same(found, &program) => {
                state.problems.push(format!(
                    "{} is another program than this one, {}",
                    name_of(found),
                    name_of(&program)
                ));
            }
            Some(_) => {}
        }
    }
    state.on = state.entries.iter().any(Entry::starts_a_program);
    Ok(state)
}

impl Entry {
    fn starts_a_program(&self) -> bool {
        self.enabled && self.program.as_ref().is_some_and(|program| program.is_file())
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    one == other || matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// The program that is started at login: this one, on Windows the `acevow.exe` next to it.
fn this_program() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe().context("the path of this program is not known")?;
    ensure!(program.is_file(), "{} was replaced while it runs: run the new one", name_of(&program));
    Ok(if cfg!(windows) { program.with_file_name("acevow.exe") } else { program })
}

/// Why a program may not exist at the next login, if it may not.
pub(crate) fn short_lived(program: &Path) -> Option<String> {
    let folder = program.parent()?;
    let temporary = [std::env::temp_dir(), "/tmp".into(), "/var/tmp".into()];
    if temporary.iter().any(|temporary| folder.starts_with(temporary)) {
        return Some(format!("{} is in a folder of temporary files", name_of(program)));
    }
    // Cargo and other programs mark folders that can be removed at any time.
    let is_cache = folder.ancestors().any(|folder| folder.join("CACHEDIR.TAG").is_file());
    is_cache.then(|| format!("{} is in a folder of a build or a cache", name_of(program)))
}
