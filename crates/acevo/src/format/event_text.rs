//! Events as text, column by column.

use acevo_telemetry::analysis::SessionEvent;

use crate::format::text::clean;

/// What is told of an event; lap and place are always equally wide.
#[derive(Debug)]
pub(crate) struct EventText {
    pub(crate) lap: String,
    /// Part of the lap, in percent.
    pub(crate) place: String,
    /// What has happened.
    pub(crate) text: String,
}

impl EventText {
    pub(crate) fn of(event: &SessionEvent) -> Self {
        let place = |place: f64| format!("{:>3.0} %", place.rem_euclid(1.0) * 100.0);
        Self {
            lap: event.lap.map_or_else(|| "      -".into(), |lap| format!("lap {lap:>3}")),
            place: event.place.map_or_else(|| "  -  ".into(), place),
            text: clean(&event.kind.to_string()),
        }
    }
}
