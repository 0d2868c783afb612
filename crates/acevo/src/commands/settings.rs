//! `acevo settings`: prints, checks or creates the file of settings.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use acevo_settings::{Effective, KEYS, Key, Origin, Problem, SECTIONS, Settings, commented_default, unknown_variables};
use anyhow::{Context, anyhow};
use serde_json::json;

use crate::cli::SettingsArgs;
use crate::fleet::plan::{FleetPlan, names};
use crate::output::{name_of, print_json, print_path, print_text, say, write_new};
use crate::session::feeder::SourceKind;
use crate::settings::{self, WrongSetting};
use crate::upload::plan::UploadPlan;

pub(crate) fn run(args: &SettingsArgs) -> anyhow::Result<ExitCode> {
    match &args.check {
        Some(Some(file)) => check(file, true),
        Some(None) => check(&path()?, false),
        None if args.init => init(),
        None => print(args.json),
    }
}

fn path() -> anyhow::Result<PathBuf> {
    let name = if cfg!(windows) { "APPDATA" } else { "HOME or XDG_CONFIG_HOME" };
    settings::path()
        .with_context(|| format!("there is no folder for settings: the environment variable {name} is not set"))
}

/// Writes a new file in which every key is commented out, and prints its path.
fn init() -> anyhow::Result<ExitCode> {
    let path = path()?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
    }
    write_new(&path, commented_default().as_bytes())?;
    print_path(&path)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints every error of a file and of the environment. Exit code 1 if there is one.
fn check(path: &Path, is_required: bool) -> anyhow::Result<ExitCode> {
    let (name, text) = (name_of(path), settings::read(path)?);
    if text.is_none() && is_required {
        return Err(anyhow!("{name} does not exist"));
    }
    let (effective, mut problems) = Effective::with_problems(text.as_deref(), |name| std::env::var_os(name));
    problems.extend(misspelt_variables());
    if problems.is_empty() {
        problems = wrong_services(&effective);
    }
    let lines: String = problems.iter().map(|problem| problem_line(&name, problem)).collect();
    if problems.is_empty() {
        let result = if text.is_some() { "no errors" } else { "does not exist; all keys have their defaults" };
        print_text(&format!("{name}: {result}\n"))?;
        return Ok(ExitCode::SUCCESS);
    }
    print_text(&lines)?;
    Ok(ExitCode::FAILURE)
}

/// `FILE:LINE: KEY: message`, or `VARIABLE: message`.
fn problem_line(file: &str, problem: &Problem) -> String {
    match problem.line {
        Some(line) => format!("{file}:{line}: {}\n", Problem { line: None, ..problem.clone() }),
        None => format!("{problem}\n"),
    }
}

/// What the settings of brokers, databases and stores would be refused for.
fn wrong_services(effective: &Effective) -> Vec<Problem> {
    let settings = &effective.settings;
    let (_, mut wrong) = FleetPlan::with_problems(settings, SourceKind::Game);
    wrong.extend(UploadPlan::new(&settings.upload, names(settings), SourceKind::Game.name()).err());
    wrong.into_iter().map(|WrongSetting { key, message }| effective.problem(key, message)).collect()
}

/// Variables of the environment that are similar to one of acevo.
fn misspelt_variables() -> Vec<Problem> {
    let names: Vec<_> = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
    unknown_variables(names.iter().map(String::as_str))
}

/// Prints the path, and the settings that are in effect.
fn print(is_json: bool) -> anyhow::Result<ExitCode> {
    let effective = settings::load()?;
    let path = settings::path();
    let exists = path.as_deref().is_some_and(Path::exists);
    for problem in misspelt_variables() {
        say(format_args!("acevo: warning: {problem}"));
    }
    if is_json {
        let origins: serde_json::Map<_, _> =
            KEYS.iter().map(|key| (key.name.to_owned(), effective.origin(key).name().into())).collect();
        let settings = effective.settings.to_json();
        let object =
            json!({ "path": path.as_deref().map(name_of), "exists": exists, "settings": settings, "origins": origins });
        print_json(&(serde_json::to_string_pretty(&object)? + "\n"))?;
    } else {
        let name = path.as_deref().map_or_else(|| "there is no folder for settings".into(), name_of);
        let advice = if exists { "" } else { " (does not exist; `acevo settings --init` creates it)" };
        print_text(&format!("# {name}{advice}\n{}", listing(&effective)))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The settings in the form of the file, with the origin of each value.
fn listing(effective: &Effective) -> String {
    let settings = &effective.settings;
    let lines = |section: &str| {
        let keys = KEYS.iter().filter(|key| key.section() == section);
        keys.map(|key| (format!("{} = {}", key.leaf(), settings.get(key)), origin(effective, key))).collect::<Vec<_>>()
    };
    let mut text = aligned(&lines(""));
    for (section, _) in SECTIONS {
        let mut lines = lines(section);
        if section == "sectors" {
            lines.extend(tracks(settings));
        }
        // Writing to a text cannot fail.
        let _ = write!(text, "\n[{section}]\n{}", aligned(&lines));
    }
    text
}

fn tracks(settings: &Settings) -> impl Iterator<Item = (String, String)> {
    let line = |name: &str, value| format!("{} = {value}", acevo_settings::Value::from(name));
    settings.sectors.tracks.iter().map(move |track| (line(&track.name, track.value()), Origin::File.name().into()))
}

fn origin(effective: &Effective, key: &Key) -> String {
    match effective.origin(key) {
        Origin::Environment => format!("environment: {}", key.variable()),
        origin => origin.name().into(),
    }
}

/// Lines with a comment each.
fn aligned(lines: &[(String, String)]) -> String {
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0);
    lines.iter().map(|(line, comment)| format!("{line:width$}  # {comment}\n")).collect()
}
