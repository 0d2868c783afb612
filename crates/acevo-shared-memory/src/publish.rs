//! The other side: creating the three pages and writing them, for simulators, replays and tests.

#[cfg(unix)]
mod directory;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(any(windows, target_os = "linux")))]
mod unsupported;
#[cfg(windows)]
mod windows;

use std::fmt;
#[cfg(unix)]
use std::path::Path;

use crate::error::Error;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use crate::source::LocalPages;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(any(windows, target_os = "linux")))]
use unsupported as system;
#[cfg(windows)]
use windows as system;

/// Publishes the three pages so that any reader of the game takes them for the game's.
///
/// Dropping it removes the pages. Every write replaces a whole page, its counter last unless [`CounterOrder`] says otherwise.
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
}

/// When the counter of a page is written. Nobody knows what the game does, so a reader must stand both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CounterOrder {
    /// Before everything else: who sees a new counter meets a page that is still being written.
    First,
    /// After everything else.
    #[default]
    Last,
}

/// Time in which a running game has written a packet.
#[cfg(any(unix, windows))]
const A_FEW_PACKETS: std::time::Duration = std::time::Duration::from_millis(100);

/// True where somebody writes these pages: they are not to be touched.
#[cfg(any(unix, windows))]
fn moves(pages: &dyn crate::source::Source) -> bool {
    let counters = || [PageKind::Physics, PageKind::Graphics].map(|page| pages.packet_id(page).unwrap_or_default());
    let before = counters();
    std::thread::sleep(A_FEW_PACKETS);
    before != counters()
}

/// A place pages can be written to.
trait Target: fmt::Debug + Send {
    /// Writes the bytes of a whole page.
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error>;
    fn place(&self) -> String;
}

impl Publisher {
    /// Publishes where this system's readers look: named sections on Windows, page files in `/dev/shm` on Linux.
    ///
    /// # Errors
    /// [`Error::AlreadyPublished`] where a running game, or another publisher, has the pages: they are not touched;
    /// [`Error::PermissionDenied`]; [`Error::Unsupported`] on other systems.
    pub fn open() -> Result<Self, Error> {
        Ok(Self::to(system::open()?))
    }

    /// Publishes as files of mode 0600 in a directory, which is created where it is missing.
    ///
    /// Files that a publisher has left behind by being killed are replaced; while it runs it holds a lock on the directory.
    ///
    /// # Errors
    /// [`Error::AlreadyPublished`] where another publisher holds the lock, or somebody else's files there move; [`Error::PermissionDenied`], [`Error::System`].
    #[cfg(unix)]
    pub fn directory(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Ok(Self::to(Box::new(directory::Files::create(directory.as_ref())?)))
    }

    /// Writes to pages of this process.
    pub fn local(pages: &LocalPages) -> Self {
        Self::to(Box::new(pages.clone()))
    }

    fn to(target: Box<dyn Target>) -> Self {
        Self { target, order: CounterOrder::default() }
    }

    /// Writes the counter of each page first or last from now on: to try a reader out against both.
    #[must_use]
    pub fn with_counter(mut self, order: CounterOrder) -> Self {
        self.order = order;
        self
    }

    /// Where the pages are, for people.
    pub fn place(&self) -> String {
        self.target.place()
    }

    /// Writes the physics page.
    ///
    /// # Errors
    /// What the system says; in-process pages and sections cannot fail.
    pub fn publish_physics(&mut self, page: &SPageFilePhysics) -> Result<(), Error> {
        self.target.write(PageKind::Physics, page.as_bytes(), self.order)
    }

    /// Writes the graphics page.
    ///
    /// # Errors
    /// As [`publish_physics`](Self::publish_physics).
    pub fn publish_graphics(&mut self, page: &SPageFileGraphicEvo) -> Result<(), Error> {
        self.target.write(PageKind::Graphics, page.as_bytes(), self.order)
    }

    /// Writes the static page.
    ///
    /// # Errors
    /// As [`publish_physics`](Self::publish_physics).
    pub fn publish_static(&mut self, page: &SPageFileStaticEvo) -> Result<(), Error> {
        self.target.write(PageKind::Static, page.as_bytes(), self.order)
    }

    /// Writes a page byte for byte, as a recording has it. Its end may be missing, as in a page of an older game: it is zero.
    ///
    /// # Errors
    /// [`Error::WrongSize`] where there are more bytes than the page has, or fewer than any known game gives; else as
    /// [`publish_physics`](Self::publish_physics).
    pub fn publish_bytes(&mut self, page: PageKind, bytes: &[u8]) -> Result<(), Error> {
        if !(page.smallest_size()..=page.size()).contains(&bytes.len()) {
            return Err(Error::WrongSize { page, size: bytes.len() });
        }
        // Whatever is missing is zero, not what an earlier page has left there.
        let mut whole = [0; PageKind::Graphics.size()];
        whole[..bytes.len()].copy_from_slice(bytes);
        self.target.write(page, &whole[..page.size()], self.order)
    }
}

impl Target for LocalPages {
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error> {
        Self::write(self, page, bytes, order == CounterOrder::First);
        Ok(())
    }

    fn place(&self) -> String {
        "the memory of this process".into()
    }
}
