//! Whether a lap counts: the game's bit belongs to the running lap only in between.
//!
//! Around the line the bit may belong to the lap before or after. In the first moments of a lap a false that becomes true was
//! the old lap's. A bit that falls with the very last frame is the old lap's own where the next lap begins with it true. Where
//! that begins with it false, too, it belongs to that one, unless there was a reason: then nobody can tell.

use super::lap::{Invalid, Validity};
use super::reading::Reading;

/// For this long after the line the bit may still be the old lap's, in milliseconds: as other numbers of laps follow the timer by
/// up to 2 s (reported).
const GRACE_MS: f64 = 2500.0;

/// Without a frame for this long before the line, what happened to the lap at its end was not seen. Milliseconds.
const UNSEEN_MS: f64 = 150.0;

/// The verdict on the running lap so far.
#[derive(Debug, Clone, Copy)]
pub(super) struct Latch {
    began_in_pits: bool,
    verdict: Option<(Invalid, Option<f64>)>,
    /// The last frame said that it does not count, and no other before. One frame is not believed.
    suspected: Option<(Invalid, Option<f64>)>,
    /// It was seen to count in this lap.
    was_valid: bool,
    four_out: bool,
}

impl Latch {
    pub(super) const fn new(began_in_pits: bool) -> Self {
        Self { began_in_pits, verdict: None, suspected: None, was_valid: false, four_out: false }
    }

    /// Takes a frame of the lap, so many milliseconds after its beginning. True where it has just become invalid.
    pub(super) fn note(&mut self, reading: &Reading, elapsed_ms: f64) -> bool {
        if self.verdict.is_some() {
            return false;
        }
        self.four_out |= reading.four_out;
        if reading.is_valid {
            (self.was_valid, self.suspected, self.four_out) = (true, None, reading.four_out);
            return false;
        }
        if !self.was_valid && elapsed_ms < GRACE_MS {
            return false;
        }
        self.verdict = self.suspected.take();
        if self.verdict.is_none() {
            self.suspected = Some((self.reason(reading), reading.place));
        }
        self.verdict.is_some()
    }

    fn reason(&self, reading: &Reading) -> Invalid {
        if reading.in_pits && self.was_valid {
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
        }
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
        match (self.verdict, self.suspected) {
            (Some((reason, place)), _) => Validity::Invalid { reason, place },
            (None, Some((reason, place))) if first_of_next.is_valid => Validity::Invalid { reason, place },
            (None, Some((reason, _))) if reason != Invalid::Unexplained => Validity::Unknown,
            (None, _) if gap_ms > UNSEEN_MS || !self.was_valid => Validity::Unknown,
            (None, _) => Validity::Valid,
        }
    }
}
