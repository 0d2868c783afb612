//! The followed session: connection, analysis and the snapshot that the terminal and the web server show.
//!
//! [`connection`] polls the game, [`feeder`] passes its packets to the analysis, and [`live_session`] publishes a [`snapshot`] of
//! both. A [`mirror`] is the snapshot of another process. [`source`] starts what is followed: the game, or a [`demo`] or [`playback`] in this process.

mod announced;
pub(crate) mod awake;
pub(crate) mod connection;
pub(crate) mod demo;
pub(crate) mod feeder;
pub(crate) mod field_follower;
pub(crate) mod game_log;
pub(crate) mod history;
pub(crate) mod known_corners;
pub(crate) mod known_tracks;
pub(crate) mod learned_sectors;
pub(crate) mod live_session;
pub(crate) mod mirror;
mod pages_text;
pub(crate) mod personal_bests;
pub(crate) mod playback;
pub(crate) mod publish;
pub(crate) mod reference_laps;
pub(crate) mod snapshot;
pub(crate) mod source;
pub(crate) mod status;
#[cfg(test)]
mod test_snapshot;
pub(crate) mod waits;
