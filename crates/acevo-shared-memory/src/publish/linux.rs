//! On Linux the pages are files in shared memory.

use std::path::Path;

use super::Target;
use super::directory::Files;
use crate::error::Error;
use crate::source::{SHARED_MEMORY, WineProcess};

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    // Readers take the game before any files, so these would be of no use beside it.
    match WineProcess::find() {
        Err(Error::GameNotRunning { .. }) => Ok(Box::new(Files::create(Path::new(SHARED_MEMORY))?)),
        _ => Err(Error::AlreadyPublished { place: "the game's shared memory".into() }),
    }
}
