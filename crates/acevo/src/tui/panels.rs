//! What stands in a frame, each of any size.

pub(super) mod driving;
pub(super) mod events;
pub(super) mod gg;
pub(super) mod lap;
pub(super) mod map;
pub(super) mod race;
pub(super) mod traces;
pub(super) mod tyres;
