//! All cars of a session: what happens to the player's car, and the true state of each car.

use super::Session;
use super::start::grid_slot_of_player;
use crate::happening::{Happening, HappeningKind};
use crate::laps::Ended;
use crate::plan::Start;
use crate::track::Track;
use crate::traffic::{Finish, grid_slot};
use crate::truth::CarState;

/// Time from the player's finish until the race ends for all other cars, in seconds.
const OTHERS_FINISH: f64 = 7.0;
/// The same in the field scenario, if some of them are still racing.
const FIELD_FINISHES: f64 = 60.0;

/// The player's state after the last step, to find what has happened.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct PlayerState {
    in_pits: bool,
    in_box: bool,
    wheels_off: u8,
    pub(super) finish: Option<Finish>,
}

/// Where a car is placed at the start of a session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// Track distance of its box in metres, negative before the line.
    pub(crate) box_at: f64,
    /// Slot on the grid, and its track distance and offset in metres.
    pub(crate) grid_slot: usize,
    pub(crate) grid: (f64, f64),
    /// True if the car is in the session from the start, and if it starts from the pit lane.
    pub(crate) present: bool,
    pub(crate) in_pits: bool,
}

impl Session {
    /// The places of all cars at the start, in the order of the page.
    pub(crate) fn places(&self, track: &Track) -> Vec<Place> {
        let slot = grid_slot_of_player(&self.plan);
        let mut places = self.traffic.places(slot, track);
        let grid = grid_slot(slot);
        let in_pits = self.plan.start == Start::Box;
        let player = Place { box_at: track.pit_box(), grid_slot: slot, grid, present: true, in_pits };
        places.insert(self.traffic.player_slot, player);
        places
    }

    /// Distance of the player's car from the centre line, metres to the right.
    pub(crate) fn offset(&self) -> f64 {
        self.offset
    }

    /// The player's fuel at the start in litres.
    pub(crate) fn start_fuel_l(&self) -> f64 {
        self.start_levels.0
    }

    pub(super) fn report(&mut self, at: f64, kind: HappeningKind) {
        self.happenings.push(Happening { slot: self.traffic.player_slot, at, kind });
    }

    /// Reports what has happened to the player's car in the last step.
    pub(super) fn observe_player(&mut self, track: &Track, ended: Option<&Ended>) {
        let time = self.time();
        let before = self.player;
        if let Some(crossing) = self.clock.crossing().filter(|_| before.finish.is_none()) {
            self.report(crossing.at, HappeningKind::Crossing(crossing));
        }
        if let Some(&Ended::Lap(lap)) = ended {
            let from_box = self.clock.crossing().is_some_and(|crossing| crossing.from_box);
            self.report(lap.finished_at_s, HappeningKind::Lap { lap, from_box });
            if self.plan.start == Start::Grid && self.chequered_at.is_some() && before.finish.is_none() {
                self.player.finish = Some(Finish { laps: lap.number.into(), at: lap.finished_at_s });
                self.traffic.show_flag();
                self.report(lap.finished_at_s, HappeningKind::Finished);
            }
        }
        if self.is_race_over(time) {
            self.traffic.close(time, track);
            self.race_over_at.get_or_insert(time);
        }
        let (in_pits, in_box) = (self.driver.in_pits, self.in_box(track));
        let wheels_off = self.car.wheels.off_track;
        if in_pits && !before.in_pits {
            self.report(time, HappeningKind::PitLane(true));
        }
        if in_box != before.in_box {
            self.report(time, if in_box { HappeningKind::BoxReached } else { HappeningKind::BoxLeft });
        }
        if !in_pits && before.in_pits {
            self.report(time, HappeningKind::PitLane(false));
        }
        if wheels_off != before.wheels_off {
            self.report(time, HappeningKind::WheelsOff { before: before.wheels_off, now: wheels_off });
        }
        self.player = PlayerState { in_pits, in_box, wheels_off, ..self.player };
    }

    /// True if the race is over for all cars.
    fn is_race_over(&self, time: f64) -> bool {
        let Some(at) = self.chequered_at.filter(|_| self.plan.start == Start::Grid) else { return false };
        if self.race_over_at.is_some() {
            return true;
        }
        let end = match self.traffic.last_finish() {
            _ if !self.plan.field => at + OTHERS_FINISH,
            Some(last) => at.max(last) + OTHERS_FINISH,
            None => at + FIELD_FINISHES,
        };
        time >= end
    }

    /// The player's position as [`Session::field`] has it.
    pub(crate) fn position(&self, track: &Track) -> Option<u32> {
        self.field(track).get(self.traffic.player_slot).map(|state| state.position)
    }

    /// Returns what has happened to all cars since the last call, in order of time.
    pub(crate) fn take_happenings(&mut self) -> Vec<Happening> {
        let mut all = std::mem::take(&mut self.happenings);
        all.append(&mut self.traffic.take_happenings());
        all.sort_by(|a, b| a.at.total_cmp(&b.at));
        all
    }

    /// The true state of all cars, in the order of the page.
    pub(crate) fn field(&self, track: &Track) -> Vec<CarState> {
        let mut cars = self.traffic.states(track);
        let progress = self.progress / track.length();
        let player = CarState {
            id: self.traffic.player_id(),
            progress_laps: progress,
            lap_position: self.s(track) / track.length(),
            is_in_pit_lane: self.driver.in_pits,
            is_active: true,
            is_player: true,
            position: 0,
        };
        let slot = self.traffic.player_slot;
        cars.insert(slot, (player, self.player.finish, self.clock.best_ms));
        let race = self.plan.start == Start::Grid;
        // A car that has finished keeps its place: it is ahead of those that have driven less, and after those that finished before.
        let rank = |(state, finish, best): &(CarState, Option<Finish>, Option<i32>)| {
            if race {
                finish.map_or((-state.progress_laps, 0.0), |finish| (-finish.laps, finish.at))
            } else {
                (best.map_or(f64::INFINITY, f64::from), 0.0)
            }
        };
        let mut order: Vec<usize> = (0..cars.len()).filter(|&index| cars[index].0.is_active).collect();
        order.sort_by(|&a, &b| {
            let (a, b) = (rank(&cars[a]), rank(&cars[b]));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        for (position, index) in order.into_iter().enumerate() {
            cars[index].0.position = position as u32 + 1;
        }
        cars.into_iter().map(|(state, ..)| state).collect()
    }
}
