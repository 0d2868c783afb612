//! Publishing on Linux: page files in shared memory.

use std::path::Path;

use super::directory::Files;
use super::target::Target;
use crate::error::Error;
use crate::source::{SHARED_MEMORY, WineProcess};

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    // Readers prefer a running game to files, so files would be useless while it runs. They cannot read a process of another user.
    match WineProcess::find() {
        Err(Error::GameNotRunning { .. } | Error::PermissionDenied { .. }) => {
            Ok(Box::new(Files::create(Path::new(SHARED_MEMORY))?))
        }
        _ => Err(Error::AlreadyPublished { location: "the game's shared memory".into() }),
    }
}
