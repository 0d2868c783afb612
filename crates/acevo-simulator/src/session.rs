//! One session while it runs: the car on its way round, its timekeeper, the others, and what the plan has in store.

use acevo_shared_memory::ACEvoFlagType;

use crate::car::{Car, STEP};
use crate::driver::{Driver, Intent, Progress};
use crate::laps::{LapClock, Passage, Used};
use crate::noise::{self, Stream, generator};
use crate::plan::{Event, SessionPlan, Start, What};
use crate::profile::Profile;
use crate::spec::CarSpec;
use crate::track::{HALF_WIDTH, PIT_BOX, PitZone, Track};
use crate::traffic::{Traffic, grid_slot};
use crate::truth::LapRecord;

/// Everything that stays the same for the whole simulation.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) seed: u64,
    pub(crate) spec: &'static CarSpec,
    pub(crate) track: Track,
    pub(crate) profile: Profile,
}

/// The player's place on the grid, from 0.
const GRID_SLOT: usize = 7;
/// Seconds in the box before the driver leaves for the first time; the engine starts a bit earlier.
const BOX_WAIT: f64 = 5.0;
const CRANKING: (f64, f64) = (2.6, 3.4);
/// Seconds on the grid: the five lights come on one by one, then go out.
const LIGHTS_START: f64 = 4.0;
const GREEN_LIGHT: f64 = 10.0;
/// Seconds that the chequered flag is shown before the session is over.
const CHEQUERED: f64 = 4.0;
/// Below this part of a tank or battery at the start of a lap the driver comes in at its end; a lap may take 7 %.
const LOW: f64 = 0.18;

/// A stop in the box.
#[derive(Debug, Clone, Copy)]
struct Service {
    until: f64,
    /// Litres, or kWh for an electric car, per second.
    refill: f64,
}

/// A session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) index: u32,
    pub(crate) plan: SessionPlan,
    pub(crate) car: Car,
    pub(crate) driver: Driver,
    pub(crate) clock: LapClock,
    pub(crate) traffic: Traffic,
    /// Physics steps of this session, pauses not counted.
    pub(crate) steps: u64,
    /// Metres since the line at the start of the first lap; the part within the lap is where the car is.
    pub(crate) progress: f64,
    started_at: f64,
    /// Distance of the car from the centre line, metres to the right.
    offset: f64,
    /// Session time at which names on the pages are complete.
    pub(crate) loaded_at: f64,
    service: Option<Service>,
    /// Which pauses of this lap are over, by their place in the plan.
    paused: u32,
    yellow: bool,
    /// Session time until which the green flag is shown after a yellow one.
    green_until: f64,
    chequered_at: Option<f64>,
}

/// What a step brought.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outcome {
    pub(crate) lap: Option<LapRecord>,
    /// Seconds the game is paused from now on.
    pub(crate) pause: Option<u32>,
}

impl Session {
    pub(crate) fn new(index: u32, plan: SessionPlan, setting: &Setting) -> Self {
        let Setting { seed, spec, track, profile } = setting;
        let mut random = generator(*seed, Stream::Session, u64::from(index));
        let mut driver = Driver::new(seed.wrapping_add(u64::from(index) << 40));
        let mut car = Car::new(spec, air_c(0.0));
        let mut clock = LapClock::new(index);
        let started_at = match plan.start {
            Start::Box => {
                driver.start_in_box();
                PIT_BOX
            }
            Start::Rolling => {
                clock.wait_for_line();
                -420.0
            }
            Start::Grid => {
                let (behind, offset) = grid_slot(GRID_SLOT);
                driver.start_on_grid(offset);
                clock.wait_for_line();
                behind
            }
        };
        let at = Progress { s: track.wrap(started_at), travelled: 0.0 };
        let offset = driver.offset(track, at);
        let speed = if plan.start == Start::Rolling { profile.speed(at.s) * 0.95 } else { 0.0 };
        car.place(track.point(at.s, offset), track.place(at.s).tangent, speed);
        if plan.start == Start::Grid {
            car.powertrain.running = true;
            car.powertrain.rpm = spec.idle_rpm;
        }
        let traffic = Traffic::new(*seed, index, plan.start, GRID_SLOT, track);
        let mut session = Self {
            index,
            plan,
            car,
            driver,
            clock,
            traffic,
            steps: 0,
            progress: started_at,
            started_at,
            offset,
            loaded_at: 1.0 + 1.3 * random.f64(),
            service: None,
            paused: 0,
            yellow: false,
            green_until: 0.0,
            chequered_at: None,
        };
        session.plan_lap(track);
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

    fn events(&self) -> impl Iterator<Item = &Event> {
        let lap = self.clock.completed;
        self.plan.events.iter().filter(move |event| event.applies(lap))
    }

    /// A new lap: what the driver will do on it.
    fn plan_lap(&mut self, track: &Track) {
        self.paused = 0;
        let mut intent = Intent { pit: self.driver.intent.pit, ..Intent::default() };
        for event in self.events() {
            match event.what {
                What::Cut { at } => intent.cut_at = Some(at * track.length()),
                What::Pit => intent.pit = true,
                What::Pause { .. } | What::Yellow { .. } => {}
            }
        }
        intent.pit |= self.car.powertrain.level(self.car.spec) < LOW;
        self.driver.intent = intent;
    }

    /// One physics step.
    pub(crate) fn step(&mut self, setting: &Setting) -> Outcome {
        let Setting { seed, spec, track, profile } = setting;
        let before = self.time();
        self.steps += 1;
        let time = self.time();
        self.wait_or_go(time);
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
        self.car.move_to(track.point(at.s, self.offset), &bumps);
        let in_pits = self.driver.in_pits;
        // The pit lane is tarmac too.
        let edge = if in_pits { f64::INFINITY } else { HALF_WIDTH };
        self.car.wheels.touch_ground(spec, self.offset, edge, self.car.speed);
        self.car.wheels.air_c = air_c(time);
        if in_pits || self.car.wheels.off_track == 4 {
            self.clock.invalidate();
        }
        let used = Used { fuel_l: self.car.powertrain.fuel_used_l, energy_kwh: self.car.powertrain.energy_used_kwh };
        let track_length = track.length();
        let passage = Passage { from, to: from + forward, track_length, time: before, step: STEP, in_pits, used };
        let lap = self.clock.pass(&passage);
        if let Some(lap) = lap {
            self.plan_lap(track);
            if self.plan.laps.is_some_and(|laps| lap.number >= laps) {
                self.chequered_at.get_or_insert(time);
            }
        }
        Outcome { lap, pause: self.happenings(at.s / track_length, time) }
    }

    /// Leaves the box or the grid when it is time.
    fn wait_or_go(&mut self, time: f64) {
        match self.plan.start {
            Start::Box if self.service.is_none() && self.clock.completed == 0 && self.driver.holding => {
                self.car.powertrain.cranking = (CRANKING.0..CRANKING.1).contains(&time);
                self.car.powertrain.running = time >= CRANKING.1;
                if time >= BOX_WAIT {
                    self.driver.holding = false;
                    self.clock.start(time, true, false);
                }
            }
            Start::Grid if self.driver.holding && self.service.is_none() && time >= GREEN_LIGHT => {
                self.driver.holding = false;
                self.clock.start(GREEN_LIGHT, false, true);
            }
            _ => {}
        }
    }

    /// Work in the box: begins when the car has come to rest there, ends with new tyres and a fuller tank.
    fn serve(&mut self, time: f64) {
        if self.driver.stop_ahead && self.car.speed == 0.0 {
            self.driver.stop_ahead = false;
            self.driver.holding = true;
            let spec = self.car.spec;
            let (capacity, per_second) = if spec.is_electric() { (spec.battery_kwh, 3.0) } else { (spec.tank_l, 2.8) };
            let missing = (0.6 - self.car.powertrain.level(spec)).max(0.0) * capacity;
            // Four tyres take their time even when nothing is missing.
            let seconds = (missing / per_second).max(8.0);
            self.service = Some(Service { until: time + seconds, refill: missing / seconds });
        }
        let Some(service) = self.service else { return };
        let refilled = service.refill * STEP;
        if self.car.spec.is_electric() {
            self.car.powertrain.battery_kwh += refilled;
        } else {
            self.car.powertrain.fuel_l += refilled;
        }
        if time >= service.until {
            self.service = None;
            self.driver.holding = false;
            self.car.wheels.fit_new_tyres(self.car.spec.ideal_tyre_c - 14.0);
        }
    }

    /// Flags and pauses at this place of the lap.
    fn happenings(&mut self, npos: f64, time: f64) -> Option<u32> {
        let mut yellow = false;
        let mut pause = None;
        let mut paused = self.paused;
        for (index, event) in self.events().enumerate() {
            match event.what {
                What::Yellow { from, to } => yellow |= (from..to).contains(&npos),
                What::Pause { at, seconds } if self.clock.elapsed_ms(time) > 0 => {
                    // A little window: a lap that begins in the box does not meet the places before it.
                    if (at..at + 0.01).contains(&npos) && paused & (1 << index) == 0 {
                        paused |= 1 << index;
                        pause = Some(seconds);
                    }
                }
                What::Pause { .. } | What::Cut { .. } | What::Pit => {}
            }
        }
        self.paused = paused;
        if self.yellow && !yellow {
            self.green_until = time + 3.0;
        }
        self.yellow = yellow;
        self.driver.intent.careful = yellow;
        pause
    }

    /// The others, once per graphics frame of `step` seconds.
    pub(crate) fn step_traffic(&mut self, setting: &Setting, step: f64) {
        let held = self.plan.start == Start::Grid && self.time() < GREEN_LIGHT;
        self.traffic.step(&setting.track, &setting.profile, self.time(), step, held);
    }

    /// The flag shown to the player.
    pub(crate) fn flag(&self) -> ACEvoFlagType {
        if self.chequered_at.is_some() {
            ACEvoFlagType::CheckeredFlag
        } else if self.yellow {
            ACEvoFlagType::YellowFlag
        } else if self.time() < self.green_until || self.just_started() {
            ACEvoFlagType::GreenFlag
        } else {
            ACEvoFlagType::NoFlag
        }
    }

    fn just_started(&self) -> bool {
        self.plan.start == Start::Grid && (GREEN_LIGHT..GREEN_LIGHT + 3.0).contains(&self.time())
    }

    /// Red lights of the start that are on, 0..5.
    pub(crate) fn lights_on(&self) -> i32 {
        let time = self.time();
        if self.plan.start == Start::Grid && time < GREEN_LIGHT {
            ((time - LIGHTS_START) as i32 + 1).clamp(0, 5) * i32::from(time >= LIGHTS_START)
        } else {
            0
        }
    }

    /// Seconds until a race starts; 0 afterwards and elsewhere.
    pub(crate) fn to_start(&self) -> f64 {
        if self.plan.start == Start::Grid { (GREEN_LIGHT - self.time()).max(0.0) } else { 0.0 }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.chequered_at.is_some_and(|at| self.time() >= at + CHEQUERED)
    }

    pub(crate) fn is_chequered(&self) -> bool {
        self.chequered_at.is_some()
    }

    pub(crate) fn is_last_lap(&self) -> bool {
        self.plan.laps == Some(self.clock.completed + 1)
    }

    /// Work on the car is going on in the box.
    pub(crate) fn is_serviced(&self) -> bool {
        self.service.is_some()
    }

    /// Standing in its box.
    pub(crate) fn in_box(&self, track: &Track) -> bool {
        self.driver.in_pits && self.car.speed < 0.3 && (track.signed(self.progress) - PIT_BOX).abs() < 1.5
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
