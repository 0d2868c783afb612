//! Pages in the memory of this process: for tests, embedded simulators and replays.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering, fence};

use super::{MAX_SECTION_BYTES, Source, check_size};
use crate::error::Error;
use crate::page::PageKind;

/// Three pages in the memory of this process, shared by all clones. One thread writes with [`Publisher::local`], another reads
/// through a mapper, at the same time.
///
/// [`Publisher::local`]: crate::Publisher::local
///
#[cfg_attr(feature = "publish", doc = "```")]
#[cfg_attr(not(feature = "publish"), doc = "```ignore")]
/// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Publisher, SPageFilePhysics};
///
/// let pages = LocalPages::new();
/// let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone())?;
/// let mut publisher = Publisher::local(&pages);
///
/// publisher.publish_physics(&SPageFilePhysics { packetId: 1, speedKmh: 88.0, ..Default::default() })?;
/// assert_eq!(mapper.physics().raw().speedKmh, 88.0);
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LocalPages(Arc<[LocalPage; 3]>);

#[derive(Debug)]
struct LocalPage {
    words: Box<[AtomicU64]>,
    size: usize,
}

impl LocalPages {
    /// Three empty pages of the known layout.
    pub fn new() -> Self {
        Self::with_page(|page| LocalPage::new(page.size()))
    }

    /// Three empty pages with the sizes of an older or newer game, in bytes: physics, graphics, static.
    ///
    /// # Errors
    /// [`Error::UnknownLayout`] if one is smaller than any known layout, [`Error::WrongSize`] if one is larger than
    /// [`MAX_SECTION_BYTES`].
    pub fn with_sizes(sizes: [usize; 3]) -> Result<Self, Error> {
        for page in PageKind::ALL {
            let size = sizes[page as usize];
            check_size(page, size)?;
            if size > MAX_SECTION_BYTES {
                return Err(Error::WrongSize { page, size });
            }
        }
        Ok(Self::with_page(|page| LocalPage::new(sizes[page as usize])))
    }

    fn with_page(page: impl Fn(PageKind) -> LocalPage) -> Self {
        Self(Arc::new(PageKind::ALL.map(page)))
    }

    /// Writes a page with the counter, which is in the first word, last or first.
    #[cfg_attr(not(feature = "publish"), allow(dead_code, reason = "only publishers write"))]
    pub(crate) fn write(&self, page: PageKind, bytes: &[u8], counter_first: bool) {
        let local = &self.0[page as usize];
        let known = &bytes[..bytes.len().min(local.size)];
        let store = |(index, chunk): (usize, &[u8])| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            local.words[index].store(u64::from_le_bytes(word), Ordering::Relaxed);
        };
        let mut words = known.chunks(8).enumerate();
        let counter = words.next();
        if counter_first {
            counter.into_iter().for_each(store);
            fence(Ordering::Release);
            words.for_each(store);
        } else {
            words.rev().for_each(store);
            fence(Ordering::Release);
            counter.into_iter().for_each(store);
        }
    }
}

impl LocalPage {
    fn new(size: usize) -> Self {
        Self { words: (0..size.div_ceil(8)).map(|_| AtomicU64::new(0)).collect(), size }
    }
}

impl Default for LocalPages {
    fn default() -> Self {
        Self::new()
    }
}

impl Source for LocalPages {
    fn copy(&self, page: PageKind, words: &mut [u64]) -> Result<(), Error> {
        let local = &self.0[page as usize].words;
        let known = words.len().min(local.len());
        for (word, local) in words.iter_mut().zip(local) {
            *word = local.load(Ordering::Relaxed);
        }
        fence(Ordering::Acquire);
        words[known..].fill(0);
        Ok(())
    }

    fn is_unchanged(&self, page: PageKind, words: &[u64]) -> Result<bool, Error> {
        let words = words.iter().zip(&self.0[page as usize].words).rev();
        let difference =
            words.fold(0, |difference, (word, local)| difference | (*word ^ local.load(Ordering::Relaxed)));
        fence(Ordering::Acquire);
        Ok(difference == 0)
    }

    fn size(&self, page: PageKind) -> usize {
        self.0[page as usize].size
    }

    fn location(&self, page: PageKind) -> String {
        format!("the {page} page in this process")
    }
}
