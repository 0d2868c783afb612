//! The destination of a publisher.

use std::fmt;

use crate::error::Error;
use crate::page::PageKind;
use crate::source::LocalPages;

/// When the counter of a page is written. It is unknown what the game does, so a reader must handle both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CounterOrder {
    /// Before the rest of the page. A reader that reacts to the new counter finds a page that is still being written.
    First,
    /// After the rest of the page.
    #[default]
    Last,
}

/// A destination for pages.
pub(super) trait Target: fmt::Debug + Send {
    /// Writes the bytes of a whole page.
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error>;

    /// Human-readable location of the pages.
    fn location(&self) -> String;
}

impl Target for LocalPages {
    fn write(&mut self, page: PageKind, bytes: &[u8], order: CounterOrder) -> Result<(), Error> {
        Self::write(self, page, bytes, order == CounterOrder::First);
        Ok(())
    }

    fn location(&self) -> String {
        "the memory of this process".into()
    }
}

/// Time in which a running game writes a packet.
#[cfg(any(unix, windows))]
const A_FEW_PACKETS: std::time::Duration = std::time::Duration::from_millis(100);

/// True if the counters of these pages move: another program writes them, so they must not be overwritten.
#[cfg(any(unix, windows))]
pub(super) fn are_written(pages: &dyn crate::source::Source) -> bool {
    let counters = || [PageKind::Physics, PageKind::Graphics].map(|page| pages.packet_id(page).unwrap_or_default());
    let before = counters();
    std::thread::sleep(A_FEW_PACKETS);
    before != counters()
}
