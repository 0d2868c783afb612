//! From the state of the simulation to the three pages.

mod equipment;
mod graphics;
mod physics;
mod static_data;
mod text;

pub(crate) use graphics::{Driven, Frame, fill_graphics};
pub(crate) use physics::{coordinates, fill_physics};
pub(crate) use static_data::{menu_static, session_static};
