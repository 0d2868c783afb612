//! Errors of files of corners.

use std::io;

use thiserror::Error;

/// Why a file of corners cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CornersError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is not JSON with the fields of corners.
    #[error("it is not a file of corners: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A corner is impossible.
    #[error("corner {number}: {problem}")]
    Corner {
        /// Number of the corner.
        number: u32,
        /// What is wrong.
        problem: CornerProblem,
    },
    /// A name of the track is too long, or the name of the track is empty.
    #[error("the track needs a name of at most 100 bytes, and so does its layout")]
    Track,
    /// There are too many corners.
    #[error("a track has at most {max} corners, not {count}")]
    TooMany {
        /// Number of corners.
        count: usize,
        /// Maximum number of corners.
        max: usize,
    },
}

/// What is wrong with a corner.
#[derive(Debug, Error, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum CornerProblem {
    /// A position is not within 0..1.
    #[error("its {field} is {value}; lap positions are from 0 to 1")]
    Position {
        /// `start`, `apex` or `end`.
        field: &'static str,
        /// The value.
        value: f64,
    },
    /// Start, apex and end do not follow each other.
    #[error("its apex at {apex} is not between its start at {start} and its end at {end}")]
    Order {
        /// Start, as a lap position.
        start: f64,
        /// Apex, as a lap position.
        apex: f64,
        /// End, as a lap position.
        end: f64,
    },
    /// It starts before another corner has ended.
    #[error("it overlaps corner {0}: move its start, or the end of the other one")]
    Overlap(u32),
    /// Its number is 0, or not above that of the corner before it.
    #[error("numbers begin at 1 and ascend along the lap; the one before it is {0}")]
    Number(u32),
    /// Its name is too long.
    #[error("its name is longer than {0} bytes")]
    Name(usize),
}
