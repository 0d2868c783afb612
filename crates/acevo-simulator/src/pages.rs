//! Fills the three pages from the state of the simulation.

mod equipment;
mod graphics;
mod physics;
mod static_data;
mod text;

pub(crate) use graphics::{Frame, Totals, fill_graphics};
pub(crate) use physics::{coordinates, fill_physics};
pub(crate) use static_data::{menu_static, session_static};
