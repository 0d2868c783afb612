//! The error type. Messages say what to do next.

use std::io;

use crate::page::PageKind;

/// Why telemetry cannot be read or published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No running game was found, and no other source of its pages.
    #[error("Assetto Corsa EVO is not running (looked for {looked_for}): start the game")]
    GameNotRunning {
        /// What was looked for.
        looked_for: String,
    },
    /// The game is running, but this page is not there yet. It appears while the game starts. On native Linux it can be
    /// recognised only once it has content, at the latest in a session.
    #[error("the game has no {page} page yet ({location}): wait until the game has started, or enter a session")]
    PageNotThere {
        /// The page.
        page: PageKind,
        /// Where it was expected.
        location: String,
    },
    /// The page is there, but the system does not allow this user to read or write it.
    #[error("no permission for {location}: run this program as the user who runs the game")]
    PermissionDenied {
        /// What was requested.
        location: String,
        /// The system's error.
        source: io::Error,
    },
    /// Page files of another user, in a directory in which every user may create files. Anything may be in them.
    #[error(
        "{location} belongs to another user (id {owner}), so it is neither read nor replaced: run this program as the user who runs \
         the game, or name a directory (`--dir`)"
    )]
    ForeignPages {
        /// The file.
        location: String,
        /// The id of its owner.
        owner: u32,
    },
    /// The page is smaller than any known layout: an unknown version of the game, or not a page of the game.
    #[error(
        "the {page} page has {size} bytes, but every known version of the game has at least {smallest} (this library reads \
         {known}): an unknown version of the game, or not its page"
    )]
    UnknownLayout {
        /// The page.
        page: PageKind,
        /// Its actual size in bytes.
        size: usize,
        /// Size of the smallest known layout in bytes.
        smallest: usize,
        /// Size of the layout that this library reads, in bytes.
        known: usize,
    },
    /// Only the section names that the game used before version 0.6 were found, which have another layout.
    ///
    /// Assetto Corsa and Assetto Corsa Competizione use these names too.
    #[error(
        "only `{section}` was found, which is used by Assetto Corsa EVO before version 0.6 and by older titles of the series: \
         update the game"
    )]
    OldGame {
        /// The name found, such as `acpmf_physics`.
        section: String,
    },
    /// The page is no longer there: the game has ended.
    #[error("the {page} page is gone ({location}): the game has ended; open it again")]
    Gone {
        /// The page.
        page: PageKind,
        /// Where it was.
        location: String,
    },
    /// The game does not run on this system, only on Windows and Linux. Page directories (on Unix) and in-process pages work.
    #[error("no game to read on this system: Assetto Corsa EVO runs on Windows, and on Linux under Proton or Wine")]
    Unsupported,
    /// The view is a snapshot: it has no source to refresh from.
    #[error("a snapshot is not attached to a game: refresh a view of the mapper instead")]
    Snapshot,
    /// The pages are already published by a running game, or by another simulator or replay.
    #[error(
        "{location} is in use by a running game, a bridge or another simulator: close it first, its pages are not overwritten"
    )]
    AlreadyPublished {
        /// Where the pages are.
        location: String,
    },
    /// The number of bytes does not fit the page.
    #[error("{size} bytes are not a {page} page, which has {}", .page.size())]
    WrongSize {
        /// The page.
        page: PageKind,
        /// Number of bytes given.
        size: usize,
    },
    /// Any other error of the system.
    #[error("system error: {what}")]
    System {
        /// What was attempted.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

impl Error {
    /// True if waiting may help: the game, or one of its pages, is not there. Pages of another user count as not there.
    ///
    /// ```
    /// use acevo_shared_memory::Error;
    ///
    /// assert!(Error::GameNotRunning { looked_for: "a process".into() }.is_absence());
    /// assert!(!Error::Unsupported.is_absence());
    /// ```
    pub const fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::GameNotRunning { .. } | Self::PageNotThere { .. } | Self::Gone { .. } | Self::ForeignPages { .. }
        )
    }

    /// Converts a system error about `location`.
    #[cfg(any(unix, windows))]
    pub(crate) fn of_system(location: impl Into<String>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { location: location.into(), source },
            _ => Self::System { what: location.into(), source },
        }
    }
}
