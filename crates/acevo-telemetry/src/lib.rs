//! What the pages of Assetto Corsa EVO mean over time.
//!
//! [`acevo_shared_memory`] gets the pages and waits for packets; this crate knows that games start, end, crash and pause.
//! [`Telemetry`] is a connection that looks after itself and never ends; [`examine`] tells whether the pages are laid out as
//! expected. [`channels`] are what fields mean: one name, unit and sign per quantity; [`AxesResolver`] finds out which axis of the
//! acceleration is which, on which the sources disagree.

#![forbid(unsafe_code)]

mod axes;
mod channels;
mod guard;
mod liveness;
mod rate;
mod telemetry;
mod units;

pub use acevo_shared_memory;
#[doc(no_inline)]
pub use acevo_shared_memory::Frame;
pub use axes::{Axes, AxesResolver, Axis, Decision};
pub use channels::{Channel, ChannelValue, Kind, Quality, RateClass, channel, channels, default_channels};
pub use guard::{Suspicion, examine};
pub use liveness::State;
pub use rate::Rate;
pub use telemetry::{Detached, Event, Telemetry};
pub use units::{Unit, UnitSystem, UnknownUnitSystem};
