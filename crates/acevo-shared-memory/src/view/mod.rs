//! Views: an owned page, and what its fields mean.

mod graphics;
mod physics;
mod static_data;
mod types;

use std::fmt;

use crate::capture::Last;
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

/// A page as it was when it was asked for.
///
/// The view owns the page: nothing changes under it, whatever the game does. [`refresh`](Self::refresh) brings it up to date
/// in place; [`snapshot`](Self::snapshot) frees it from the mapper's lifetime. Beside the accessors, every field is there under
/// the game's own name through [`raw`](Self::raw).
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
    /// Which copy of the mapper's this is.
    copy: u64,
    mapper: Option<&'a ACEvoSharedMemoryMapper>,
}

impl<'a, T> View<'a, T> {
    /// The page with all its fields, under the game's own names.
    pub const fn raw(&self) -> &T {
        &self.page
    }

    /// The same as [`raw`](Self::raw).
    pub const fn inner(&self) -> &T {
        &self.page
    }

    /// The page itself.
    pub fn into_inner(self) -> T {
        self.page
    }

    /// True where the page was seen to stand still while it was copied. A page that is not settled may mix two packets; it
    /// takes a writer that never rests to get one.
    pub const fn is_settled(&self) -> bool {
        self.settled
    }
}

impl<'a, T: Page> View<'a, T> {
    /// A view of a page that was just captured.
    #[inline]
    pub(crate) fn attached(mapper: &'a ACEvoSharedMemoryMapper, captured: &Last<T>) -> Self {
        Self { page: *captured.page(), settled: captured.is_settled(), copy: captured.copies(), mapper: Some(mapper) }
    }

    /// A snapshot of a page that was just captured.
    #[inline]
    pub(crate) fn detached(captured: &Last<T>) -> Self {
        Self { page: *captured.page(), settled: captured.is_settled(), copy: captured.copies(), mapper: None }
    }

    /// A view of a page that could not be captured.
    pub(crate) fn nothing(mapper: &'a ACEvoSharedMemoryMapper) -> Self {
        Self { page: T::default(), settled: false, copy: 0, mapper: Some(mapper) }
    }

    /// The same page without the mapper's lifetime: to keep it, or to send it to another thread.
    pub fn snapshot(&self) -> View<'static, T> {
        View { mapper: None, ..*self }
    }

    /// Takes the newest page in place, settled or [marked](Self::is_settled), and tells whether it is another packet than before (for the static page,
    /// whether anything in it has changed).
    ///
    /// # Errors
    /// [`Error::Gone`] where the game has ended, or what the system says; [`Error::Snapshot`] for a snapshot. The view keeps
    /// what it had.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let captured = self.mapper.ok_or(Error::Snapshot)?.capture::<T>()?;
        if captured.copies() == self.copy {
            return Ok(false);
        }
        // Where there is a counter it comes first.
        let telling = if T::KIND == PageKind::Static { T::KIND.size() } else { size_of::<i32>() };
        let is_new = self.page.as_bytes()[..telling] != captured.page().as_bytes()[..telling];
        (self.page, self.settled, self.copy) = (*captured.page(), captured.is_settled(), captured.copies());
        Ok(is_new)
    }
}

impl<T> From<T> for View<'static, T> {
    /// A view of a page that came from elsewhere: a test, a simulator, a recording.
    fn from(page: T) -> Self {
        Self { page, settled: true, copy: 0, mapper: None }
    }
}

impl<T> View<'static, T> {
    /// The same page, marked as [settled](View::is_settled) or not: for one that was captured elsewhere and not whole, as a recording tells.
    #[must_use]
    pub fn with_settled(self, settled: bool) -> Self {
        Self { settled, ..self }
    }
}

impl<T: PartialEq> PartialEq for View<'_, T> {
    /// Compares the pages; where they came from does not count.
    fn eq(&self, other: &Self) -> bool {
        self.page == other.page
    }
}

impl<T: fmt::Debug> fmt::Debug for View<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("settled", &self.settled).field("page", &self.page).finish()
    }
}

/// The page's fields; that it was settled is not part of it.
#[cfg(feature = "serde")]
impl<T: serde::Serialize> serde::Serialize for View<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.page.serialize(serializer)
    }
}

/// Always a snapshot.
#[cfg(feature = "serde")]
impl<'de, T: serde::Deserialize<'de>> serde::Deserialize<'de> for View<'static, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self::from)
    }
}
