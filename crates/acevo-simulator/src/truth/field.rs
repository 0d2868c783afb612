//! The truth about all cars.

use std::fmt;

use super::LapKind;

/// A car of the simulation, and everything that has really happened to it so far. A car has the same id in all sessions.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub struct CarTruth {
    /// The id in `car_ids`.
    pub id: CarId,
    /// First name and surname of the driver.
    pub name: String,
    /// Three letters and an index for a computer driver, such as `PET0`. For a human, the number of the account.
    pub short_name: String,
    /// The start number.
    pub number: u32,
    /// The key of the car model in the game, in the first session of the car.
    pub model: &'static str,
    /// The class of the car model.
    pub class: &'static str,
    /// True for a computer driver.
    pub is_ai: bool,
    /// True for the player's car.
    pub is_player: bool,
    /// All completed laps, ordered by their ends. Those of the player are also in [`Truth::laps`](super::Truth::laps).
    pub laps: Vec<FieldLap>,
    /// The laps that were running at the end of a race. The game estimates their times and reports them as if they had been driven.
    pub estimated: Vec<FieldLap>,
    /// All visits to the pit lane, in order.
    pub pit_visits: Vec<PitStay>,
    /// The times during which the car was in a session, in order.
    pub stays: Vec<Stay>,
}

/// The id of a car, as in `car_ids`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CarId(pub [u64; 2]);

impl fmt::Display for CarId {
    /// Writes the id as in the game's log: two numbers of 16 hexadecimal digits, joined by a hyphen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.0;
        write!(f, "{a:016x}-{b:016x}")
    }
}

/// A completed lap of any car.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldLap {
    /// As in [`LapRecord::session`](super::LapRecord::session).
    pub session: u32,
    /// As in [`LapRecord::run`](super::LapRecord::run).
    pub run: u32,
    /// The lap's number in its run, from 1.
    pub number: u32,
    /// The kind of lap.
    pub kind: LapKind,
    /// True for an out lap, of which the game's log has no time: a lap that began in the box, or, except in races, in the pit lane.
    pub is_out_lap: bool,
    /// Lap time in milliseconds. On the first lap of a race it counts from the green light.
    pub time_ms: i32,
    /// The sectors of the game's log in milliseconds; they add up to the lap time.
    pub sectors_ms: [i32; 3],
    /// Session time in seconds when the lap began, without pauses.
    pub started_at_s: f64,
    /// Session time in seconds when the lap ended, without pauses.
    pub finished_at_s: f64,
    /// The step in which the lap ended. The pages show the motion of the other cars with the next frame.
    pub finished_step: u64,
    /// True if a part of the lap was driven in the pit lane.
    pub through_pits: bool,
    /// True if the lap is valid: not in the pit lane, and never with all wheels off the track.
    pub valid: bool,
}

/// A visit to the pit lane. A car that is put into its box is in the pit lane, too.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PitStay {
    /// As in [`LapRecord::session`](super::LapRecord::session).
    pub session: u32,
    /// Session time of the entry in seconds.
    pub entered_at_s: f64,
    /// The step of the entry.
    pub entered_step: u64,
    /// Session time at which the car stopped in its box, if it did.
    pub stopped_at_s: Option<f64>,
    /// Session time and step of the exit. `None` while the car is in the pit lane, and if it was there when it left the session.
    pub left: Option<(f64, u64)>,
}

/// A time during which a car is in a session.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stay {
    /// As in [`LapRecord::session`](super::LapRecord::session).
    pub session: u32,
    /// The run in which it begins, as in [`LapRecord::run`](super::LapRecord::run).
    pub run: u32,
    /// Session time in seconds at which the car appeared.
    pub joined_at_s: f64,
    /// The step in which it appeared.
    pub joined_step: u64,
    /// Session time and step at which the car disappeared; `None` if it stayed to the end.
    pub left: Option<(f64, u64)>,
}

/// The true state of a car at this moment. The pages show the other cars with 60 frames a second, and their states change with them.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CarState {
    /// The id in `car_ids`, as in [`CarTruth::id`].
    pub id: CarId,
    /// Laps since the line, and the share of the running one; negative on the grid. It never decreases, except if the player
    /// restarts or returns to the box.
    pub progress_laps: f64,
    /// Lap position, 0 to 1.
    pub lap_position: f64,
    /// True if the car is in the pit lane, its entry and exit included.
    pub is_in_pit_lane: bool,
    /// True if the car is in the session; otherwise its slot on the page is free.
    pub is_active: bool,
    /// True for the player's car.
    pub is_player: bool,
    /// The position, from 1: in a race by distance, and by the order of the finish for those who have finished; otherwise by the
    /// best valid lap. 0 if the car is not in the session.
    pub position: u32,
}
