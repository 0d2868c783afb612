//! Layouts of overlays: which widgets an overlay page shows, and where. Each layout is a file in the folder of settings.
//!
//! [`name`] decides which names are possible, [`document`] what a layout may contain, [`kind`] has the widgets and their options, and
//! [`store`] reads and writes the files. `docs/overlays.md` describes the files.

mod document;
mod fields;
mod kind;
mod name;
mod store;

#[cfg(test)]
mod tests;

pub(crate) use self::document::{Layout, MAX_BYTES};
pub(crate) use self::store::{Entry, Failure, Layouts};
