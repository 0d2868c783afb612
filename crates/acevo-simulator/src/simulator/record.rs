//! Records the truth: events and aborted laps.

use super::Simulator;
use crate::laps::Abandoned;
use crate::session::Session;
use crate::truth::{AbortReason, AbortedLap, FaultRecord, LapRecord, TruthEvent, TruthEventKind};

impl Simulator {
    /// Records the events of the last step.
    pub(super) fn observe_step(&mut self, session: &Session) {
        let mut events = Vec::new();
        self.observer.step(session, &self.setting, |kind| events.push(kind));
        for kind in events {
            self.record_event(session, kind);
        }
    }

    pub(super) fn record_event(&mut self, session: &Session, kind: TruthEventKind) {
        self.truth.events.push(TruthEvent {
            session: session.clock.session,
            run: session.clock.run,
            at_s: session.time(),
            step: self.steps,
            npos: session.s(&self.setting.track) / self.setting.track.length(),
            kind,
        });
    }

    /// Records what the driver's mistake on a lap that has just ended has cost.
    pub(super) fn record_fault(&mut self, session: &Session, lap: &LapRecord) {
        let Some(fault) = session.fault(session.attempts - 1, &self.setting) else { return };
        let of_run = |other: &&LapRecord| other.session == lap.session && other.run == lap.run && other.number == 2;
        let Some(without) = self.truth.laps.iter().find(of_run) else { return };
        self.truth.faults.push(FaultRecord {
            session: lap.session,
            lap: lap.number,
            corner: fault.corner.number,
            kind: fault.kind,
            loss_ms: lap.time_ms - without.time_ms,
        });
    }

    /// Records that the running lap, if there was one, will never be completed.
    pub(super) fn record_abort(&mut self, session: &Session, abandoned: Option<Abandoned>, reason: AbortReason) {
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
