//! Marks: laps, sessions, games and losses, readable without reading a page.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::{PageCounts, as_micros};
use acevo_gamelog::LogEvent;
use acevo_telemetry::analysis::Lap;

/// An event of a recording. In the file it is a JSON object, such as
/// `{"at_us":91200345,"kind":"lap","session":1,"number":2,"time_ms":91034,"counts":true}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// Time since the recording's zero.
    #[serde(rename = "at_us", with = "as_micros")]
    pub at: Duration,
    /// The event.
    #[serde(flatten)]
    pub what: Marked,
}

/// The event of a [`Mark`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Marked {
    /// The recorder attached to a game.
    Attached {
        /// Human-readable location of its pages.
        #[serde(default)]
        place: String,
        /// Version of the game, if its pages have it.
        #[serde(default)]
        game_version: String,
    },
    /// The recorder detached from the game.
    Detached {
        /// Human-readable reason.
        #[serde(default)]
        reason: String,
    },
    /// A session began.
    Session {
        /// Number of the session in the recording, from 1.
        #[serde(default)]
        session: u32,
        /// Name of the session.
        #[serde(default)]
        name: String,
        /// Name of the track.
        #[serde(default)]
        track: String,
        /// Layout of the track.
        #[serde(default)]
        configuration: String,
        /// Name of the car.
        #[serde(default)]
        car: String,
    },
    /// A lap ended, as the analysis found it.
    Lap {
        /// Session of the lap, from 1.
        #[serde(default)]
        session: u32,
        /// Number of the lap in the session, from 1.
        #[serde(default)]
        number: u32,
        /// The game's lap time in milliseconds; `None` if it is not certain.
        #[serde(default)]
        time_ms: Option<u32>,
        /// The lap is complete and valid.
        #[serde(default)]
        counts: bool,
    },
    /// Records were lost while recording: the disk was full or too slow, or the file was damaged and repaired. The time of the mark is
    /// the time of the first lost record.
    Lost {
        /// Time of the last lost record.
        #[serde(rename = "to_us", with = "as_micros")]
        to: Duration,
        /// Number of lost records, if it is known.
        #[serde(default)]
        records: Option<PageCounts>,
    },
    /// An event of the game's log. A recording begins with those that name its cars.
    Log {
        /// The event, with its time in the log.
        event: LogEvent,
        /// The time of the mark is that of the event. Otherwise the event happened earlier, and became known then.
        #[serde(default)]
        is_exact: bool,
    },
    /// A note of the driver.
    Note {
        /// The text.
        #[serde(default)]
        text: String,
    },
    /// A kind of mark that a newer version has written.
    #[serde(other)]
    Unknown,
}

impl Mark {
    /// An event at `at` since the recording's zero.
    pub fn new(at: Duration, what: Marked) -> Self {
        Self { at, what }
    }

    /// The end of a lap.
    pub fn lap(at: Duration, lap: &Lap) -> Self {
        let (session, number, time_ms) = (lap.session, lap.number, lap.time_ms);
        Self::new(at, Marked::Lap { session, number, time_ms, counts: lap.counts() })
    }
}
