//! The result of a search for the game, to diagnose why no telemetry arrives.

use std::error::Error as _;
use std::fmt;

use crate::error::Error;

/// One item that was looked for, and the outcome.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// What was looked for, and where.
    pub looked_for: String,
    /// The outcome.
    pub outcome: Outcome,
}

/// The outcome of a search for one item.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// It is there. The text has details, such as sizes and process ids.
    Found(String),
    /// It is not there.
    Missing,
    /// It is there but cannot be used.
    Unusable(Error),
}

impl Finding {
    pub(crate) fn new(looked_for: impl Into<String>, outcome: Outcome) -> Self {
        Self { looked_for: looked_for.into(), outcome }
    }
}

impl Outcome {
    pub(crate) fn of(error: Error) -> Self {
        let is_there = matches!(error, Error::ForeignPages { .. }) || !error.is_absence();
        if is_there { Self::Unusable(error) } else { Self::Missing }
    }

    /// True if the item is there and can be used.
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
            Self::Missing => f.write_str("not found"),
            Self::Unusable(error) => {
                write!(f, "cannot be used: {error}")?;
                error.source().map_or(Ok(()), |source| write!(f, ": {source}"))
            }
        }
    }
}
