//! The settings of this user: the file `acevo.toml` and environment variables. `docs/settings.md` describes them.

pub(crate) mod screen_state;
pub(crate) mod watch;

use std::io;
use std::path::{Path, PathBuf};

use acevo_files::{UserFolder, read_limited};
use acevo_settings::{Effective, Problem};
use anyhow::{Context, anyhow};

use crate::output::name_of;

/// Name of the file in the folder of settings.
const FILE: &str = "acevo.toml";

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// Maximum number of problems in an error message. `acevo settings --check` prints all.
const MAX_PROBLEMS: usize = 5;

/// Path of the file; `None` if the environment names no folder for settings.
pub(crate) fn path() -> Option<PathBuf> {
    Some(UserFolder::Config.path()?.join(FILE))
}

/// The settings that are in effect, without options of a command.
///
/// # Errors
/// If the file cannot be read, or if it or the environment has an error. Each cause is a problem with its line or variable.
pub(crate) fn load() -> anyhow::Result<Effective> {
    let path = path();
    let text = path.as_deref().map(read).transpose()?.flatten();
    Effective::new(text.as_deref(), |name| std::env::var_os(name)).map_err(|problems| error(path.as_deref(), &problems))
}

/// The text of a file of settings; `None` if it does not exist.
///
/// # Errors
/// If it cannot be read, is too large, or is not UTF-8.
pub(crate) fn read(path: &Path) -> anyhow::Result<Option<String>> {
    let cannot = || format!("cannot read the settings in {}", name_of(path));
    match read_limited(path, MAX_BYTES) {
        Ok(bytes) => utf8(bytes).map(Some).with_context(cannot),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(error).with_context(cannot),
    }
}

/// True if there is no such file, or no such folder.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn utf8(bytes: Vec<u8>) -> anyhow::Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|byte| **byte == b'\n').count();
        anyhow!("line {line} is not UTF-8: save the file with the encoding UTF-8")
    })
}

/// The error of wrong settings: what to do, and each problem as a cause.
fn error(path: Option<&Path>, problems: &[Problem]) -> anyhow::Error {
    let in_file = problems.iter().any(|problem| problem.line.is_some());
    let action = match path.filter(|_| in_file) {
        Some(path) => format!("the settings in {} are wrong: correct or remove the lines below", name_of(path)),
        None => "the settings in the environment are wrong: correct or unset the variables below".into(),
    };
    let mut causes: Vec<_> = problems.iter().take(MAX_PROBLEMS).map(ToString::to_string).collect();
    if let Some(more) = problems.len().checked_sub(MAX_PROBLEMS).filter(|more| *more > 0) {
        causes.push(format!("{more} more; `acevo settings --check` prints all"));
    }
    let last = anyhow!(causes.pop().unwrap_or_default());
    causes.into_iter().rev().fold(last, anyhow::Error::context).context(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_names_the_file_and_at_most_five_problems() {
        let text = "a = 1\nbb = 1\nc = 1\nd = 1\ne = 1\nf = 1\ng = 1\n";
        let problems = Effective::new(Some(text), |_| None).unwrap_err();
        let error = error(Some(Path::new("x/acevo.toml")), &problems);
        let chain: Vec<_> = error.chain().map(ToString::to_string).collect();
        assert!(chain[0].contains("acevo.toml") && chain[1].starts_with("line 1: a: unknown key"), "{chain:?}");
        assert_eq!((chain.len(), chain[6].as_str()), (7, "2 more; `acevo settings --check` prints all"));
    }

    #[test]
    fn utf8_reports_the_line_of_other_encodings() {
        let error = utf8(b"units = \"game\"\n# M\xfcller\n".to_vec()).unwrap_err().to_string();
        assert!(error.starts_with("line 2 is not UTF-8"), "{error}");
    }
}
