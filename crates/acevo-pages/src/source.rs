//! Sources of pages: a running game, a directory, this process, or anything that implements [`Source`].
//!
//! One rule holds everywhere here: **foreign memory is never treated as Rust memory.** No reference, slice or atomic ever points
//! to memory that another process writes. Windows sections are read with volatile loads by two functions. On Unix the kernel
//! copies from the section's file. In-process pages are atomics. A source copies words and does not know any fields.

#[cfg(unix)]
mod directory;
#[cfg(unix)]
mod file;
mod local;
mod survey;
mod system;
#[cfg(not(any(windows, target_os = "linux")))]
mod unsupported;
#[cfg(unix)]
mod user;
#[cfg(unix)]
mod watchdog;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
mod wine;

use std::fmt;

use crate::error::Error;
use crate::page::PageKind;

#[cfg(unix)]
pub use directory::PageDirectory;
pub use local::LocalPages;
pub use survey::{Finding, Outcome};
pub use system::survey;
#[cfg(windows)]
pub use windows::WindowsSections;
#[cfg(target_os = "linux")]
pub use wine::WineProcess;

#[cfg(all(target_os = "linux", feature = "publish"))]
pub(crate) use directory::SHARED_MEMORY;
#[cfg(all(unix, feature = "publish"))]
pub(crate) use directory::page_path;
#[cfg(all(unix, feature = "publish"))]
pub(crate) use file::NEVER_BLOCK;
pub(crate) use system::{open, sleep};
#[cfg(all(unix, feature = "publish"))]
pub(crate) use user::is_foreign;
#[cfg(all(windows, feature = "publish"))]
pub(crate) use windows::{Handle, MappedView, process_id, wide};

/// File name of the game's program.
pub const GAME_PROCESS: &str = "AssettoCorsaEVO.exe";

/// Size of the largest section that is read, in bytes: 1 MiB, far more than any known page needs.
pub const MAX_SECTION_BYTES: usize = 1 << 20;

/// A provider of the three pages, which copies them on request.
///
/// Everything above this trait treats the live game, a recording, a simulator and a test alike.
///
/// ```
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Source};
///
/// /// A game that never leaves its menu.
/// #[derive(Debug)]
/// struct Menu;
///
/// impl Source for Menu {
///     fn copy(&self, _page: PageKind, words: &mut [u64]) -> Result<(), Error> {
///         words.fill(0);
///         Ok(())
///     }
///     fn is_unchanged(&self, _page: PageKind, words: &[u64]) -> Result<bool, Error> {
///         Ok(words.iter().all(|word| *word == 0))
///     }
///     fn size(&self, page: PageKind) -> usize {
///         page.size()
///     }
///     fn location(&self, page: PageKind) -> String {
///         format!("the {page} page of an example")
///     }
/// }
///
/// let mapper = ACEvoSharedMemoryMapper::open_source(Menu)?;
/// assert!(mapper.physics().is_settled());
/// # Ok::<(), Error>(())
/// ```
pub trait Source: fmt::Debug + Send + Sync {
    /// Copies the page as it is now into `words`, from the first word to the last. Words beyond the end of the page become zero.
    ///
    /// Like the game's memory, `words` are little-endian. The copy may be torn; [`is_unchanged`](Self::is_unchanged) detects that.
    ///
    /// # Errors
    /// [`Error::Gone`] if the game has ended, or the system's error.
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error>;

    /// Returns true if the page still equals the copy in `words`.
    ///
    /// It compares from the last word to the first, in the opposite direction of [`copy`](Self::copy). So a page that is being
    /// written during both differs from the copy.
    ///
    /// # Errors
    /// As for [`copy`](Self::copy).
    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error>;

    /// Returns true if the page equals `words`, which were settled before.
    ///
    /// The direction of the comparison does not matter, because settled words are not torn. The writer may change the page meanwhile.
    ///
    /// # Errors
    /// As for [`copy`](Self::copy).
    fn is_still(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        self.is_unchanged(page, words)
    }

    /// Actual size of the page in bytes, as reported by the system. Windows and Wine round it up to whole memory pages.
    fn size(&self, page: PageKind) -> usize;

    /// Human-readable location of the page.
    fn location(&self, page: PageKind) -> String;

    /// The page's counter, without copying the page. The static page has no counter: 0.
    ///
    /// # Errors
    /// As for [`copy`](Self::copy).
    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        if page == PageKind::Static {
            return Ok(0);
        }
        let mut word = [0];
        self.copy(page, &mut word)?;
        Ok(word[0] as i32)
    }
}

/// Rejects a section that is smaller than any known layout.
pub(crate) fn check_size(page: PageKind, size: usize) -> Result<(), Error> {
    if size < page.smallest_size() {
        return Err(Error::UnknownLayout { page, size, smallest: page.smallest_size(), known: page.size() });
    }
    Ok(())
}
