//! Whether a lap counts, by the game's bit for a valid lap.
//!
//! Around the line the bit may belong to the lap before or after. A bit that is false in the first moments of a lap and then becomes
//! true belonged to the previous lap. A bit that becomes false with the very last frame of a lap belongs to that lap if the next one
//! begins with the bit set. If the next one begins with it false, too, the bit belongs to that one, unless there was a reason: then
//! the validity is unknown.

use super::lap::{Invalid, Validity};
use super::reading::Reading;

/// Time after the line for which the bit may still belong to the previous lap, milliseconds: other numbers about laps follow the timer
/// by up to 2 s (reported).
const GRACE_MS: f64 = 2500.0;

/// Maximum time between the last frame of a lap and the next one, milliseconds, for the end of the lap to count as seen.
const MAX_UNSEEN_MS: f64 = 150.0;

/// Decides whether the running lap counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValidityDetector {
    began_in_pits: bool,
    /// Reason and lap position of a lap that does not count.
    verdict: Option<(Invalid, Option<f64>)>,
    /// Reason and lap position if only the last frame was invalid. A single frame is not trusted.
    suspected: Option<(Invalid, Option<f64>)>,
    /// A frame of this lap was valid.
    was_valid: bool,
    was_off_track: bool,
}

impl ValidityDetector {
    pub(super) const fn new(began_in_pits: bool) -> Self {
        Self { began_in_pits, verdict: None, suspected: None, was_valid: false, was_off_track: false }
    }

    /// Takes a frame of the lap, this long after its beginning. True if the lap has just become invalid.
    pub(super) fn note(&mut self, reading: &Reading, elapsed_ms: f64) -> bool {
        if self.verdict.is_some() {
            return false;
        }
        self.was_off_track |= reading.is_off_track;
        if reading.is_valid {
            self.was_valid = true;
            self.suspected = None;
            self.was_off_track = reading.is_off_track;
            return false;
        }
        if !self.was_valid && elapsed_ms < GRACE_MS {
            return false;
        }
        self.verdict = self.suspected.take();
        if self.verdict.is_none() {
            self.suspected = Some((self.reason(reading), reading.lap_position));
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
        } else if self.was_off_track {
            Invalid::TrackLimits
        } else if !self.was_valid {
            Invalid::FromTheStart
        } else {
            Invalid::Unexplained
        }
    }

    /// The validity so far.
    pub(super) fn so_far(&self) -> Validity {
        match self.verdict {
            Some((reason, lap_position)) => Validity::Invalid { reason, lap_position },
            None => Validity::Valid,
        }
    }

    /// The validity of the lap once the next one has begun: with this frame, which came `gap_ms` after the last one of the lap.
    pub(super) fn at_the_line(&self, first_of_next: &Reading, gap_ms: f64) -> Validity {
        match (self.verdict, self.suspected) {
            (Some((reason, lap_position)), _) => Validity::Invalid { reason, lap_position },
            (None, Some((reason, lap_position))) if first_of_next.is_valid => {
                Validity::Invalid { reason, lap_position }
            }
            (None, Some((reason, _))) if reason != Invalid::Unexplained => Validity::Unknown,
            (None, _) if gap_ms > MAX_UNSEEN_MS || !self.was_valid => Validity::Unknown,
            (None, _) => Validity::Valid,
        }
    }
}
