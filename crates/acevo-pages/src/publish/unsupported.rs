//! Systems without a default location for the pages.

use super::target::Target;
use crate::error::Error;

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    Err(Error::Unsupported)
}
