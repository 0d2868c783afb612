//! The three pages at one instant.

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Error, GraphicsView, Page, PageKind, PhysicsView, StaticView};

/// The three pages as they were at one instant.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The vehicle.
    pub physics: PhysicsView<'static>,
    /// What the game's screen shows.
    pub graphics: GraphicsView<'static>,
    /// The session.
    pub static_data: StaticView<'static>,
}

impl Frame {
    /// Captures all three pages.
    ///
    /// # Errors
    /// [`Error::Gone`] where the game has ended, or what the system says.
    pub fn capture(mapper: &ACEvoSharedMemoryMapper) -> Result<Self, Error> {
        Ok(Self {
            physics: mapper.try_physics()?.snapshot(),
            graphics: mapper.try_graphics()?.snapshot(),
            static_data: mapper.try_static_data()?.snapshot(),
        })
    }

    /// True where every page was seen to stand still.
    pub fn is_settled(&self) -> bool {
        self.physics.is_settled() && self.graphics.is_settled() && self.static_data.is_settled()
    }

    /// True where nothing was ever written: no counter has begun and there is nothing to show. Such pages are made by a game
    /// that is starting, or by somebody who only meant to read.
    pub fn is_blank(&self) -> bool {
        let graphics = self.graphics.raw().as_bytes();
        self.physics.packet_id() == 0 && graphics.iter().all(|byte| *byte == 0)
    }

    /// Counters of physics and graphics.
    pub(crate) fn counters(&self) -> [i32; 2] {
        [self.physics.packet_id(), self.graphics.packet_id()]
    }

    /// The bytes of a page, padding included; a `bool` is 0 or 1.
    pub fn bytes(&self, page: PageKind) -> &[u8] {
        match page {
            PageKind::Physics => self.physics.raw().as_bytes(),
            PageKind::Graphics => self.graphics.raw().as_bytes(),
            PageKind::Static => self.static_data.raw().as_bytes(),
        }
    }
}
