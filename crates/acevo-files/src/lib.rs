//! How acevo opens, writes and locks files.
//!
//! Paths are not trusted: they may lead to a named pipe, a device, a link or a file that another process replaces at the same moment.
//! Nothing here blocks on opening, follows a link when it writes, or replaces a file unless the caller asks for that.
//!
//! - [`open_file`], [`read_limited`]: reading.
//! - [`open_append`] is for files that grow, such as logs.
//! - [`PendingFile`], [`rename_new`]: files that have their name only when they are complete.
//! - [`FileLock`], [`PendingFolder`]: one process at a time.
//! - [`UserFolder`]: where settings, data and state of a user are.

#![forbid(unsafe_code)]

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod folder;
mod lock;
mod open;
mod pending;
mod user_folder;

pub use self::folder::{PendingFolder, create_folders, remove_abandoned};
pub use self::lock::FileLock;
pub use self::open::{NotAFile, TooLarge, is_at, open_append, open_file, read_limited};
pub use self::pending::{PendingFile, rename_new, sync_folder};
pub use self::user_folder::UserFolder;
