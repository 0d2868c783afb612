//! The setting of a session: car, track and target speeds.

use crate::profile::Profile;
use crate::spec::CarSpec;
use crate::track::Track;

/// Everything that does not change during a session.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) spec: &'static CarSpec,
    pub(crate) track: Track,
    pub(crate) profile: Profile,
}
