//! How a program waits for the next packet.

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Packets, PhysicsView};
use anyhow::{Context, Result};

/// What the table says about it.
pub(crate) const HOW: &str = "packets()";

/// Waits for packets.
pub(crate) struct Follower<'a>(Packets<&'a ACEvoSharedMemoryMapper>);

impl<'a> Follower<'a> {
    pub(crate) fn new(mapper: &'a ACEvoSharedMemoryMapper) -> Self {
        Self(mapper.packets())
    }

    /// Waits until there is another packet.
    pub(crate) fn next(&mut self) -> Result<PhysicsView<'a>> {
        loop {
            let packet = self.0.next().context("the producer has ended")??;
            if let Some(physics) = packet.physics {
                return Ok(physics.view);
            }
        }
    }
}
