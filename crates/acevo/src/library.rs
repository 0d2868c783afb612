//! The session library of the user: its database, and the thread that keeps it up to date while the program runs.

mod task;

use std::path::PathBuf;

use acevo_files::UserFolder;
use acevo_library::{Library, LibraryError};
use acevo_telemetry::analysis::Settings;

use crate::format::text::error_chain;
use crate::output::{name_of, say};

pub(crate) use self::task::{LibraryTask, Watched};

/// Name of the file in the folder of data.
const FILE: &str = "library.sqlite";

/// Opens the database of the user. If that fails, the library is in memory, and the user is warned.
///
/// # Errors
/// If a library in memory is not possible either.
pub(crate) fn open(settings: Settings) -> Result<Library, LibraryError> {
    let library = match path().map(Library::open) {
        Some(Ok(library)) => library,
        Some(Err(error)) => {
            warn(&error_chain(&error));
            Library::in_memory()?
        }
        None => {
            warn("there is no folder for it");
            Library::in_memory()?
        }
    };
    if let Some(path) = library.path().filter(|_| library.was_rebuilt()) {
        let name = name_of(path);
        say(format_args!(
            "acevo: warning: the session library {name} was damaged or of another version: it is built again from the recordings"
        ));
    }
    Ok(library.with_settings(settings))
}

fn warn(reason: &str) {
    say(format_args!(
        "acevo: warning: the session library is kept in memory, and recordings are read again by the next command: {reason}"
    ));
}

fn path() -> Option<PathBuf> {
    Some(UserFolder::Data.path()?.join(FILE))
}
