//! Publishes pages that were received.

use acevo_relay::{Item, RelayedPage};
use acevo_shared_memory::{PageKind, Publisher};
use anyhow::Context;

use crate::session::publish::PublishTarget;

/// Order in which pages are published at first: physics, which readers wait for, is the last one.
const ORDER: [PageKind; 3] = [PageKind::Static, PageKind::Graphics, PageKind::Physics];

/// The pages of a game on another computer. They exist from the moment at which all three are known to the end of the game, so no
/// program reads blank pages.
pub(crate) struct RelayedPages {
    target: PublishTarget,
    publisher: Option<Publisher>,
    newest: [Option<RelayedPage>; 3],
}

/// What publishing an item has changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// A page, or nothing that concerns users.
    Page,
    /// The pages exist now, at this location.
    Created(String),
    /// The pages are removed.
    Removed,
}

impl RelayedPages {
    pub(crate) const fn new(target: PublishTarget) -> Self {
        Self { target, publisher: None, newest: [None, None, None] }
    }

    /// Publishes an item.
    ///
    /// # Errors
    /// If a game or another publisher has the pages, or they cannot be written.
    pub(crate) fn publish(&mut self, item: Item) -> anyhow::Result<Published> {
        let page = match item {
            Item::Page(page) => page,
            Item::GameEnded(_) => return Ok(self.remove()),
        };
        let (kind, slot) = (page.page, &mut self.newest[page.page as usize]);
        // A carried page is no packet. It is needed if it was lost in a gap.
        let is_known = page.carried && slot.as_ref().is_some_and(|known| known.bytes == page.bytes);
        let page = slot.insert(page);
        if let Some(publisher) = &mut self.publisher {
            if !is_known {
                publisher.publish_bytes(kind, &page.bytes).context("cannot publish a page")?;
            }
            return Ok(Published::Page);
        }
        if self.newest.iter().any(Option::is_none) {
            return Ok(Published::Page);
        }
        let mut publisher = self.target.publisher().context("cannot publish the pages")?;
        for page in ORDER.into_iter().filter_map(|kind| self.newest[kind as usize].as_ref()) {
            publisher.publish_bytes(page.page, &page.bytes).context("cannot publish a page")?;
        }
        let location = publisher.location();
        self.publisher = Some(publisher);
        Ok(Published::Created(location))
    }

    /// Removes the pages.
    pub(crate) fn remove(&mut self) -> Published {
        self.newest = [None, None, None];
        if self.publisher.take().is_some() { Published::Removed } else { Published::Page }
    }
}
