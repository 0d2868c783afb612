//! Personal bests: the fastest laps with each car on each track, over all sessions.
//!
//! [`PersonalBests`] holds them, [`PersonalStore`] is their file, and [`PersonalWriter`] saves them on a thread of its own.
//! [`ReferenceLaps`] are laps that the user has chosen to compare with, one for each car and track, each in a file of its own.

mod bests;
mod error;
mod file;
mod reference;
mod store;
mod writer;

pub use bests::{CarAndTrack, PersonalBest, PersonalBests};
pub use error::PersonalError;
pub use reference::{ReferenceLap, ReferenceLaps};
pub use store::PersonalStore;
pub use writer::{PersonalWriter, SaveResult};

#[cfg(test)]
mod tests;
