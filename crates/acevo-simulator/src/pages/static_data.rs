//! The static page: what is fixed for a session.

use acevo_shared_memory::{ACEvoStartingGrip, SPageFileStaticEvo};

use crate::plan::Start;
use crate::session::{Session, Setting};
use crate::track;

/// The page while the game is still in its menu: versions only.
pub(crate) fn menu_static() -> SPageFileStaticEvo {
    SPageFileStaticEvo {
        sm_version: "1.0".into(),
        // Fills the array to the last byte, so that no NUL ends it.
        ac_evo_version: "0.9.1+release.6".into(),
        ..SPageFileStaticEvo::default()
    }
}

/// The page of a session. For the first moments the track has no name yet.
pub(crate) fn session_static(
    setting: &Setting,
    session: &Session,
    sessions: u32,
    names_complete: bool,
) -> SPageFileStaticEvo {
    let mut page = menu_static();
    page.session = session.plan.kind.value();
    page.session_name = session.plan.name.into();
    page.event_id = 1;
    page.session_id = session.clock.session as u8;
    page.starting_grip =
        if session.plan.start == Start::Grid { ACEvoStartingGrip::Optimum } else { ACEvoStartingGrip::Fast }.value();
    page.starting_ambient_temperature_c = 23.5;
    page.starting_ground_temperature_c = 32.5;
    page.is_static_weather = true;
    page.is_timed_race = session.plan.timed || (session.plan.start == Start::Grid && session.plan.laps.is_none());
    page.is_online = session.plan.online;
    page.number_of_sessions = sessions as i32;
    page.nation = "Italia".into();
    page.longitude = 11.874;
    page.latitude = 44.213;
    if names_complete {
        page.track = track::NAME.into();
        page.track_configuration = session.plan.layout.into();
        page.track_length_m = setting.track.length() as f32;
    }
    page
}
