//! Writing down what really happens.

use super::Simulator;
use crate::laps::Abandoned;
use crate::session::Session;
use crate::truth::{AbortReason, AbortedLap, Happening, Occurrence};

impl Simulator {
    /// Notices what the last step has changed.
    pub(super) fn watch_step(&mut self, session: &Session) {
        let mut told = Vec::new();
        self.watch.step(session, &self.setting, |what| told.push(what));
        for what in told {
            self.tell(session, what);
        }
    }

    pub(super) fn tell(&mut self, session: &Session, what: Occurrence) {
        self.truth.happenings.push(Happening {
            session: session.clock.session,
            run: session.clock.run,
            at_s: session.time(),
            step: self.steps,
            npos: session.s(&self.setting.track) / self.setting.track.length(),
            what,
        });
    }

    /// The lap that was running, if there was one, will never be completed.
    pub(super) fn interrupted(&mut self, session: &Session, abandoned: Option<Abandoned>, reason: AbortReason) {
        self.validity.restart();
        let Some(lap) = abandoned else { return };
        self.truth.aborted.push(AbortedLap {
            session: session.clock.session,
            run: lap.run,
            stint: lap.stint,
            number: lap.number,
            began_in_pits: lap.began_in_pits,
            valid: lap.valid,
            elapsed_ms: lap.elapsed_ms,
            returned_ms: lap.returned_ms,
            fuel_used_l: lap.used.fuel_l,
            energy_used_kwh: lap.used.energy_kwh,
            reason,
            at_s: session.time(),
            step: self.steps,
        });
    }
}
