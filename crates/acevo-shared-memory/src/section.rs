//! A whole section, byte for byte: what a bug report needs where the known layout does not fit.

use zerocopy::IntoBytes;

use crate::capture::settle;
use crate::error::Error;
use crate::page::PageKind;
use crate::source::Source;

/// Every byte of a page as the system has it, those beyond the known layout too.
///
/// [`ACEvoSharedMemoryMapper::section`](crate::ACEvoSharedMemoryMapper::section) gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Section {
    /// Which page.
    pub page: PageKind,
    /// Its bytes: as many as [`size`](crate::ACEvoSharedMemoryMapper::size) tells, of which the known layout takes the first
    /// [`PageKind::size`]. They are fewer than that in an older game.
    pub bytes: Vec<u8>,
    /// True where the section was seen to stand still, so that its bytes belong together.
    pub settled: bool,
}

impl Section {
    /// Bytes of the largest section that is read: 1 MiB, far more than any page will ever need.
    pub const LARGEST: usize = 1 << 20;

    /// Copies all of a section by the rule of every page.
    pub(crate) fn capture(source: &dyn Source, page: PageKind) -> Result<Self, Error> {
        let size = source.size(page);
        if size > Self::LARGEST {
            return Err(Error::WrongSize { page, size });
        }
        // Whole blocks of two words: sources copy those.
        let mut words = vec![0; size.div_ceil(16) * 2];
        let settled = settle(source, page, &mut words)?;
        Ok(Self { page, bytes: words.as_bytes()[..size].to_vec(), settled })
    }
}
