//! What the log reports.

use acevo_shared_memory::CarId;

use crate::LogTime;

/// Something that the log reports, and when it happened.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LogEvent {
    /// Local time of its line. The game writes lines late, but each has the time at which it was made.
    pub time: LogTime,
    /// What happened.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub kind: LogEventKind,
}

/// What a line of the log reports.
///
/// Texts have at most 100 characters, no control characters and no Steam ids. Forms of lines were measured with version 0.5.4 of the game
/// unless the variant says *reported*: then others have described the line, and it may be missing or have another form.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(tag = "event", rename_all = "snake_case")
)]
#[non_exhaustive]
pub enum LogEventKind {
    /// The version of the game, in its first line.
    Build {
        /// Version, such as `0.5.4`.
        version: String,
    },
    /// The user has started a game. Its mode is loaded next.
    GameStarted(GameStarted),
    /// A mode exists from here on. The menu and its show room are a mode, too.
    ModeCreated {
        /// Name of the mode in the log, such as `InstantRaceRemote` or `PaintShopGameMode`.
        mode: String,
    },
    /// A mode has reset its session: before its first one, and when the user restarts it. Cars stay connected at a restart.
    SessionReset {
        /// Name of the mode in the log, such as `InstantRaceRemote`.
        mode: String,
    },
    /// The game has changed to the mode that was created last. Cars connect after this.
    ModeChanged,
    /// The user has asked for something in a menu.
    Requested {
        /// What, such as `RestartSession` or `Exit`.
        request: String,
    },
    /// Name of the track; reported.
    TrackNamed {
        /// Name.
        name: String,
    },
    /// A car has joined. Servers may repeat only [`DriverNamed`](Self::DriverNamed) when a driver comes back.
    CarConnected {
        /// The car.
        car: CarId,
        /// Model, such as `ks_example`.
        model: String,
        /// Short name. `None` if the log has a Steam id instead, as for users.
        short_name: Option<String>,
    },
    /// The driver of a car.
    DriverNamed {
        /// The car.
        car: CarId,
        /// Full name, trimmed.
        name: String,
        /// True if the name has the mark of the computer's drivers.
        is_ai: bool,
        /// Number of the car, from the lines of servers that have it; reported.
        number: Option<u32>,
    },
    /// The number of a car.
    CarNumber {
        /// The car.
        car: CarId,
        /// Number on the car.
        number: u32,
    },
    /// The car that the player drives, or has selected in the menu.
    PlayerCar {
        /// The car.
        car: CarId,
        /// Model, such as `ks_example`.
        model: Option<String>,
    },
    /// The player's former car was removed, after another was selected.
    PlayerCarRemoved {
        /// The car.
        car: CarId,
    },
    /// The computer's driver of a car is ready.
    AiLoaded {
        /// The car.
        car: CarId,
    },
    /// A phase of the session.
    ///
    /// The game writes several phases with the same time: it plans them together. In the measured races the first one of such a group
    /// begins at that time, unless the session was in it already.
    Phase {
        /// Name of the phase, such as `Start_Countdown_No_Lights` or `Session`.
        name: String,
    },
    /// A car may drive: the race has started.
    RaceStarted {
        /// The car.
        car: CarId,
    },
    /// The end of a sector.
    Split(Split),
    /// A completed lap. After the end of a race the game also writes laps here that it has simulated, for cars that had not finished.
    Lap {
        /// The car.
        car: CarId,
        /// Lap time in milliseconds: the sum of the sectors of its three timed splits.
        time_ms: u32,
    },
    /// Whether a lap of the player counts; reported, online.
    Validity {
        /// Lap time in milliseconds.
        time_ms: u32,
        /// False if the lap does not count.
        is_valid: bool,
        /// Number of the lap, as the game counts.
        lap: Option<u32>,
    },
    /// The number of tyres outside the track limits has changed. Version 0.5.4 writes this for the player's car only.
    TyresOut {
        /// The car.
        car: CarId,
        /// Tyres that are outside now, 0 to 4.
        tyres: u8,
    },
    /// The game investigates no cut of this car any more, for example because the car was moved to the pits.
    CutsCleared {
        /// The car.
        car: CarId,
    },
    /// A car has entered the pit lane, or was moved there.
    PitLaneEntered {
        /// The car.
        car: CarId,
    },
    /// A car has left the pit lane, or was moved to the track.
    PitLaneLeft {
        /// The car.
        car: CarId,
    },
    /// A car stands in its pit box.
    Pitted {
        /// The car.
        car: CarId,
    },
    /// The pit box of a car.
    PitSlot {
        /// The car.
        car: CarId,
        /// Number of the box, from 0.
        slot: u32,
    },
    /// Fuel in a car, when it was set up or refuelled.
    Fuel {
        /// The car.
        car: CarId,
        /// Litres.
        litres: f32,
    },
    /// Fuel that was used since the last such event of the car. Negative if the car was refuelled, so the first lap can be wrong.
    FuelUsed {
        /// The car.
        car: CarId,
        /// Distance since the car exists, in units of 100 m.
        hundred_metres: u32,
        /// Litres.
        litres: f32,
    },
    /// A car is moved.
    Teleported {
        /// The car.
        car: CarId,
        /// Number of the place, from 0: position on the grid, or pit box.
        slot: u32,
        /// Kind of place.
        place: StartingPlace,
        /// Position in metres; world axes, Y up.
        position: [f32; 3],
    },
    /// A car has reached the place to which it was moved.
    TeleportCompleted {
        /// The car.
        car: CarId,
    },
    /// A row of the grid. The grid is written when cars connect and again when the race is prepared; the last one counts.
    Grid {
        /// Position, from 0.
        position: u32,
        /// Number of the car.
        number: u32,
        /// Name of the driver.
        name: String,
        /// True if the name has the mark of the computer's drivers.
        is_ai: bool,
    },
    /// A car has finished its last lap of the session.
    LastLapEnded {
        /// The car.
        car: CarId,
    },
    /// The session has ended for a car, which is sent or moved to the pits. Repeated for as long as the car is not there.
    SessionEndedFor {
        /// The car.
        car: CarId,
    },
    /// The session has ended for all cars.
    AllCarsPitted,
    /// A car has left; reported.
    CarRemoved {
        /// The car.
        car: CarId,
    },
    /// The user has loaded a set-up; reported.
    SetupLoaded {
        /// Its name.
        name: String,
    },
    /// The game has saved the results of a session.
    ResultsSaved {
        /// Name of the file, without its folder.
        file_name: String,
    },
}

/// The game that the user has started, as the log describes it. Parts that are missing are `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct GameStarted {
    /// Kind of game, such as `INSTANT_RACE`.
    pub mode: String,
    /// Track, layout and kind of session in one text, such as `Example Park GP Race`.
    pub track: Option<String>,
    /// Number of laps, if the length is given in laps.
    pub laps: Option<u32>,
    /// Date and time in the game, such as `2030/5/1 14:0:0`.
    pub date: Option<String>,
    /// Model of the player's car.
    pub car: Option<String>,
    /// Weather, such as `CLEAR`.
    pub weather: Option<String>,
    /// Number of the computer's cars.
    pub opponents: Option<u32>,
}

/// The end of a sector.
///
/// For each split the game writes the car and a time, and then what it makes of it; this is both. If the player is alone the first part is
/// missing: then car and lap are `None`. The car of the last sector of a lap is known in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Split {
    /// The car.
    pub car: Option<CarId>,
    /// Index of the sector, from 0. The last one ends the lap.
    pub index: u8,
    /// Completed laps of the car before this one.
    pub lap: Option<u32>,
    /// Milliseconds since the previous split of the car. In the first sector after a standing start they count from the start line, so
    /// they are fewer than [`sector_ms`](Self::sector_ms).
    pub line_ms: Option<u32>,
    /// Time of the sector in milliseconds, as the lap time has it. `None` if the sector is not part of a timed lap.
    pub sector_ms: Option<u32>,
    /// What the game made of it.
    pub kind: SplitKind,
}

/// What the game made of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SplitKind {
    /// A sector of a timed lap.
    Timed,
    /// Not the split that was expected, for example when the start line is crossed after a standing start.
    Unexpected,
    /// A split of an out-lap.
    OutLap,
    /// The log does not say.
    Unmarked,
}

/// A kind of place to which cars are moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum StartingPlace {
    /// The grid.
    Grid,
    /// The pit lane, in front of the box.
    Pit,
    /// The box.
    Box,
    /// Any other.
    Other,
}

impl LogEventKind {
    /// The car that this is about.
    pub fn car(&self) -> Option<CarId> {
        match self {
            Self::CarConnected { car, .. }
            | Self::DriverNamed { car, .. }
            | Self::CarNumber { car, .. }
            | Self::PlayerCar { car, .. }
            | Self::PlayerCarRemoved { car }
            | Self::AiLoaded { car }
            | Self::RaceStarted { car }
            | Self::Lap { car, .. }
            | Self::TyresOut { car, .. }
            | Self::CutsCleared { car }
            | Self::PitLaneEntered { car }
            | Self::PitLaneLeft { car }
            | Self::Pitted { car }
            | Self::PitSlot { car, .. }
            | Self::Fuel { car, .. }
            | Self::FuelUsed { car, .. }
            | Self::Teleported { car, .. }
            | Self::TeleportCompleted { car }
            | Self::LastLapEnded { car }
            | Self::SessionEndedFor { car }
            | Self::CarRemoved { car } => Some(*car),
            Self::Split(split) => split.car,
            _ => None,
        }
    }
}
