//! Which session and which stint the laps belong to.

use super::lap::Incomplete;
use super::reading::Reading;
use super::{Beginning, Laps, Moment, News};

/// How far the car drives before leaving its box begins another stint, in metres per second.
const DRIVES: f64 = 5.0;

/// So long after the line the count may follow, in milliseconds: 2 s, online longer (reported).
const LATEST_COUNT_MS: f64 = 15_000.0;

/// What belongs to another phase changes within this time, in seconds, in any order: its name, the timer, the place.
const TOGETHER: f64 = 3.0;

impl Laps {
    /// Another session, or another car in it.
    pub(super) fn begin(&mut self, beginning: Beginning, moment: &Moment<'_>) {
        let why = match beginning {
            Beginning::First => Incomplete::Interrupted,
            Beginning::Session | Beginning::Phase => Incomplete::SessionEnded,
            Beginning::Car => Incomplete::CarChanged,
        };
        self.break_off(why, moment.time);
        self.settle_pending();
        self.forget();
        if beginning == Beginning::First {
            self.is_new_here = true;
        } else {
            self.next_session(1);
        }
    }

    /// A phase may only change its name. It is another session where a lap is broken off for it, before or after, or none runs.
    pub(super) fn follow_phase(&mut self, moment: &Moment<'_>, step_s: f64) {
        let Some(since) = self.phase else { return };
        let is_recent = |steps: f64| (moment.steps - steps) * step_s <= TOGETHER;
        if self.running.is_none() {
            self.begin(Beginning::Phase, moment);
        } else if self.broken.is_some_and(is_recent) {
            self.phase = None;
            self.last_lap.forget();
            self.settle_pending();
            self.next_session(1);
            self.count_may_fall = true;
            if let Some(running) = &mut self.running {
                (running.session, running.number) = (self.session, self.next_number);
            }
        } else if !is_recent(since) {
            self.phase = None;
        }
    }

    pub(super) fn next_session(&mut self, number: u32) {
        (self.next_number, self.stint, self.has_driven, self.driven_m) = (number, 1, false, 0.0);
        if std::mem::take(&mut self.is_used) {
            self.session = self.session.saturating_add(1);
            self.news.push_back(News::Session(self.session));
        }
    }

    pub(super) fn forget(&mut self) {
        self.last_lap.forget();
        self.meter.interrupt();
        (self.before, self.physics, self.resumes, self.count_may_fall) = (None, None, false, false);
        (self.phase, self.broken) = (None, None);
    }

    /// Laps that are not counted any more: the session was restarted. That may be seen after its first lap was begun.
    pub(super) fn follow_count(&mut self, before: Option<u32>, now: Option<u32>) {
        let (Some(count), Some(before)) = (now, before) else { return };
        if count >= before {
            // A lap that was found just behind the line may have taken its number from a count that was late.
            if let Some(running) = &mut self.running
                && (count > before && running.is_joined && running.elapsed_ms < LATEST_COUNT_MS)
            {
                running.number = running.number.max(count.saturating_add(1));
                self.next_number = running.number;
            }
            return;
        }
        if std::mem::take(&mut self.count_may_fall) {
            self.next_number = count.saturating_add(1);
        } else {
            self.next_session(count.saturating_add(1));
        }
        if let Some(running) = &mut self.running
            && !running.is_joined
        {
            (running.session, running.number) = (self.session, self.next_number);
        }
    }

    pub(super) fn follow_stint(&mut self, now: &Reading) {
        self.has_driven |= !now.in_pits && now.speed > DRIVES;
        let leaves_box = self.before.is_some_and(|before| before.in_box) && !now.in_box;
        if leaves_box && std::mem::take(&mut self.has_driven) {
            self.stint = self.stint.saturating_add(1);
            self.news.push_back(News::Stint(self.stint));
        }
    }
}
