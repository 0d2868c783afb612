//! The database and its file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use acevo_files::UserFolder;
use acevo_telemetry::analysis::Settings;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::{LibraryError, schema};

/// Time to wait for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Name of the database in the folder of data of a user.
const USER_FILE: &str = "library.sqlite";

/// What SQLite adds to the name of a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Prepared statements that are kept.
const STATEMENTS: usize = 64;

/// An index of recordings.
///
/// The database has nothing that is not in the recordings and the files with notes beside them: it can be deleted at any time. Several
/// processes may use it at once, and one that writes does not keep others from reading. All methods take `&self`; the database is locked
/// for as long as it is read or written, not while recordings are read.
///
/// ```no_run
/// use acevo_library::{Library, SessionFilter};
///
/// let library = Library::open("library.sqlite")?;
/// library.scan(&["recordings".into()], &Default::default(), &mut |_| true)?;
/// for session in library.sessions(&SessionFilter::default())?.rows {
///     println!("{:?}: {} on {}", session.began, session.car, session.track);
/// }
/// # Ok::<(), acevo_library::LibraryError>(())
/// ```
#[derive(Debug)]
pub struct Library {
    /// `None` in memory.
    path: Option<PathBuf>,
    state: Mutex<State>,
    /// Locked while recordings and their notes are moved or written: notes must not be written where a recording has just been.
    files: Mutex<()>,
    pub(crate) settings: Settings,
}

#[derive(Debug)]
struct State {
    connection: Connection,
    /// Identifies the file that is open: another process may have replaced it.
    file: Option<(u64, u64)>,
    was_rebuilt: bool,
}

impl Library {
    /// Opens the database at this path, or creates it with its folder. If the file is damaged, or of another version of the schema, it is
    /// emptied, and [`was_rebuilt`](Self::was_rebuilt) returns true: the next scan reads all recordings again.
    ///
    /// # Errors
    /// [`LibraryError::Database`] if the file cannot be opened or written; [`LibraryError::File`] if it is damaged and cannot be removed.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, LibraryError> {
        let path = path.into();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|error| LibraryError::file("create", folder, error))?;
        }
        let state = State::open(&path)?;
        Ok(Self { path: Some(path), state: Mutex::new(state), files: Mutex::default(), settings: Settings::default() })
    }

    /// Path of the database that the program `acevo` keeps up to date for this user; it need not exist. `None` if the environment names no
    /// folder for data.
    pub fn user_path() -> Option<PathBuf> {
        Some(UserFolder::Data.path()?.join(USER_FILE))
    }

    /// A library in memory, which is empty and ends with this value.
    ///
    /// # Errors
    /// [`LibraryError::Database`] without memory.
    pub fn in_memory() -> Result<Self, LibraryError> {
        let (connection, _) = connect(Connection::open_in_memory()?)?;
        let state = State { connection, file: None, was_rebuilt: false };
        Ok(Self { path: None, state: Mutex::new(state), files: Mutex::default(), settings: Settings::default() })
    }

    /// Analyses laps with these settings. A scan reads recordings again whose sectors are others with them.
    #[must_use]
    pub fn with_settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// True if the file was damaged or of another version, and was emptied. The caller may warn.
    pub fn was_rebuilt(&self) -> bool {
        self.state().was_rebuilt
    }

    /// The file of the database; `None` in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Opens the file again if another process has replaced it.
    pub(crate) fn refresh(&self) -> Result<(), LibraryError> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut state = self.state();
        if state.file != identity(path) {
            *state = State::open(path)?;
        }
        Ok(())
    }

    /// Removes the file, which is damaged, and creates another one.
    pub(crate) fn rebuild(&self) -> Result<(), LibraryError> {
        let Some(path) = &self.path else { return Ok(()) };
        let mut state = self.state();
        // On Windows an open file cannot be removed.
        state.connection = Connection::open_in_memory()?;
        remove(path)?;
        *state = State::open(path)?;
        state.was_rebuilt = true;
        Ok(())
    }

    pub(crate) fn files(&self) -> MutexGuard<'_, ()> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the database.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Connection) -> Result<T, LibraryError>) -> Result<T, LibraryError> {
        read(&self.state().connection)
    }

    /// Changes the database in one transaction.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        let mut state = self.state();
        let transaction = state.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = change(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }
}

impl State {
    fn open(path: &Path) -> Result<Self, LibraryError> {
        let opened = Connection::open(path).map_err(LibraryError::from).and_then(connect);
        let (connection, was_rebuilt) = match opened {
            Err(error) if error.is_damage() => {
                remove(path)?;
                (connect(Connection::open(path)?)?.0, true)
            }
            opened => opened?,
        };
        Ok(Self { connection, file: identity(path), was_rebuilt })
    }
}

/// Sets a connection up. Returns true if a database of another version was emptied.
fn connect(mut connection: Connection) -> Result<(Connection, bool), LibraryError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Readers do not wait for writers. File systems of the network don't have that; then SQLite keeps its usual journal.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    // A power cut may lose the last changes, which the next scan finds again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.create_scalar_function(
        // A part in lower case, and the texts that may contain it.
        "contains",
        -1,
        FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC,
        |arguments| {
            let part = arguments.get_raw(0).as_str()?;
            for index in 1..arguments.len() {
                if arguments.get_raw(index).as_str()?.to_lowercase().contains(part) {
                    return Ok(true);
                }
            }
            Ok(false)
        },
    )?;
    let was_emptied = schema::prepare(&mut connection)?;
    Ok((connection, was_emptied))
}

/// Removes a damaged database.
fn remove(path: &Path) -> Result<(), LibraryError> {
    for companion in COMPANIONS {
        let mut name = path.as_os_str().to_owned();
        name.push(companion);
        let _ = fs::remove_file(PathBuf::from(name));
    }
    fs::remove_file(path).map_err(|error| LibraryError::file("remove", path, error))
}

/// Identifies a file. Windows keeps an open file from being replaced.
fn identity(path: &Path) -> Option<(u64, u64)> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        path.metadata().ok().map(|metadata| (metadata.dev(), metadata.ino()))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}
