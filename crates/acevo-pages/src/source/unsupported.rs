//! Systems on which the game does not run.

use super::{Finding, Outcome, Source};
use crate::error::Error;

pub(crate) fn open() -> Result<Box<dyn Source>, Error> {
    Err(Error::Unsupported)
}

pub(crate) fn survey() -> Vec<Finding> {
    vec![Finding::new("Assetto Corsa EVO", Outcome::of(Error::Unsupported))]
}
