//! What a lap is.

use std::fmt;

use acevo_shared_memory::Wheels;
use serde::Serialize;

use super::driving::Driving;
use crate::analysis::Summary;

/// A lap that is over, or was broken off.
///
/// What is in it is right, or not there: a lap that was not seen from its beginning to its end, or whose time the game never
/// told, is marked [`incomplete`](Self::incomplete); what could not be measured is `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lap {
    /// The session it was driven in, from 1, counted since the analysis began. A restart is another session.
    pub session: u32,
    /// Its number in the session, from 1, as the game counts. A lap that was broken off leaves its number to the next one.
    pub number: u32,
    /// The stint it ended in, from 1: the car has left its box so often in this session.
    pub stint: u32,
    /// From where to where.
    pub kind: LapKind,
    /// Why it is not complete; `None` for a complete lap.
    pub incomplete: Option<Incomplete>,
    /// The game's time in milliseconds. Only where it is certain that it is this lap's.
    pub time_ms: Option<u32>,
    /// The time from crossing to crossing in milliseconds as measured here, by the counter of physics steps and the places
    /// before and after the line. Some 3 ms exact: the game's frames do not tell which step they show. `None` where the line was
    /// crossed unseen.
    pub measured_ms: Option<u32>,
    /// Whether the game counts it.
    pub validity: Validity,
    /// Times of the sectors in milliseconds; they add up to [`time_ms`](Self::time_ms). `None` for one whose end was not seen.
    pub sectors_ms: Vec<Option<u32>>,
    /// When it ended, in seconds of driving since the analysis began; pauses do not count.
    pub ended_s: f64,
    /// Fuel burned, litres. Refuelling does not count against it, but hides what is burned at the same time. `None` where the
    /// beginning or the end of the lap was not seen.
    pub fuel_used_l: Option<f64>,
    /// Fuel that came in, litres.
    pub fuel_added_l: Option<f64>,
    /// Part of the traction battery's charge that was used, 0..1, less what was recovered; negative where more came in.
    pub charge_used: Option<f64>,
    /// What was measured on the way.
    #[serde(flatten)]
    pub figures: LapStats,
    /// Physics packets that were never seen.
    pub missed: u64,
}

impl Lap {
    /// True for a lap that a best time may be made of: complete, and counted by the game.
    pub const fn counts(&self) -> bool {
        self.incomplete.is_none() && self.validity.is_valid() && self.time_ms.is_some()
    }
}

/// SessionEventKind was measured during a lap; values that no car can have are left out.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[non_exhaustive]
pub struct LapStats {
    /// Speed, km/h.
    pub speed_kmh: Summary,
    /// Cores of the tyres, °C.
    pub tyre_core_c: Wheels<Summary>,
    /// Surfaces of the tyres, the mean of left, middle and right, °C.
    pub tyre_surface_c: Wheels<Summary>,
    /// Pressures of the tyres, psi.
    pub tyre_pressure_psi: Wheels<Summary>,
    /// Brakes, °C.
    pub brake_c: Wheels<Summary>,
    /// Coolant, °C.
    pub water_c: Summary,
    /// Oil, °C.
    pub oil_c: Summary,
    /// Air, °C.
    pub air_c: Summary,
    /// Road, °C.
    pub road_c: Summary,
    /// How the time was driven: gears, full throttle, coasting.
    pub driving: Driving,
}

/// From where to where a lap went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LapKind {
    /// From line to line on the track, or from the grid to the line.
    Flying,
    /// It began in the pits.
    Out,
    /// It ended in the pits.
    In,
    /// It began and ended in the pits, or went through them.
    Pit,
}

impl fmt::Display for LapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flying => "flying",
            Self::Out => "out",
            Self::In => "in",
            Self::Pit => "pit",
        })
    }
}

/// Why a lap is not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Incomplete {
    /// It was running already when the analysis began, or went on after an interruption. Its time is the game's all the same.
    Joined,
    /// The game never told a time that can be this lap's.
    Unconfirmed,
    /// The session was restarted.
    Restarted,
    /// The driver went back to the pits by the menu.
    Returned,
    /// The session ended or became another one.
    SessionEnded,
    /// Another car was taken.
    CarChanged,
    /// The game did not go on from where it was after a replay.
    Replay,
    /// Too much was missed to know what happened, or the timer went on in a way that nothing explains.
    Lost,
    /// The game ended, or the connection did.
    Interrupted,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Joined => "joined on the way",
            Self::Unconfirmed => "the game told no time",
            Self::Restarted => "restarted",
            Self::Returned => "returned to the pits",
            Self::SessionEnded => "the session ended",
            Self::CarChanged => "another car",
            Self::Replay => "broken off by a replay",
            Self::Lost => "packets lost",
            Self::Interrupted => "interrupted",
        })
    }
}

/// Whether the game counts a lap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Validity {
    /// It counts, or does so far.
    Valid,
    /// It does not.
    Invalid {
        /// Why.
        reason: Invalid,
        /// Where that was seen first: part of the lap, 0..1.
        place: Option<f64>,
    },
    /// What the game thought of it in its last moments was not seen.
    Unknown,
}

impl Validity {
    /// True for a lap that is known to count.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid)
    }

    /// True for a lap that is known not to count.
    pub const fn is_invalid(self) -> bool {
        matches!(self, Self::Invalid { .. })
    }
}

/// Why a lap does not count. The game only tells that it does not: the reason is what was seen at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Invalid {
    /// It began in the pits.
    OutLap,
    /// The car was in the pit lane.
    PitLane,
    /// All four wheels were off the track.
    TrackLimits,
    /// The car went the wrong way.
    WrongWay,
    /// It did not count from its first moment on.
    FromTheStart,
    /// Nothing that the pages show.
    Unexplained,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::OutLap => "out lap",
            Self::PitLane => "pit lane",
            Self::TrackLimits => "track limits",
            Self::WrongWay => "wrong way",
            Self::FromTheStart => "from the start",
            Self::Unexplained => "unexplained",
        })
    }
}
