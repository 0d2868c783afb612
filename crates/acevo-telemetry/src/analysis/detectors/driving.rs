//! How the car is driven: the way round, on the track or off it, at the rev limiter.

use acevo_shared_memory::Frame;

use super::Thresholds;
use super::held::Held;
use crate::analysis::clock::current_physics;
use crate::analysis::event::SessionEventKind;

/// A car is back on the track after so many seconds.
const BACK_S: f64 = 0.5;

#[derive(Debug, Clone, Default)]
pub(super) struct Driving {
    wrong_way: Held<bool>,
    off_track: Held<bool>,
    limiting: bool,
    limited_at: Option<f64>,
}

impl Driving {
    pub(super) fn note(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let graphics = frame.graphics.raw();
        let is_wrong = graphics.is_wrong_way;
        if let Some(change) = self.wrong_way.note(is_wrong, now, limits.wrong_way_s) {
            // Whoever is told too late is told all the same.
            match is_wrong {
                true => out.push(SessionEventKind::WrongWay),
                false => out.extend(change.before.map(|_| SessionEventKind::RightWay { seconds: change.seconds })),
            }
        }
        if let Some(physics) = current_physics(frame) {
            let is_off = physics.numberOfTyresOut >= 4;
            let hold = if is_off { limits.off_track_s } else { BACK_S };
            out.extend(self.off_track.change(is_off, now, hold).map(|change| match is_off {
                true => SessionEventKind::OffTrack,
                false => SessionEventKind::BackOnTrack { seconds: change.seconds },
            }));
        }
        let was_limiting = std::mem::replace(&mut self.limiting, graphics.is_rpm_limiter_on);
        let rises = graphics.is_rpm_limiter_on && !was_limiting;
        if rises && self.limited_at.is_none_or(|at| now - at >= limits.rev_limiter_every_s) {
            self.limited_at = Some(now);
            out.push(SessionEventKind::RevLimiter { rpm: graphics.rpm });
        }
    }
}
