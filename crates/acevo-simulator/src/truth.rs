//! What really happened, to compare with what a reader of the pages finds out.

/// Everything that is known for certain about the simulation so far.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Truth {
    /// Every completed lap of the player's car, oldest first, over all sessions.
    pub laps: Vec<LapRecord>,
}

/// One completed lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LapRecord {
    /// The session it was driven in, from 0.
    pub session: u32,
    /// The lap's number in its session, from 1: `total_lap_count` once the lap is counted.
    pub number: u32,
    /// What kind of lap.
    pub kind: LapKind,
    /// Whether it counts: not an out lap, never in the pit lane, never with all wheels off the track.
    pub valid: bool,
    /// Its time in milliseconds, pauses not counted. `last_laptime_ms` shows exactly this.
    pub time_ms: i32,
    /// The three sectors in milliseconds; they add up to the lap time.
    pub sectors_ms: [i32; 3],
    /// Fuel burned during the lap in litres; 0 in an electric car.
    pub fuel_used_l: f64,
    /// Energy taken from the battery in kWh, regeneration deducted; 0 without a traction battery.
    pub energy_used_kwh: f64,
    /// Simulated time of the finish in seconds since the session's first physics step, pauses not counted.
    pub finished_at_s: f64,
}

/// What kind of lap.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LapKind {
    /// It began in the pits.
    Out,
    /// From line to line, or from the grid to the line.
    Flying,
    /// It ended in the pit lane.
    In,
    /// It began and ended in the pit lane.
    OutIn,
}
