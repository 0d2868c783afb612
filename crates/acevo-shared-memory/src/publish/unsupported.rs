//! Systems without a place that readers of the game look at.

use super::Target;
use crate::error::Error;

pub(super) fn open() -> Result<Box<dyn Target>, Error> {
    Err(Error::Unsupported)
}
