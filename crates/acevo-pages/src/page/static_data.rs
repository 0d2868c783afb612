//! The static page, `Local\acevo_pmf_static`: the session, written once when it loads.

use super::layout::layout;
use super::text::{Padding, Text};

layout! {
    /// The static page: 208 bytes, written when a session loads.
    ///
    /// Reported: `track` may be empty or a placeholder for some seconds after loading, so read it again.
    pub struct SPageFileStaticEvo {
        /// Version of the shared memory. Measured: "1.0" on 0.5, 0.6.2 and 0.8.0.1, although their layouts differ.
        sm_version: Text<15>,
        /// Version of the game. It may fill all 15 bytes.
        ac_evo_version: Text<15>,
        /// Padding.
        _padding_0: Padding<2>,
        /// Kind of session. Reported: TimeAttack or HotStint for everything except quick races.
        session: i32 as ACEvoSessionType,
        /// Name of the session.
        session_name: Text<33>,
        /// Number of the event.
        event_id: u8,
        /// Number of the session within the event.
        session_id: u8,
        /// Padding.
        _padding_1: Padding<1>,
        /// Grip of the track at the start.
        starting_grip: i32 as ACEvoStartingGrip,
        /// Temperature of the air at the start. Measured (0.6.2): 0.
        starting_ambient_temperature_c: f32 ["°C"],
        /// Temperature of the road at the start. Measured (0.6.2): 0.
        starting_ground_temperature_c: f32 ["°C"],
        /// The weather does not change.
        is_static_weather: bool,
        /// The session ends by time, not by laps. Reported: the game may invert it.
        is_timed_race: bool,
        /// The session is online.
        is_online: bool,
        /// Padding.
        _padding_2: Padding<1>,
        /// Number of sessions in the event.
        number_of_sessions: i32,
        /// Country of the track.
        nation: Text<33>,
        /// Padding.
        _padding_3: Padding<3>,
        /// Longitude of the track. Measured (0.6.2): 0, like the latitude.
        longitude: f32 ["°"],
        /// Latitude of the track. Measured (0.6.2): 0, like the longitude.
        latitude: f32 ["°"],
        /// Name of the track; usually as displayed, sometimes a slug. A track is identified by this and `track_configuration`.
        track: Text<33>,
        /// Layout of the track.
        track_configuration: Text<33>,
        /// Padding.
        _padding_4: Padding<2>,
        /// Length of a lap, 0..30000.
        track_length_m: f32 ["m"],
    }
}
