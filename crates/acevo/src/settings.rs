//! The settings of this user: the file `acevo.toml` and environment variables. `docs/settings.md` describes them.

pub(crate) mod screen_state;
pub(crate) mod watch;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use acevo_files::{FileLock, PendingFile, UserFolder, read_limited};
use acevo_settings::{Effective, Key, Problem, Value, change_all};
use anyhow::{Context, anyhow, bail, ensure};
use tracing::info;

use crate::output::name_of;
use crate::redact;

/// Name of the file in the folder of settings.
const FILE: &str = "acevo.toml";

/// Maximum size of the file, bytes.
const MAX_BYTES: u64 = 256 * 1024;

/// Maximum number of problems in an error message. `acevo settings --check` prints all.
const MAX_PROBLEMS: usize = 5;

/// Maximum number of changes that are made together.
pub(crate) const MAX_CHANGES: usize = 200;

/// Attempts to lock the file while another process changes it, and the time between two.
const LOCK_ATTEMPTS: usize = 50;
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

/// Changes of keys: the name with the section, and the new value, or `None` to remove the key. A track is the key `sectors.NAME`.
pub(crate) type Changes = [(String, Option<Value>)];

/// The settings as they are stored now. What is wrong is left out.
#[derive(Debug)]
pub(crate) struct Stored {
    /// Path of the file; `None` if the environment names no folder for settings.
    pub(crate) path: Option<PathBuf>,
    /// The file exists.
    pub(crate) exists: bool,
    /// The settings that are right.
    pub(crate) effective: Effective,
    /// What is wrong in the file, with lines, and in the environment.
    pub(crate) problems: Vec<Problem>,
    /// Why the file cannot be read.
    pub(crate) unreadable: Option<String>,
}

/// A setting whose value only those who use it can check, such as an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongSetting {
    /// The key; empty if several keys contradict each other.
    pub(crate) key: &'static str,
    /// What is wrong, with the value if that is no secret.
    pub(crate) message: String,
}

impl WrongSetting {
    /// The address in a key is wrong.
    pub(crate) fn address(key: &'static str, value: &str, error: &impl fmt::Display) -> Self {
        let found = redact::address(value).map(|value| format!(", found {value:?}")).unwrap_or_default();
        Self { key, message: format!("{error}{found}") }
    }

    /// Several keys contradict each other.
    pub(crate) fn contradiction(message: impl Into<String>) -> Self {
        Self { key: "", message: message.into() }
    }
}

impl fmt::Display for WrongSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = if self.key.is_empty() { "" } else { ": " };
        write!(f, "{}{separator}{}", self.key, self.message)
    }
}

impl std::error::Error for WrongSetting {}

/// Why settings were not changed.
#[derive(Debug)]
pub(crate) enum ChangeError {
    /// The file has errors, with lines.
    File(Vec<Problem>),
    /// Keys are unknown, or values wrong.
    Values(Vec<Problem>),
    /// The file cannot be read or written.
    Io(anyhow::Error),
}

impl From<anyhow::Error> for ChangeError {
    fn from(error: anyhow::Error) -> Self {
        Self::Io(error)
    }
}

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

/// The settings as they are stored now.
pub(crate) fn stored() -> Stored {
    let path = path();
    let (text, unreadable) = match path.as_deref().map(read).transpose() {
        Ok(text) => (text.flatten(), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    let (effective, problems) = Effective::with_problems(text.as_deref(), |name| std::env::var_os(name));
    Stored { exists: text.is_some() || unreadable.is_some(), path, effective, problems, unreadable }
}

/// Changes keys in the file, all of them or none. Comments stay; the file and its folder are created if they do not exist. This is the only
/// function that changes the file.
///
/// # Errors
/// If the file has errors, a change is wrong, or the file cannot be read or written. Nothing is changed then.
pub(crate) fn change(changes: &Changes) -> Result<(), ChangeError> {
    let path = path().ok_or_else(|| {
        anyhow!("there is no folder for settings: the environment variable HOME or XDG_CONFIG_HOME, on Windows APPDATA, is not set")
    })?;
    change_in(&path, changes, |name| std::env::var_os(name))?;
    let keys: Vec<_> = changes.iter().map(|(key, _)| key.escape_debug().to_string()).collect();
    info!("settings changed: {}", keys.join(", "));
    Ok(())
}

/// As [`change`], in a file, with the variables of an environment.
fn change_in(path: &Path, changes: &Changes, variable: impl Fn(&str) -> Option<OsString>) -> Result<(), ChangeError> {
    let problem = |key: &str, message: String| Problem { key: key.into(), line: None, message, suggestion: None };
    if changes.len() > MAX_CHANGES {
        return Err(ChangeError::Values(vec![problem("", format!("at most {MAX_CHANGES} keys are changed together"))]));
    }
    // A change of these would have no effect.
    let is_fixed =
        |name: &str| Key::find(name).and_then(|key| variable(&key.variable())).is_some_and(|text| !text.is_empty());
    let (fixed, free): (Vec<_>, Vec<_>) = changes.iter().partition(|(name, _)| is_fixed(name));
    let fixed = fixed
        .into_iter()
        .filter_map(|(name, _)| Key::find(name))
        .map(|key| problem(key.name, format!("the environment variable {} sets it", key.variable())));
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("cannot create the folder {}", name_of(folder)))?;
    let lock = lock(path)?;
    let result = rewrite(path, &free, fixed.collect());
    lock.remove();
    result
}

/// Reads the file, changes it, and writes it if there are no problems. The lock is held.
fn rewrite(path: &Path, changes: &[&(String, Option<Value>)], mut problems: Vec<Problem>) -> Result<(), ChangeError> {
    let before = read(path)?.unwrap_or_default();
    match change_all(&before, changes.iter().map(|(key, value)| (key.as_str(), value.as_ref()))) {
        Ok(after) if problems.is_empty() && after != before => Ok(write(path, &after)?),
        Ok(_) if problems.is_empty() => Ok(()),
        Ok(_) => Err(ChangeError::Values(problems)),
        Err(found) if found.iter().any(|problem| problem.line.is_some()) => Err(ChangeError::File(found)),
        Err(found) => {
            problems.extend(found);
            Err(ChangeError::Values(problems))
        }
    }
}

/// The lock of a file of settings, which other processes and threads of acevo take, too.
fn lock(path: &Path) -> anyhow::Result<FileLock> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    for attempt in 0..LOCK_ATTEMPTS {
        if attempt > 0 {
            thread::sleep(LOCK_INTERVAL);
        }
        let lock = FileLock::try_acquire(&name);
        if let Some(lock) = lock.with_context(|| format!("cannot change the settings in {}", name_of(path)))? {
            return Ok(lock);
        }
    }
    bail!("another acevo is changing the settings; try again")
}

/// Replaces the file at once: readers see the old text or the new one. If the path is a link, the file that it leads to is replaced. The
/// permissions stay.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    ensure!(text.len() as u64 <= MAX_BYTES, "the settings would have more than {MAX_BYTES} bytes");
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = fs::metadata(&target).ok().map(|metadata| metadata.permissions());
    ensure!(!permissions.as_ref().is_some_and(fs::Permissions::readonly), "{} is read-only", name_of(path));
    let write = || -> io::Result<()> {
        let mut file = PendingFile::create(&target)?;
        if let Some(permissions) = permissions {
            file.file()?.set_permissions(permissions)?;
        }
        file.write_all(text.as_bytes())?;
        file.replace()
    };
    write().with_context(|| format!("cannot write the settings to {}", name_of(path)))
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

    fn changes(list: &[(&str, Option<Value>)]) -> Vec<(String, Option<Value>)> {
        list.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
    }

    fn in_environment(_: &str) -> Option<OsString> {
        None
    }

    fn keys(error: ChangeError) -> (&'static str, Vec<String>) {
        let texts = |problems: Vec<Problem>| problems.iter().map(ToString::to_string).collect();
        match error {
            ChangeError::File(problems) => ("file", texts(problems)),
            ChangeError::Values(problems) => ("values", texts(problems)),
            ChangeError::Io(error) => ("io", vec![format!("{error:#}")]),
        }
    }

    #[test]
    fn change_creates_the_file_and_its_folder_and_keeps_comments() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/acevo").join(FILE);
        change_in(&path, &changes(&[("units", Some("metric".into()))]), in_environment).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "units = \"metric\"\n");
        let text = "# mine\n[server]\nport = 80 # web\n# the end\n";
        fs::write(&path, text).unwrap();
        change_in(&path, &changes(&[("server.port", Some(81.into())), ("units", None)]), in_environment).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text.replace("80", "81"));
        change_in(&path, &changes(&[("server.port", None)]), in_environment).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n[server]\n# the end\n");
        let entries: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(cfg!(windows) || entries == [FILE], "{entries:?}");
    }

    #[test]
    fn change_reports_every_problem_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "rig = \"a\"\n").unwrap();
        let wrong = [
            ("units", Some("metric".into())),
            ("server.port", Some("x".into())),
            ("server.prot", Some(1.into())),
            ("sectors.Ring", Some(Value::List(vec![2.0.into()]))),
            ("log.level", Some(Value::Other("null"))),
        ];
        let (kind, texts) = keys(change_in(&path, &changes(&wrong), in_environment).unwrap_err());
        assert_eq!((kind, texts.len()), ("values", 4), "{texts:?}");
        assert!(texts[0].starts_with("server.port: expected 0 to 65535"), "{texts:?}");
        assert!(texts[1].contains("did you mean server.port?"), "{texts:?}");
        let units = changes(&[("units", Some("metric".into()))]);
        let variable = |name: &str| (name == "ACEVO_UNITS").then(|| "kpa".into());
        let (kind, texts) = keys(change_in(&path, &units, variable).unwrap_err());
        assert_eq!((kind, texts), ("values", vec!["units: the environment variable ACEVO_UNITS sets it".to_owned()]));
        let many: Vec<_> = (0..=MAX_CHANGES).map(|number| (format!("sectors.{number}"), None)).collect();
        assert_eq!(keys(change_in(&path, &many, in_environment).unwrap_err()).0, "values");
        assert_eq!(fs::read_to_string(&path).unwrap(), "rig = \"a\"\n");
        for wrong in ["rig = 1\n", "= 1", "[server\n"] {
            fs::write(&path, wrong).unwrap();
            let (kind, texts) = keys(change_in(&path, &units, in_environment).unwrap_err());
            assert!(kind == "file" && texts[0].starts_with("line 1"), "{texts:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), wrong);
        }
    }

    #[test]
    fn change_refuses_files_that_cannot_be_read_or_would_be_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let units = changes(&[("units", Some("metric".into()))]);
        let refused = |content: &[u8]| {
            fs::write(&path, content).unwrap();
            let (kind, texts) = keys(change_in(&path, &units, in_environment).unwrap_err());
            assert_eq!((kind, fs::read(&path).unwrap().as_slice()), ("io", content), "{texts:?}");
        };
        refused(b"# \xff\n");
        refused(format!("#{}\n", "x".repeat(MAX_BYTES as usize)).as_bytes());
        refused(format!("#{}\n", "x".repeat(MAX_BYTES as usize - 5)).as_bytes());
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(keys(change_in(&path, &units, in_environment).unwrap_err()).0, "io");
    }

    #[test]
    fn changes_at_the_same_time_are_all_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::write(&path, "# mine\n").unwrap();
        thread::scope(|scope| {
            for number in 0..8_u8 {
                let path = &path;
                scope.spawn(move || {
                    let value = Value::List(vec![(f64::from(number + 1) / 10.0).into()]);
                    let track = [(format!("sectors.Ring {number}"), Some(value))];
                    while change_in(path, &track, in_environment).is_err() {}
                });
            }
        });
        let text = fs::read_to_string(&path).unwrap();
        let settings = acevo_settings::Settings::from_toml(&text).unwrap();
        assert_eq!((settings.sectors.tracks.len(), text.matches("# mine").count()), (8, 1), "{text}");
    }

    #[test]
    #[cfg(unix)]
    fn change_follows_a_link_and_keeps_permissions() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (path, target) = (folder.path().join(FILE), folder.path().join("dotfiles.toml"));
        fs::write(&target, "# mine\n").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&target, &path).unwrap();
        let units = changes(&[("units", Some("metric".into()))]);
        change_in(&path, &units, in_environment).unwrap();
        assert!(path.symlink_metadata().unwrap().is_symlink());
        assert!(fs::read_to_string(&target).unwrap().contains("metric"));
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&target, fs::Permissions::from_mode(0o400)).unwrap();
        let (kind, texts) = keys(change_in(&path, &changes(&[("units", None)]), in_environment).unwrap_err());
        assert!(kind == "io" && texts[0].contains("read-only"), "{texts:?}");
    }

    #[test]
    fn utf8_reports_the_line_of_other_encodings() {
        let error = utf8(b"units = \"game\"\n# M\xfcller\n".to_vec()).unwrap_err().to_string();
        assert!(error.starts_with("line 2 is not UTF-8"), "{error}");
    }
}
