//! Recording the followed session: into a file per session, or into memory.
//!
//! A [`recorder`] takes [`observation`]s, which own their bytes and can come from another thread, and passes records and marks to a
//! [`destination`]: [`files`], or the [`ring_mode`]. What the user has to know goes to a [`reporter`]. The background program records as a
//! [`task`] beside others, which also deletes what the settings do not keep ([`retention`]).

pub(crate) mod destination;
pub(crate) mod directory;
pub(crate) mod file_name;
pub(crate) mod files;
pub(crate) mod free_space;
pub(crate) mod observation;
pub(crate) mod recorder;
pub(crate) mod reporter;
pub(crate) mod retention;
pub(crate) mod ring_mode;
mod saver;
pub(crate) mod task;

/// The program that recordings name as their writer.
pub(crate) const PROGRAM: &str = concat!("acevo ", env!("CARGO_PKG_VERSION"));
