//! Publishing the followed session to a broker of MQTT, as a task beside others.
//!
//! [`broker`] is the broker of the settings. [`feed`] passes on what the session thread sees, and never waits. [`task`] is the thread that sends it. [`plan`] is what to do.
//! [`wall`] subscribes to all rigs of a broker instead.

pub(crate) mod broker;
pub(crate) mod feed;
pub(crate) mod plan;
mod sampler;
pub(crate) mod task;
pub(crate) mod wall;
