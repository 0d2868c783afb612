//! Names of what was driven, for laps as JSON.

use acevo_recording::SessionNames;
use acevo_telemetry::analysis::Lap;
use acevo_telemetry::{Frame, driver_name};
use serde::Serialize;

/// A lap with the names of what was driven. The help text of `laps` describes it.
#[derive(Debug, Serialize)]
struct Object<'a> {
    #[serde(flatten)]
    lap: &'a Lap,
    #[serde(flatten)]
    driven: &'a Driven,
}

/// Names that are the same for all laps of a session; `None` if they are not known.
#[derive(Debug, Default, Serialize)]
struct Driven {
    track: Option<String>,
    configuration: Option<String>,
    car: Option<String>,
    driver: Option<String>,
    session_name: Option<String>,
}

impl Driven {
    fn new(names: SessionNames, driver: String) -> Self {
        let known = |name: String| Some(name).filter(|name| !name.is_empty());
        let SessionNames { track, configuration, car, session } = names;
        let [track, configuration, car, session_name] = [track, configuration, car, session].map(known);
        Self { track, configuration, car, driver: known(driver), session_name }
    }
}

/// Follows the names of the session that is driven.
#[derive(Debug, Default)]
pub(super) struct DrivenNames {
    /// The names as they were at the frame before: a lap may end because they change.
    names: Driven,
    /// The session of these names.
    session: u32,
    /// The graphics packet whose names were taken last.
    packet_id: Option<i32>,
}

impl DrivenNames {
    /// Takes the names in a frame. Call it after the laps that ended with this frame were printed.
    pub(super) fn follow(&mut self, session: u32, frame: &Frame) {
        if std::mem::replace(&mut self.session, session) != session {
            (self.names, self.packet_id) = (Driven::default(), None);
        }
        let packet_id = Some(frame.graphics.packet_id());
        if std::mem::replace(&mut self.packet_id, packet_id) == packet_id {
            return;
        }
        if let Some(names) = SessionNames::of(frame) {
            self.names = Driven::new(names, driver_name(frame));
        }
    }

    /// A lap as a line of JSON.
    pub(super) fn json(&self, lap: &Lap) -> serde_json::Result<String> {
        serde_json::to_string(&Object { lap, driven: &self.names }).map(|json| json + "\n")
    }
}
