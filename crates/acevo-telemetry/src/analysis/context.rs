//! Input of the analysis besides the frames.

use crate::lap_trace::Reference;
use crate::personal::{PersonalBests, ReferenceLaps};

/// Input of an [`Analysis`](super::Analysis) besides the frames. Start from [`Context::default`] and change fields.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Context {
    /// Personal bests. The analysis adds laps that are better.
    pub personal_bests: PersonalBests,
    /// The lap that the running one is compared with.
    pub reference: Reference,
    /// Reference laps that the user has chosen, for [`Reference::Chosen`].
    pub reference_laps: ReferenceLaps,
    /// Date of laps that end from now on, seconds since 1970 (UTC). Frames have no date; it is only stored in personal bests.
    pub date: u64,
}
