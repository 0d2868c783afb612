//! What the pages of Assetto Corsa EVO mean over time.
//!
//! [`acevo_shared_memory`] gets the pages and waits for packets; this crate knows that games start, end, crash and pause.
//! [`Telemetry`] is a connection that looks after itself and never ends; [`examine`] tells whether the pages are laid out as
//! expected. [`channels`] are what fields mean: one name, unit and sign per quantity; [`to_map`] converts positions in the world to a
//! map; [`AxesResolver`] checks the axes of the acceleration. [`analysis`] follows a drive: laps that are right, what happens, differences
//! to other laps, how long the fuel lasts, stints, the track's outline and the gaps to other cars. [`personal`] keeps the best laps.
//! [`recording`] keeps every page in a file that survives whatever happens, and reads it back.
//! [`export`] writes files that other tools open.
//!
//! Features, both off: `parquet` for Parquet files (some 50 s of one core to build, 1.4 MB of program), `mcap` for MCAP files (10 s,
//! 0.2 MB).

#![forbid(unsafe_code)]

pub mod analysis;
mod axes;
mod channels;
pub mod export;
mod guard;
mod lap_time;
mod liveness;
mod names;
pub mod personal;
mod rate;
pub mod recording;
mod telemetry;
mod units;
mod world;

pub use acevo_shared_memory;
#[doc(no_inline)]
pub use acevo_shared_memory::Frame;
pub use axes::{Axes, AxesResolver, Axis, Decision};
pub use channels::{Channel, ChannelValue, Kind, Quality, RateClass, channel, channels, default_channels};
pub use guard::{Suspicion, examine};
pub use lap_time::{lap_time, sector_time};
pub use liveness::State;
pub use names::{driver_name, shown_name};
pub use rate::Rate;
pub use telemetry::{Detached, Event, Telemetry};
pub use units::{Unit, UnitSystem, UnknownUnitSystem};
pub use world::to_map;
