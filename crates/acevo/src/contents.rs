//! Names for exports.

use acevo_export::About;
use acevo_recording::RecordedNames;
pub(crate) use acevo_recording::session_name;
use acevo_telemetry::Frame;

/// Takes the names that are not known yet from a frame.
pub(crate) fn learn(about: &mut About, frame: &Frame) {
    let mut names = RecordedNames::default();
    std::mem::swap(&mut names.track, &mut about.track);
    std::mem::swap(&mut names.configuration, &mut about.configuration);
    std::mem::swap(&mut names.session, &mut about.session);
    std::mem::swap(&mut names.game_version, &mut about.game_version);
    std::mem::swap(&mut names.car, &mut about.car);
    std::mem::swap(&mut names.driver, &mut about.driver);
    (names.track_length_m, names.latitude_longitude) = (about.track_length_m, about.latitude_longitude);
    names.learn(frame);
    let RecordedNames {
        track,
        configuration,
        track_length_m,
        latitude_longitude,
        car,
        driver,
        session,
        game_version,
        ..
    } = names;
    (about.track, about.configuration, about.session, about.game_version) =
        (track, configuration, session, game_version);
    (about.car, about.driver) = (car, driver);
    (about.track_length_m, about.latitude_longitude) = (track_length_m, latitude_longitude);
}
