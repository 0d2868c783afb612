//! The mapper: owns a source and captures pages from it. Its methods that return views are in `view.rs` and `frame.rs`.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::capture::CapturedPage;
use crate::error::Error;
use crate::page::sealed::{PerPage, Sealed};
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use crate::raw_page::RawPage;
use crate::source::{self, Source};
use crate::validity::{PhysicsTracker, PhysicsValidity};

/// A connection to the three pages. Dropping it closes everything it holds.
///
/// Each view that it returns owns its page as it was at the time of the call: the fields belong to one packet, and the view can
/// be kept, compared and sent to another thread. To get newer values, ask again or [`refresh`](crate::View::refresh) the view.
/// Reading does not allocate.
///
/// `&ACEvoSharedMemoryMapper` can be shared between threads. Two threads that ask for the same page at the same time wait for
/// each other.
///
/// ```no_run
/// use acevo_shared_memory::ACEvoSharedMemoryMapper;
///
/// let mapper = ACEvoSharedMemoryMapper::open()?;
/// let physics = mapper.physics();
/// println!("{:.0} km/h in gear {}", physics.raw().speedKmh, physics.gear());
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug)]
pub struct ACEvoSharedMemoryMapper {
    source: Box<dyn Source>,
    cache: Cache,
    tracker: Mutex<PhysicsTracker>,
    unsettled: AtomicU64,
}

/// The last capture of each page.
#[derive(Debug, Default)]
struct Cache {
    physics: Mutex<CapturedPage<SPageFilePhysics>>,
    graphics: Mutex<CapturedPage<SPageFileGraphicEvo>>,
    static_data: Mutex<CapturedPage<SPageFileStaticEvo>>,
}

impl PerPage for Cache {
    type Value<T: Sealed> = Mutex<CapturedPage<T>>;

    fn physics(&self) -> &Mutex<CapturedPage<SPageFilePhysics>> {
        &self.physics
    }

    fn graphics(&self) -> &Mutex<CapturedPage<SPageFileGraphicEvo>> {
        &self.graphics
    }

    fn static_data(&self) -> &Mutex<CapturedPage<SPageFileStaticEvo>> {
        &self.static_data
    }
}

impl ACEvoSharedMemoryMapper {
    /// Finds the running game and opens its pages.
    ///
    /// On Windows it opens the game's named sections. On Linux it looks for a game that runs under Proton or Wine, and if there
    /// is none, for page files in `/dev/shm` as written by bridges and by this library's publisher.
    ///
    /// ```no_run
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error};
    ///
    /// match ACEvoSharedMemoryMapper::open() {
    ///     Ok(mapper) => println!("track: {}", mapper.static_data().track()),
    ///     Err(error) if error.is_absence() => println!("not running yet: {error}"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::GameNotRunning`], [`Error::PageNotThere`], [`Error::PermissionDenied`], [`Error::UnknownLayout`],
    /// [`Error::OldGame`]; [`Error::Unsupported`] on other systems. If [`Error::is_absence`], try again later.
    pub fn open() -> Result<Self, Error> {
        source::open().map(Self::from_box)
    }

    /// Reads from a given source: `PageDirectory`, [`LocalPages`](crate::LocalPages), or your own.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// assert_eq!(mapper.physics().packet_id(), 0);
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::UnknownLayout`] if one of its pages is smaller than any known layout.
    pub fn open_source(source: impl Source + 'static) -> Result<Self, Error> {
        for page in PageKind::ALL {
            source::check_size(page, source.size(page))?;
        }
        Ok(Self::from_box(Box::new(source)))
    }

    fn from_box(source: Box<dyn Source>) -> Self {
        Self { source, cache: Cache::default(), tracker: Mutex::default(), unsettled: AtomicU64::new(0) }
    }

    /// The counter of a page, without copying the page: a cheap check for a new packet. The static page has no counter: 0.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// assert_eq!(mapper.packet_id(PageKind::Physics)?, 0);
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`try_physics`](Self::try_physics).
    pub fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        self.source.packet_id(page)
    }

    /// Actual size of a page's section in bytes. Windows and Wine round it up to whole memory pages. The page of an older game
    /// is smaller than [`PageKind::size`]; missing bytes are read as zero.
    pub fn size(&self, page: PageKind) -> usize {
        self.source.size(page)
    }

    /// Human-readable location of a page.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// assert_eq!(mapper.location(PageKind::Physics), "the physics page in this process");
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    pub fn location(&self, page: PageKind) -> String {
        self.source.location(page)
    }

    /// Copies all bytes of a page's section, including those beyond the known layout: for bug reports and unknown layouts.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::with_sizes([800, 8192, 208])?)?;
    /// let raw = mapper.raw_page(PageKind::Graphics)?;
    /// assert!(raw.settled && raw.bytes.len() == 8192);
    /// let beyond = &raw.bytes[PageKind::Graphics.size()..];
    /// assert!(beyond.iter().all(|byte| *byte == 0));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongSize`] if the section has more than [`MAX_SECTION_BYTES`](crate::source::MAX_SECTION_BYTES), else as for
    /// [`try_physics`](Self::try_physics).
    pub fn raw_page(&self, page: PageKind) -> Result<RawPage, Error> {
        let raw = RawPage::capture(self.source.as_ref(), page)?;
        if !raw.settled {
            self.unsettled.fetch_add(1, Ordering::Relaxed);
        }
        Ok(raw)
    }

    /// Copies the bytes of the page that was captured last, exactly as the game had them: with padding and with `bool` bytes
    /// other than 0 and 1. Recordings store these bytes; a [`View`](crate::View) holds a decoded page.
    ///
    /// Every view, [`frame`](Self::frame) and [packet](Self::packets) captures through the mapper, so right after one of them
    /// these are its bytes, unless another thread has captured the page in between. Copies as many bytes as fit into `buffer`.
    /// Returns the number of bytes that the game has of the known layout, at most [`PageKind::size`]. Returns `None` if the
    /// page has not been captured yet, or if the game ended during the capture. Does not read from the game, and does not
    /// allocate.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// let mut bytes = [0; PageKind::Physics.size()];
    /// assert_eq!(mapper.captured(PageKind::Physics, &mut bytes), None);
    /// let view = mapper.physics();
    /// assert_eq!(mapper.captured(PageKind::Physics, &mut bytes), Some(bytes.len()));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    pub fn captured(&self, page: PageKind, buffer: &mut [u8]) -> Option<usize> {
        match page {
            PageKind::Physics => self.copy_captured::<SPageFilePhysics>(buffer),
            PageKind::Graphics => self.copy_captured::<SPageFileGraphicEvo>(buffer),
            PageKind::Static => self.copy_captured::<SPageFileStaticEvo>(buffer),
        }
    }

    fn copy_captured<T: Page>(&self, buffer: &mut [u8]) -> Option<usize> {
        let last = T::select(&self.cache).lock().unwrap_or_else(PoisonError::into_inner);
        let size = self.source.size(T::KIND).min(T::KIND.size());
        let bytes = last.bytes()?.get(..size)?;
        let fit = size.min(buffer.len());
        buffer[..fit].copy_from_slice(&bytes[..fit]);
        Some(size)
    }

    /// Whether the physics page that was captured last is current. Every view, [`frame`](Self::frame) and
    /// [packet](Self::packets) of this mapper updates the answer. It is reliable after both pages have been captured,
    /// preferably more than once.
    pub fn physics_validity(&self) -> PhysicsValidity {
        self.tracker().validity()
    }

    /// Number of pages that were handed out unsettled.
    pub fn unsettled(&self) -> u64 {
        self.unsettled.load(Ordering::Relaxed)
    }

    /// Captures a page. Returns a guard instead of a copy, so that the caller copies the page only once.
    pub(crate) fn capture<T: Page>(&self) -> Result<MutexGuard<'_, CapturedPage<T>>, Error> {
        // If a foreign source has panicked, the captured page is either not settled or whole.
        let mut last = T::select(&self.cache).lock().unwrap_or_else(PoisonError::into_inner);
        let copies = last.copies();
        let is_settled = last.capture(self.source.as_ref())?;
        if !is_settled {
            self.unsettled.fetch_add(1, Ordering::Relaxed);
        }
        if last.copies() != copies {
            let page: &dyn Any = last.page();
            if let Some(page) = page.downcast_ref::<SPageFilePhysics>() {
                self.tracker().physics(page);
            } else if let Some(page) = page.downcast_ref::<SPageFileGraphicEvo>() {
                self.tracker().graphics(page);
            }
        }
        Ok(last)
    }

    /// The tracker of the physics page, fed with every capture.
    pub(crate) fn tracker(&self) -> MutexGuard<'_, PhysicsTracker> {
        self.tracker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
