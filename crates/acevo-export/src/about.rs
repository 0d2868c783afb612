//! What a recording is about: names, track and date.

use acevo_telemetry::analysis::watches_another_car;
use acevo_telemetry::{Frame, driver_name, shown_name};

/// Names, track and date of what is exported, known before the first row. Unknown names are empty.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct About {
    /// Name of the track.
    pub track: String,
    /// Layout of the track.
    pub configuration: String,
    /// Length of the track in metres.
    pub track_length_m: Option<f64>,
    /// Coordinates of the track: degrees north and east. `None` if the game has none.
    pub latitude_longitude: Option<(f64, f64)>,
    /// Name of the car.
    pub car: String,
    /// Name of the driver.
    pub driver: String,
    /// Name of the session.
    pub session: String,
    /// Version of the game.
    pub game_version: String,
    /// Start of the export in seconds since 1970 (UTC).
    pub unix_s: f64,
}

impl About {
    /// Starts at this time, in seconds since 1970 (UTC); everything else is unknown.
    pub fn starting_at(unix_s: f64) -> Self {
        Self { unix_s, ..Self::default() }
    }

    /// Takes what is not known yet from a frame. Placeholders are ignored, and so are the names of another car that is watched.
    pub fn learn(&mut self, frame: &Frame) {
        let (session, graphics) = (&frame.static_data, &frame.graphics);
        let learn = |known: &mut String, name: &str| {
            if known.is_empty() {
                known.push_str(shown_name(name));
            }
        };
        learn(&mut self.track, session.track());
        learn(&mut self.configuration, session.track_configuration());
        learn(&mut self.session, session.session_name());
        learn(&mut self.game_version, session.ac_evo_version());
        if !watches_another_car(frame) {
            learn(&mut self.car, graphics.car_model());
            if self.driver.is_empty() {
                self.driver = driver_name(frame);
            }
        }
        self.track_length_m = self.track_length_m.or(session.track_length().map(f64::from));
        let coordinates = session.latitude_longitude().map(|(latitude, longitude)| (latitude.into(), longitude.into()));
        self.latitude_longitude = self.latitude_longitude.or(coordinates);
    }
}
