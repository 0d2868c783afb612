//! The `Run` key of the registry, through the system's own `reg` program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use acevo_files::{UserFolder, read_limited};
use anyhow::{Context, bail, ensure};

use super::entry::{Entry, Mechanism, State, TurnedOn};
use super::registry_text::{ARGUMENT, VALUE, command, decode, exported, is_turned_off, program};
use crate::output::name_of;

const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";
/// Entries that the user has turned off in the task manager.
const APPROVED: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

/// Maximum size of an exported key, in bytes.
const MAX_EXPORT: u64 = 1 << 20;

pub(super) fn turn_on(launcher: &Path, starts: bool) -> anyhow::Result<TurnedOn> {
    ensure!(launcher.is_file(), "{} does not exist: it belongs next to acevo.exe", name_of(launcher));
    if let Value::Foreign(text) = read()? {
        bail!("{} is the entry of another program and is not replaced: {text}", place());
    }
    let path = launcher.to_str().with_context(|| format!("the path {} is not a text", name_of(launcher)))?;
    let Some(command) = command(path) else {
        bail!("the path {} is too long for the registry key: move acevo to another folder", name_of(launcher));
    };
    change(&["add", RUN, "/v", VALUE, "/t", "REG_SZ", "/d", &command, "/f"])?;
    delete(APPROVED)?;
    if starts {
        let mut command = Command::new(launcher);
        command.arg(ARGUMENT).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().with_context(|| format!("cannot start {}", name_of(launcher)))?;
    }
    let entry =
        Entry { mechanism: Mechanism::Registry, place: place(), enabled: true, program: Some(launcher.to_owned()) };
    Ok(TurnedOn { entry, is_started: starts })
}

pub(super) fn turn_off() -> anyhow::Result<Vec<Entry>> {
    let entry = match read()? {
        Value::Nothing => return Ok(Vec::new()),
        Value::Foreign(text) => bail!("{} is the entry of another program and is not removed: {text}", place()),
        Value::Own(entry) => entry,
    };
    delete(RUN)?;
    delete(APPROVED)?;
    Ok(vec![entry])
}

pub(super) fn find(state: &mut State) -> anyhow::Result<()> {
    match read()? {
        Value::Nothing => {}
        Value::Foreign(text) => state.problems.push(format!("{} is the entry of another program: {text}", place())),
        Value::Own(entry) => state.entries.push(entry),
    }
    Ok(())
}

/// What the key has.
enum Value {
    Nothing,
    Own(Entry),
    /// The command line of another program.
    Foreign(String),
}

fn read() -> anyhow::Result<Value> {
    if query(RUN)?.is_none() {
        return Ok(Value::Nothing);
    }
    // The output of a query has the code page of the console; an exported file has every character.
    let text = exported(&export()?);
    let Some(program) = text.as_deref().and_then(program) else {
        return Ok(Value::Foreign(text.unwrap_or_else(|| "it is not a text".into())));
    };
    let enabled = !query(APPROVED)?.is_some_and(|query| is_turned_off(&query));
    Ok(Value::Own(Entry { mechanism: Mechanism::Registry, place: place(), enabled, program: Some(program) }))
}

/// The key and the value for users.
fn place() -> String {
    format!(r"{RUN}\{VALUE}")
}

/// The output of a query for the value of a key; `None` if it does not exist.
fn query(key: &str) -> anyhow::Result<Option<String>> {
    let output = reg(&["query", key, "/v", VALUE])?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned()))
}

fn delete(key: &str) -> anyhow::Result<()> {
    if query(key)?.is_some() {
        change(&["delete", key, "/v", VALUE, "/f"])?;
    }
    Ok(())
}

/// The key as text.
fn export() -> anyhow::Result<String> {
    let folder = UserFolder::State.path().context("there is no folder for the registry key: set LOCALAPPDATA")?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot create the folder {}", name_of(&folder)))?;
    let file = Exported(folder.join(format!("autostart-{}.reg", std::process::id())));
    let path = file.0.to_str().with_context(|| format!("the path {} is not a text", name_of(&file.0)))?;
    change(&["export", RUN, path, "/y"])?;
    let bytes = read_limited(&file.0, MAX_EXPORT).with_context(|| format!("cannot read {}", name_of(&file.0)))?;
    Ok(decode(&bytes))
}

/// A temporary file, which is removed on drop.
struct Exported(PathBuf);

impl Drop for Exported {
    fn drop(&mut self) {
        // It has only what the registry has; there is nothing to do if it stays.
        let _ = fs::remove_file(&self.0);
    }
}

/// Runs `reg`, which must succeed.
fn change(arguments: &[&str]) -> anyhow::Result<()> {
    let output = reg(arguments)?;
    let message = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "`reg {}` has failed: {}", arguments[0], message.trim());
    Ok(())
}

fn reg(arguments: &[&str]) -> anyhow::Result<Output> {
    let root = std::env::var_os("SystemRoot").map(PathBuf::from).filter(|root| root.is_absolute());
    let program = root.context("SystemRoot does not name the folder of Windows")?.join("System32").join("reg.exe");
    let mut command = Command::new(&program);
    command.args(arguments).stdin(Stdio::null());
    command.output().with_context(|| format!("cannot run {}", name_of(&program)))
}
