//! Detects events by comparing each step with the previous one.

use acevo_shared_memory::ACEvoFlagType;

use crate::session::Session;
use crate::setting::Setting;
use crate::track::PitZone;
use crate::truth::{Damage, TruthEventKind};

/// The observed state after a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Observer {
    flag: ACEvoFlagType,
    pit_lane: bool,
    pit_box: bool,
    service: bool,
    pit_limiter: bool,
    rev_limiter: bool,
    wrong_way: bool,
    /// True if another car is watched.
    watching: bool,
    damage: Damage,
    /// Number of laps begun before the running one.
    attempts: u32,
    /// True if the running lap is still valid.
    valid: bool,
}

impl Default for Observer {
    fn default() -> Self {
        Self {
            flag: ACEvoFlagType::NoFlag,
            pit_lane: false,
            pit_box: false,
            service: false,
            pit_limiter: false,
            rev_limiter: false,
            wrong_way: false,
            watching: false,
            damage: Damage::default(),
            attempts: 0,
            valid: false,
        }
    }
}

impl Observer {
    fn of(session: &Session, setting: &Setting) -> Self {
        let zone = session.pit_zone(&setting.track);
        Self {
            flag: session.flag(),
            pit_lane: zone != PitZone::Outside,
            pit_box: session.in_box(&setting.track),
            service: session.is_serviced(),
            pit_limiter: zone == PitZone::Limit,
            rev_limiter: session.car.powertrain.on_limiter(session.car.spec),
            wrong_way: session.incidents.wrong_way,
            watching: session.watching.is_some(),
            damage: session.incidents.damage,
            attempts: session.attempts,
            valid: session.clock.valid,
        }
    }

    /// Reports the changes in a step of the session.
    pub(crate) fn step(&mut self, session: &Session, setting: &Setting, mut report: impl FnMut(TruthEventKind)) {
        let before = std::mem::replace(self, Self::of(session, setting));
        type Switch = fn(bool) -> TruthEventKind;
        let switches: [(bool, bool, Switch); 7] = [
            (before.pit_lane, self.pit_lane, TruthEventKind::PitLane),
            (before.pit_box, self.pit_box, TruthEventKind::PitBox),
            (before.service, self.service, TruthEventKind::Service),
            (before.pit_limiter, self.pit_limiter, TruthEventKind::PitLimiter),
            (before.rev_limiter, self.rev_limiter, TruthEventKind::RevLimiter),
            (before.wrong_way, self.wrong_way, TruthEventKind::WrongWay),
            (before.watching, self.watching, TruthEventKind::Watching),
        ];
        for (before, now, occurrence) in switches {
            if before != now {
                report(occurrence(now));
            }
        }
        if before.flag != self.flag {
            report(TruthEventKind::Flag(self.flag));
        }
        if before.damage != self.damage {
            report(TruthEventKind::Damage(self.damage));
        }
        let fresh = before.attempts != self.attempts;
        let clock = &session.clock;
        if clock.is_running() && !clock.began_in_pits() && !self.valid && (before.valid || fresh) {
            report(TruthEventKind::Invalidated);
        }
    }
}
