//! What the screen shows, all of one instant.

use std::time::Instant;

use acevo_shared_memory::Frame as Pages;

use crate::live::{Health, Link, Live};

/// Everything a picture is drawn from.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) link: Link,
    pub(super) pages: Option<Pages>,
    pub(super) health: Health,
    pub(super) place: String,
    pub(super) demo: bool,
}

impl Shown {
    pub(super) fn of(live: &mut Live, demo: bool, now: Instant) -> Self {
        Self {
            link: live.link(),
            pages: live.frame().copied(),
            health: live.health(now),
            place: live.place().unwrap_or_default(),
            demo,
        }
    }
}
