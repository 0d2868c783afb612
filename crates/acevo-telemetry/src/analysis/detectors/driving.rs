//! Driving: wrong way, off the track, rev limiter.

use acevo_shared_memory::Frame;

use super::debounce::Debounced;
use super::thresholds::Thresholds;
use crate::analysis::event::SessionEventKind;
use crate::car_sample::{CarSample, current_physics};

/// Time after which a car counts as back on the track, seconds.
const BACK_ON_TRACK_S: f64 = 0.5;

#[derive(Debug, Clone, Default)]
pub(super) struct Driving {
    wrong_way: Debounced<bool>,
    off_track: Debounced<bool>,
    limiting: bool,
    limited_at: Option<f64>,
}

impl Driving {
    pub(super) fn note(
        &mut self,
        frame: &Frame,
        sample: &CarSample,
        now: f64,
        limits: &Thresholds,
        out: &mut Vec<SessionEventKind>,
    ) {
        let graphics = frame.graphics.raw();
        let is_wrong = sample.is_wrong_way;
        if let Some(change) = self.wrong_way.note(is_wrong, now, limits.wrong_way_s) {
            // Reported even if it is the first state that is seen.
            match is_wrong {
                true => out.push(SessionEventKind::WrongWay),
                false => out.extend(change.before.map(|_| SessionEventKind::RightWay { seconds: change.seconds })),
            }
        }
        if current_physics(frame).is_some() {
            let is_off = sample.tyres_off_track >= 4;
            let hold = if is_off { limits.off_track_s } else { BACK_ON_TRACK_S };
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
