//! An index of recordings of Assetto Corsa EVO: sessions, laps, sectors, stints, best laps, notes and tags, in SQLite.
//!
//! [`Library::scan`] searches folders and reads each recording (`.acevo`) that is new or has changed, once. Queries then take
//! milliseconds:
//!
//! | query | rows |
//! |---|---|
//! | [`Library::sessions`], [`Library::session`], [`Library::choices`] | sessions by track, car, driver, kind, date, tag and text |
//! | [`Library::laps`], [`Library::lap`], [`Library::stints`], [`Library::other_cars`] | what is in a session |
//! | [`Library::all_laps`] | laps of many sessions, for tables |
//! | [`Library::bests`], [`Library::progress`] | the best lap of each car on each track, and of each session over time |
//! | [`Library::unreadable`] | recordings that cannot be read, with the reasons |
//!
//! The database has nothing of its own. Title, note and tags of a session are in a file beside its recording (`NAME.notes.json`), and
//! deleted recordings are in a folder `trash` beside it, from which [`Library::restore`] takes them back.
//!
//! ```no_run
//! use acevo_library::{Library, SessionFilter};
//!
//! let library = Library::open("library.sqlite")?;
//! let report = library.scan(&["recordings".into()], &Default::default(), &mut |progress| {
//!     println!("{} of {}", progress.done + 1, progress.total);
//!     true
//! })?;
//! println!("read {} recordings", report.indexed);
//! let mut filter = SessionFilter::default();
//! filter.car = Some("velocita".into());
//! filter.is_partial = true;
//! for best in library.bests(&filter)? {
//!     println!("{} {}: {} ms", best.track, best.car, best.time_ms);
//! }
//! # Ok::<(), acevo_library::LibraryError>(())
//! ```

#![forbid(unsafe_code)]

mod bests;
mod error;
mod filter;
mod id;
mod laps;
mod library;
mod notes;
mod scan;
mod schema;
mod sessions;
mod stamp;
mod store;
mod trash;
mod walk;

pub use bests::{BestRow, ProgressRow};
pub use error::LibraryError;
pub use filter::SessionFilter;
pub use laps::{FourWheels, LapRow, OtherCarRow, OtherLapRow, StintRow};
pub use library::Library;
pub use notes::{Notes, has_notes, notes_path};
pub use scan::{ScanOptions, ScanProgress, ScanReport};
pub use sessions::{CarChoice, Choice, Choices, Page, SessionRow, TrackChoice, Unreadable};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
