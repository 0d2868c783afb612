//! Pits: pit lane, pit box, services of the crew, pit limiter.

use acevo_shared_memory::Frame;

use super::debounce::Debounced;
use super::thresholds::Thresholds;
use crate::analysis::event::{Service, SessionEventKind};
use crate::car_sample::CarSample;

#[derive(Debug, Clone, Default)]
pub(super) struct Pits {
    lane: Debounced<bool>,
    in_box: Debounced<bool>,
    services: [Debounced<i8>; Service::ALL.len()],
    limiter: Debounced<bool>,
}

impl Pits {
    pub(super) fn note(
        &mut self,
        frame: &Frame,
        sample: &CarSample,
        now: f64,
        limits: &Thresholds,
        out: &mut Vec<SessionEventKind>,
    ) {
        let (in_lane, in_box) = (sample.is_in_pits, sample.is_in_pit_box);
        // The lane is reported before the box on the way in, and after it on the way out.
        let lane = self.lane.change(in_lane, now, limits.hold_s);
        let box_change = self.in_box.change(in_box, now, limits.hold_s);
        out.extend(lane.as_ref().filter(|_| in_lane).map(|_| SessionEventKind::PitLaneEntered));
        out.extend(box_change.map(|change| match in_box {
            true => SessionEventKind::BoxEntered,
            false => SessionEventKind::BoxLeft { seconds: change.seconds },
        }));
        self.note_services(frame, now, limits.hold_s, out);
        out.extend(lane.filter(|_| !in_lane).map(|change| SessionEventKind::PitLaneLeft { seconds: change.seconds }));
        let is_on = frame.graphics.raw().electronics.is_pitlimiter_on;
        out.extend(self.limiter.change(is_on, now, limits.hold_s).map(|_| SessionEventKind::PitLimiter { is_on }));
    }

    /// Takes the services. Those that begin or end together are one event.
    fn note_services(&mut self, frame: &Frame, now: f64, hold: f64, out: &mut Vec<SessionEventKind>) {
        let info = &frame.graphics.raw().pit_info;
        let states = [info.damage, info.fuel, info.tyres_lf, info.tyres_rf, info.tyres_lr, info.tyres_rr];
        let (mut begun, mut done, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
        let mut longest = None;
        for ((debounced, state), item) in self.services.iter_mut().zip(states).zip(Service::ALL) {
            if !(-1..=1).contains(&state) {
                continue;
            }
            let Some(change) = debounced.change(state, now, hold) else { continue };
            match (change.before, state) {
                (_, 1) => begun.push(item),
                (Some(1), 0) => {
                    done.push(item);
                    longest = change.seconds.into_iter().chain(longest).reduce(f64::max);
                }
                (Some(1), _) => dropped.push(item),
                _ => {}
            }
        }
        let some = |items: &Vec<Service>| !items.is_empty();
        out.extend(Some(done).filter(some).map(|items| SessionEventKind::ServiceDone { items, seconds: longest }));
        out.extend(Some(dropped).filter(some).map(|items| SessionEventKind::ServiceDropped { items }));
        out.extend(Some(begun).filter(some).map(|items| SessionEventKind::ServiceBegun { items }));
    }
}
