//! A whole section, byte for byte, for bug reports about unknown layouts.

use zerocopy::IntoBytes;

use crate::capture::wait_until_settled;
use crate::error::Error;
use crate::page::PageKind;
use crate::source::{MAX_SECTION_BYTES, Source};

/// All bytes of a page's section, including those beyond the known layout.
///
/// Returned by [`ACEvoSharedMemoryMapper::raw_page`](crate::ACEvoSharedMemoryMapper::raw_page).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RawPage {
    /// The kind of page.
    pub page: PageKind,
    /// The bytes of the section, [`size`](crate::ACEvoSharedMemoryMapper::size) of them. The known layout is the first
    /// [`PageKind::size`] bytes; the section of an older game is smaller.
    pub bytes: Vec<u8>,
    /// True if the section did not change while it was copied, so all bytes belong to one packet.
    pub settled: bool,
}

impl RawPage {
    /// Copies a whole section with the same protocol as a page.
    pub(crate) fn capture(source: &dyn Source, page: PageKind) -> Result<Self, Error> {
        let size = source.size(page);
        if size > MAX_SECTION_BYTES {
            return Err(Error::WrongSize { page, size });
        }
        // Sources copy blocks of two words.
        let mut words = vec![0; size.div_ceil(16) * 2];
        let settled = wait_until_settled(source, page, &mut words)?;
        Ok(Self { page, bytes: words.as_bytes()[..size].to_vec(), settled })
    }
}
