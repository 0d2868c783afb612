//! The meaning of the telemetry of Assetto Corsa EVO: connection, channels, laps, events.
//!
//! [`acevo_shared_memory`] reads the pages of the game and waits for packets. This crate builds on it:
//!
//! | part | what it does |
//! |---|---|
//! | [`Connection`] | attaches to the game, detects menus, pauses and the end of the game, and reconnects |
//! | [`CarSample`] | range-checked values of one frame |
//! | [`channels()`] | the channel catalogue: one name, unit and sign per quantity |
//! | [`analysis`] | laps, sectors, stints, events, delta, fuel, track outline, gaps to other cars |
//! | [`field`] | names, order, gaps and laps of all cars, from the pages and the game's log |
//! | [`corners`] | corners of a track, and the time lost in each of them |
//! | [`traces`] | channel values over the distance of a lap |
//! | [`personal`] | personal bests and their file |
//! | [`Axes`], [`to_map`] | directions: axes of the acceleration, world coordinates to map coordinates |
//!
//! Recordings are in the crate `acevo-recording`, exports in `acevo-export`, plots in `acevo-plot`.
//!
//! # Example
//!
//! Print every lap of the running game:
//!
//! ```no_run
//! use std::time::{Duration, Instant};
//!
//! use acevo_telemetry::analysis::{Analysis, SessionEventKind, Settings};
//! use acevo_telemetry::{Connection, ConnectionEvent, format_lap_time};
//!
//! let mut connection = Connection::new();
//! let mut analysis = Analysis::new(Settings::default());
//! let start = Instant::now();
//! loop {
//!     let event = connection.wait(Duration::from_secs(1));
//!     let (Some(ConnectionEvent::Packet(_)), Some(frame)) = (event, connection.frame()) else { continue };
//!     analysis.feed(start.elapsed(), frame);
//!     while let Some(event) = analysis.next_event() {
//!         if let SessionEventKind::Lap(lap) = event.kind {
//!             let time = lap.time_ms.map(|ms| Duration::from_millis(ms.into()));
//!             println!("lap {}: {}", lap.number, format_lap_time(time));
//!         }
//!     }
//! }
//! ```

#![forbid(unsafe_code)]

pub mod analysis;
mod axes;
mod car_sample;
mod channels;
mod connection;
pub mod corners;
pub mod field;
mod format;
mod lap_trace;
mod learned_sectors;
mod limiter;
mod limits;
mod names;
pub mod personal;
mod session_kind;
mod text;
pub mod traces;
mod units;
mod world;

pub use acevo_shared_memory;
#[doc(no_inline)]
pub use acevo_shared_memory::Frame;
pub use axes::{Axes, AxesResolver, Axis, AxisEvidence};
pub use car_sample::{CarSample, Road, watches_another_car};
pub use channels::{
    Channel, ChannelKind, ChannelQuality, ChannelValue, UpdateRate, channel, channels, default_channels,
};
pub use connection::{
    Connection, ConnectionEvent, ConnectionState, CounterConflict, CounterMonitor, DetachReason, LayoutWarning,
    PacketRate, check_layout,
};
pub use format::{format_lap_time, format_number, format_sector_time};
pub use learned_sectors::LearnedSectors;
pub use limiter::Limiter;
pub use names::{display_name, driver_name, shown_name};
pub use session_kind::SessionKind;
pub use text::{clean_text, escape_json, is_unsafe_to_print};
pub use units::{Unit, UnitSystem, UnknownUnitSystem};
pub use world::to_map;
