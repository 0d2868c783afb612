//! Events of a session.

mod parts;
mod text;

use acevo_shared_memory::ACEvoFlagType;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::laps::{Invalid, Lap};

pub use parts::{DamageStep, Fluid, Part, Service, Severity, Topic, TyreState, Wheel};

/// An event of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionEvent {
    /// Time at which the frame was fed, seconds.
    pub at_s: f64,
    /// Seconds since the session began, or since its first frame was fed. Screens and lists show this time.
    pub session_s: f64,
    /// The session, from 1.
    pub session: u32,
    /// Number of the lap, from 1; `None` if no lap was running.
    pub lap: Option<u32>,
    /// The lap position of the car, 0..1. The JSON key is `place`.
    #[serde(rename = "place")]
    pub lap_position: Option<f64>,
    /// The kind of event.
    #[serde(flatten)]
    pub kind: SessionEventKind,
}

/// The kind of event. `Display` formats it as one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
// Laps are rare, and handed over once.
#[allow(clippy::large_enum_variant)]
pub enum SessionEventKind {
    /// A session has begun, or was restarted.
    Session,
    /// The car has left its box for another stint.
    Stint {
        /// Number of the stint in the session, from 1.
        stint: u32,
    },
    /// A lap has begun, and its beginning was seen.
    LapBegun,
    /// A sector has ended, but not the last one: that ends with the lap.
    Sector {
        /// Number of the sector, from 1.
        sector: usize,
        /// Sector time, milliseconds; `None` if its beginning or end was not seen.
        sector_ms: Option<u32>,
        /// Time since the lap began, milliseconds.
        split_ms: Option<u32>,
        /// The sector is better than in all complete laps of the session that count.
        is_best: bool,
    },
    /// The running lap does not count any more.
    Invalidated {
        /// Why, as far as the pages show it.
        reason: Invalid,
    },
    /// A lap has ended or was broken off. Its JSON key is `result`, because lap and event have keys in common.
    #[serde(serialize_with = "nested", deserialize_with = "from_nested")]
    Lap(Lap),
    /// The lap that has just ended is the best of the session.
    SessionBest {
        /// Lap time, milliseconds.
        time_ms: u32,
        /// Best time before, milliseconds.
        before_ms: Option<u32>,
    },
    /// The lap that has just ended is a personal best with this car on this track.
    PersonalBest {
        /// Lap time, milliseconds.
        time_ms: u32,
        /// Best time before, milliseconds.
        before_ms: Option<u32>,
    },
    /// The phase of the session has changed, or the first phase is seen.
    Phase {
        /// Name of the phase, as written by the game.
        name: String,
        /// The phase before.
        before: Option<String>,
    },
    /// The flag has changed, or was cleared.
    Flag {
        /// The flag.
        #[serde(serialize_with = "by_name", deserialize_with = "from_name")]
        flag: ACEvoFlagType,
        /// The flag before.
        #[serde(serialize_with = "by_name", deserialize_with = "from_name")]
        before: ACEvoFlagType,
        /// True if the flag is shown to all drivers, false if it is shown to the player. A flag that is shown to both is reported once, as
        /// the player's.
        for_all: bool,
    },
    /// The start lights begin to come on.
    StartLights,
    /// The start lights have gone out.
    Green,
    /// The car has entered the pit lane.
    PitLaneEntered,
    /// The car has left the pit lane.
    PitLaneLeft {
        /// Time in the pit lane, seconds; `None` if the entry was not seen.
        seconds: Option<f64>,
    },
    /// The car has reached its box.
    BoxEntered,
    /// The driver has returned to the box by the menu: the car was moved there, with fresh tyres, without damage and with other fuel.
    ReturnedToBox,
    /// The car has left its box.
    BoxLeft {
        /// Time in the box, seconds; `None` if the car was there from the beginning.
        seconds: Option<f64>,
    },
    /// The crew has begun services.
    ServiceBegun {
        /// The services.
        items: Vec<Service>,
    },
    /// The crew has finished services.
    ServiceDone {
        /// The services.
        items: Vec<Service>,
        /// Time of the longest one, seconds.
        seconds: Option<f64>,
    },
    /// The crew has dropped services that it had begun.
    ServiceDropped {
        /// The services.
        items: Vec<Service>,
    },
    /// The pit limiter was switched.
    PitLimiter {
        /// True for on.
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
        /// Time in the wrong direction, seconds.
        seconds: Option<f64>,
    },
    /// All four tyres are off the track.
    OffTrack,
    /// The car is on the track again.
    BackOnTrack {
        /// Time off the track, seconds.
        seconds: Option<f64>,
    },
    /// Fuel or charge is low.
    LowFuel {
        /// The level is critical, not only low.
        is_critical: bool,
        /// Laps that it lasts for: measured over laps that count, or the game's estimate.
        laps: Option<f64>,
        /// Litres in the tank.
        litres: Option<f64>,
        /// Charge of an electric car's battery, 0..1.
        charge: Option<f64>,
    },
    /// The car was damaged.
    Damage {
        /// The damaged parts.
        parts: Vec<DamageStep>,
    },
    /// Damage was repaired completely or mostly.
    Repaired {
        /// The repaired parts.
        parts: Vec<DamageStep>,
    },
    /// Tyres have left their temperature window, or entered it.
    Tyres {
        /// Their new state.
        state: TyreState,
        /// The tyres.
        wheels: Vec<Wheel>,
    },
    /// Coolant or oil is too hot.
    Overheating {
        /// The fluid.
        fluid: Fluid,
        /// Temperature, °C.
        celsius: f64,
    },
    /// Coolant or oil is not too hot any more.
    Cooled {
        /// The fluid.
        fluid: Fluid,
        /// Temperature, °C.
        celsius: f64,
        /// Time for which it was too hot, seconds.
        seconds: Option<f64>,
    },
}

impl SessionEventKind {
    /// Topic, for filtering.
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

    /// Severity, for colouring and filtering.
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

/// Serializes a lap below a key of its own.
fn nested<S: Serializer>(lap: &Lap, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Nested<'a> {
        result: &'a Lap,
    }
    Nested { result: lap }.serialize(serializer)
}

/// The reverse of [`nested`].
fn from_nested<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Lap, D::Error> {
    #[derive(Deserialize)]
    struct Nested {
        result: Lap,
    }
    Ok(Nested::deserialize(deserializer)?.result)
}

/// Serializes a flag by name; an unknown one contains its number.
fn by_name<S: Serializer>(flag: &ACEvoFlagType, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(flag)
}

/// The reverse of [`by_name`].
fn from_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ACEvoFlagType, D::Error> {
    let name = String::deserialize(deserializer)?;
    name.parse().or_else(|_| {
        let number: Option<i32> = name.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')?.parse().ok());
        number.map(ACEvoFlagType::from).ok_or_else(|| D::Error::custom(format_args!("unknown flag {name:?}")))
    })
}
