//! What follows from the frames of a session: laps, differences, consumption, the track.

mod fuel;
mod summary;
mod trace;

pub use fuel::{Consumption, FuelNow, FuelPlan, Race, RaceEnd};
pub use summary::Summary;
pub use trace::{NotATrace, Reference, Trace, TraceRecorder};
