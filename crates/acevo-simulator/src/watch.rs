//! Notices what happens, by comparing each step with the one before.

use acevo_shared_memory::ACEvoFlagType;

use crate::session::{Session, Setting};
use crate::track::PitZone;
use crate::truth::{Damage, Occurrence};

/// What can be noticed in one step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch {
    flag: ACEvoFlagType,
    pit_lane: bool,
    pit_box: bool,
    service: bool,
    pit_limiter: bool,
    rev_limiter: bool,
    wrong_way: bool,
    /// Another car is watched.
    elsewhere: bool,
    damage: Damage,
    /// The laps begun before this one.
    attempts: u32,
    /// The running lap may still count.
    counts: bool,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            flag: ACEvoFlagType::NoFlag,
            pit_lane: false,
            pit_box: false,
            service: false,
            pit_limiter: false,
            rev_limiter: false,
            wrong_way: false,
            elsewhere: false,
            damage: Damage::default(),
            attempts: 0,
            counts: false,
        }
    }
}

impl Watch {
    fn of(session: &Session, setting: &Setting) -> Self {
        let zone = session.pit_zone(&setting.track);
        Self {
            flag: session.flag(),
            pit_lane: zone != PitZone::Outside,
            pit_box: session.in_box(&setting.track),
            service: session.is_serviced(),
            pit_limiter: zone == PitZone::Limit,
            rev_limiter: session.car.powertrain.on_limiter(session.car.spec),
            wrong_way: session.mishaps.wrong_way,
            elsewhere: session.watching.is_some(),
            damage: session.mishaps.damage,
            attempts: session.attempts,
            counts: session.clock.valid,
        }
    }

    /// Tells what is different after a step of the session.
    pub(crate) fn step(&mut self, session: &Session, setting: &Setting, mut tell: impl FnMut(Occurrence)) {
        let before = std::mem::replace(self, Self::of(session, setting));
        type Told = fn(bool) -> Occurrence;
        let switches: [(bool, bool, Told); 7] = [
            (before.pit_lane, self.pit_lane, Occurrence::PitLane),
            (before.pit_box, self.pit_box, Occurrence::PitBox),
            (before.service, self.service, Occurrence::Service),
            (before.pit_limiter, self.pit_limiter, Occurrence::PitLimiter),
            (before.rev_limiter, self.rev_limiter, Occurrence::RevLimiter),
            (before.wrong_way, self.wrong_way, Occurrence::WrongWay),
            (before.elsewhere, self.elsewhere, Occurrence::Watching),
        ];
        for (before, now, occurrence) in switches {
            if before != now {
                tell(occurrence(now));
            }
        }
        if before.flag != self.flag {
            tell(Occurrence::Flag(self.flag));
        }
        if before.damage != self.damage {
            tell(Occurrence::Damage(self.damage));
        }
        let fresh = before.attempts != self.attempts;
        let clock = &session.clock;
        if clock.is_running() && !clock.began_in_pits() && !self.counts && (before.counts || fresh) {
            tell(Occurrence::Invalidated);
        }
    }
}
