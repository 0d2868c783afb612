//! The way in: a mapper holds a source and captures pages from it.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::capture::Last;
use crate::error::Error;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
use crate::section::Section;
use crate::source::{self, Source};
use crate::validity::{PhysicsTracker, PhysicsValidity};
use crate::view::{GraphicsView, PhysicsView, StaticView, View};

/// A connection to the three pages. Dropping it closes everything it holds.
///
/// Each view it gives owns the page as it was when it was asked for: its fields belong together, and it may be kept, sent to
/// another thread and compared. Ask again, or [`refresh`](View::refresh) it, for news. Nothing is allocated on the way.
///
/// `&ACEvoSharedMemoryMapper` may be shared between threads; two that ask for the same page at the same time take turns.
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
    pub(crate) physics: Mutex<Last<SPageFilePhysics>>,
    pub(crate) graphics: Mutex<Last<SPageFileGraphicEvo>>,
    pub(crate) static_data: Mutex<Last<SPageFileStaticEvo>>,
    tracker: Mutex<PhysicsTracker>,
    unsettled: AtomicU64,
}

impl ACEvoSharedMemoryMapper {
    /// Finds the running game in the way that fits the system.
    ///
    /// On Windows these are the game's named sections. On Linux it is a game under Proton or Wine, seen from outside, and where
    /// there is none, page files in `/dev/shm`, as bridges and this library's publisher make them.
    ///
    /// # Errors
    /// [`Error::GameNotRunning`], [`Error::PageNotThere`], [`Error::PermissionDenied`], [`Error::UnknownLayout`],
    /// [`Error::OldGame`]; [`Error::Unsupported`] on other systems. [`Error::is_absence`] tells where waiting helps.
    pub fn open() -> Result<Self, Error> {
        source::open().map(Self::from_box)
    }

    /// Reads from a source of your choice: `PageDirectory`, [`LocalPages`](crate::LocalPages),
    /// or one of your own.
    ///
    /// # Errors
    /// [`Error::UnknownLayout`] where a page of it is smaller than any known layout.
    pub fn open_source(source: impl Source + 'static) -> Result<Self, Error> {
        for page in PageKind::ALL {
            source::check_size(page, source.size(page))?;
        }
        Ok(Self::from_box(Box::new(source)))
    }

    fn from_box(source: Box<dyn Source>) -> Self {
        Self {
            source,
            physics: Mutex::default(),
            graphics: Mutex::default(),
            static_data: Mutex::default(),
            tracker: Mutex::default(),
            unsettled: AtomicU64::new(0),
        }
    }

    /// The vehicle, now. An all-zero page where the source is gone.
    #[inline]
    pub fn physics(&self) -> PhysicsView<'_> {
        self.view_or_nothing()
    }

    /// What the game's screen shows, now. An all-zero page, with status `Off`, where the source is gone.
    #[inline]
    pub fn graphics(&self) -> GraphicsView<'_> {
        self.view_or_nothing()
    }

    /// The session. An all-zero page where the source is gone.
    #[inline]
    pub fn static_data(&self) -> StaticView<'_> {
        self.view_or_nothing()
    }

    /// As [`physics`](Self::physics), but says why there is nothing.
    ///
    /// # Errors
    /// [`Error::Gone`] where the game has ended, or what the system says.
    #[inline]
    pub fn try_physics(&self) -> Result<PhysicsView<'_>, Error> {
        self.view::<SPageFilePhysics>()
    }

    /// As [`graphics`](Self::graphics), but says why there is nothing.
    ///
    /// # Errors
    /// As [`try_physics`](Self::try_physics).
    #[inline]
    pub fn try_graphics(&self) -> Result<GraphicsView<'_>, Error> {
        self.view::<SPageFileGraphicEvo>()
    }

    /// As [`static_data`](Self::static_data), but says why there is nothing.
    ///
    /// # Errors
    /// As [`try_physics`](Self::try_physics).
    #[inline]
    pub fn try_static_data(&self) -> Result<StaticView<'_>, Error> {
        self.view::<SPageFileStaticEvo>()
    }

    /// The counter of a page, without copying the page: the cheap way to see whether there is anything new. The static page
    /// has none: 0.
    ///
    /// # Errors
    /// As [`try_physics`](Self::try_physics).
    pub fn packet_id(&self, page: PageKind) -> Result<i32, Error> {
        self.source.packet_id(page)
    }

    /// Real size of a page in bytes, rounded up by Windows and Wine to whole memory pages. A page of an older game is smaller
    /// than [`PageKind::size`], and zero where it ends.
    pub fn size(&self, page: PageKind) -> usize {
        self.source.size(page)
    }

    /// Where a page comes from, for people.
    pub fn place(&self, page: PageKind) -> String {
        self.source.place(page)
    }

    /// Every byte of a page's section as it is now, those beyond the known layout too: for a bug report, or for a look at a
    /// layout that nobody knows yet.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, PageKind};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::with_sizes([800, 8192, 208])?)?;
    /// let section = mapper.section(PageKind::Graphics)?;
    /// assert!(section.settled && section.bytes.len() == 8192);
    /// let beyond = &section.bytes[PageKind::Graphics.size()..];
    /// assert!(beyond.iter().all(|byte| *byte == 0));
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::WrongSize`] where the section has more than [`Section::LARGEST`] bytes, else as
    /// [`try_physics`](Self::try_physics).
    pub fn section(&self, page: PageKind) -> Result<Section, Error> {
        let section = Section::capture(self.source.as_ref(), page)?;
        if !section.settled {
            self.unsettled.fetch_add(1, Ordering::Relaxed);
        }
        Ok(section)
    }

    /// The bytes of the page captured last, exactly as the game had them: padding, and whatever stands in a `bool`. This is what a
    /// recording keeps; a [`View`] is tidied up.
    ///
    /// Every view, [`frame`](Self::frame) and [packet](Self::packets) captures through the mapper, so right after one of them these are
    /// its bytes; where threads share the mapper, another may have captured since. Copies as many bytes as fit into `buffer` and
    /// returns how many the game has of this layout, at most [`PageKind::size`]; `None` where there are none: the page has not
    /// been captured yet, or the game went away in the middle of it. Nothing is read from the game, and nothing is allocated.
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
        let last = T::last(self).lock().unwrap_or_else(PoisonError::into_inner);
        let size = self.source.size(T::KIND).min(T::KIND.size());
        let bytes = last.bytes()?.get(..size)?;
        let fit = size.min(buffer.len());
        buffer[..fit].copy_from_slice(&bytes[..fit]);
        Some(size)
    }

    /// Whether the physics page that was captured last is current. Every view, [`frame`](Self::frame) and [packet](Self::packets) of
    /// this mapper adds to what is known: ask after you have captured both pages, best more than once.
    pub fn physics_validity(&self) -> PhysicsValidity {
        self.tracker().validity()
    }

    /// How many pages were handed out without having been seen to stand still.
    pub fn unsettled(&self) -> u64 {
        self.unsettled.load(Ordering::Relaxed)
    }

    /// Captures a page. It is lent, so that each of those who take it copies it just once.
    pub(crate) fn capture<T: Page>(&self) -> Result<MutexGuard<'_, Last<T>>, Error> {
        // Where a source of somebody else's has panicked, what is kept has not settled, or is whole.
        let mut last = T::last(self).lock().unwrap_or_else(PoisonError::into_inner);
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

    /// What is known of the physics page from everything that was captured so far.
    pub(crate) fn tracker(&self) -> MutexGuard<'_, PhysicsTracker> {
        self.tracker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[inline]
    fn view_or_nothing<T: Page>(&self) -> View<'_, T> {
        match self.capture() {
            Ok(captured) => View::attached(self, &captured),
            Err(_) => View::nothing(self),
        }
    }

    #[inline]
    fn view<T: Page>(&self) -> Result<View<'_, T>, Error> {
        let captured = self.capture()?;
        Ok(View::attached(self, &captured))
    }
}
