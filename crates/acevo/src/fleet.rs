//! Publishing the followed session to a broker of MQTT and to a database of time series, as a task beside others.
//!
//! [`feed`] passes on what the session thread sees, and never waits. [`task`] is the thread that sends it, to each [`outlet`]. [`plan`] is what
//! to do, with the [`broker`] and the [`database`] of the settings. [`wall`] subscribes to all
//! rigs of a broker instead.

pub(crate) mod broker;
mod database;
pub(crate) mod feed;
pub(crate) mod outlet;
pub(crate) mod plan;
pub(crate) mod sampler;
pub(crate) mod task;
pub(crate) mod wall;
