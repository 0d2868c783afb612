//! Where pages come from: a running game, a directory, this process, or anything that implements [`Source`].
//!
//! The rule that stands above all others here: **foreign memory is never Rust memory.** No reference, slice or atomic is ever
//! made of memory that another process writes. Windows' sections are read with volatile loads by one function; on
//! Unix the kernel copies out of the section's file; in-process pages are atomics of this process. A source moves words and
//! knows no fields.

#[cfg(unix)]
mod directory;
#[cfg(unix)]
mod file;
mod local;
mod survey;
#[cfg(not(any(windows, target_os = "linux")))]
mod unsupported;
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
pub use survey::{Finding, Outcome, survey};
#[cfg(windows)]
pub use windows::WindowsSections;
#[cfg(target_os = "linux")]
pub use wine::WineProcess;

#[cfg(not(any(windows, target_os = "linux")))]
use unsupported as system;
#[cfg(windows)]
use windows as system;
#[cfg(target_os = "linux")]
use wine as system;

#[cfg(all(target_os = "linux", feature = "publish"))]
pub(crate) use directory::SHARED_MEMORY;
#[cfg(not(windows))]
pub(crate) use std::thread::sleep;
pub(crate) use system::open;
#[cfg(windows)]
pub(crate) use windows::sleep;
#[cfg(all(windows, feature = "publish"))]
pub(crate) use windows::{Handle, MappedView, process_id, wide};

/// File name of the game's program.
pub const GAME_PROCESS: &str = "AssettoCorsaEVO.exe";

/// A place that has the three pages and can copy them now.
///
/// Everything behind this trait treats the live game, a recording, a simulator and a test alike.
///
/// ```
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, PageKind, Source};
///
/// /// A game that stands in the menu for ever.
/// #[derive(Debug)]
/// struct Menu;
///
/// impl Source for Menu {
///     fn copy(&self, _page: PageKind, words: &mut [u64]) -> Result<(), Error> {
///         words.fill(0);
///         Ok(())
///     }
///     fn is_still(&self, _page: PageKind, words: &[u64]) -> Result<bool, Error> {
///         Ok(words.iter().all(|word| *word == 0))
///     }
///     fn size(&self, page: PageKind) -> usize {
///         page.size()
///     }
///     fn place(&self, page: PageKind) -> String {
///         format!("the {page} page of an example")
///     }
/// }
///
/// let mapper = ACEvoSharedMemoryMapper::open_source(Menu)?;
/// assert!(mapper.physics().is_settled());
/// # Ok::<(), Error>(())
/// ```
pub trait Source: fmt::Debug + Send + Sync {
    /// Copies the page into `words` as it is now, from its first word to its last, zero where it ends early.
    ///
    /// `words` are little-endian, as the game's memory is. The copy may be torn: [`is_still`](Self::is_still) tells.
    ///
    /// # Errors
    /// [`Error::Gone`] where the other side has ended, or what the system says.
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error>;

    /// True where the page still is what was copied into `words`.
    ///
    /// Goes from the last word to the first, against [`copy`](Self::copy): a writer that both of them meet leaves different
    /// words in each.
    ///
    /// # Errors
    /// As [`copy`](Self::copy).
    fn is_still(&self, page: PageKind, words: &[u64]) -> Result<bool, Error>;

    /// Real size of the page in bytes, as the system tells it. Windows and Wine round it up to whole memory pages.
    fn size(&self, page: PageKind) -> usize;

    /// Where the page comes from, for people.
    fn place(&self, page: PageKind) -> String;

    /// The page's counter, without copying the page. The static page has none: 0.
    ///
    /// # Errors
    /// As [`copy`](Self::copy).
    fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        if page == PageKind::Static {
            return Ok(0);
        }
        let mut word = [0];
        self.copy(page, &mut word)?;
        Ok(word[0] as i32)
    }
}

/// Refuses a section that is smaller than any known layout.
pub(crate) fn check_size(page: PageKind, size: usize) -> Result<(), Error> {
    if size < page.smallest_size() {
        return Err(Error::UnknownLayout { page, size, smallest: page.smallest_size(), known: page.size() });
    }
    Ok(())
}
