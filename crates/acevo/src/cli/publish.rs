//! Where pages are published.

#[cfg(unix)]
use std::path::PathBuf;

use acevo_shared_memory::{Error, Publisher};
use clap::Args;

/// Where to publish.
#[derive(Debug, Args)]
pub(crate) struct Outlet {
    /// Publish as files in this directory instead of where the game does
    #[cfg(unix)]
    #[arg(long, value_name = "PATH")]
    dir: Option<PathBuf>,
}

impl Outlet {
    pub(crate) fn publisher(&self) -> Result<Publisher, Error> {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return Publisher::directory(dir);
        }
        Publisher::open()
    }

    /// What to type to see it.
    pub(crate) fn watch_command(&self) -> String {
        #[cfg(unix)]
        if let Some(dir) = &self.dir {
            return format!("acevo --dir {}", dir.display());
        }
        "acevo".into()
    }
}
