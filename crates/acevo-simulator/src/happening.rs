//! What happens to the cars of a session, for the truth and the log.

use crate::laps::Crossing;
use crate::truth::LapRecord;

/// Something that happened to a car.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Happening {
    /// Index of the car in the arrays of the page.
    pub(crate) slot: usize,
    /// Session time in seconds.
    pub(crate) at: f64,
    pub(crate) kind: HappeningKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum HappeningKind {
    /// The car appears in the session.
    Joined,
    /// The car leaves the session.
    Left,
    /// The car passes the end of a sector of the game's log.
    Crossing(Crossing),
    /// The car completes a lap.
    Lap {
        lap: LapRecord,
        /// True if the lap began in a box, at the start of a session or after a return.
        from_box: bool,
    },
    /// The lap that was running at the end of the race, with the time that the game estimates.
    Estimate(LapRecord),
    /// The car has crossed the line for the last time in a race.
    Finished,
    /// The car enters (true) or leaves the pit lane.
    PitLane(bool),
    /// The car stops in its box.
    BoxReached,
    /// The car leaves its box.
    BoxLeft,
    /// The number of wheels off the track changes.
    WheelsOff { before: u8, now: u8 },
}
