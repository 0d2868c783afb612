//! What follows from the frames of a session: laps, differences, consumption, the track.

mod driven;
mod fuel;
mod gaps;
mod outline;
mod stint;
mod summary;
mod trace;

pub use fuel::{Consumption, FuelNow, FuelPlan, Race, RaceEnd};
pub use gaps::{Gap, Gaps};
pub use outline::{Bounds, Outline, PitLane, Projection, Road, Waypoint};
pub use stint::{Stint, StintSample, Stints, WheelSample, WheelSummary};
pub use summary::Summary;
pub use trace::{NotATrace, Reference, Trace, TraceRecorder};
