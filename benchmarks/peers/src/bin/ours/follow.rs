//! Waits for packets as a program does.

use acevo_shared_memory::{ACEvoSharedMemoryMapper, Packets, PhysicsView};
use anyhow::{Context, Result};

/// Name of the method in the tables.
pub(crate) const METHOD: &str = "packets()";

/// Waits for packets.
pub(crate) struct Follower<'a>(Packets<&'a ACEvoSharedMemoryMapper>);

impl<'a> Follower<'a> {
    pub(crate) fn new(mapper: &'a ACEvoSharedMemoryMapper) -> Self {
        Self(mapper.packets())
    }

    /// Waits for the next physics packet.
    pub(crate) fn next(&mut self) -> Result<PhysicsView<'a>> {
        loop {
            let packet = self.0.next().context("the producer has ended")??;
            if let Some(physics) = packet.physics {
                return Ok(physics.view);
            }
        }
    }
}
