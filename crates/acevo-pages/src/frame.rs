//! The three pages together.

use crate::error::Error;
use crate::mapper::ACEvoSharedMemoryMapper;
use crate::page::{Page, PageKind};
use crate::validity::PhysicsValidity;
use crate::view::{GraphicsView, PhysicsView, StaticView, View};

/// The three pages, captured in immediate succession: the input of a display or a logger.
///
/// ```no_run
/// use acevo_shared_memory::ACEvoSharedMemoryMapper;
///
/// let mapper = ACEvoSharedMemoryMapper::open()?;
/// let frame = mapper.frame()?;
/// println!("{}: {:.0} km/h", frame.static_data.track(), frame.physics.raw().speedKmh);
/// # Ok::<(), acevo_shared_memory::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Frame {
    /// The vehicle.
    pub physics: PhysicsView<'static>,
    /// The game's screen.
    pub graphics: GraphicsView<'static>,
    /// The session.
    #[cfg_attr(feature = "serde", serde(rename = "static"))]
    pub static_data: StaticView<'static>,
    /// Whether the values of [`physics`](Self::physics) describe the car now.
    pub validity: PhysicsValidity,
}

impl ACEvoSharedMemoryMapper {
    /// All three pages, now. Each page belongs to one packet. The game writes physics more often than graphics, so physics may
    /// be newer.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoSharedMemoryMapper, LocalPages};
    ///
    /// let mapper = ACEvoSharedMemoryMapper::open_source(LocalPages::new())?;
    /// let frame = mapper.frame()?;
    /// assert!(frame.is_settled() && frame.is_blank());
    /// # Ok::<(), acevo_shared_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`try_physics`](Self::try_physics).
    #[inline]
    pub fn frame(&self) -> Result<Frame, Error> {
        let (physics, graphics, static_data) = (self.capture()?, self.capture()?, self.capture()?);
        Ok(Frame {
            physics: View::detached(&physics),
            graphics: View::detached(&graphics),
            static_data: View::detached(&static_data),
            validity: self.physics_validity(),
        })
    }
}

impl Frame {
    /// Combines three pages. The [validity](Self::validity) is derived from these pages alone; a
    /// [`PhysicsTracker`](crate::PhysicsTracker) that has seen earlier pages is more accurate.
    ///
    /// ```
    /// use acevo_shared_memory::{ACEvoStatus, Frame, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};
    ///
    /// let physics = SPageFilePhysics { rpms: 6000, ..Default::default() };
    /// let graphics = SPageFileGraphicEvo { status: ACEvoStatus::Live.value(), ..Default::default() };
    /// let frame = Frame::new(physics, graphics, SPageFileStaticEvo::default());
    /// assert!(frame.validity.is_current());
    /// ```
    pub fn new(
        physics: impl Into<PhysicsView<'static>>,
        graphics: impl Into<GraphicsView<'static>>,
        static_data: impl Into<StaticView<'static>>,
    ) -> Self {
        let (physics, graphics, static_data) = (physics.into(), graphics.into(), static_data.into());
        let validity = PhysicsValidity::of(physics.raw(), graphics.raw());
        Self { physics, graphics, static_data, validity }
    }

    /// True if every page is settled.
    pub const fn is_settled(&self) -> bool {
        self.physics.is_settled() && self.graphics.is_settled() && self.static_data.is_settled()
    }

    /// True if nothing was ever written: the physics counter is 0 and the graphics page is all zero. Such pages belong to a game that
    /// is starting, or were created by a program that only reads.
    pub fn is_blank(&self) -> bool {
        self.physics.packet_id() == 0 && self.graphics.raw().as_bytes().iter().all(|byte| *byte == 0)
    }

    /// The bytes of a page, padding included. A `bool` is 0 or 1.
    pub fn bytes(&self, page: PageKind) -> &[u8] {
        match page {
            PageKind::Physics => self.physics.raw().as_bytes(),
            PageKind::Graphics => self.graphics.raw().as_bytes(),
            PageKind::Static => self.static_data.raw().as_bytes(),
        }
    }
}
