//! What the screen shows, all of one instant.

use std::time::Instant;

use crate::connection::Link;
use crate::telemetry::{Capture, Health, Telemetry};

/// Everything a picture is drawn from.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) link: Link,
    pub(super) capture: Option<Capture>,
    pub(super) health: Health,
    pub(super) place: String,
    pub(super) demo: bool,
}

impl Shown {
    pub(super) fn of(telemetry: &Telemetry, demo: bool, now: Instant) -> Self {
        Self {
            link: telemetry.link().clone(),
            capture: telemetry.capture(),
            health: telemetry.health(now),
            place: telemetry.place().unwrap_or_default(),
            demo,
        }
    }
}
