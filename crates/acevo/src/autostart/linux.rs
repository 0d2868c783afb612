//! A user unit of systemd, or without its user manager a file in the autostart folder of the desktop.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acevo_files::UserFolder;
use anyhow::{Context, bail, ensure};

use super::entry::{Entry, Mechanism, State, TurnedOn};
use super::{desktop_entry, systemd_unit};
use crate::output::name_of;
use crate::own_file::{self, Found};

const UNIT: &str = "acevo.service";

pub(super) fn turn_on(program: &Path, starts: bool) -> anyhow::Result<TurnedOn> {
    let files = Files::of_user()?;
    let path = program.to_str().filter(|path| !path.contains(char::is_control));
    let path = path.with_context(|| {
        format!(
            "{} has characters that an entry for autostart cannot have: move acevo to another folder",
            name_of(program)
        )
    })?;
    let (mechanism, file) = if has_user_manager() {
        turn_on_unit(&files, path, starts)?;
        // The program starts once.
        files.remove(Mechanism::Xdg)?;
        (Mechanism::Systemd, &files.unit)
    } else {
        check_replaceable(&files.desktop, desktop_entry::MARK)?;
        own_file::write(&files.desktop, &desktop_entry::text(path))?;
        if starts {
            start(program)?;
        }
        (Mechanism::Xdg, &files.desktop)
    };
    let entry = Entry { mechanism, place: name_of(file), enabled: true, program: Some(program.to_owned()) };
    Ok(TurnedOn { entry, is_started: starts })
}

fn turn_on_unit(files: &Files, program: &str, starts: bool) -> anyhow::Result<()> {
    let is_new = check_replaceable(&files.unit, systemd_unit::MARK)?;
    own_file::write(&files.unit, &systemd_unit::text(program))?;
    let enable = || {
        systemctl(&["daemon-reload"])?;
        systemctl(if starts { &["enable", "--now", UNIT] } else { &["enable", UNIT] })
    };
    enable().inspect_err(|_| {
        if is_new {
            // The error is reported; what was written is taken back as far as possible.
            let _ = files.remove(Mechanism::Systemd);
        }
    })
}

pub(super) fn turn_off() -> anyhow::Result<Vec<Entry>> {
    let files = Files::of_user()?;
    let mut state = State::default();
    find(&mut state)?;
    if let (true, Some(problem)) = (state.entries.is_empty(), state.problems.first()) {
        bail!("{problem}, and is not removed");
    }
    for entry in &state.entries {
        let is_managed = entry.mechanism == Mechanism::Systemd && has_user_manager();
        if is_managed {
            systemctl(&["disable", "--now", UNIT])?;
        }
        files.remove(entry.mechanism)?;
        if is_managed {
            systemctl(&["daemon-reload"])?;
        }
    }
    Ok(state.entries)
}

pub(super) fn find(state: &mut State) -> anyhow::Result<()> {
    let files = Files::of_user()?;
    for mechanism in [Mechanism::Systemd, Mechanism::Xdg] {
        let (file, mark) = files.of(mechanism);
        let text = match own_file::find(file, mark)? {
            Found::Nothing => continue,
            Found::Foreign => {
                state.problems.push(foreign(file));
                continue;
            }
            Found::Own(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        let (enabled, program) = match mechanism {
            Mechanism::Systemd => (files.link.symlink_metadata().is_ok(), systemd_unit::program(&text)),
            _ => (desktop_entry::is_enabled(&text), desktop_entry::program(&text)),
        };
        state.entries.push(Entry { mechanism, place: name_of(file), enabled, program: program.map(PathBuf::from) });
    }
    Ok(())
}

/// The files of the user.
struct Files {
    unit: PathBuf,
    /// The link by which systemd enables the unit.
    link: PathBuf,
    desktop: PathBuf,
}

impl Files {
    fn of_user() -> anyhow::Result<Self> {
        let own = UserFolder::Config.path();
        let settings = own.as_deref().and_then(Path::parent);
        let settings = settings.context("there is no folder of settings: set HOME or XDG_CONFIG_HOME")?;
        let units = settings.join("systemd/user");
        Ok(Self {
            unit: units.join(UNIT),
            link: units.join("default.target.wants").join(UNIT),
            desktop: settings.join("autostart/acevo.desktop"),
        })
    }

    /// The file of a mechanism, and its mark.
    fn of(&self, mechanism: Mechanism) -> (&Path, &'static str) {
        match mechanism {
            Mechanism::Systemd => (&self.unit, systemd_unit::MARK),
            _ => (&self.desktop, desktop_entry::MARK),
        }
    }

    /// Removes what acevo has written; other files stay.
    fn remove(&self, mechanism: Mechanism) -> anyhow::Result<()> {
        let (file, mark) = self.of(mechanism);
        if !matches!(own_file::find(file, mark)?, Found::Own(_)) {
            return Ok(());
        }
        remove(file)?;
        // systemd has removed it, unless its user manager does not run now.
        if mechanism == Mechanism::Systemd && self.link.is_symlink() {
            remove(&self.link)?;
        }
        Ok(())
    }
}

fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", name_of(file)))
        }
        _ => Ok(()),
    }
}

/// True if the file is new; fails if it was not written by acevo.
fn check_replaceable(file: &Path, mark: &str) -> anyhow::Result<bool> {
    match own_file::find(file, mark)? {
        Found::Nothing => Ok(true),
        Found::Own(_) => Ok(false),
        Found::Foreign => bail!("{}, and is not replaced: remove it, or rename it", foreign(file)),
    }
}

fn foreign(file: &Path) -> String {
    format!("{} was not written by `acevo autostart on`", name_of(file))
}

/// Starts the background program, which outlives this one and its terminal.
fn start(program: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(program);
    command.arg("run").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    command.spawn().with_context(|| format!("cannot start {}", name_of(program)))?;
    Ok(())
}

/// True if the user manager of systemd answers.
fn has_user_manager() -> bool {
    systemctl(&["show", "--property=Version"]).is_ok()
}

fn systemctl(arguments: &[&str]) -> anyhow::Result<()> {
    let mut command = Command::new("systemctl");
    let output = command.arg("--user").args(arguments).stdin(Stdio::null()).output().context("cannot run systemctl")?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`systemctl --user {}` has failed: {}", arguments.join(" "), message.trim());
    Ok(())
}
