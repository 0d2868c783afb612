//! A running session: the player's car and driver, the lap clock, the traffic, and the planned events.

mod field;
mod flags;
mod incidents;
mod phases;
mod service;
mod start;

use crate::car::{Car, STEP};
use crate::driver::{Cut, Driver, Intent, PitVisit, Progress};
use crate::fault::Fault;
use crate::happening::{Happening, HappeningKind};
use crate::laps::{Consumption, Ended, LapClock, Opening, Passage};
use crate::noise::{self, Stream, generator};
use crate::plan::{Delays, Event, EventKind, Replay, ReturnStatus, SessionPlan, Start, When};
use crate::setting::Setting;
use crate::track::{HALF_WIDTH, PitZone, Track};
use crate::traffic::{Neighbour, Traffic};
use crate::truth::PhantomLap;
use crate::vector::Vec3;
pub(crate) use field::Place;
use field::PlayerState;
pub(crate) use flags::GREEN_LIGHT;
use flags::Marshals;
use incidents::Incidents;
use service::Service;
use start::{Placed, Waiting, grid_slot_of_player};

/// Time from the chequered flag to the end of a session, in seconds.
const CHEQUERED_SECONDS: f64 = 4.0;
/// The same for a race, which has more phases.
const RACE_CHEQUERED_SECONDS: f64 = 12.0;
/// Time from the end of the race for all cars to the end of the session in the field scenario, in seconds.
const FIELD_ENDED_SECONDS: f64 = 5.0;
/// Level of the tank or battery at the start of a lap below which the driver stops at its end. A lap uses up to 7 %.
const LOW_LEVEL: f64 = 0.18;

/// A session, or a phase of one.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Index among the plans.
    pub(crate) index: u32,
    pub(crate) plan: SessionPlan,
    pub(crate) car: Car,
    pub(crate) driver: Driver,
    pub(crate) clock: LapClock,
    pub(crate) traffic: Traffic,
    pub(crate) incidents: Incidents,
    /// Number of physics steps of this session, without pauses.
    pub(crate) steps: u64,
    /// Number of laps begun before the running one, completed or not.
    pub(crate) attempts: u32,
    /// Distance since the line at the start of the first lap, in metres. Modulo the track length it is the car's track distance.
    pub(crate) progress: f64,
    started_at: f64,
    /// Distance driven before the last restart, in metres.
    pub(crate) earlier_m: f64,
    /// Distance of the car from the centre line, metres to the right.
    offset: f64,
    /// Session time at which the names on the pages are complete.
    pub(crate) loaded_at: f64,
    waiting: Waiting,
    service: Option<Service>,
    /// Bit set of the events of this lap that are over, by their index.
    done: u32,
    marshals: Marshals,
    chequered_at: Option<f64>,
    /// Session time at which the race has ended for all cars.
    race_over_at: Option<f64>,
    left: bool,
    /// True after the game has reset the timer at the end of the race.
    timer_was_reset: bool,
    /// Fuel in litres and energy in kWh at the start.
    start_levels: (f64, f64),
    /// The car that the driver watches from the box, if any.
    pub(crate) watching: Option<Watching>,
    player: PlayerState,
    /// What has happened to the player's car since the last frame.
    happenings: Vec<Happening>,
}

/// A car that the driver watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watching {
    /// Index among the rivals.
    pub(crate) rival: usize,
    /// Number of its completed laps at which the driver stops watching.
    pub(crate) until_laps: u32,
}

/// The result of a step.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) ended: Option<Ended>,
    /// Set if the timer was reset without crossing the line.
    pub(crate) phantom: Option<PhantomLap>,
    pub(crate) interruption: Option<Interruption>,
}

/// An interruption of the session, which the simulator handles because it affects the pages and the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Interruption {
    /// A pause of this number of seconds.
    Pause(f64),
    Restart,
    Garage(ReturnStatus),
    /// Returns to the box, to watch another car for this number of its laps.
    Watch(u32),
    /// The main menu, for this number of seconds.
    MainMenu(f64),
    /// The driver leaves the session.
    Leave,
    Replay(Replay),
}

impl Session {
    /// Creates a session. `number` and `run` are those of the truth.
    pub(crate) fn new(index: u32, number: u32, run: u32, plan: SessionPlan, setting: &Setting) -> Self {
        let mut random = generator(setting.seed, Stream::Session, u64::from(index));
        let placed = Placed::at_start(&plan, index, 0, setting, 0.0);
        let mut clock = LapClock::new(number, run, plan.resolution_ms, plan.overrun);
        if plan.start != Start::Box {
            clock.wait_for_line();
        }
        let mut others = LapClock::new(number, run, 1, 0.0);
        if plan.start == Start::Grid {
            others.start(GREEN_LIGHT, false, Some(Opening::Keep), Consumption::default());
        } else {
            others.wait_for_line();
        }
        let grid_slot = grid_slot_of_player(&plan);
        let traffic = Traffic::new(setting.seed, index, &plan, grid_slot, &others, &setting.track);
        let powertrain = &placed.car.powertrain;
        let start_levels = (powertrain.fuel_l, powertrain.battery_kwh);
        let loading = 1.0 + 1.3 * random.f64();
        let mut session = Self {
            index,
            // Online, the names of all drivers are loaded first.
            loaded_at: if plan.online { 6.0 * loading } else { loading },
            plan,
            car: placed.car,
            driver: placed.driver,
            clock,
            traffic,
            incidents: Incidents::default(),
            steps: 0,
            attempts: 0,
            progress: placed.at,
            started_at: placed.at,
            earlier_m: 0.0,
            offset: placed.offset,
            waiting: placed.waiting,
            service: None,
            done: 0,
            marshals: Marshals::default(),
            chequered_at: None,
            race_over_at: None,
            left: false,
            timer_was_reset: false,
            start_levels,
            watching: None,
            player: PlayerState::default(),
            happenings: Vec::new(),
        };
        session.report(0.0, HappeningKind::Joined);
        session.plan_lap(setting);
        session
    }

    /// Session time in seconds.
    pub(crate) fn time(&self) -> f64 {
        self.steps as f64 * STEP
    }

    fn at(&self, track: &Track) -> Progress {
        Progress { s: track.wrap(self.progress), travelled: self.progress - self.started_at }
    }

    /// Metres after the line.
    pub(crate) fn s(&self, track: &Track) -> f64 {
        track.wrap(self.progress)
    }

    fn consumption(&self) -> Consumption {
        Consumption { fuel_l: self.car.powertrain.fuel_used_l, energy_kwh: self.car.powertrain.energy_used_kwh }
    }

    fn events(&self) -> impl Iterator<Item = &'static Event> + use<> {
        let lap = self.attempts;
        self.plan.events.iter().filter(move |event| event.applies(lap))
    }

    /// Plans the driver's actions on a new lap.
    fn plan_lap(&mut self, setting: &Setting) {
        let track = &setting.track;
        self.done = 0;
        let old = self.driver.intent;
        let cut = old.cut.filter(Cut::is_under_way);
        let mut intent = Intent { cut, pit: old.pit, ..Intent::default() };
        for event in self.events() {
            match event.kind {
                EventKind::Cut { at, length } => intent.cut = Some(Cut::new(at * track.length(), length)),
                EventKind::Pit => intent.pit = Some(PitVisit::Stop),
                EventKind::DriveThrough => intent.pit = Some(PitVisit::Through),
                EventKind::InvalidFromStart => self.clock.invalidate(),
                _ => {}
            }
        }
        if self.plan.level.is_none() && self.car.powertrain.level(self.car.spec) < LOW_LEVEL {
            intent.pit = Some(PitVisit::Stop);
        }
        intent.fault = self.fault(self.attempts, setting);
        self.driver.intent = intent;
    }

    /// The driver's mistake on a lap, counted from 0, if the scenario has it. The first lap begins at another speed, and the second one is
    /// the one to compare with.
    pub(crate) fn fault(&self, lap: u32, setting: &Setting) -> Option<Fault> {
        let corner = lap.checked_sub(2).filter(|_| self.plan.faults)?;
        Fault::of(corner as usize, &setting.track, &setting.profile)
    }

    /// One physics step.
    pub(crate) fn step(&mut self, setting: &Setting) -> Outcome {
        let Setting { seed, spec, track, profile } = setting;
        let before = self.time();
        self.steps += 1;
        let time = self.time();
        self.wait_or_go(track, time);
        self.serve(time);

        let at = self.at(track);
        self.driver.follow(track, at.s);
        let point = track.centre(at.s);
        let slope = point.tangent.y;
        let pedals = self.driver.pedals(track, profile, at, &self.car, slope);
        let distance = self.car.drive(pedals, slope);
        // On the inside of a bend the path is shorter than the centre line.
        let forward = distance / (1.0 - point.curvature * self.offset).max(0.2);
        let from = at.s;
        self.progress += forward;

        let at = self.at(track);
        self.offset = self.driver.offset(track, at);
        let bumps = std::array::from_fn(|wheel| {
            // The rear wheels meet the same bumps a wheelbase later. The left and right wheels meet different bumps.
            let behind = if wheel < 2 { 0.0 } else { spec.wheelbase };
            noise::smooth(*seed, Stream::Road, (at.travelled - behind) / 1.9 + 1e6 * (wheel % 2) as f64)
        });
        let lift = self.car.fall();
        self.car.move_to(track.point(at.s, self.offset) + Vec3::new(0.0, lift, 0.0), &bumps);
        let in_pits = self.driver.in_pits;
        // The pit lane is paved, too.
        let edge = if in_pits { f64::INFINITY } else { HALF_WIDTH };
        let was_off = self.car.wheels.off_track == 4;
        self.car.wheels.touch_ground(spec, self.offset, edge, self.car.speed);
        self.car.wheels.air_c = air_c(time);
        // An excursion invalidates the lap in which the car has left the track.
        if in_pits || (self.car.wheels.off_track == 4 && !was_off) {
            self.clock.invalidate();
        }
        let track_length = track.length();
        let passage = Passage {
            from,
            to: from + forward,
            track_length,
            sector_ends: track.sector_ends(),
            time: before,
            step: STEP,
            in_pits,
            used: self.consumption(),
        };
        let ended = self.clock.pass(&passage);
        if let Some(Ended::Lap(lap)) = ended {
            self.attempts += 1;
            self.plan_lap(setting);
            let time_is_up = self.plan.timed && time >= f64::from(self.plan.minutes) * 60.0;
            let flag = self.plan.field && self.traffic.is_flag_shown();
            if time_is_up || flag || self.plan.laps.is_some_and(|laps| lap.number >= laps) {
                self.chequered_at.get_or_insert(time);
            }
        }
        let npos = at.s / track_length;
        self.observe_player(track, ended.as_ref());
        self.show_flags(npos, time);
        self.update_incidents(npos);
        Outcome { ended, phantom: self.reset_after_the_end(time), interruption: self.interruption(npos, time) }
    }

    /// Triggers the events of this moment of the lap that happen once. Returns an interruption, if there is one.
    fn interruption(&mut self, npos: f64, time: f64) -> Option<Interruption> {
        let mut interruption = None;
        let elapsed = self.clock.elapsed_ms(time);
        for (index, event) in self.events().enumerate() {
            let (EventKind::Pause { at, .. }
            | EventKind::Restart { at }
            | EventKind::Garage { at, .. }
            | EventKind::Watch { at, .. }
            | EventKind::MainMenu { at, .. }
            | EventKind::Replay { at, .. }
            | EventKind::Leave { at }
            | EventKind::Contact { at, .. }) = event.kind
            else {
                continue;
            };
            let due = match at {
                // A narrow window, because a lap that begins in the box does not pass the positions before it.
                When::Position(at) => (at..at + 0.01).contains(&npos),
                When::After(seconds) => f64::from(elapsed) >= seconds * 1000.0,
            };
            if elapsed <= 0 || !due || self.done & (1 << index) != 0 {
                continue;
            }
            self.done |= 1 << index;
            match event.kind {
                EventKind::Pause { seconds, .. } => interruption = Some(Interruption::Pause(seconds)),
                EventKind::Restart { .. } => interruption = Some(Interruption::Restart),
                EventKind::Garage { status, .. } => interruption = Some(Interruption::Garage(status)),
                EventKind::Watch { laps, .. } => interruption = Some(Interruption::Watch(laps)),
                EventKind::MainMenu { seconds, .. } => interruption = Some(Interruption::MainMenu(seconds)),
                EventKind::Replay { replay, .. } => interruption = Some(Interruption::Replay(replay)),
                EventKind::Leave { .. } => interruption = Some(Interruption::Leave),
                EventKind::Contact { damage, .. } => self.incidents.add(&damage),
                _ => {}
            }
        }
        interruption
    }

    /// Moves the traffic, once per graphics frame of `step` seconds.
    pub(crate) fn step_traffic(&mut self, setting: &Setting, step: f64) {
        let held = self.plan.start == Start::Grid && self.time() < GREEN_LIGHT;
        let player =
            (!self.driver.in_pits).then(|| Neighbour::new(self.progress, self.car.speed, self.offset, &setting.track));
        self.traffic.step(setting, player.as_ref(), self.time(), step, held);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left || self.ends_at().is_some_and(|end| self.time() >= end)
    }

    /// Session time of the end of the session after the chequered flag, as far as it is known.
    fn ends_at(&self) -> Option<f64> {
        if self.plan.field {
            return self.race_over_at.map(|at| at + FIELD_ENDED_SECONDS);
        }
        let seconds = if self.plan.start == Start::Grid { RACE_CHEQUERED_SECONDS } else { CHEQUERED_SECONDS };
        self.chequered_at.map(|at| at + seconds)
    }

    /// Ends the session because the driver leaves it.
    pub(crate) fn quit(&mut self) {
        self.left = true;
    }

    pub(crate) fn is_chequered(&self) -> bool {
        self.chequered_at.is_some()
    }

    pub(crate) fn is_last_lap(&self) -> bool {
        self.plan.laps == Some(self.clock.completed + 1) || (self.plan.timed && self.left_ms() == 0)
    }

    /// Milliseconds until the session's time is up; not below 0.
    pub(crate) fn left_ms(&self) -> i32 {
        (self.plan.minutes * 60_000 - (self.time() * 1000.0) as i32).max(0)
    }

    /// Delay of the results of the lap that has just ended.
    pub(crate) fn delays(&self) -> Delays {
        if self.events().any(|event| event.kind == EventKind::SlowResults) { Delays::Slow } else { self.plan.delays }
    }

    /// True if the car is stationary in its box.
    pub(crate) fn in_box(&self, track: &Track) -> bool {
        self.driver.in_pits && self.car.speed < 0.3 && (track.signed(self.progress) - track.pit_box()).abs() < 1.5
    }

    /// The part of the pits the player is in.
    pub(crate) fn pit_zone(&self, track: &Track) -> PitZone {
        if self.driver.in_pits { track.pit_zone(self.s(track)) } else { PitZone::Outside }
    }

    /// True if the running lap is valid so far; false before the first line and after the chequered flag.
    pub(crate) fn is_valid_lap(&self) -> bool {
        self.clock.valid && !self.is_chequered()
    }
}

/// Air temperature in °C. It rises a little over the afternoon.
fn air_c(time: f64) -> f64 {
    23.5 + 2.5 * (time / (time + 3600.0))
}
