//! On Linux the pages are files in shared memory.

use std::path::Path;

use super::Target;
use super::directory::Files;
use crate::error::Error;
use crate::source::SHARED_MEMORY;

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    Ok(Box::new(Files::create(Path::new(SHARED_MEMORY))?))
}
