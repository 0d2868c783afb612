//! What happens in a session.

mod parts;
mod text;

use acevo_shared_memory::ACEvoFlagType;
use serde::{Serialize, Serializer};

use super::laps::{Invalid, Lap};

pub use parts::{DamageStep, Fluid, Part, Service, Severity, Topic, TyreState, Wheel};

/// Something that has happened on the track.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SessionEvent {
    /// When: the time the frame was fed with, in seconds.
    pub at_s: f64,
    /// Seconds since the session began, or since its first frame was fed. Screens and lists show this time.
    pub session_s: f64,
    /// The session, from 1.
    pub session: u32,
    /// The lap that was driven, from 1.
    pub lap: Option<u32>,
    /// Where the car was: part of the lap, 0..1.
    pub place: Option<f64>,
    /// What it is.
    #[serde(flatten)]
    pub kind: SessionEventKind,
}

/// What has happened. As text it is one line for people.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
// Laps are rare, and handed over once.
#[allow(clippy::large_enum_variant)]
pub enum SessionEventKind {
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
    /// A lap is over, or was broken off. In JSON it is under `result`: it has names that the event has, too.
    #[serde(serialize_with = "nested")]
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
    /// The session has come to another phase, or this is the first one that is seen.
    Phase {
        /// Its name, as the game has it.
        name: String,
        /// The phase before.
        before: Option<String>,
    },
    /// Another flag is shown, or none any more.
    Flag {
        /// The flag.
        #[serde(serialize_with = "by_name")]
        flag: ACEvoFlagType,
        /// The flag before.
        #[serde(serialize_with = "by_name")]
        before: ACEvoFlagType,
        /// Shown to everybody; else to the player. One that the player is shown too is told once, as the player's.
        for_all: bool,
    },
    /// The start lights begin to come on.
    StartLights,
    /// The start lights have gone out.
    Green,
    /// The car has come into the pit lane.
    PitLaneEntered,
    /// The car has left the pit lane.
    PitLaneLeft {
        /// After so many seconds; `None` where it was there from the beginning.
        seconds: Option<f64>,
    },
    /// The car stands in its box.
    BoxEntered,
    /// The driver has returned to the box by the menu: the car was put there, with fresh tyres, without damage and with other fuel.
    ReturnedToBox,
    /// The car has left its box.
    BoxLeft {
        /// After so many seconds; `None` where it stood there from the beginning.
        seconds: Option<f64>,
    },
    /// The crew has begun to work.
    ServiceBegun {
        /// On what.
        items: Vec<Service>,
    },
    /// The crew has done some of its work.
    ServiceDone {
        /// On what.
        items: Vec<Service>,
        /// How long it took, in seconds: the longest of them.
        seconds: Option<f64>,
    },
    /// The crew had begun with something and will not do it any more.
    ServiceDropped {
        /// On what.
        items: Vec<Service>,
    },
    /// The pit limiter was switched.
    PitLimiter {
        /// On or off.
        is_on: bool,
    },
    /// The rev limiter cuts in, for the first time in a while.
    RevLimiter {
        /// Engine speed as displayed, rpm.
        rpm: u16,
    },
    /// The car goes the wrong way.
    WrongWay,
    /// The car goes the right way again.
    RightWay {
        /// After so many seconds.
        seconds: Option<f64>,
    },
    /// All four tyres are off the track.
    OffTrack,
    /// The car is on the track again.
    BackOnTrack {
        /// After so many seconds.
        seconds: Option<f64>,
    },
    /// Fuel or charge is low.
    LowFuel {
        /// It is not only low.
        is_critical: bool,
        /// Laps that it lasts for: measured over laps that count, else as the game estimates.
        laps: Option<f64>,
        /// Litres in the tank.
        litres: Option<f64>,
        /// Charge of an electric car's battery, 0..1.
        charge: Option<f64>,
    },
    /// Something was damaged.
    Damage {
        /// What.
        parts: Vec<DamageStep>,
    },
    /// Something was repaired, all of it or most.
    Repaired {
        /// What.
        parts: Vec<DamageStep>,
    },
    /// Tyres have come out of their window, or into it.
    Tyres {
        /// What they are now.
        state: TyreState,
        /// Which of them.
        wheels: Vec<Wheel>,
    },
    /// Water or oil is too hot.
    Overheating {
        /// Which.
        fluid: Fluid,
        /// Its temperature.
        celsius: f64,
    },
    /// Water or oil is not too hot any more.
    Cooled {
        /// Which.
        fluid: Fluid,
        /// Its temperature.
        celsius: f64,
        /// For so many seconds it was too hot.
        seconds: Option<f64>,
    },
}

impl SessionEventKind {
    /// What it is about.
    pub const fn topic(&self) -> Topic {
        match self {
            Self::Session | Self::Stint { .. } | Self::Phase { .. } => Topic::Session,
            Self::LapBegun | Self::Sector { .. } | Self::Invalidated { .. } | Self::Lap(_) => Topic::Lap,
            Self::SessionBest { .. } | Self::PersonalBest { .. } => Topic::Lap,
            Self::PitLaneEntered
            | Self::PitLaneLeft { .. }
            | Self::BoxEntered
            | Self::BoxLeft { .. }
            | Self::ReturnedToBox => Topic::Pit,
            Self::ServiceBegun { .. } | Self::ServiceDone { .. } | Self::ServiceDropped { .. } => Topic::Pit,
            Self::PitLimiter { .. } => Topic::Pit,
            Self::Flag { .. } => Topic::Flag,
            Self::StartLights | Self::Green => Topic::Start,
            Self::WrongWay | Self::RightWay { .. } | Self::OffTrack | Self::BackOnTrack { .. } => Topic::Track,
            Self::LowFuel { .. } => Topic::Fuel,
            Self::Damage { .. } | Self::Repaired { .. } => Topic::Damage,
            Self::Tyres { .. } => Topic::Tyres,
            Self::RevLimiter { .. } | Self::Overheating { .. } | Self::Cooled { .. } => Topic::Engine,
        }
    }

    /// How good the news is.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::SessionBest { .. } | Self::PersonalBest { .. } | Self::Green => Severity::Good,
            Self::ServiceDone { .. } | Self::Repaired { .. } | Self::Cooled { .. } => Severity::Good,
            Self::Sector { is_best: true, .. } | Self::Tyres { state: TyreState::Ideal, .. } => Severity::Good,
            Self::RightWay { .. } | Self::BackOnTrack { .. } => Severity::Good,
            Self::Flag { flag: ACEvoFlagType::GreenFlag, .. } => Severity::Good,
            Self::Flag { flag: ACEvoFlagType::NoFlag | ACEvoFlagType::CheckeredFlag, .. } => Severity::Info,
            Self::Flag { .. } | Self::Invalidated { .. } | Self::WrongWay | Self::OffTrack => Severity::Warning,
            Self::LowFuel { .. } | Self::Damage { .. } | Self::Tyres { .. } => Severity::Warning,
            Self::Overheating { .. } | Self::ServiceDropped { .. } => Severity::Warning,
            _ => Severity::Info,
        }
    }
}

/// A lap's own names stay apart from the event's.
fn nested<S: Serializer>(lap: &Lap, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Nested<'a> {
        result: &'a Lap,
    }
    Nested { result: lap }.serialize(serializer)
}

/// A flag by its name; one that is not known has its number in it.
fn by_name<S: Serializer>(flag: &ACEvoFlagType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(flag)
}
