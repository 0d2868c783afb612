//! All cars of a session: names, order, gaps and laps.
//!
//! [`Field`] takes pages and events of the game's log, in any order and with any delay. It works with either alone:
//!
//! | known from | pages | log | both |
//! |---|---|---|---|
//! | names, numbers, models | the player's | all | all |
//! | order, gaps | at any moment, once the outline of the track is known | at the ends of sectors | at any moment |
//! | lap times | accurate to a frame | of the game | of the game |
//! | sectors | measured, at the ends that the analysis uses | of the game | of the game |
//! | pit visits | once the pit lane is known | yes | yes |
//!
//! A gap is the time between two cars at the same point of the track. It is not a distance divided by a speed.

mod car;
mod engine;
mod log_clock;
mod log_events;
mod passes;
mod pause_clock;
mod sector_lines;
mod standings;
mod tracker;

pub use car::{CarIdentity, FieldLap, LapSource};
pub use engine::Field;
pub use log_clock::{LogClockConfidence, LogOffset};
pub use standings::{FieldOrder, FieldTime, Interval, Standing, Standings};
