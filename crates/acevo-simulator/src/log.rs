//! The game's log, as far as the simulated game writes one.

mod journal;
mod lines;
mod noise;
mod session;
mod startup;

use std::time::Duration;

pub(crate) use journal::Journal;
pub(crate) use lines::PlayerMoment;
pub(crate) use session::{Entrant, Scene};

/// The log that the simulated game writes.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogStyle {
    /// The version of the game whose lines it has.
    pub version: LogVersion,
    /// Who writes it.
    pub place: LogPlace,
    /// The clock of the log, which is local time, at the start of the simulation: milliseconds since 1970-01-01 00:00. The default is
    /// 2026-04-09 18:00:00.000.
    pub start_ms: u64,
}

impl Default for LogStyle {
    fn default() -> Self {
        Self { version: LogVersion::default(), place: LogPlace::default(), start_ms: 1_775_757_600_000 }
    }
}

/// The version of the game whose log is written.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogVersion {
    /// 0.5, as measured: flags are 0 and 1.
    #[default]
    V0_5,
    /// 0.7, as reported: flags are `false` and `true`.
    V0_7,
}

/// Who writes the log.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogPlace {
    /// The game of a player who races against computer drivers: the laps of all cars.
    #[default]
    Hosted,
    /// The game of a player in an online race: the names of all drivers, the laps of the player, and whether they are valid.
    Online,
    /// A dedicated server: the laps of all cars, and whether they are valid. A server has no pages.
    Server,
}

impl LogPlace {
    /// True if all drivers are human.
    pub const fn is_online(self) -> bool {
        !matches!(self, Self::Hosted)
    }

    /// The name of the file.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Hosted | Self::Online => "log.txt",
            Self::Server => "Assetto Corsa EVO Server.txt",
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The time that the line states, as simulated time since the start of the game, pauses and menus included. In whole
    /// milliseconds.
    pub at: Duration,
    /// The line without its end. Some lines have no header with a time.
    pub text: String,
}
