//! `acevo autostart`: starts `acevo run` at login.

use std::process::ExitCode;

use crate::autostart::{self, State};
use crate::cli::{AutostartAction, AutostartArgs};
use crate::instance;
use crate::output::{name_of, print_json, print_text, say};
use crate::{settings, web};

pub(crate) fn run(args: &AutostartArgs) -> anyhow::Result<ExitCode> {
    match args.action {
        AutostartAction::On => turn_on(!args.no_start),
        AutostartAction::Off => turn_off(),
        AutostartAction::Status => status(args.json),
    }
}

fn turn_on(starts: bool) -> anyhow::Result<ExitCode> {
    let running = instance::running()?;
    // A program that runs already has the port, and one that is started now takes it.
    let port_problem = if running.is_none() { port_problem() } else { None };
    let made = autostart::turn_on(starts && running.is_none())?;
    let entry = &made.entry;
    say(format_args!(
        "acevo: `acevo run` starts at each login from now on: {}, {}",
        entry.mechanism.name(),
        entry.place
    ));
    match running {
        Some(running) => say(format_args!("acevo: it is already running (process {})", running.pid)),
        None if made.is_started => say(format_args!("acevo: it is started now; `acevo status` shows what it does")),
        None => say(format_args!("acevo: it is not started now, but at the next login")),
    }
    if let Some(problem) = port_problem {
        say(format_args!("acevo: warning: {problem}"));
    }
    if let Some(reason) = entry.program.as_deref().and_then(autostart::short_lived) {
        say(format_args!("acevo: warning: {reason}: install acevo, and turn autostart on again"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Why `acevo run` could not serve its page now, if the port of the settings is not free.
fn port_problem() -> Option<String> {
    let port = settings::stored().effective.settings.server.port;
    let error = web::check_port(port).err()?;
    Some(format!(
        "port {port} cannot be used: {error}. `acevo run` records, but has no page without it: end the program that \
         uses it, or set another `port` in `[server]` of the settings"
    ))
}

fn turn_off() -> anyhow::Result<ExitCode> {
    let removed = autostart::turn_off()?;
    if removed.is_empty() {
        say(format_args!("acevo: `acevo run` is not started at login; nothing to do"));
    }
    for entry in removed {
        say(format_args!("acevo: removed {}", entry.place));
    }
    if let Some(running) = instance::running()? {
        say(format_args!("acevo: `acevo run` is still running (process {}): `acevo quit` ends it", running.pid));
    }
    Ok(ExitCode::SUCCESS)
}

fn status(json: bool) -> anyhow::Result<ExitCode> {
    let state = autostart::state()?;
    if json {
        print_json(&(serde_json::to_string(&state)? + "\n"))?;
    } else {
        print_text(&lines(&state))?;
    }
    Ok(if state.on { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The state as lines of text.
fn lines(state: &State) -> String {
    let mut lines = vec![("autostart", if state.on { "on" } else { "off" }.to_owned())];
    for entry in &state.entries {
        lines.push(("mechanism", entry.mechanism.name().to_owned()));
        lines.push(("entry", entry.place.clone()));
        lines.extend(entry.program.as_deref().map(|program| ("program", name_of(program))));
    }
    lines.extend(state.problems.iter().map(|problem| ("PROBLEM", problem.clone())));
    lines.into_iter().map(|(name, value)| format!("{name:<10} {value}\n")).collect()
}
