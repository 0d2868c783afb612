//! Fills the static page, which does not change during a session.

use acevo_shared_memory::{ACEvoStartingGrip, SPageFileStaticEvo};

use crate::options::{GameVersion, Options};
use crate::plan::Start;
use crate::session::Session;
use crate::setting::Setting;

/// The page while the game is in its first menu: versions only.
pub(crate) fn menu_static(game: GameVersion) -> SPageFileStaticEvo {
    SPageFileStaticEvo {
        sm_version: "1.0".into(),
        ac_evo_version: match game {
            GameVersion::V0_6 => "0.6.2",
            // It fills the array to the last byte, without a terminating NUL.
            GameVersion::V0_8 => "0.9.1+release.6",
        }
        .into(),
        ..SPageFileStaticEvo::default()
    }
}

/// The page of a session. At first the names of the track are missing.
pub(crate) fn session_static(
    setting: &Setting,
    session: &Session,
    options: &Options,
    sessions: u32,
    names_complete: bool,
) -> SPageFileStaticEvo {
    let layout = setting.track.layout;
    let mut page = menu_static(options.game);
    page.session = session.plan.kind.value();
    page.session_name = session.plan.name.into();
    page.event_id = 1;
    page.session_id = session.clock.session as u8;
    page.starting_grip =
        if session.plan.start == Start::Grid { ACEvoStartingGrip::Optimum } else { ACEvoStartingGrip::Fast }.value();
    if options.game != GameVersion::V0_6 && layout.publishes_temperatures {
        page.starting_ambient_temperature_c = 23.5;
        page.starting_ground_temperature_c = 32.5;
    }
    page.is_static_weather = true;
    page.is_timed_race = session.plan.timed || (session.plan.start == Start::Grid && session.plan.laps.is_none());
    page.is_online = session.plan.online;
    page.number_of_sessions = sessions as i32;
    page.nation = layout.nation.into();
    if options.game != GameVersion::V0_6 {
        page.longitude = layout.longitude;
        page.latitude = layout.latitude;
    }
    if names_complete {
        page.track = layout.name.into();
        page.track_configuration = session.plan.configuration.unwrap_or(layout.configuration).into();
        page.track_length_m = setting.track.length() as f32;
    }
    page
}
