//! Views: an owned page with typed accessors.

mod graphics;
mod physics;
mod static_data;
mod types;

use std::fmt;

use crate::capture::CapturedPage;
use crate::error::Error;
use crate::mapper::ACEvoSharedMemoryMapper;
use crate::page::{Page, PageKind, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

pub use types::{Car, CarId, Gear, TyreCompounds, Wheels};

/// A view of the physics page.
pub type PhysicsView<'a> = View<'a, SPageFilePhysics>;
/// A view of the graphics page.
pub type GraphicsView<'a> = View<'a, SPageFileGraphicEvo>;
/// A view of the static page.
pub type StaticView<'a> = View<'a, SPageFileStaticEvo>;

/// An owned copy of a page, as it was when it was requested.
///
/// The view never changes by itself. [`refresh`](Self::refresh) updates it in place; [`snapshot`](Self::snapshot) detaches it
/// from the mapper's lifetime. The accessors interpret the most common fields; [`raw`](Self::raw) has every field under the
/// game's own name.
///
/// ```
/// use acevo_shared_memory::{Gear, PhysicsView, SPageFilePhysics, View};
///
/// let page = SPageFilePhysics { gear: 3, speedKmh: 120.5, ..Default::default() };
/// let view: PhysicsView<'static> = View::from(page);
/// assert_eq!((view.gear(), view.raw().speedKmh), (Gear::Forward(2), 120.5));
/// ```
#[derive(Clone, Copy)]
pub struct View<'a, T> {
    page: T,
    settled: bool,
    /// The mapper's copy number; see [`CapturedPage::copies`].
    copy: u64,
    mapper: Option<&'a ACEvoSharedMemoryMapper>,
}

impl<'a, T> View<'a, T> {
    /// The page with all its fields, under the game's own names.
    ///
    /// ```
    /// use acevo_shared_memory::{SPageFileGraphicEvo, View};
    ///
    /// let view = View::from(SPageFileGraphicEvo { current_lap_time_ms: 61_500, ..Default::default() });
    /// assert_eq!(view.raw().current_lap_time_ms, 61_500);
    /// ```
    pub const fn raw(&self) -> &T {
        &self.page
    }

    /// The same as [`raw`](Self::raw).
    pub const fn inner(&self) -> &T {
        &self.page
    }

    /// Unwraps the page.
    ///
    /// ```
    /// use acevo_shared_memory::{SPageFilePhysics, View};
    ///
    /// let page = SPageFilePhysics { rpms: 6000, ..Default::default() };
    /// assert_eq!(View::from(page).into_inner(), page);
    /// ```
    pub fn into_inner(self) -> T {
        self.page
    }

    /// True if the page did not change while it was copied. An unsettled page may mix two packets; that happens only if the
    /// game writes the page almost without a break.
    pub const fn is_settled(&self) -> bool {
        self.settled
    }
}

impl<'a, T: Page> View<'a, T> {
    /// A view of a captured page, attached to its mapper.
    #[inline]
    fn attached(mapper: &'a ACEvoSharedMemoryMapper, captured: &CapturedPage<T>) -> Self {
        Self { page: *captured.page(), settled: captured.is_settled(), copy: captured.copies(), mapper: Some(mapper) }
    }

    /// A snapshot of a captured page.
    #[inline]
    pub(crate) fn detached(captured: &CapturedPage<T>) -> Self {
        Self { page: *captured.page(), settled: captured.is_settled(), copy: captured.copies(), mapper: None }
    }

    /// An all-zero view, for a page that could not be captured.
    fn zero(mapper: &'a ACEvoSharedMemoryMapper) -> Self {
        Self { page: T::default(), settled: false, copy: 0, mapper: Some(mapper) }
    }

    /// A copy of the view without the mapper's lifetime, to keep or to send to another thread.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// let kept = mapper.physics().snapshot();
    /// drop(mapper);
    /// assert_eq!(kept.packet_id(), 0);
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    pub fn snapshot(&self) -> View<'static, T> {
        View { mapper: None, ..*self }
    }

    /// Replaces the page by the newest one, settled or [marked as unsettled](Self::is_settled). Returns true if it is another
    /// packet than before; for the static page, if anything has changed.
    ///
    #[cfg_attr(feature = "publish", doc = "```")]
    #[cfg_attr(not(feature = "publish"), doc = "```ignore")]
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages, Publisher, SPageFilePhysics};
    ///
    /// let pages = LocalPages::new();
    /// let mapper = ACEvoSharedMemoryMapper::open_source(pages.clone())?;
    /// let mut view = mapper.physics();
    /// Publisher::local(&pages).publish_physics(&SPageFilePhysics { packetId: 1, rpms: 900, ..Default::default() })?;
    /// assert_eq!(view.raw().rpms, 0);
    /// assert!(view.refresh()?, "another packet");
    /// assert_eq!(view.raw().rpms, 900);
    /// assert!(!view.refresh()?, "the same packet");
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Gone`] if the game has ended, or the system's error; [`Error::Snapshot`] for a snapshot. The view keeps its page.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let captured = self.mapper.ok_or(Error::Snapshot)?.capture::<T>()?;
        if captured.copies() == self.copy {
            return Ok(false);
        }
        // The counter, if there is one, comes first.
        let compared = if T::KIND == PageKind::Static { T::KIND.size() } else { size_of::<i32>() };
        let is_new = self.page.as_bytes()[..compared] != captured.page().as_bytes()[..compared];
        (self.page, self.settled, self.copy) = (*captured.page(), captured.is_settled(), captured.copies());
        Ok(is_new)
    }
}

impl<T> From<T> for View<'static, T> {
    /// Wraps a page from another source: a test, a simulator, a recording.
    fn from(page: T) -> Self {
        Self { page, settled: true, copy: 0, mapper: None }
    }
}

impl<T> View<'static, T> {
    /// Marks the page as [settled](View::is_settled) or not, for example if a recording says that it was captured unsettled.
    ///
    /// ```
    /// use acevo_shared_memory::{SPageFilePhysics, View};
    ///
    /// let view = View::from(SPageFilePhysics::default());
    /// assert!(view.is_settled() && !view.with_settled(false).is_settled());
    /// ```
    #[must_use]
    pub fn with_settled(self, settled: bool) -> Self {
        Self { settled, ..self }
    }
}

impl<T: Page> View<'static, T> {
    /// Replaces the page by the one in `bytes`, as [`Page::from_bytes`] decodes it, and the [settled](View::is_settled) mark.
    ///
    /// ```
    /// use acevo_shared_memory::{Page, SPageFilePhysics, View};
    ///
    /// let mut view = View::from(SPageFilePhysics::default());
    /// view.assign(SPageFilePhysics { rpms: 900, ..Default::default() }.as_bytes(), true);
    /// assert_eq!(view.raw().rpms, 900);
    /// ```
    pub fn assign(&mut self, bytes: &[u8], settled: bool) {
        self.page.assign(bytes);
        self.settled = settled;
    }
}

impl<T: PartialEq> PartialEq for View<'_, T> {
    /// Compares the pages only, not where they came from.
    fn eq(&self, other: &Self) -> bool {
        self.page == other.page
    }
}

impl<T: fmt::Debug> fmt::Debug for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("settled", &self.settled).field("page", &self.page).finish()
    }
}

/// Serialises the page's fields, without the settled mark.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for View<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.page.serialize(serializer)
    }
}

/// Deserialises a snapshot.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for View<'static, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}

/// Views of the pages.
impl ACEvoSharedMemoryMapper {
    /// The vehicle, now. An all-zero page if the source is gone.
    ///
    /// ```no_run
    /// # let mapper = acevo_shared_memory::ACEvoSharedMemoryMapper::open()?;
    /// let physics = mapper.physics();
    /// println!("{:.0} km/h, {} rpm, gear {}", physics.raw().speedKmh, physics.raw().rpms, physics.gear());
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    #[inline]
    pub fn physics(&self) -> PhysicsView<'_> {
        self.view_or_zero()
    }

    /// The contents of the game's screen, now. An all-zero page, with status `Off`, if the source is gone.
    ///
    /// ```no_run
    /// # let mapper = acevo_shared_memory::ACEvoSharedMemoryMapper::open()?;
    /// let graphics = mapper.graphics();
    /// println!("{}: {} in lap {}", graphics.status(), graphics.car_model(), graphics.raw().total_lap_count + 1);
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    #[inline]
    pub fn graphics(&self) -> GraphicsView<'_> {
        self.view_or_zero()
    }

    /// The session. An all-zero page if the source is gone.
    ///
    /// ```no_run
    /// # let mapper = acevo_shared_memory::ACEvoSharedMemoryMapper::open()?;
    /// let session = mapper.static_data();
    /// println!("{} {}, {}", session.track(), session.track_configuration(), session.session());
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    #[inline]
    pub fn static_data(&self) -> StaticView<'_> {
        self.view_or_zero()
    }

    /// As [`physics`](Self::physics), but returns an error if the source is gone.
    ///
    /// ```no_run
    /// # use acevo_shared_memory::Error;
    /// # let mapper = acevo_shared_memory::ACEvoSharedMemoryMapper::open()?;
    /// match mapper.try_physics() {
    ///     Ok(physics) => println!("{:.0} km/h", physics.raw().speedKmh),
    ///     Err(Error::Gone { .. }) => println!("the game has ended"),
    ///     Err(error) => return Err(error),
    /// }
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Gone`] if the game has ended, or the system's error.
    #[inline]
    pub fn try_physics(&self) -> Result<PhysicsView<'_>, Error> {
        self.view::<SPageFilePhysics>()
    }

    /// As [`graphics`](Self::graphics), but returns an error if the source is gone.
    ///
    /// # Errors
    /// As for [`try_physics`](Self::try_physics).
    #[inline]
    pub fn try_graphics(&self) -> Result<GraphicsView<'_>, Error> {
        self.view::<SPageFileGraphicEvo>()
    }

    /// As [`static_data`](Self::static_data), but returns an error if the source is gone.
    ///
    /// # Errors
    /// As for [`try_physics`](Self::try_physics).
    #[inline]
    pub fn try_static_data(&self) -> Result<StaticView<'_>, Error> {
        self.view::<SPageFileStaticEvo>()
    }

    #[inline]
    fn view_or_zero<T: Page>(&self) -> View<'_, T> {
        match self.capture() {
            Ok(captured) => View::attached(self, &captured),
            Err(_) => View::zero(self),
        }
    }

    #[inline]
    fn view<T: Page>(&self) -> Result<View<'_, T>, Error> {
        let captured = self.capture()?;
        Ok(View::attached(self, &captured))
    }
}
