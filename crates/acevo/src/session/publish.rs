//! Where pages are published.

#[cfg(unix)]
use std::path::PathBuf;

use acevo_shared_memory::{Error, Publisher};

#[cfg(unix)]
use crate::output::name_of;

/// Where pages are published.
#[derive(Debug, Clone, Default)]
pub(crate) enum PublishTarget {
    /// Where the game publishes its pages.
    #[default]
    Game,
    /// Files in a directory.
    #[cfg(unix)]
    Directory(PathBuf),
}

impl PublishTarget {
    /// Creates the pages.
    ///
    /// # Errors
    /// If a game or another publisher has the pages, or they cannot be created.
    pub(crate) fn publisher(&self) -> Result<Publisher, Error> {
        match self {
            Self::Game => Publisher::open(),
            #[cfg(unix)]
            Self::Directory(directory) => Publisher::directory(directory),
        }
    }

    /// The command that shows the pages.
    pub(crate) fn watch_command(&self) -> String {
        match self {
            Self::Game => "acevo".into(),
            #[cfg(unix)]
            Self::Directory(directory) => format!("acevo --dir {}", name_of(directory)),
        }
    }
}
