//! The start of a session, restarts, and returns to the box.

use super::flags::GREEN_LIGHT;
use super::{Session, Watching, air_c};
use crate::car::Car;
use crate::driver::{Driver, Progress};
use crate::laps::{Abandoned, LapClock, Opening};
use crate::options::BoxReturn;
use crate::plan::{SessionPlan, Start};
use crate::setting::Setting;
use crate::track::Track;
use crate::traffic::grid_slot;

/// The player's slot on the grid in a large field, from 0.
const GRID_SLOT: usize = 7;
/// Distance from a rolling start to the line, in metres.
const ROLLING_START: f64 = 420.0;
/// Time in the box before the driver leaves, in seconds.
const BOX_WAIT: f64 = 5.0;
/// Begin and end of cranking the engine in the box, in seconds.
const CRANKING: (f64, f64) = (2.6, 3.4);
/// The same after a return via the menu: the engine is off for 0.8 s.
const CRANKING_AFTER_RETURN: (f64, f64) = (0.4, 0.8);

/// The player's slot on the grid, from 0: the last one in a small field.
pub(super) fn grid_slot_of_player(plan: &SessionPlan) -> usize {
    GRID_SLOT.min(plan.rivals())
}

/// What the driver waits for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Waiting {
    Nothing,
    /// In the box since this session time, either after a return via the menu or at the session's start.
    InBox {
        since: f64,
        returned: bool,
    },
    ForLights,
}

/// A car and its driver at the start.
pub(super) struct Placed {
    pub(super) car: Car,
    pub(super) driver: Driver,
    pub(super) waiting: Waiting,
    /// Track distance in metres; negative before the line.
    pub(super) at: f64,
    pub(super) offset: f64,
}

impl Placed {
    /// Places the car. `attempt` varies the driver's behaviour.
    pub(super) fn at_start(plan: &SessionPlan, index: u32, attempt: u32, setting: &Setting, time: f64) -> Self {
        let Setting { seed, spec, track, profile } = setting;
        let attempt = if plan.identical { 0 } else { u64::from(attempt) };
        let mut driver =
            Driver::new(seed.wrapping_add(u64::from(index) << 40).wrapping_add(attempt << 20), plan.identical);
        let mut car = Car::new(spec, air_c(time));
        if let Some(level) = plan.level {
            car.powertrain.fill(spec, level);
        }
        let (at, waiting) = match plan.start {
            Start::Box => {
                driver.start_in_box();
                (track.pit_box(), Waiting::InBox { since: time, returned: false })
            }
            Start::Rolling => (-ROLLING_START, Waiting::Nothing),
            Start::Grid => {
                let (behind, offset) = grid_slot(grid_slot_of_player(plan));
                driver.start_on_grid(offset);
                (behind, Waiting::ForLights)
            }
        };
        let progress = Progress { s: track.wrap(at), travelled: 0.0 };
        let offset = driver.offset(track, progress);
        let speed = if plan.start == Start::Rolling { profile.speed(progress.s) * 0.95 } else { 0.0 };
        let here = track.point(progress.s, offset);
        let forward = if speed > 0.0 {
            // Along the driver's own line, which differs from the track's.
            let next = Progress { s: track.wrap(at + 0.1), travelled: 0.1 };
            (track.point(next.s, driver.offset(track, next)) - here).normalized()
        } else {
            track.centre(progress.s).tangent
        };
        car.place(here, forward, speed);
        if plan.start == Start::Grid {
            car.powertrain.running = true;
            car.powertrain.rpm = spec.idle_rpm;
        }
        Self { car, driver, waiting, at, offset }
    }
}

impl Session {
    fn put(&mut self, placed: Placed, setting: &Setting) {
        self.earlier_m += self.car.odometer;
        self.car = placed.car;
        self.driver = placed.driver;
        self.waiting = placed.waiting;
        self.progress = placed.at;
        self.started_at = placed.at;
        self.offset = placed.offset;
        self.service = None;
        self.plan_lap(setting);
    }

    /// Ends the running lap without completing it.
    pub(crate) fn abandon(&mut self) -> Option<Abandoned> {
        let valid = self.is_valid_lap();
        let abandoned = self.clock.abandon(self.time(), self.consumption());
        self.left(valid, abandoned)
    }

    /// Restarts the session. Session time and traffic continue.
    pub(crate) fn restart(&mut self, setting: &Setting) -> Option<Abandoned> {
        let abandoned = self.abandon();
        let plan = &self.plan;
        self.clock = LapClock::new(self.clock.session, self.clock.run + 1, plan.resolution_ms, plan.overrun);
        if self.plan.start != Start::Box {
            self.clock.wait_for_line();
        }
        self.incidents.repair();
        self.put(Placed::at_start(&self.plan, self.index, self.attempts, setting, self.time()), setting);
        abandoned
    }

    /// Puts the car back into its box, with new tyres and the engine off.
    pub(crate) fn return_to_box(&mut self, setting: &Setting, style: BoxReturn) -> Option<Abandoned> {
        let timer_continues = style == BoxReturn::TimerContinues;
        let abandoned = if timer_continues { self.put_back(&setting.track) } else { self.abandon() };
        self.clock.stint += 1;
        let boxed = SessionPlan { start: Start::Box, level: None, ..self.plan.clone() };
        let mut placed = Placed::at_start(&boxed, self.index, self.attempts, setting, self.time());
        placed.car.powertrain = self.car.powertrain.parked();
        if timer_continues {
            placed.car.powertrain.refill(self.start_levels);
            placed.car.drop_from_above();
            placed.waiting = Waiting::InBox { since: self.time(), returned: true };
        }
        self.put(placed, setting);
        abandoned
    }

    /// Ends the running lap, but lets the game's timer continue.
    fn put_back(&mut self, track: &Track) -> Option<Abandoned> {
        let valid = self.is_valid_lap();
        let abandoned = self.clock.put_back(self.time(), self.consumption(), track.pit_box() < 0.0);
        self.left(valid, abandoned)
    }

    /// Completes an abandoned lap. A car that stood in its box with a running timer was not on a lap.
    fn left(&mut self, valid: bool, abandoned: Option<Abandoned>) -> Option<Abandoned> {
        let abandoned = abandoned.filter(|_| !matches!(self.waiting, Waiting::InBox { .. }))?;
        self.attempts += 1;
        Some(Abandoned { valid, ..abandoned })
    }

    /// Lets the driver watch another car until it has completed this number of laps from now on.
    pub(crate) fn watch(&mut self, laps: u32) {
        self.watching = self
            .traffic
            .first_driving()
            .map(|rival| Watching { rival, until_laps: self.traffic.completed(rival) + laps });
    }

    /// Lets the car leave the box or the grid at the right time.
    pub(super) fn wait_or_go(&mut self, track: &Track, time: f64) {
        if self.watching.is_some_and(|watching| self.traffic.completed(watching.rival) >= watching.until_laps) {
            self.watching = None;
        }
        match self.waiting {
            Waiting::InBox { since, returned } => {
                let waited = time - since;
                let (from, to) = if returned { CRANKING_AFTER_RETURN } else { CRANKING };
                self.car.powertrain.cranking = (from..to).contains(&waited);
                self.car.powertrain.running = waited >= to;
                if waited >= BOX_WAIT && self.watching.is_none() {
                    self.waiting = Waiting::Nothing;
                    self.driver.holding = false;
                    if !self.clock.is_running() {
                        let opening = (track.pit_box() < 0.0).then_some(Opening::Restart);
                        self.clock.start(time, true, opening, self.consumption());
                    }
                }
            }
            Waiting::ForLights if time >= GREEN_LIGHT => {
                self.waiting = Waiting::Nothing;
                self.driver.holding = false;
                self.clock.start(GREEN_LIGHT, false, Some(Opening::Keep), self.consumption());
            }
            Waiting::ForLights | Waiting::Nothing => {}
        }
    }
}
