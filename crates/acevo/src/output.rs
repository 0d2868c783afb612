//! Writes to stdout, stderr and new files without panics. Data goes to stdout, messages go to stderr.
//!
//! Nothing else in the program prints, which `clippy.toml` enforces. Everything is cleaned here, because names of the game, of
//! files and of processes can contain any characters: escape sequences that control a terminal, and signs that change the direction of
//! writing. Messages and text lose them, JSON escapes them.
//!
//! Messages are also events of `tracing`, so that the log has them.

mod paint;
mod picture;
mod stdout;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use acevo_files::PendingFile;
use acevo_telemetry::{clean_text, escape_json};
use anyhow::{Context, anyhow};
use indicatif::ProgressBar;
use tracing::{error, info, warn};

pub(crate) use self::paint::{Paint, stderr_is_terminal, stdout_is_terminal};
use self::paint::{printable, printable_line};
pub(crate) use self::picture::Picture;
pub(crate) use self::stdout::OutputClosed;
use self::stdout::write_stdout;

/// Target of the events of messages.
pub(crate) const MESSAGE_TARGET: &str = "acevo::message";

/// Prints text for users to stdout, with the colours of [`Paint`].
///
/// # Errors
/// [`OutputClosed`] if the pipe is broken, else the error of the system.
pub(crate) fn print_text(text: &str) -> anyhow::Result<()> {
    write_stdout(printable(text).as_bytes())
}

/// Prints a JSON text to stdout. Characters that control a terminal are escaped; the values stay the same.
///
/// # Errors
/// As [`print_text`].
pub(crate) fn print_json(json: &str) -> anyhow::Result<()> {
    write_stdout(escape_json(json).as_bytes())
}

/// Prints a table for other programs to stdout, unchanged. Its cells are clean: `acevo-export` has written them.
///
/// # Errors
/// As [`print_text`].
pub(crate) fn print_table(table: &[u8]) -> anyhow::Result<()> {
    write_stdout(table)
}

/// Prints the path of a file on a line of stdout: unchanged for scripts, cleaned on a terminal.
///
/// # Errors
/// As [`print_text`].
pub(crate) fn print_path(path: &Path) -> anyhow::Result<()> {
    if stdout_is_terminal() {
        return print_text(&format!("{}\n", name_of(path)));
    }
    let mut line = path.as_os_str().as_encoded_bytes().to_vec();
    line.push(b'\n');
    write_stdout(&line)
}

/// Writes a message to stderr, as one line, and to the log. There is no way to report that this fails.
pub(crate) fn say(message: fmt::Arguments<'_>) {
    let message = message.to_string();
    write_line(&message);
    let text = message.strip_prefix("acevo: ").unwrap_or(&message);
    match text.strip_prefix("warning: ") {
        Some(text) => warn!(target: MESSAGE_TARGET, "{text}"),
        None => info!(target: MESSAGE_TARGET, "{text}"),
    }
}

/// Writes a message with a secret to stderr, as one line, but not to the log.
pub(crate) fn say_unlogged(message: fmt::Arguments<'_>) {
    write_line(&message.to_string());
}

fn write_line(message: &str) {
    write_stderr(&(printable_line(message) + "\n"));
}

/// A text as one line, without anything that controls a terminal.
pub(crate) fn one_line(text: &str) -> String {
    printable_line(text)
}

/// Writes several lines to stderr.
pub(crate) fn say_lines(text: &str) {
    write_stderr(&(printable(text) + "\n"));
}

#[expect(clippy::disallowed_methods, reason = "all callers have cleaned the text")]
fn write_stderr(text: &str) {
    // There is no way to report that this fails.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// A writer of diagnostics to stderr: each buffer is a message.
#[derive(Debug)]
pub(crate) struct DiagnosticsWriter;

impl Write for DiagnosticsWriter {
    fn write(&mut self, message: &[u8]) -> io::Result<usize> {
        write_line(String::from_utf8_lossy(message).trim_end());
        Ok(message.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Shows a message in a progress bar.
#[expect(clippy::disallowed_methods, reason = "the message is cleaned")]
pub(crate) fn show_message(bar: &ProgressBar, message: &str) {
    bar.set_message(printable_line(message));
}

/// Writes an error and its causes to stderr, and to the log.
pub(crate) fn complain(error: &anyhow::Error) {
    complain_chain(&error.to_string(), error.chain().skip(1));
}

/// Prints what failed, and the error with its causes.
pub(crate) fn complain_about(action: fmt::Arguments<'_>, error: &(dyn std::error::Error + 'static)) {
    complain_chain(&action.to_string(), std::iter::successors(Some(error), |cause| cause.source()));
}

fn complain_chain<'a>(failed: &str, causes: impl Iterator<Item = &'a (dyn std::error::Error + 'static)>) {
    write_line(&format!("error: {failed}"));
    let mut text = failed.to_owned();
    for cause in causes {
        write_line(&format!("  because: {cause}"));
        text.push_str(&format!(": {cause}"));
    }
    error!(target: MESSAGE_TARGET, "{text}");
}

/// False if the environment variable `NO_COLOR` asks for no colours.
pub(crate) fn colors_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// True if stdout can show the full-screen view.
pub(crate) fn has_screen() -> bool {
    stdout_is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Fails if the file exists, because files are never overwritten. Checked before a command waits for anything.
pub(crate) fn check_new(path: &Path) -> anyhow::Result<()> {
    if !is_dash(path) && path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// The output of a command if none is named: a file in the current folder, named after the recording and the part of it.
pub(crate) fn default_output(recording: &Path, part: &str, extension: &str) -> PathBuf {
    let mut name = recording.file_stem().unwrap_or_default().to_owned();
    if !part.is_empty() {
        // Separators of laps and times that are not allowed in file names.
        name.push(format!("_{}", part.replace(['/', '#', ':', '\\'], "-")));
    }
    name.push(format!(".{extension}"));
    PathBuf::from(name)
}

/// True for `-`, which means the standard input or output.
pub(crate) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Human-readable name of a file.
#[expect(clippy::disallowed_methods, reason = "the name is cleaned")]
pub(crate) fn name_of(path: &Path) -> String {
    if is_dash(path) { "the standard input".into() } else { clean_text(&path.display().to_string()) }
}

fn exists(path: &Path) -> anyhow::Error {
    anyhow!("{} exists and is not overwritten: name another file, or remove it", name_of(path))
}

/// Creates a file that has its name only when it is complete.
///
/// # Errors
/// If it cannot be created.
pub(crate) fn create_pending(path: &Path) -> anyhow::Result<PendingFile> {
    PendingFile::create(path).with_context(|| format!("cannot create {}", name_of(path)))
}

/// Completes a file and gives it its name.
///
/// # Errors
/// If a file has this name by now, or the file cannot be written.
pub(crate) fn publish(file: PendingFile) -> anyhow::Result<()> {
    let path = file.path().to_owned();
    match file.publish() {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
        published => published.with_context(|| format!("cannot write {}", name_of(&path))),
    }
}

/// Writes a new file, which appears when it is complete.
///
/// # Errors
/// If the file exists or cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = create_pending(path)?;
    file.write_all(bytes)
        .with_context(|| format!("cannot write {}; the incomplete file was removed", name_of(path)))?;
    publish(file)
}
