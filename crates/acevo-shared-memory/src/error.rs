//! What can go wrong, said so that the reader knows what to do next.

use std::fmt;
use std::io;

use crate::page::PageKind;

/// Why telemetry cannot be read or published.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No running game was found, nor anything that stands in for it.
    GameNotRunning {
        /// Where was looked.
        looked_for: String,
    },
    /// The game is there, but not (yet) this page of it. It appears while the game starts; seen from native Linux it can be
    /// told from other memory only when something is in it, at the latest in a session.
    PageNotThere {
        /// The page.
        page: PageKind,
        /// Where it was expected.
        place: String,
    },
    /// The page is there, but the system does not let this user read or write it.
    PermissionDenied {
        /// What was asked for.
        place: String,
        /// The system's answer.
        source: io::Error,
    },
    /// The page is smaller than any known layout: an unknown build of the game, or not a page of the game.
    UnknownLayout {
        /// The page.
        page: PageKind,
        /// Its real size in bytes.
        size: usize,
        /// Bytes of the smallest known layout.
        smallest: usize,
        /// Bytes of the layout this library reads.
        known: usize,
    },
    /// Only the section names that the game used before its version 0.6 were found, with another layout.
    ///
    /// Assetto Corsa and Assetto Corsa Competizione use these names too.
    OldGame {
        /// The name found, such as `acpmf_physics`.
        section: String,
    },
    /// The page was there and is not any more: the game has ended.
    Gone {
        /// The page.
        page: PageKind,
        /// Where it was.
        place: String,
    },
    /// This system has no game to read: only Windows and Linux have. Directories of pages (on Unix) and in-process pages work.
    Unsupported,
    /// The view is a snapshot: it has no source to refresh from.
    Snapshot,
    /// Somebody publishes these pages already: a running game, or another simulator or replay.
    AlreadyPublished {
        /// What is in the way.
        place: String,
    },
    /// The bytes to be published are not those of a page.
    WrongSize {
        /// The page.
        page: PageKind,
        /// Bytes given.
        size: usize,
    },
    /// The system refused something else.
    System {
        /// What was tried.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}

impl Error {
    /// True where waiting may help: the game, or a page of it, is not there.
    pub const fn is_absence(&self) -> bool {
        matches!(self, Self::GameNotRunning { .. } | Self::PageNotThere { .. } | Self::Gone { .. })
    }

    /// An error of the system about `place`, told apart by its kind.
    #[cfg(any(unix, windows))]
    pub(crate) fn of_system(place: impl Into<String>, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::PermissionDenied => Self::PermissionDenied { place: place.into(), source },
            _ => Self::System { what: place.into(), source },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GameNotRunning { looked_for } => {
                write!(f, "Assetto Corsa EVO is not running (looked for {looked_for}): start the game")
            }
            Self::PageNotThere { page, place } => {
                write!(f, "the game has no {page} page yet ({place}): wait until it has started, or enter a session")
            }
            Self::PermissionDenied { place, .. } => {
                write!(f, "no permission for {place}: run this program as the user who runs the game")
            }
            Self::UnknownLayout { page, size, smallest, known } => write!(
                f,
                "the {page} page has {size} bytes, but every known game has at least {smallest} (this library reads {known}): \
                 an unknown build of the game, or not its page"
            ),
            Self::OldGame { section } => write!(
                f,
                "only `{section}` was found, as Assetto Corsa EVO before version 0.6 and older titles of the series use it: \
                 update the game"
            ),
            Self::Gone { page, place } => {
                write!(f, "the {page} page is gone ({place}): the game has ended; open it again")
            }
            Self::Unsupported => f.write_str(
                "no game to read on this system: Assetto Corsa EVO runs on Windows, and on Linux under Proton or Wine",
            ),
            Self::Snapshot => f.write_str("a snapshot is not attached to a game: refresh a view of the mapper instead"),
            Self::AlreadyPublished { place } => write!(
                f,
                "{place} is in use by a running game, a bridge or another simulator: close it first, its pages are not overwritten"
            ),
            Self::WrongSize { page, size } => {
                write!(f, "{size} bytes are no {page} page, which has {}", page.size())
            }
            Self::System { what, .. } => write!(f, "the system refused: {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::PermissionDenied { source, .. } | Self::System { source, .. } => Some(source),
            _ => None,
        }
    }
}
