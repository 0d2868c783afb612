//! The lap engine: which laps were driven, and how.
//!
//! The game's numbers about laps do not change together. At the line the **lap timer** restarts first. The lap count, the last lap
//! time and the lap position follow in any order, up to 2 s later (online longer, reported). So only the timer ends a lap. A lap gets
//! a time once the game publishes one that has changed since the line and agrees with the timer and the counter of physics steps.
//! Everything else that may restart the timer (a restart of the session, a return to the pits, another session) is detected by an
//! implausible position, a short lap, or a missing time.
//!
//! [`LapEngine`] is the state machine. [`state`] has the states of a lap and [`timer_step`] the classification of a step of the timer.

mod awaiting_time;
pub mod columns;
mod crossing;
mod driving;
mod engine;
mod lap;
mod meter;
mod numbering;
mod path;
mod reading;
mod running;
mod state;
mod stats;
mod timer_step;
mod validity;

pub use driving::Driving;
pub(super) use engine::{DriveStep, LapEngine, LapEvent};
pub use lap::{Incomplete, Invalid, Lap, LapId, LapKind, LapStats, Validity};
pub use running::CurrentLap;
