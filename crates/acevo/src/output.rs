//! stdout and stderr, written to without panics: data to one, talk to the other; and new files.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, anyhow};

use crate::format::text::clean;

/// The reader of stdout has closed it. The program ends quietly.
#[derive(Debug)]
pub(crate) struct ReaderGone;

impl fmt::Display for ReaderGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody reads the output any more")
    }
}

impl std::error::Error for ReaderGone {}

/// Writes to stdout and sees to it that it arrives.
///
/// # Errors
/// [`ReaderGone`] for a broken pipe, else what the system says.
pub(crate) fn print(text: &[u8]) -> anyhow::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(ReaderGone.into()),
        result => result.context("cannot write to the standard output"),
    }
}

/// Says something on stderr. Nobody can be told where that fails.
pub(crate) fn say(message: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{message}");
}

/// Says what went wrong and why.
pub(crate) fn complain(error: &anyhow::Error) {
    say(format_args!("error: {error}"));
    for cause in error.chain().skip(1) {
        say(format_args!("  because: {cause}"));
    }
}

/// False where the user has said `NO_COLOR`.
pub(crate) fn colors_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// False for a terminal that knows no escape codes.
fn is_able() -> bool {
    std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// True where stdout can show a screen.
pub(crate) fn has_screen() -> bool {
    io::stdout().is_terminal() && is_able()
}

/// Colours of plain text output, none where it does not go to a terminal or nobody wants them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint(bool);

impl Paint {
    pub(crate) fn for_stdout() -> Self {
        Self(colors_wanted() && is_able() && io::stdout().is_terminal())
    }

    /// No colours.
    #[cfg(test)]
    pub(crate) const fn none() -> Self {
        Self(false)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.wrap("31", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    pub(crate) fn magenta(self, text: &str) -> String {
        self.wrap("35", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Fails where there is something that must not be overwritten: asked for before anything is waited for.
pub(crate) fn check_new(path: &Path) -> anyhow::Result<()> {
    if !is_dash(path) && path.symlink_metadata().is_ok() { Err(exists(path)) } else { Ok(()) }
}

/// True for `-`, which stands for the standard input or output.
pub(crate) fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// A file's name for people.
pub(crate) fn name_of(path: &Path) -> String {
    if is_dash(path) { "the standard input".into() } else { clean(&path.display().to_string()) }
}

fn exists(path: &Path) -> anyhow::Error {
    anyhow!("{} exists and is not overwritten: name another file, or remove it", name_of(path))
}

/// Writes a file that must not exist yet; what was not written to its end is removed.
///
/// # Errors
/// Where it exists, or what the system says.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = match OpenOptions::new().write(true).create_new(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(exists(path)),
        result => result.with_context(|| format!("cannot create {}", name_of(path)))?,
    };
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    if written.is_err() {
        // It is ours, and nobody can be told where that fails, too.
        let _ = fs::remove_file(path);
    }
    written.with_context(|| format!("cannot write {}, and nothing of it was kept", name_of(path)))
}
