//! Writes to stdout, stderr and new files without panics. Data goes to stdout, messages go to stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use acevo_files::PendingFile;
use acevo_telemetry::clean_text;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use anyhow::{Context, anyhow};

/// The reader of stdout has closed it. The program ends without an error message.
#[derive(Debug)]
pub(crate) struct OutputClosed;

impl fmt::Display for OutputClosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reader of the output has closed it")
    }
}

impl std::error::Error for OutputClosed {}

/// Writes to stdout and flushes it.
///
/// # Errors
/// [`OutputClosed`] if the pipe is broken, else the error of the system.
pub(crate) fn print(text: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(OutputClosed.into()),
        result => result.context("cannot write to the standard output"),
    }
}

/// Writes a line to stderr. There is no way to report that this fails.
pub(crate) fn say(message: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Writes an error and its causes to stderr.
pub(crate) fn complain(error: &anyhow::Error) {
    say(format_args!("error: {error}"));
    for cause in error.chain().skip(1) {
        say(format_args!("  because: {cause}"));
    }
}

/// Prints what failed, and the error with its causes.
pub(crate) fn complain_about(action: fmt::Arguments<'_>, error: &dyn std::error::Error) {
    say(format_args!("error: {action}"));
    let causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.for_each(|cause| say(format_args!("  because: {cause}")));
}

/// False if the environment variable `NO_COLOR` asks for no colours.
pub(crate) fn colors_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// True if stdout can show the full-screen view.
pub(crate) fn has_screen() -> bool {
    io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Colours of plain text output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    has_colors: bool,
}

impl Paint {
    /// Colours if stdout is a terminal that has them and the environment does not forbid them.
    pub(crate) fn for_stdout() -> Self {
        Self { has_colors: AutoStream::choice(&io::stdout()) != ColorChoice::Never }
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) const fn none() -> Self {
        Self { has_colors: false }
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.styled(AnsiColor::Green.on_default(), text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.styled(AnsiColor::Yellow.on_default(), text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default(), text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    pub(crate) fn magenta(self, text: &str) -> String {
        self.styled(AnsiColor::Magenta.on_default(), text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.has_colors { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }
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
