//! Names, track and date of a recording.

use acevo_recording::RecordedNames;

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
    /// The names in the pages of a recording, and the start in seconds since 1970 (UTC).
    pub fn new(names: RecordedNames, unix_s: f64) -> Self {
        Self {
            track: names.track,
            configuration: names.configuration,
            track_length_m: names.track_length_m,
            latitude_longitude: names.latitude_longitude,
            car: names.car,
            driver: names.driver,
            session: names.session,
            game_version: names.game_version,
            unix_s,
        }
    }
}
