//! What follows from the frames of a session: laps, differences, consumption, the track.

mod summary;

pub use summary::Summary;
