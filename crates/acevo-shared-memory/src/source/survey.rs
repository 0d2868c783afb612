//! What a look around finds, for people who wonder why nothing comes.

use std::error::Error as _;
use std::fmt;

use super::system;
use crate::error::Error;

/// Looks for everything [`ACEvoSharedMemoryMapper::open`](crate::ACEvoSharedMemoryMapper::open) looks for, and reports all of
/// it instead of stopping at the first thing found or missing.
///
/// ```
/// for finding in acevo_shared_memory::survey() {
///     println!("{finding}");
/// }
/// ```
pub fn survey() -> Vec<Finding> {
    system::survey()
}

/// One thing that was looked for.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What, and where.
    pub looked_for: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of looking.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is there: sizes, process ids.
    Found(String),
    /// It is not there.
    Missing,
    /// It is there and cannot be used, and why.
    Unusable(Error),
}

impl Finding {
    pub(crate) fn new(looked_for: impl Into<String>, outcome: Outcome) -> Self {
        Self { looked_for: looked_for.into(), outcome }
    }
}

impl Outcome {
    pub(crate) fn of(error: Error) -> Self {
        if error.is_absence() { Self::Missing } else { Self::Unusable(error) }
    }

    /// True where the thing is there and can be used.
    pub const fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.looked_for, self.outcome)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(detail) => write!(f, "found, {detail}"),
            Self::Missing => f.write_str("not there"),
            Self::Unusable(error) => {
                write!(f, "cannot be used: {error}")?;
                error.source().map_or(Ok(()), |source| write!(f, ": {source}"))
            }
        }
    }
}
