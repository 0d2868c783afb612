//! Pit lane, box, the crew's work, the pit limiter.

use acevo_shared_memory::{ACEvoCarLocation, Frame};

use super::Thresholds;
use super::held::Held;
use crate::analysis::event::{Service, SessionEventKind};

#[derive(Debug, Clone, Default)]
pub(super) struct Pits {
    lane: Held<bool>,
    in_box: Held<bool>,
    services: [Held<i8>; Service::ALL.len()],
    limiter: Held<bool>,
}

impl Pits {
    pub(super) fn note(&mut self, frame: &Frame, now: f64, limits: &Thresholds, out: &mut Vec<SessionEventKind>) {
        let page = frame.graphics.raw();
        let location = frame.graphics.car_location();
        let is_told_lane =
            matches!(location, ACEvoCarLocation::Pitlane | ACEvoCarLocation::PitEntry | ACEvoCarLocation::PitExit);
        let in_lane = page.is_in_pit_lane || page.is_in_pit_box || is_told_lane;
        // The lane before the box on the way in, after it on the way out.
        let lane = self.lane.change(in_lane, now, limits.hold_s);
        let in_box = self.in_box.change(page.is_in_pit_box, now, limits.hold_s);
        out.extend(lane.as_ref().filter(|_| in_lane).map(|_| SessionEventKind::PitLaneEntered));
        out.extend(in_box.map(|change| match page.is_in_pit_box {
            true => SessionEventKind::BoxEntered,
            false => SessionEventKind::BoxLeft { seconds: change.seconds },
        }));
        self.note_services(frame, now, limits.hold_s, out);
        out.extend(lane.filter(|_| !in_lane).map(|change| SessionEventKind::PitLaneLeft { seconds: change.seconds }));
        let is_on = page.electronics.is_pitlimiter_on;
        out.extend(self.limiter.change(is_on, now, limits.hold_s).map(|_| SessionEventKind::PitLimiter { is_on }));
    }

    /// What begins or ends together is one event.
    fn note_services(&mut self, frame: &Frame, now: f64, hold: f64, out: &mut Vec<SessionEventKind>) {
        let info = &frame.graphics.raw().pit_info;
        let states = [info.damage, info.fuel, info.tyres_lf, info.tyres_rf, info.tyres_lr, info.tyres_rr];
        let (mut begun, mut done, mut dropped) = (Vec::new(), Vec::new(), Vec::new());
        let mut longest = None;
        for ((held, state), item) in self.services.iter_mut().zip(states).zip(Service::ALL) {
            if !(-1..=1).contains(&state) {
                continue;
            }
            let Some(change) = held.change(state, now, hold) else { continue };
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
