//! One session while it runs: the car on its way round, its timekeeper, the others, and what the plan has in store.

mod flags;
mod mishaps;
mod phases;
mod service;
mod start;

use crate::car::{Car, STEP};
use crate::driver::{Cut, Driver, Intent, PitVisit, Progress};
use crate::laps::{Ended, LapClock, Passage, Used};
use crate::noise::{self, Stream, generator};
use crate::plan::{Away, Delays, Event, Replay, SessionPlan, Start, What, When};
use crate::profile::Profile;
use crate::spec::CarSpec;
use crate::track::{HALF_WIDTH, PitZone, Track};
use crate::traffic::{Neighbour, Traffic};
use crate::truth::PhantomLap;
use crate::vector::Vec3;
use flags::{GREEN_LIGHT, Marshals};
use mishaps::Mishaps;
use service::Service;
use start::{GRID_SLOT, Placed, Waiting};

/// Everything that stays the same while a session runs.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) spec: &'static CarSpec,
    pub(crate) track: Track,
    pub(crate) profile: Profile,
}

/// Seconds that the chequered flag is shown before the session is over.
const CHEQUERED: f64 = 4.0;
/// The same in a race, which has more phases to go through.
const RACE_CHEQUERED: f64 = 12.0;
/// Below this part of a tank or battery at the start of a lap the driver comes in at its end; a lap may take 7 %.
const LOW: f64 = 0.18;

/// A session, or a phase of one.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// Its place among the plans.
    pub(crate) index: u32,
    pub(crate) plan: SessionPlan,
    pub(crate) car: Car,
    pub(crate) driver: Driver,
    pub(crate) clock: LapClock,
    pub(crate) traffic: Traffic,
    pub(crate) mishaps: Mishaps,
    /// Physics steps of this session, pauses not counted.
    pub(crate) steps: u64,
    /// Laps begun before the running one, completed or not.
    pub(crate) attempts: u32,
    /// Metres since the line at the start of the first lap; the part within the lap is where the car is.
    pub(crate) progress: f64,
    started_at: f64,
    /// Metres driven before the last restart.
    pub(crate) earlier_m: f64,
    /// Distance of the car from the centre line, metres to the right.
    offset: f64,
    /// Session time at which names on the pages are complete.
    pub(crate) loaded_at: f64,
    waiting: Waiting,
    service: Option<Service>,
    /// Which events of this lap are over, by their place among those of the lap.
    done: u32,
    marshals: Marshals,
    chequered_at: Option<f64>,
    left: bool,
    /// The game has reset the timer after the end of the race.
    timer_was_reset: bool,
    /// Litres and kWh at the start.
    start_levels: (f64, f64),
    /// The driver watches another car from the box.
    pub(crate) watching: Option<Watching>,
}

/// Another car that the driver watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Watching {
    /// Its place among the others.
    pub(crate) rival: usize,
    /// The laps that it has completed when the driver has seen enough.
    pub(crate) until_laps: u32,
}

/// What a step brought.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) ended: Option<Ended>,
    /// The timer was reset without a line.
    pub(crate) phantom: Option<PhantomLap>,
    pub(crate) interruption: Option<Interruption>,
}

/// What the session itself cannot do, because the pages and the game's time are concerned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Interruption {
    /// For so many seconds from now on.
    Pause(f64),
    Restart,
    Garage(Away),
    /// Back to the box, to watch another car for so many of its laps.
    Watch(u32),
    /// The main menu, for so many seconds.
    MainMenu(f64),
    /// Out of the session.
    Leave,
    Replay(Replay),
}

impl Session {
    /// `number` and `run` are those of the truth.
    pub(crate) fn new(index: u32, number: u32, run: u32, plan: SessionPlan, setting: &Setting) -> Self {
        let mut random = generator(setting.seed, Stream::Session, u64::from(index));
        let placed = Placed::at_start(&plan, index, 0, setting, 0.0);
        let mut clock = LapClock::new(number, run, plan.resolution_ms, plan.overrun);
        if plan.start != Start::Box {
            clock.wait_for_line();
        }
        let traffic = Traffic::new(setting.seed, index, &plan, GRID_SLOT, &setting.track);
        let powertrain = &placed.car.powertrain;
        let start_levels = (powertrain.fuel_l, powertrain.battery_kwh);
        let loading = 1.0 + 1.3 * random.f64();
        let mut session = Self {
            index,
            // Online the names of everybody have to come first.
            loaded_at: if plan.online { 6.0 * loading } else { loading },
            plan,
            car: placed.car,
            driver: placed.driver,
            clock,
            traffic,
            mishaps: Mishaps::default(),
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
            left: false,
            timer_was_reset: false,
            start_levels,
            watching: None,
        };
        session.plan_lap(&setting.track);
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

    fn used(&self) -> Used {
        Used { fuel_l: self.car.powertrain.fuel_used_l, energy_kwh: self.car.powertrain.energy_used_kwh }
    }

    fn events(&self) -> impl Iterator<Item = &'static Event> + use<> {
        let lap = self.attempts;
        self.plan.events.iter().filter(move |event| event.applies(lap))
    }

    /// A new lap: what the driver will do on it.
    fn plan_lap(&mut self, track: &Track) {
        self.done = 0;
        let old = self.driver.intent;
        let cut = old.cut.filter(Cut::is_under_way);
        let mut intent = Intent { cut, pit: old.pit, ..Intent::default() };
        for event in self.events() {
            match event.what {
                What::Cut { at, length } => intent.cut = Some(Cut::new(at * track.length(), length)),
                What::Pit => intent.pit = Some(PitVisit::Stop),
                What::DriveThrough => intent.pit = Some(PitVisit::Through),
                What::Spoiled => self.clock.invalidate(),
                _ => {}
            }
        }
        if self.plan.level.is_none() && self.car.powertrain.level(self.car.spec) < LOW {
            intent.pit = Some(PitVisit::Stop);
        }
        self.driver.intent = intent;
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
        let place = track.place(at.s);
        let slope = place.tangent.y;
        let pedals = self.driver.pedals(track, profile, at, &self.car, slope);
        let way = self.car.drive(pedals, slope);
        // The inside of a bend is shorter than the centre line.
        let forward = way / (1.0 - place.curvature * self.offset).max(0.2);
        let from = at.s;
        self.progress += forward;

        let at = self.at(track);
        self.offset = self.driver.offset(track, at);
        let bumps = std::array::from_fn(|wheel| {
            // The rear wheels meet the same bumps a wheelbase later, the right ones others than the left ones.
            let behind = if wheel < 2 { 0.0 } else { spec.wheelbase };
            noise::smooth(*seed, Stream::Road, (at.travelled - behind) / 1.9 + 1e6 * (wheel % 2) as f64)
        });
        let lift = self.car.fall();
        self.car.move_to(track.point(at.s, self.offset) + Vec3::new(0.0, lift, 0.0), &bumps);
        let in_pits = self.driver.in_pits;
        // The pit lane is tarmac too.
        let edge = if in_pits { f64::INFINITY } else { HALF_WIDTH };
        let was_off = self.car.wheels.off_track == 4;
        self.car.wheels.touch_ground(spec, self.offset, edge, self.car.speed);
        self.car.wheels.air_c = air_c(time);
        // An excursion counts against the lap in which the car left the track.
        if in_pits || (self.car.wheels.off_track == 4 && !was_off) {
            self.clock.invalidate();
        }
        let track_length = track.length();
        let passage =
            Passage { from, to: from + forward, track_length, time: before, step: STEP, in_pits, used: self.used() };
        let ended = self.clock.pass(&passage);
        if let Some(Ended::Lap(lap)) = ended {
            self.attempts += 1;
            self.plan_lap(track);
            let time_is_up = self.plan.timed && time >= f64::from(self.plan.minutes) * 60.0;
            if time_is_up || self.plan.laps.is_some_and(|laps| lap.number >= laps) {
                self.chequered_at.get_or_insert(time);
            }
        }
        let npos = at.s / track_length;
        self.show_flags(npos, time);
        self.suffer(npos);
        Outcome { ended, phantom: self.reset_after_the_end(time), interruption: self.moments(npos, time) }
    }

    /// What happens once, at this moment of the lap.
    fn moments(&mut self, npos: f64, time: f64) -> Option<Interruption> {
        let mut interruption = None;
        let elapsed = self.clock.elapsed_ms(time);
        for (index, event) in self.events().enumerate() {
            let (What::Pause { at, .. }
            | What::Restart { at }
            | What::Garage { at, .. }
            | What::Watch { at, .. }
            | What::MainMenu { at, .. }
            | What::Replay { at, .. }
            | What::Leave { at }
            | What::Contact { at, .. }) = event.what
            else {
                continue;
            };
            let due = match at {
                // A little window: a lap that begins in the box does not meet the places before it.
                When::Place(at) => (at..at + 0.01).contains(&npos),
                When::After(seconds) => f64::from(elapsed) >= seconds * 1000.0,
            };
            if elapsed <= 0 || !due || self.done & (1 << index) != 0 {
                continue;
            }
            self.done |= 1 << index;
            match event.what {
                What::Pause { seconds, .. } => interruption = Some(Interruption::Pause(seconds)),
                What::Restart { .. } => interruption = Some(Interruption::Restart),
                What::Garage { away, .. } => interruption = Some(Interruption::Garage(away)),
                What::Watch { laps, .. } => interruption = Some(Interruption::Watch(laps)),
                What::MainMenu { seconds, .. } => interruption = Some(Interruption::MainMenu(seconds)),
                What::Replay { replay, .. } => interruption = Some(Interruption::Replay(replay)),
                What::Leave { .. } => interruption = Some(Interruption::Leave),
                What::Contact { damage, .. } => self.mishaps.add(&damage),
                _ => {}
            }
        }
        interruption
    }

    /// The others, once per graphics frame of `step` seconds.
    pub(crate) fn step_traffic(&mut self, setting: &Setting, step: f64) {
        let held = self.plan.start == Start::Grid && self.time() < GREEN_LIGHT;
        let player =
            (!self.driver.in_pits).then(|| Neighbour::new(self.progress, self.car.speed, self.offset, &setting.track));
        self.traffic.step(setting, player.as_ref(), self.time(), step, held);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.left || self.chequered_at.is_some_and(|at| self.time() >= at + self.chequered_for())
    }

    /// Seconds from the chequered flag to the end of the session.
    fn chequered_for(&self) -> f64 {
        if self.plan.start == Start::Grid { RACE_CHEQUERED } else { CHEQUERED }
    }

    /// The driver has left the session.
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

    /// How late the numbers of the lap come that has just ended.
    pub(crate) fn delays(&self) -> Delays {
        if self.events().any(|event| event.what == What::SlowNumbers) { Delays::Slow } else { self.plan.delays }
    }

    /// Standing in its box.
    pub(crate) fn in_box(&self, track: &Track) -> bool {
        self.driver.in_pits && self.car.speed < 0.3 && (track.signed(self.progress) - track.pit_box()).abs() < 1.5
    }

    /// The part of the pits the player is in.
    pub(crate) fn pit_zone(&self, track: &Track) -> PitZone {
        if self.driver.in_pits { track.pit_zone(self.s(track)) } else { PitZone::Outside }
    }

    /// A lap that counts so far; never so before the first line and after the chequered flag.
    pub(crate) fn is_valid_lap(&self) -> bool {
        self.clock.valid && !self.is_chequered()
    }
}

/// The air warms up a little over the afternoon, °C.
fn air_c(time: f64) -> f64 {
    23.5 + 2.5 * (time / (time + 3600.0))
}
