//! Whether a lap counts: the game's bit belongs to the running lap only in between.
//!
//! Around the line the bit may belong to the lap before or after. In the first moments of a lap a false that becomes true was
//! the old lap's. A bit that falls with the very last frame is the old lap's own where the next lap begins with it true. Where
//! that begins with it false, too, it belongs to that one, unless there was a reason: then nobody can tell.

use super::lap::{Invalid, Validity};
use super::reading::Reading;

/// For this long after the line the bit may still be the old lap's, in milliseconds.
const GRACE_MS: f64 = 500.0;

/// Without a frame for this long before the line, what happened to the lap at its end was not seen. Milliseconds.
const UNSEEN_MS: f64 = 150.0;

/// The verdict on the running lap so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latch {
    began_in_pits: bool,
    verdict: Option<(Invalid, Option<f64>)>,
    /// It was seen to count in this lap.
    was_valid: bool,
    /// The verdict is younger than the frame before the last one.
    is_fresh: bool,
    four_out: bool,
}

impl Latch {
    pub(super) const fn new(began_in_pits: bool) -> Self {
        Self { began_in_pits, verdict: None, was_valid: false, is_fresh: false, four_out: false }
    }

    /// Takes a frame of the lap, so many milliseconds after its beginning. True where it has just become invalid.
    pub(super) fn note(&mut self, reading: &Reading, elapsed_ms: f64) -> bool {
        self.is_fresh = false;
        self.four_out |= reading.four_out;
        if reading.is_valid {
            self.was_valid = true;
            if self.verdict.is_none() {
                self.four_out = reading.four_out;
            }
            return false;
        }
        if self.verdict.is_some() || (!self.was_valid && elapsed_ms < GRACE_MS) {
            return false;
        }
        let reason = if reading.in_pits && self.was_valid {
            Invalid::PitLane
        } else if self.began_in_pits {
            Invalid::OutLap
        } else if reading.wrong_way {
            Invalid::WrongWay
        } else if self.four_out {
            Invalid::TrackLimits
        } else if !self.was_valid {
            Invalid::FromTheStart
        } else {
            Invalid::Unexplained
        };
        self.verdict = Some((reason, reading.place));
        self.is_fresh = self.was_valid;
        true
    }

    /// The verdict so far.
    pub(super) fn so_far(&self) -> Validity {
        match self.verdict {
            Some((reason, place)) => Validity::Invalid { reason, place },
            None => Validity::Valid,
        }
    }

    /// The verdict on the lap, once the next one has begun: with this frame, so long after the last one of the lap.
    pub(super) fn at_the_line(&self, first_of_next: &Reading, gap_ms: f64) -> Validity {
        match self.verdict {
            Some((Invalid::Unexplained, _)) if self.is_fresh && !first_of_next.is_valid => Validity::Valid,
            Some(_) if self.is_fresh && !first_of_next.is_valid => Validity::Unknown,
            Some((reason, place)) => Validity::Invalid { reason, place },
            None if gap_ms > UNSEEN_MS || !self.was_valid => Validity::Unknown,
            None => Validity::Valid,
        }
    }
}
