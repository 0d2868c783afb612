//! The file on disk: nothing in it is ever lost to a crash, to another program or to a version that cannot read it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fmt, process, thread};

use super::PersonalBests;
use super::file::{self, Unreadable};

/// A file of more bytes is not read, and none is written: room for some thousand laps.
const LARGEST: u64 = 16 << 20;

/// As long as this another program is waited for.
const PATIENCE: Duration = Duration::from_secs(2);
const RETRY: Duration = Duration::from_millis(5);

/// Why personal bests could not be read or kept. The file is as it was.
#[derive(Debug)]
#[non_exhaustive]
pub enum PersonalError {
    /// The system says so.
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What it says.
        source: io::Error,
    },
    /// The file is no file of personal bests, or damaged.
    Broken {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// A newer version of this program has written the file.
    Newer {
        /// The file.
        path: PathBuf,
        /// The version of its format.
        version: u32,
    },
    /// The file is, or would become, larger than any such file should be.
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Another program has kept the file locked for seconds.
    Busy {
        /// The lock.
        path: PathBuf,
    },
}

impl fmt::Display for PersonalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AWAY: &str = "it was left as it is; move it away to begin a new one";
        match self {
            Self::Io { path, source } => write!(f, "personal bests, {}: {source}", path.display()),
            Self::Broken { path, source } => {
                write!(f, "{} has no readable personal bests ({source}); {AWAY}", path.display())
            }
            Self::Newer { path, version } => write!(
                f,
                "{} was written by a newer version of this program (format {version}); update, or {AWAY}",
                path.display()
            ),
            Self::TooLarge { path } => {
                write!(f, "{} is larger than {} MB; {AWAY}", path.display(), LARGEST >> 20)
            }
            Self::Busy { path } => write!(f, "another program keeps {} locked; end it, and try again", path.display()),
        }
    }
}

impl std::error::Error for PersonalError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Broken { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The file that personal bests are kept in.
///
/// It is replaced as a whole: a crash leaves the old file or the new one. What this program cannot read it does not
/// overwrite. Programs that run at the same time take turns (a lock on a file beside it), so none loses the bests of another;
/// on a file system without locks, of two that write within the same few milliseconds one may.
///
/// ```no_run
/// use acevo_telemetry::personal::{PersonalBests, PersonalStore};
///
/// let store = PersonalStore::new(PersonalStore::default_path().expect("a home directory"));
/// let mut bests = store.load()?;
/// // … laps are driven: bests.offer(…)
/// bests = store.merge(&bests)?;
/// # Ok::<(), acevo_telemetry::personal::PersonalError>(())
/// ```
#[derive(Debug, Clone)]
pub struct PersonalStore {
    path: PathBuf,
}

impl PersonalStore {
    /// The file at this path; it need not exist yet, nor its directory.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// `$XDG_DATA_HOME/acevo/personal-bests.json` or the same in `~/.local/share`; on Windows in `%APPDATA%`. `None` where
    /// the environment tells no such directory.
    pub fn default_path() -> Option<PathBuf> {
        default_path(|name| env::var_os(name), cfg!(windows))
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is in the file; nothing where there is none.
    ///
    /// # Errors
    /// [`PersonalError`], all but `Busy`: reading needs no lock.
    pub fn load(&self) -> Result<PersonalBests, PersonalError> {
        let text = match self.read() {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(PersonalBests::default()),
            Err(source) => return Err(self.io(source)),
        };
        if text.len() as u64 > LARGEST {
            return Err(PersonalError::TooLarge { path: self.path.clone() });
        }
        file::read(&text).map_err(|error| match error {
            Unreadable::Newer(version) => PersonalError::Newer { path: self.path.clone(), version },
            Unreadable::Other(source) => PersonalError::Broken { path: self.path.clone(), source },
        })
    }

    /// At most one byte more than may be.
    fn read(&self) -> io::Result<Vec<u8>> {
        // A pipe would be waited for.
        if !fs::metadata(&self.path)?.is_file() {
            return Err(io::Error::other("not a file"));
        }
        let mut text = Vec::new();
        File::open(&self.path)?.take(LARGEST + 1).read_to_end(&mut text)?;
        Ok(text)
    }

    /// Puts what is better into the file, which may have been changed by another program meanwhile, and returns all that is in
    /// it now. The file is not touched where nothing in it gets better.
    ///
    /// # Errors
    /// [`PersonalError`]; the file is as it was, and what was to be kept can be given again.
    pub fn merge(&self, news: &PersonalBests) -> Result<PersonalBests, PersonalError> {
        let directory = self.path.parent().filter(|directory| !directory.as_os_str().is_empty());
        if let Some(directory) = directory {
            fs::create_dir_all(directory).map_err(|source| PersonalError::Io { path: directory.into(), source })?;
        }
        let _lock = self.lock()?;
        let mut bests = self.load()?;
        let before = bests.entries.clone();
        bests.merge(news);
        if bests.entries != before {
            let text = file::write(&bests).map_err(|error| self.io(error.into()))?;
            if text.len() as u64 > LARGEST {
                return Err(PersonalError::TooLarge { path: self.path.clone() });
            }
            self.replace(&text).map_err(|source| self.io(source))?;
        }
        Ok(bests)
    }

    /// One program at a time; the lock ends with the file that is returned, however the program ends.
    fn lock(&self) -> Result<File, PersonalError> {
        let path = self.beside("lock");
        let failed = |source| PersonalError::Io { path: path.clone(), source };
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if began.elapsed() > PATIENCE => {
                    return Err(PersonalError::Busy { path });
                }
                Err(TryLockError::WouldBlock) => thread::sleep(RETRY),
            }
        }
    }

    /// Writes beside the file, and renames: never is there half a file under its name.
    fn replace(&self, text: &[u8]) -> io::Result<()> {
        // Where the path is a link, what it leads to is replaced.
        let target = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let temporary = Self::new(&target).beside(&format!("{}.tmp", process::id()));
        let written = File::create(&temporary)
            .and_then(|mut file| file.write_all(text).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, &target));
        if written.is_err() {
            // What matters is told already.
            let _ = fs::remove_file(&temporary);
            return written;
        }
        // That the new name lasts, too. Not every system can do this, and the file is whole without it.
        if let Some(directory) = target.parent().and_then(|directory| File::open(directory).ok()) {
            let _ = directory.sync_all();
        }
        Ok(())
    }

    /// The path with something behind its name.
    fn beside(&self, extension: &str) -> PathBuf {
        let mut path = OsString::from(&self.path);
        path.push(".");
        path.push(extension);
        path.into()
    }

    fn io(&self, source: io::Error) -> PersonalError {
        PersonalError::Io { path: self.path.clone(), source }
    }
}

fn default_path(variable: impl Fn(&str) -> Option<OsString>, windows: bool) -> Option<PathBuf> {
    let absolute = |name| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let directory = if windows {
        absolute("APPDATA")
    } else {
        absolute("XDG_DATA_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
    };
    Some(directory?.join("acevo").join("personal-bests.json"))
}

// Whether a path is absolute depends on the system.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_environment_tells_where() {
        let path = |variables: &[(&str, &str)], windows| {
            let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| value.into());
            default_path(variable, windows).map(|path| path.display().to_string())
        };
        let (home, data) = (("HOME", "/home/me"), ("XDG_DATA_HOME", "/data"));
        assert_eq!(path(&[home, data], false).unwrap(), "/data/acevo/personal-bests.json");
        assert_eq!(path(&[home], false).unwrap(), "/home/me/.local/share/acevo/personal-bests.json");
        assert_eq!(
            path(&[home, ("XDG_DATA_HOME", "relative")], false).unwrap(),
            "/home/me/.local/share/acevo/personal-bests.json"
        );
        assert_eq!(path(&[], false), None);
        assert_eq!(path(&[home, data, ("APPDATA", "/roaming")], true).unwrap(), "/roaming/acevo/personal-bests.json");
        assert_eq!(path(&[home], true), None);
    }
}
