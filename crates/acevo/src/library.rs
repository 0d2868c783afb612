//! The session library of the user: its database, and the thread that keeps it up to date while the program runs.

mod task;

use acevo_library::{Library, LibraryError};
use acevo_telemetry::analysis::Settings;

use crate::format::text::error_chain;
use crate::output::name_of;

pub(crate) use self::task::{LibraryTask, Watched};

/// Opens the database of the user. If that fails, the library is in memory. `warn` gets a sentence about that, or about a database that is
/// built again.
///
/// # Errors
/// If a library in memory is not possible either.
pub(crate) fn open(settings: Settings, warn: impl Fn(&str)) -> Result<Library, LibraryError> {
    let in_memory = |reason: &str| {
        warn(&format!(
            "the session library is kept in memory, and recordings are read again by the next command: {reason}"
        ));
        Library::in_memory()
    };
    let library = match Library::user_path().map(Library::open) {
        Some(Ok(library)) => library,
        Some(Err(error)) => in_memory(&error_chain(&error))?,
        None => in_memory("there is no folder for it")?,
    };
    if let Some(path) = library.path().filter(|_| library.was_rebuilt()) {
        let name = name_of(path);
        warn(&format!(
            "the session library {name} was damaged or of another version: it is built again from the recordings"
        ));
    }
    Ok(library.with_settings(settings))
}
