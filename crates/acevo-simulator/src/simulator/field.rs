//! The truth about all cars.

use super::{Simulator, Stage};
use crate::happening::{Happening, HappeningKind};
use crate::identity::Identity;
use crate::plan::Start;
use crate::session::Session;
use crate::truth::{CarState, CarTruth, FieldLap, LapRecord, PitStay, Stay};

impl Simulator {
    /// The true state of all cars of the running session, in the order of `car_ids`. Empty if no session is running.
    ///
    /// ```
    /// use acevo_simulator::{Options, Scenario, Simulator};
    ///
    /// let mut options = Options::default();
    /// options.scenario = Scenario::Race;
    /// let mut simulator = Simulator::new(options);
    /// assert!(simulator.field().is_empty(), "the game is in its menu");
    /// while simulator.field().is_empty() {
    ///     simulator.step();
    /// }
    /// assert_eq!(simulator.field().len(), 20);
    /// ```
    pub fn field(&self) -> Vec<CarState> {
        match &self.stage {
            Stage::Driving(session)
            | Stage::Paused { session, .. }
            | Stage::ReturningOff { session, .. }
            | Stage::MainMenu { session, .. }
            | Stage::Leaving { session, .. } => session.field(&self.setting.track),
            Stage::Replaying(replaying) => replaying.session.field(&self.setting.track),
            Stage::Menu { .. } | Stage::NextPhase { .. } | Stage::Ended => Vec::new(),
        }
    }

    /// The drivers and cars of a session, in the order of the page.
    pub(super) fn identities(&self, session: &Session) -> Vec<Identity> {
        let (seed, rivals, slot) = (self.options.seed, session.plan.rivals(), session.traffic.player_slot);
        let car = session.plan.car.unwrap_or(self.options.car);
        let human = session.plan.online || self.options.log.is_some_and(|log| log.place.is_online());
        let mut all: Vec<Identity> = (0..rivals).map(|index| Identity::rival(seed, index, rivals, human)).collect();
        all.insert(slot, Identity::player(car, self.options.game, rivals + 1));
        all
    }

    /// Adds the cars of a session that are new.
    pub(super) fn register_cars(&mut self, session: &Session) {
        let player = session.traffic.player_slot;
        self.slots.clear();
        for (slot, (id, identity)) in session.traffic.all_ids().iter().zip(self.identities(session)).enumerate() {
            let known = self.truth.cars.iter().position(|car| car.id == *id);
            self.slots.push(known.unwrap_or(self.truth.cars.len()));
            if known.is_none() {
                self.truth.cars.push(CarTruth {
                    id: *id,
                    name: identity.name(),
                    short_name: identity.short_name,
                    number: identity.number,
                    model: identity.model,
                    class: identity.class,
                    is_ai: identity.is_ai,
                    is_player: slot == player,
                    laps: Vec::new(),
                    estimated: Vec::new(),
                    pit_visits: Vec::new(),
                    stays: Vec::new(),
                });
            }
        }
    }

    /// Records what has happened to the cars in the last step.
    pub(super) fn record_happenings(&mut self, session: &mut Session) {
        for happening in session.take_happenings() {
            self.record_happening(session, &happening);
            self.log_happening(session, &happening);
        }
    }

    fn record_happening(&mut self, session: &Session, happening: &Happening) {
        let Some(car) = self.slots.get(happening.slot).and_then(|&index| self.truth.cars.get_mut(index)) else {
            return;
        };
        let (at, step) = (happening.at, self.steps);
        let (number, run) = (session.clock.session, session.clock.run);
        let race = session.plan.start == Start::Grid;
        match happening.kind {
            HappeningKind::Joined => {
                car.stays.push(Stay { session: number, run, joined_at_s: at, joined_step: step, left: None });
            }
            HappeningKind::Left => {
                if let Some(stay) = car.stays.last_mut() {
                    stay.left = Some((at, step));
                }
            }
            HappeningKind::Lap { lap, from_box } => {
                car.laps.push(field_lap(&lap, step, from_box || (!race && lap.began_in_pits())));
            }
            HappeningKind::Estimate(lap) => car.estimated.push(field_lap(&lap, step, false)),
            HappeningKind::PitLane(true) => car.pit_visits.push(PitStay {
                session: number,
                entered_at_s: at,
                entered_step: step,
                stopped_at_s: None,
                left: None,
            }),
            HappeningKind::PitLane(false) => {
                if let Some(visit) = car.pit_visits.last_mut() {
                    visit.left.get_or_insert((at, step));
                }
            }
            HappeningKind::BoxReached => {
                if let Some(visit) = car.pit_visits.last_mut() {
                    visit.stopped_at_s.get_or_insert(at);
                }
            }
            HappeningKind::Crossing(_)
            | HappeningKind::Finished
            | HappeningKind::BoxLeft
            | HappeningKind::WheelsOff { .. } => {}
        }
    }
}

fn field_lap(lap: &LapRecord, step: u64, is_out_lap: bool) -> FieldLap {
    FieldLap {
        session: lap.session,
        run: lap.run,
        number: lap.number,
        kind: lap.kind,
        is_out_lap,
        time_ms: lap.time_ms,
        sectors_ms: lap.game_sectors_ms,
        started_at_s: lap.finished_at_s - f64::from(lap.time_ms) / 1000.0,
        finished_at_s: lap.finished_at_s,
        finished_step: step,
        through_pits: lap.through_pits,
        valid: lap.valid,
    }
}
