//! A packet: the pages that have changed since the previous poll.

use std::time::{Duration, Instant};

use crate::page::{SPageFileGraphicEvo, SPageFilePhysics};
use crate::validity::PhysicsValidity;
use crate::view::View;

/// New data of the game: a new page of physics, of graphics, or both.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Packet {
    /// When it was seen. It was written at most [`uncertainty`](Self::uncertainty) earlier.
    pub seen: Instant,
    /// Time between the previous poll, which did not find this packet, and [`seen`](Self::seen).
    pub uncertainty: Duration,
    /// The new physics page; `None` if only graphics has changed.
    pub physics: Option<Arrival<SPageFilePhysics>>,
    /// The new graphics page; `None` if only physics has changed.
    pub graphics: Option<Arrival<SPageFileGraphicEvo>>,
    /// Whether the newest physics page, of this packet or an earlier one, describes the car now. During a pause the game
    /// publishes all-zero physics pages at twice the usual rate.
    pub validity: PhysicsValidity,
}

/// A new page, and what happened to its counter since the previous one.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Arrival<T> {
    /// The page. It may be unsettled; see [`is_settled`](View::is_settled).
    pub view: View<'static, T>,
    /// Number of packets since the previous page that were overwritten before they were read, by the page's counter.
    pub missed: u32,
    /// Number of counter steps since the previous page that held no data of the car. The game skips some 670 at the beginning and
    /// at the end of a pause, and counts all-zero pages in between.
    pub skipped: u32,
    /// True if the counter has gone back, or has jumped further than any game can count: another session or another game.
    /// The number of missed packets is unknown in that case, and reported as 0.
    pub restarted: bool,
}
