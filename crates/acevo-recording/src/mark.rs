//! What happened when, told without reading a page: laps, sessions, games that come and go, losses.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::record::{PageCounts, as_micros};
use acevo_telemetry::analysis::Lap;

/// Something that happened during a recording. In the file it is a JSON object, such as
/// `{"at_us":91200345,"kind":"lap","session":1,"number":2,"time_ms":91034,"counts":true}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// When, since the recording's zero.
    #[serde(rename = "at_us", with = "as_micros")]
    pub at: Duration,
    /// What.
    #[serde(flatten)]
    pub what: Marked,
}

/// What a [`Mark`] tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Marked {
    /// A game was found.
    Attached {
        /// Where its pages are, for people.
        #[serde(default)]
        place: String,
        /// Its version, as far as its pages tell.
        #[serde(default)]
        game_version: String,
    },
    /// It was let go.
    Detached {
        /// Why, for people.
        #[serde(default)]
        reason: String,
    },
    /// A session has begun.
    Session {
        /// Its number in the recording, from 1.
        #[serde(default)]
        session: u32,
        /// Its name.
        #[serde(default)]
        name: String,
        /// The track.
        #[serde(default)]
        track: String,
        /// Its layout.
        #[serde(default)]
        configuration: String,
        /// The car.
        #[serde(default)]
        car: String,
    },
    /// A lap has ended, as the analysis has found.
    Lap {
        /// The session it was driven in, from 1.
        #[serde(default)]
        session: u32,
        /// Its number in the session, from 1.
        #[serde(default)]
        number: u32,
        /// The game's time in milliseconds, where it is certain.
        #[serde(default)]
        time_ms: Option<u32>,
        /// It is complete and valid.
        #[serde(default)]
        counts: bool,
    },
    /// Records were lost while recording: the disk was full or too slow, or the file was damaged and repaired. The mark's time is that
    /// of the first that is missing.
    Lost {
        /// Time of the last that is missing.
        #[serde(rename = "to_us", with = "as_micros")]
        to: Duration,
        /// How many, where that is known.
        #[serde(default)]
        records: Option<PageCounts>,
    },
    /// A remark of the driver's.
    Note {
        /// The remark.
        #[serde(default)]
        text: String,
    },
    /// What a newer version has written.
    #[serde(other)]
    Unknown,
}

impl Mark {
    /// Something that happened at `at` since the recording's zero.
    pub fn new(at: Duration, what: Marked) -> Self {
        Self { at, what }
    }

    /// The end of a lap.
    pub fn lap(at: Duration, lap: &Lap) -> Self {
        let (session, number, time_ms) = (lap.session, lap.number, lap.time_ms);
        Self::new(at, Marked::Lap { session, number, time_ms, counts: lap.counts() })
    }
}
