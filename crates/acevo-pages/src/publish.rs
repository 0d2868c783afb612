//! Creates and writes the three pages, for simulators, replays and tests.

#[cfg(unix)]
mod directory;
#[cfg(target_os = "linux")]
mod linux;
mod target;
#[cfg(not(any(windows, target_os = "linux")))]
mod unsupported;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use std::path::Path;

use crate::error::Error;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use crate::source::{LocalPages, MAX_SECTION_BYTES};

pub use self::target::CounterOrder;
use self::target::Target;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(any(windows, target_os = "linux")))]
use unsupported as system;
#[cfg(windows)]
use windows as system;

/// Publishes the three pages as the game does, for all readers of the game.
///
/// Dropping it removes the pages. Every write replaces a whole page, with the counter last unless [`CounterOrder`] says otherwise.
///
/// ```
/// use acevo_shared_memory::{Publisher, LocalPages, SPageFileStaticEvo};
///
/// let mut publisher = Publisher::local(&LocalPages::new());
/// publisher.publish_static(&SPageFileStaticEvo { track: "Valdombra".into(), ..Default::default() })?;
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug)]
pub struct Publisher {
    target: Box<dyn Target>,
    order: CounterOrder,
    /// The number of bytes of each page that were written at most.
    written: [usize; 3],
    /// Room for a page that needs zeros at its end.
    padded: Vec<u8>,
}

impl Publisher {
    /// Publishes in the default location of the operating system: named sections on Windows, page files in `/dev/shm` on Linux.
    ///
    /// ```no_run
    /// use acevo_shared_memory::{Publisher, SPageFilePhysics};
    ///
    /// let mut publisher = Publisher::open()?;
    /// publisher.publish_physics(&SPageFilePhysics { packetId: 1, rpms: 900, ..Default::default() })?;
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::AlreadyPublished`] if a running game or another publisher owns the pages, which are not changed;
    /// [`Error::ForeignPages`] if another user has created page files; [`Error::PermissionDenied`]; [`Error::Unsupported`] on other systems.
    pub fn open() -> Result<Self, Error> {
        Ok(Self::to(system::open()?))
    }

    /// Publishes as files with mode 0600 in a directory, which is created if it is missing.
    ///
    /// A running publisher holds a lock on the physics file. Files that were left behind by a killed publisher are replaced, but not those
    /// of another user.
    ///
    /// # Errors
    /// [`Error::AlreadyPublished`] if another publisher holds the lock, or if another program writes to the files;
    /// [`Error::ForeignPages`] if another user, except for root, owns the files; [`Error::PermissionDenied`], [`Error::System`].
    #[cfg(unix)]
    pub fn directory(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::to(Box::new(directory::Files::create(directory.as_ref())?)))
    }

    /// Publishes to pages in the memory of this process.
    pub fn local(pages: &LocalPages) -> Self {
        Self::to(Box::new(pages.clone()))
    }

    fn to(target: Box<dyn Target>) -> Self {
        let written = PageKind::ALL.map(PageKind::size);
        Self { target, order: CounterOrder::default(), written, padded: Vec::new() }
    }

    /// Sets whether the counter of each page is written first or last, to test a reader with both.
    #[must_use]
    pub fn with_counter(mut self, order: CounterOrder) -> Self {
        self.order = order;
        self
    }

    /// Human-readable location of the pages.
    pub fn location(&self) -> String {
        self.target.location()
    }

    /// Writes the physics page.
    ///
    /// # Errors
    /// The system's error. In-process pages and Windows sections cannot fail.
    pub fn publish_physics(&mut self, page: &SPageFilePhysics) -> Result<(), Error> {
        self.write(PageKind::Physics, page.as_bytes())
    }

    /// Writes the graphics page.
    ///
    /// # Errors
    /// As for [`publish_physics`](Self::publish_physics).
    pub fn publish_graphics(&mut self, page: &SPageFileGraphicEvo) -> Result<(), Error> {
        self.write(PageKind::Graphics, page.as_bytes())
    }

    /// Writes the static page.
    ///
    /// # Errors
    /// As for [`publish_physics`](Self::publish_physics).
    pub fn publish_static(&mut self, page: &SPageFileStaticEvo) -> Result<(), Error> {
        self.write(PageKind::Static, page.as_bytes())
    }

    /// Writes a page byte for byte, for example from a recording. Bytes that are missing at the end, as in a page of an older
    /// game, become zero. Bytes beyond the known layout, as in a page of a newer game, are written as far as there is room: page files grow,
    /// a section of Windows has room up to the end of its last memory page, and pages in this process have the size that they were created
    /// with.
    ///
    /// ```
    /// use acevo_shared_memory::{Error, LocalPages, PageKind, Publisher};
    ///
    /// let mut publisher = Publisher::local(&LocalPages::new());
    /// publisher.publish_bytes(PageKind::Graphics, &[0; 3940])?;
    /// publisher.publish_bytes(PageKind::Graphics, &[0; 5000])?;
    /// assert!(matches!(publisher.publish_bytes(PageKind::Physics, &vec![0; 1 << 21]), Err(Error::WrongSize { .. })));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongSize`] if there are more than [`MAX_SECTION_BYTES`] bytes; else as for [`publish_physics`](Self::publish_physics).
    pub fn publish_bytes(&mut self, page: PageKind, bytes: &[u8]) -> Result<(), Error> {
        if bytes.len() > MAX_SECTION_BYTES {
            return Err(Error::WrongSize { page, size: bytes.len() });
        }
        self.write(page, bytes)
    }

    /// Writes the bytes, and zeros instead of the bytes of an earlier page that would remain after them.
    fn write(&mut self, page: PageKind, bytes: &[u8]) -> Result<(), Error> {
        let written = &mut self.written[page as usize];
        *written = bytes.len().max(*written);
        if bytes.len() == *written {
            return self.target.write(page, bytes, self.order);
        }
        self.padded.clear();
        self.padded.extend_from_slice(bytes);
        self.padded.resize(*written, 0);
        self.target.write(page, &self.padded, self.order)
    }
}
