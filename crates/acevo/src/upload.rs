//! Delivering finished recordings to a store: a folder, a server, or addresses of another service.
//!
//! [`plan`] is what to do, [`finished`] decides about a file, [`pace`] decides when bytes are sent, and [`task`] is the thread that does it
//! beside recording.

pub(crate) mod finished;
pub(crate) mod pace;
pub(crate) mod patience;
pub(crate) mod plan;
pub(crate) mod task;
