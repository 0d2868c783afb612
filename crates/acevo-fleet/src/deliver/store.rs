//! What a store has to do, and why a delivery may fail.

use std::io;
use std::path::{Path, PathBuf};

use super::digest::Fingerprint;

/// A file that is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parcel<'a> {
    /// The file.
    pub path: &'a Path,
    /// Its name in the store.
    pub name: &'a str,
    /// Its length and digest.
    pub content: Fingerprint,
}

/// The names that a rig has in a store: files are stored as `SITE/RIG/NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The site, a [slug](crate::slug).
    pub site: String,
    /// The rig, a [slug](crate::slug).
    pub rig: String,
}

/// The answer of a store that has a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Where it is.
    pub url: String,
    /// False if the store had the same content already.
    pub is_new: bool,
}

/// Decides when bytes may be sent.
pub trait Pace {
    /// Called before bytes are read, copied or sent. Waits if that is necessary.
    ///
    /// # Errors
    /// [`Interrupted`] if the delivery has to stop. It can be continued later.
    fn pass(&mut self, step: Step) -> Result<(), Interrupted>;
}

/// What is about to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// This number of bytes is read on this computer.
    Read(usize),
    /// The store has answered, and has this number of bytes from an earlier attempt; zero at the first one.
    Continue(u64),
    /// This number of bytes is sent.
    Send(usize),
}

/// A delivery has to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery was interrupted")]
pub struct Interrupted;

impl From<Interrupted> for io::Error {
    fn from(interrupted: Interrupted) -> Self {
        Self::other(interrupted)
    }
}

/// True if [`Interrupted`] is in the chain of causes.
pub(crate) fn is_interruption(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut error = Some(error);
    while let Some(cause) = error {
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if cause.is::<Interrupted>() || inner.is_some_and(|inner| is_interruption(inner)) {
            return true;
        }
        error = cause.source();
    }
    false
}

/// A place to which files are delivered.
pub trait Store: Send {
    /// Delivers a file, or finds that the store has it. Continues an earlier attempt if the store can do that.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    fn deliver(&mut self, parcel: &Parcel<'_>, pace: &mut dyn Pace) -> Result<Receipt, DeliveryError>;
}

/// Why a file was not delivered. The text has advice.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It has to stop.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file has changed since its digest was computed.
    #[error("{} has changed while it was delivered", .0.display())]
    Changed(PathBuf),
    /// The folder of the store does not exist.
    #[error("the folder {} does not exist: is the share mounted?", .0.display())]
    NoFolder(PathBuf),
    /// The store cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Folder {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What was written is read back as something else.
    #[error("{} was stored with other bytes than it was sent with: check the disk and the network", .0.display())]
    Corrupted(PathBuf),
    /// There are too many files with this name and other contents.
    #[error("too many files are named as {}", .0.display())]
    NoName(PathBuf),
    /// The server cannot be reached.
    #[error(transparent)]
    Http(#[from] crate::http::HttpError),
    /// The server refuses.
    #[error("{address} answers {reason}")]
    Refused {
        /// The address.
        address: String,
        /// The status.
        status: u16,
        /// The status and what the server says.
        reason: String,
    },
    /// The answer of the server cannot be used.
    #[error("the answer of {address} is not that of a store: {reason}")]
    Answer {
        /// The address.
        address: String,
        /// Why.
        reason: String,
    },
    /// The server has received other bytes.
    #[error("{0} has received other bytes than were sent: the file is sent again")]
    Mismatch(String),
}

/// For how long a problem stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// Another attempt may succeed.
    Soon,
    /// The store does not accept this file. Others may be accepted.
    ThisFile,
    /// Nothing is accepted until settings, tokens or the server change.
    UntilChanged,
}

impl DeliveryError {
    /// For how long the problem stays.
    pub fn lasting(&self) -> Lasting {
        match self {
            Self::Http(error) if error.is_permanent() => Lasting::UntilChanged,
            Self::Refused { status: 400 | 413 | 415 | 422, .. } | Self::NoName(_) | Self::File { .. } => {
                Lasting::ThisFile
            }
            Self::Refused { status: 401 | 403 | 404 | 405 | 501, .. } | Self::Answer { .. } | Self::NoFolder(_) => {
                Lasting::UntilChanged
            }
            _ => Lasting::Soon,
        }
    }
}
