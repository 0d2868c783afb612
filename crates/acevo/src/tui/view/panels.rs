//! The panels that tabs consist of. Each adapts to its size.

pub(super) mod driving;
pub(super) mod events;
pub(super) mod gg;
pub(super) mod lap;
pub(in crate::tui) mod map;
pub(super) mod race;
pub(super) mod traces;
pub(super) mod tyres;
