//! Documents of the session library.

use acevo_library::{Choices, LapRow, OtherCarRow, Page, SessionRow, StintRow, Unreadable};
use serde::Serialize;

/// A list of sessions.
#[derive(Debug, Serialize)]
pub(super) struct SessionList {
    /// Number of sessions that the filter selects.
    total: u32,
    /// Recordings are searched and read now.
    scanning: bool,
    sessions: Vec<SessionRow>,
    #[serde(flatten)]
    choices: Choices,
    unreadable: Vec<Unreadable>,
}

impl SessionList {
    pub(super) fn new(page: Page<SessionRow>, choices: Choices, unreadable: Vec<Unreadable>, scanning: bool) -> Self {
        Self { total: page.total, scanning, sessions: page.rows, choices, unreadable }
    }
}

/// A session.
#[derive(Debug, Serialize)]
pub(super) struct SessionDocument {
    pub(super) session: SessionRow,
    pub(super) laps: Vec<LapRow>,
    pub(super) stints: Vec<StintRow>,
    pub(super) other_cars: Vec<OtherCarRow>,
}
