//! How a program waits for the next packet.

use std::thread::sleep;
use std::time::Duration;

use acevo_shared_memory::{ACEvoSharedMemoryMapper, PageKind, PhysicsView};
use anyhow::Result;

/// What the table says about it.
pub(crate) const HOW: &str = "counter polled each 250 µs";

const POLL: Duration = Duration::from_micros(250);

/// Waits for packets.
pub(crate) struct Follower<'a> {
    mapper: &'a ACEvoSharedMemoryMapper,
    last: i32,
}

impl<'a> Follower<'a> {
    pub(crate) fn new(mapper: &'a ACEvoSharedMemoryMapper) -> Self {
        Self { mapper, last: 0 }
    }

    /// Waits until there is another packet, and takes it.
    pub(crate) fn next(&mut self) -> Result<PhysicsView<'a>> {
        while self.mapper.packet_id(PageKind::Physics)? == self.last {
            sleep(POLL);
        }
        let view = self.mapper.try_physics()?;
        self.last = view.raw().packetId;
        Ok(view)
    }
}
