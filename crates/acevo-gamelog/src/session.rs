//! Where sessions begin.

use crate::event::LogEventKind;

/// Decides which events begin a session.
///
/// The log has several lines at the beginning of a session, and not always the same. In measured logs:
///
/// - A new game: [`GameStarted`](LogEventKind::GameStarted), [`SessionReset`](LogEventKind::SessionReset),
///   [`ModeCreated`](LogEventKind::ModeCreated), [`ModeChanged`](LogEventKind::ModeChanged), then the cars connect.
/// - A restart: [`SessionReset`](LogEventKind::SessionReset) alone. Cars stay connected and keep their numbers.
/// - Back to the menu: [`ModeCreated`](LogEventKind::ModeCreated) and [`ModeChanged`](LogEventKind::ModeChanged).
///
/// Race weekends have not been measured: how practice, qualifying and race follow each other is not known. For such logs a session also
/// begins if the phase `Waiting_For_Players` comes after the phase `Session`.
///
/// ```
/// use acevo_gamelog::{Boundary, LogEventKind, SessionBoundaries};
///
/// let mut sessions = SessionBoundaries::new();
/// let reset = LogEventKind::SessionReset { mode: "InstantRaceRemote".to_owned() };
/// let phase = LogEventKind::Phase { name: "Session".to_owned() };
/// assert_eq!(sessions.feed(&reset), None);
/// assert_eq!(sessions.feed(&phase), None);
/// assert_eq!(sessions.feed(&reset), Some(Boundary::Restart));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionBoundaries {
    /// Something has happened in this session.
    has_content: bool,
    /// The cars could drive in this session.
    has_run: bool,
}

/// How a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Boundary {
    /// A game was started, or the menu: all cars connect again.
    NewGame,
    /// The next session of the same game, such as a restart: the same cars.
    Restart,
}

impl SessionBoundaries {
    /// At the beginning of a log.
    pub fn new() -> Self {
        Self::default()
    }

    /// How a session begins with this event. `None` if the event belongs to the session before it.
    pub fn feed(&mut self, kind: &LogEventKind) -> Option<Boundary> {
        let boundary = match kind {
            LogEventKind::GameStarted(_) => Some(Boundary::NewGame),
            LogEventKind::ModeCreated { .. } | LogEventKind::ModeChanged if self.has_content => Some(Boundary::NewGame),
            LogEventKind::SessionReset { .. } if self.has_content => Some(Boundary::Restart),
            LogEventKind::Phase { name } if self.has_run && name == "Waiting_For_Players" => Some(Boundary::Restart),
            _ => None,
        };
        if boundary.is_some() {
            *self = Self::default();
        }
        self.has_content |= matches!(
            kind,
            LogEventKind::Phase { .. }
                | LogEventKind::CarConnected { .. }
                | LogEventKind::RaceStarted { .. }
                | LogEventKind::Split(_)
                | LogEventKind::Lap { .. }
        );
        self.has_run |= matches!(kind, LogEventKind::Phase { name } if name == "Session");
        boundary
    }
}
