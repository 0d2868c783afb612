//! Accessors of the static page.

use super::StaticView;
use crate::protocol::{ACEvoSessionType, ACEvoStartingGrip};

impl StaticView<'_> {
    /// Version of the shared memory's layout.
    pub fn sm_version(&self) -> &str {
        self.raw().sm_version.as_str()
    }

    /// Version of the game, such as `0.9.1+release.6`.
    pub fn ac_evo_version(&self) -> &str {
        self.raw().ac_evo_version.as_str()
    }

    /// Name of the session.
    pub fn session_name(&self) -> &str {
        self.raw().session_name.as_str()
    }

    /// Name of the track. Reported: empty or a positionholder for some seconds after loading.
    pub fn track(&self) -> &str {
        self.raw().track.as_str()
    }

    /// Layout of the track.
    pub fn track_configuration(&self) -> &str {
        self.raw().track_configuration.as_str()
    }

    /// Country of the track.
    pub fn nation(&self) -> &str {
        self.raw().nation.as_str()
    }

    /// Kind of session. Reported: `TimeAttack` or `HotStint` for everything except quick races.
    pub fn session(&self) -> ACEvoSessionType {
        self.raw().session.into()
    }

    /// Grip of the track at the start.
    pub fn starting_grip(&self) -> ACEvoStartingGrip {
        self.raw().starting_grip.into()
    }

    /// Length of a lap in metres; `None` if the game has not published it.
    pub fn track_length(&self) -> Option<f32> {
        Some(self.raw().track_length_m).filter(|length| length.is_finite() && *length > 0.0)
    }

    /// Geographic position of the track: degrees north and degrees east. `None` if both are 0, as on 0.6.2, or out of range.
    pub fn latitude_longitude(&self) -> Option<(f32, f32)> {
        let location = (self.raw().latitude, self.raw().longitude);
        let is_possible = location.0.abs() <= 90.0 && location.1.abs() <= 180.0;
        (is_possible && location != (0.0, 0.0)).then_some(location)
    }
}
