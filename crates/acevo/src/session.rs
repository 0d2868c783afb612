//! The followed session: connection, analysis and the snapshot that screens and the web server show.

pub(crate) mod awake;
pub(crate) mod bests;
pub(crate) mod demo;
pub(crate) mod feeder;
mod history;
pub(crate) mod live;
pub(crate) mod pace;
pub(crate) mod playback;
pub(crate) mod snapshot;
#[cfg(test)]
mod test_snapshot;
