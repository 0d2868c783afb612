//! The meaning of the pages over time: laps, sectors, stints, events, fuel, delta, track outline, gaps.
//!
//! [`Analysis`] takes frames from any source and does no input or output: the same frames give the same laps. The pages have traps (a
//! lap counter that lags, a validity that belongs to the next lap, old times that stay). The analysis handles them: its results are
//! certain or `None`.

mod bests;
mod clock;
mod consumption_by_distance;
mod context;
mod delta;
mod detectors;
mod engine;
mod event;
mod fuel;
mod gaps;
mod laps;
mod outline;
pub(crate) mod phase;
mod session_key;
mod settings;
mod step;
mod stint;
mod stop_plan;
mod summary;
mod timeline;

pub use bests::Bests;
pub use context::Context;
pub use delta::Delta;
pub use detectors::Thresholds;
pub use engine::Analysis;
pub use event::{DamageStep, Fluid, Part, Service, SessionEvent, SessionEventKind, Severity, Topic, TyreState, Wheel};
pub use fuel::{Consumption, ConsumptionBasis, FuelNow, FuelPlan, Race, RaceEnd};
pub use gaps::{Gap, Gaps};
pub use laps::columns as lap_columns;
pub use laps::{CurrentLap, Driving, Incomplete, Invalid, Lap, LapId, LapKind, LapStats, Validity};
pub use outline::{Bounds, Outline, PitLane, Projection, Waypoint};
pub use settings::{BadSectors, SectorKind, Sectors, Settings};
pub use stint::{Stint, Stints};
pub use stop_plan::{FuelPlanning, FuelSaving, NoStopPlan, PlannedStop, RaceFuel, RaceProgress, Reserve, StopPlan};
pub use summary::Summary;

pub use crate::car_sample::{Road, watches_another_car};
pub use crate::lap_trace::{NotATrace, Reference, Trace, TraceRecorder};
