//! What happens in a session.

use serde::Serialize;

use super::laps::{Invalid, Lap};

/// Something that has happened on the track.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SessionEvent {
    /// When: the time the frame was fed with, in seconds.
    pub at_s: f64,
    /// The session, from 1.
    pub session: u32,
    /// The lap that was driven, from 1.
    pub lap: Option<u32>,
    /// Where the car was: part of the lap, 0..1.
    pub place: Option<f64>,
    /// What it is.
    #[serde(flatten)]
    pub what: What,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
// Laps are rare, and handed over once.
#[allow(clippy::large_enum_variant)]
pub enum What {
    /// Another session, or the same one anew.
    Session,
    /// The car has left its box for another stint.
    Stint {
        /// Its number in the session, from 1.
        stint: u32,
    },
    /// A lap was begun from its first moment on.
    LapBegun,
    /// A sector has ended, the last one of a lap excepted: that ends with the lap.
    Sector {
        /// Its number, from 1.
        sector: usize,
        /// Its time in milliseconds; `None` where one of its ends was not seen.
        sector_ms: Option<u32>,
        /// The time since the lap began, in milliseconds.
        split_ms: Option<u32>,
        /// Better than in all complete laps of the session that count.
        is_best: bool,
    },
    /// The running lap does not count any more.
    Invalidated {
        /// Why, as far as the pages tell.
        reason: Invalid,
    },
    /// A lap is over, or was broken off.
    Lap(Lap),
    /// The lap that has just ended is the best of the session.
    SessionBest {
        /// Its time in milliseconds.
        time_ms: u32,
        /// The best one before.
        before_ms: Option<u32>,
    },
    /// The lap that has just ended is the best that was ever kept of this car on this track.
    PersonalBest {
        /// Its time in milliseconds.
        time_ms: u32,
        /// The best one before.
        before_ms: Option<u32>,
    },
}
