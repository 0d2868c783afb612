//! Events as text, column by column.

use acevo_telemetry::analysis::SessionEvent;

use crate::format::text::{clean, right_aligned, session_clock};

/// The columns of an event. All but the text are equally wide for all events.
#[derive(Debug)]
pub(crate) struct EventText {
    /// Time since the session began, as `3:05`.
    pub(crate) time: String,
    /// Number of the lap.
    pub(crate) lap: String,
    /// Lap position in percent.
    pub(crate) position: String,
    /// The event.
    pub(crate) text: String,
}

impl EventText {
    pub(crate) fn of(event: &SessionEvent) -> Self {
        let position = |place: f64| format!("{:>3.0} %", place.rem_euclid(1.0) * 100.0);
        Self {
            time: right_aligned(&session_clock(event.session_s), 7),
            lap: event.lap.map_or_else(|| "      -".into(), |lap| format!("lap {lap:>3}")),
            position: event.lap_position.map_or_else(|| "  -  ".into(), position),
            text: clean(&event.kind.to_string()),
        }
    }
}
