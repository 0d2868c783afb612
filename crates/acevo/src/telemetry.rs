//! What is read: a connection, its packets counted, its pages captured.

use std::time::{Duration, Instant};

use acevo_shared_memory::{Error, GraphicsView, PageKind, PhysicsView, StaticView};

use crate::connection::{Connection, Link, Open};
use crate::packets::PacketCounter;

/// Between two looks at the counters: short enough to see every packet of physics, which come every 3 ms.
pub(crate) const POLL_EVERY: Duration = Duration::from_millis(1);

/// The three pages at one instant.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Capture {
    pub(crate) physics: PhysicsView<'static>,
    pub(crate) graphics: GraphicsView<'static>,
    pub(crate) static_data: StaticView<'static>,
}

/// What a poll has found to be new.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct News {
    /// The state of the connection.
    pub(crate) link: bool,
    /// A packet of physics.
    pub(crate) physics: bool,
    /// A packet of graphics.
    pub(crate) graphics: bool,
}

/// Packets of the physics and the graphics page: rates, and how many were never seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Health {
    pub(crate) physics_rate: Option<f64>,
    pub(crate) graphics_rate: Option<f64>,
    pub(crate) physics_missed: u64,
    pub(crate) unsettled: u64,
}

/// A connection whose packets are counted as long as it is polled.
pub(crate) struct Telemetry {
    connection: Connection,
    physics: PacketCounter,
    graphics: PacketCounter,
}

impl Telemetry {
    pub(crate) fn new(open: Open) -> Self {
        Self {
            connection: Connection::new(open),
            physics: PacketCounter::default(),
            graphics: PacketCounter::default(),
        }
    }

    /// Looks for news. Cheap: call it every millisecond to see every packet.
    pub(crate) fn poll(&mut self, now: Instant) -> News {
        let link = self.connection.poll(now);
        if link {
            self.physics = PacketCounter::default();
            self.graphics = PacketCounter::default();
        }
        match self.connection.counters() {
            Some([physics, graphics]) => {
                News { link, physics: self.physics.note(physics, now), graphics: self.graphics.note(graphics, now) }
            }
            None => News { link, ..News::default() },
        }
    }

    pub(crate) fn link(&self) -> &Link {
        self.connection.link()
    }

    /// Where the telemetry comes from, for people.
    pub(crate) fn place(&self) -> Option<String> {
        self.connection.mapper().map(|mapper| mapper.place(PageKind::Physics))
    }

    /// The pages as they are now; `None` while there is nothing to read.
    pub(crate) fn capture(&self) -> Option<Capture> {
        Capture::of(self.connection.mapper()?).ok()
    }

    /// Physics packets missed since the connection was made.
    pub(crate) fn missed(&self) -> u64 {
        self.physics.missed()
    }

    pub(crate) fn health(&self, now: Instant) -> Health {
        Health {
            physics_rate: self.physics.rate(now),
            graphics_rate: self.graphics.rate(now),
            physics_missed: self.physics.missed(),
            unsettled: self.connection.mapper().map_or(0, |mapper| mapper.unsettled()),
        }
    }
}

impl Capture {
    /// Captures all three pages.
    pub(crate) fn of(mapper: &acevo_shared_memory::ACEvoSharedMemoryMapper) -> Result<Self, Error> {
        Ok(Self {
            physics: mapper.try_physics()?.snapshot(),
            graphics: mapper.try_graphics()?.snapshot(),
            static_data: mapper.try_static_data()?.snapshot(),
        })
    }

    /// True where every page was seen to stand still.
    pub(crate) fn is_settled(&self) -> bool {
        self.physics.is_settled() && self.graphics.is_settled() && self.static_data.is_settled()
    }
}
