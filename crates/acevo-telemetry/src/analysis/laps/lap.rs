//! A lap that has ended.

use std::fmt;

use acevo_shared_memory::Wheels;
use serde::{Deserialize, Serialize};

use super::driving::Driving;
use crate::analysis::settings::SectorKind;
use crate::analysis::summary::Summary;

/// Identifies a lap of an analysis.
///
/// The number alone does not: each session begins at lap 1, and a lap that was broken off leaves its number to the next lap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct LapId {
    /// The session, from 1.
    pub session: u32,
    /// The number of the lap in its session, from 1.
    pub number: u32,
    /// The attempt, from 1, among the laps with the same session and number.
    pub attempt: u32,
}

impl LapId {
    /// The first attempt at a lap.
    pub const fn new(session: u32, number: u32) -> Self {
        Self { session, number, attempt: 1 }
    }

    /// The same lap with another attempt.
    #[must_use]
    pub const fn with_attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }
}

/// Formats the ID as the commands take it: `2/3` is lap 3 of session 2, `2/3#2` its second attempt.
impl fmt::Display for LapId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.session, self.number)?;
        if self.attempt > 1 { write!(f, "#{}", self.attempt) } else { Ok(()) }
    }
}

/// A lap that has ended at the line or was broken off.
///
/// Every value is certain or `None`. A lap that was not seen from its beginning to its end, or whose time the game never published, is
/// marked [`incomplete`](Self::incomplete).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lap {
    /// The session, from 1, counted since the analysis began. A restart is another session.
    pub session: u32,
    /// Number of the lap in the session, from 1, as the game counts. A lap that was broken off and the next one have the same number.
    pub number: u32,
    /// The attempt, from 1, among the laps with the same session and number. The laps before the last attempt were broken off.
    pub attempt: u32,
    /// The stint in which the lap ended, from 1. A stint begins when the car leaves its box.
    pub stint: u32,
    /// Whether the lap began or ended in the pits.
    pub kind: LapKind,
    /// Why the lap is incomplete; `None` for a complete lap.
    pub incomplete: Option<Incomplete>,
    /// Lap time of the game, milliseconds; `None` if it is not certain that it belongs to this lap.
    pub time_ms: Option<u32>,
    /// Lap time as measured by the counter of physics steps and the lap positions around the line, milliseconds. Accurate to about
    /// 3 ms, because frames do not show which physics step they belong to. `None` if a crossing of the line was not seen.
    pub measured_ms: Option<u32>,
    /// Whether the game counts it.
    pub validity: Validity,
    /// Sector times, milliseconds. They add up to [`time_ms`](Self::time_ms). `None` for a sector whose beginning or end was not seen.
    pub sectors_ms: Vec<Option<u32>>,
    /// Where the boundaries of its sectors come from.
    #[serde(default)]
    pub sector_kind: SectorKind,
    /// When the lap ended, in seconds of driving since the analysis began, without pauses.
    pub ended_s: f64,
    /// Fuel burned, litres. Refuelling is not subtracted, but hides what is burned at the same time. `None` if the beginning or the end
    /// of the lap was not seen.
    pub fuel_used_l: Option<f64>,
    /// Fuel added, litres; `None` as above.
    pub fuel_added_l: Option<f64>,
    /// Charge of the traction battery used, 0..1, less what was recovered; negative if more was recovered. `None` as above.
    pub charge_used: Option<f64>,
    /// Statistics of the lap.
    #[serde(flatten)]
    pub stats: LapStats,
    /// Physics packets that were missed.
    pub missed: u64,
}

impl Lap {
    /// Identifies the lap.
    pub const fn id(&self) -> LapId {
        LapId { session: self.session, number: self.number, attempt: self.attempt }
    }

    /// True if the lap counts for best times: it is complete, valid and has a time.
    pub const fn counts(&self) -> bool {
        self.incomplete.is_none() && self.validity.is_valid() && self.time_ms.is_some()
    }
}

/// Statistics of a lap or stint. Implausible values are ignored.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LapStats {
    /// Speed, km/h.
    pub speed_kmh: Summary,
    /// Core temperatures of the tyres, °C.
    pub tyre_core_c: Wheels<Summary>,
    /// Surface temperatures of the tyres, mean of left, middle and right, °C.
    pub tyre_surface_c: Wheels<Summary>,
    /// Tyre pressures, psi.
    pub tyre_pressure_psi: Wheels<Summary>,
    /// Brake temperatures, °C.
    pub brake_c: Wheels<Summary>,
    /// Coolant temperature, °C.
    pub water_c: Summary,
    /// Oil temperature, °C.
    pub oil_c: Summary,
    /// Air temperature, °C.
    pub air_c: Summary,
    /// Road temperature, °C.
    pub road_c: Summary,
    /// Shares of the time: gears, full throttle, coasting.
    pub driving: Driving,
}

/// Whether a lap began or ended in the pits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LapKind {
    /// From line to line on the track, or from the grid to the line.
    Flying,
    /// It began in the pits.
    Out,
    /// It ended in the pits.
    In,
    /// It began and ended in the pits, or passed through them.
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

/// Why a lap is incomplete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Incomplete {
    /// The lap was running already when the analysis began or continued after an interruption. Its time is the game's.
    Joined,
    /// The game never published a time that can belong to this lap.
    Unconfirmed,
    /// The session was restarted.
    Restarted,
    /// The driver returned to the pits by the menu.
    Returned,
    /// The session ended, or another one began.
    SessionEnded,
    /// The driver changed the car.
    CarChanged,
    /// After a replay the game did not continue from where it was.
    Replay,
    /// Too many packets were missed, or the timer jumped without an explanation.
    Lost,
    /// The game or the connection ended.
    Interrupted,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Joined => "joined in progress",
            Self::Unconfirmed => "no time from the game",
            Self::Restarted => "restarted",
            Self::Returned => "returned to the pits",
            Self::SessionEnded => "the session ended",
            Self::CarChanged => "car changed",
            Self::Replay => "interrupted by a replay",
            Self::Lost => "packets lost",
            Self::Interrupted => "interrupted",
        })
    }
}

/// Whether the game counts a lap.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Validity {
    /// The lap counts, or counts so far.
    Valid,
    /// The lap does not count.
    Invalid {
        /// Why.
        reason: Invalid,
        /// The lap position at which that was seen first, 0..1. The JSON key is `place`.
        #[serde(rename = "place")]
        lap_position: Option<f64>,
    },
    /// Unknown: the last moments of the lap were not seen.
    Unknown,
}

impl Validity {
    /// True if the lap is known to count.
    pub const fn is_valid(self) -> bool {
        matches!(self, Self::Valid)
    }

    /// True if the lap is known not to count.
    pub const fn is_invalid(self) -> bool {
        matches!(self, Self::Invalid { .. })
    }
}

/// Why a lap does not count. The game does not publish the reason, so it is derived from the pages at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Invalid {
    /// The lap began in the pits.
    OutLap,
    /// The car was in the pit lane.
    PitLane,
    /// All four wheels were off the track.
    TrackLimits,
    /// The car went the wrong way.
    WrongWay,
    /// The lap was invalid from its beginning.
    FromTheStart,
    /// The pages do not show the reason.
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
