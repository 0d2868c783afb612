//! Publishing the followed session to a broker of MQTT, as a task beside others.
//!
//! [`feed`] passes on what the session thread sees, and never waits. [`task`] is the thread that sends it. [`plan`] is what to do.

pub(crate) mod feed;
pub(crate) mod plan;
mod sampler;
pub(crate) mod task;
