//! The simulation from menu to chequered flag, one step at a time.

use std::time::Duration;

use acevo_shared_memory::{ACEvoCarLocation, ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

use crate::car::PHYSICS_RATE;
use crate::laps::LapBoard;
use crate::options::Options;
use crate::pages;
use crate::plan::{self, SessionPlan, Start};
use crate::profile::Profile;
use crate::session::{Session, Setting};
use crate::spec::CarSpec;
use crate::track::Track;
use crate::truth::Truth;

/// Graphics frames per second.
const GRAPHICS_RATE: u32 = 60;
/// Seconds in the menu before a session.
const MENU_SECONDS: f64 = 2.0;

/// Which pages a step has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// The physics page: every step of a running session.
    pub physics: bool,
    /// The graphics page: 60 times a second.
    pub graphics: bool,
    /// The static page: when a session loads, and again when its names are complete.
    pub static_data: bool,
}

#[derive(Debug, Clone)]
enum Stage {
    /// In the menu until this step; for ever without one.
    Menu {
        until: Option<u64>,
    },
    Driving(Box<Session>),
    Paused {
        session: Box<Session>,
        until: u64,
    },
    Ended,
}

/// A simulated game: step it, and read the pages.
///
/// It has no clock and does no input or output. The same [`Options`] give the same pages after the same number of
/// steps; the car's motion uses only operations that are exact to the last bit everywhere, so lap times do not depend
/// on the platform either.
///
/// ```
/// use acevo_simulator::{Options, Simulator};
///
/// let mut simulator = Simulator::new(Options::default());
/// for _ in 0..333 * 10 {
///     simulator.step();
/// }
/// assert_eq!(simulator.physics().gear, 2);
/// ```
#[derive(Debug, Clone)]
pub struct Simulator {
    options: Options,
    setting: Setting,
    plans: Vec<SessionPlan>,
    next_session: u32,
    steps: u64,
    stage: Stage,
    board: LapBoard,
    truth: Truth,
    /// Kilometres and seconds of the sessions before this one.
    driven: pages::Driven,
    names_complete: bool,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    static_data: SPageFileStaticEvo,
}

impl Simulator {
    /// A game that has just been started: in its menu, or on the track for the scenarios that begin there.
    pub fn new(options: Options) -> Self {
        let spec = CarSpec::of(options.car);
        let track = Track::new();
        let profile = Profile::new(&track, spec);
        let plans = plan::sessions(&options);
        let wait = match plans.first() {
            None => None,
            Some(SessionPlan { start: Start::Rolling, .. }) => Some(0),
            Some(_) => Some(steps_in(MENU_SECONDS)),
        };
        Self {
            setting: Setting { seed: options.seed, spec, track, profile },
            board: LapBoard::new(options.seed),
            plans,
            next_session: 0,
            steps: 0,
            stage: Stage::Menu { until: wait },
            truth: Truth::default(),
            driven: pages::Driven::default(),
            names_complete: false,
            physics: SPageFilePhysics::default(),
            graphics: SPageFileGraphicEvo::default(),
            static_data: pages::menu_static(),
            options,
        }
    }

    /// One physics step: 1/333 s of simulated time. While the game is paused nothing but that time goes on.
    pub fn step(&mut self) -> Changed {
        let frame = self.steps * u64::from(GRAPHICS_RATE) / u64::from(PHYSICS_RATE);
        self.steps += 1;
        let frame_due = self.steps * u64::from(GRAPHICS_RATE) / u64::from(PHYSICS_RATE) != frame;
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Menu { until } if until.is_some_and(|until| self.steps > until) => self.load(),
            Stage::Menu { until } => {
                self.stage = Stage::Menu { until };
                self.menu(frame_due)
            }
            Stage::Driving(session) => self.drive(session, frame_due),
            // The first frame after a pause makes up for the one that showed it.
            Stage::Paused { session, until } if self.steps >= until => self.drive(session, true),
            Stage::Paused { session, until } => {
                self.stage = Stage::Paused { session, until };
                Changed::default()
            }
            Stage::Ended => Changed::default(),
        }
    }

    /// The menu is drawn too: frames are counted, and nothing else is in the page.
    fn menu(&mut self, frame_due: bool) -> Changed {
        if frame_due {
            self.graphics.packetId += 1;
            self.graphics.status = ACEvoStatus::Off.value();
            self.graphics.car_location = ACEvoCarLocation::Unassigned.value();
        }
        // With the first frame of a fresh game the static page tells the versions.
        Changed { physics: false, graphics: frame_due, static_data: self.steps == 1 }
    }

    fn load(&mut self) -> Changed {
        let index = self.next_session;
        self.next_session += 1;
        let session = Box::new(Session::new(index, self.plans[index as usize].clone(), &self.setting));
        self.board.start_session(index);
        self.names_complete = false;
        // Counters that go back tell readers of a new session.
        self.physics = SPageFilePhysics::default();
        self.graphics = SPageFileGraphicEvo::default();
        self.static_data = pages::session_static(&self.setting, &session, self.plans.len(), false);
        let changed = self.drive(session, true);
        Changed { static_data: true, ..changed }
    }

    fn drive(&mut self, mut session: Box<Session>, frame_due: bool) -> Changed {
        let mut changed = Changed { physics: true, graphics: frame_due, static_data: false };
        let outcome = session.step(&self.setting);
        if let Some(lap) = outcome.lap {
            self.board.finish(&lap, session.clock.best_ms);
            self.truth.laps.push(lap);
        }
        if !self.names_complete && session.time() >= session.loaded_at {
            self.names_complete = true;
            self.board.clear_times();
            self.static_data = pages::session_static(&self.setting, &session, self.plans.len(), true);
            changed.static_data = true;
        }
        pages::fill_physics(&mut self.physics, &session, &self.setting, self.options.acc_g);
        let paused = outcome.pause.map(|seconds| self.steps + steps_in(f64::from(seconds)));
        let over = session.is_over();
        if frame_due {
            session.step_traffic(&self.setting, 1.0 / f64::from(GRAPHICS_RATE));
            self.board.frame();
        }
        if frame_due || paused.is_some() || over {
            changed.graphics = true;
            let frame = pages::Frame {
                session: &session,
                setting: &self.setting,
                board: &self.board,
                driven: &self.driven,
                acc_g: self.options.acc_g,
                names_complete: self.names_complete,
                status: if over {
                    ACEvoStatus::Off
                } else if paused.is_some() {
                    ACEvoStatus::Pause
                } else {
                    ACEvoStatus::Live
                },
            };
            pages::fill_graphics(&mut self.graphics, &frame);
        }
        self.stage = if over {
            self.driven.add(&session);
            if (self.next_session as usize) < self.plans.len() {
                Stage::Menu { until: Some(self.steps + steps_in(MENU_SECONDS)) }
            } else {
                Stage::Ended
            }
        } else if let Some(until) = paused {
            Stage::Paused { session, until }
        } else {
            Stage::Driving(session)
        };
        changed
    }

    /// The physics page.
    pub fn physics(&self) -> &SPageFilePhysics {
        &self.physics
    }

    /// The graphics page.
    pub fn graphics(&self) -> &SPageFileGraphicEvo {
        &self.graphics
    }

    /// The static page.
    pub fn static_data(&self) -> &SPageFileStaticEvo {
        &self.static_data
    }

    /// Simulated time since the game was started, menus and pauses included.
    pub fn time(&self) -> Duration {
        let rate = u64::from(PHYSICS_RATE);
        Duration::from_secs(self.steps / rate) + Duration::from_secs(self.steps % rate) / PHYSICS_RATE
    }

    /// The last session is over; further steps change no page.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    /// What really happened so far.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The options it was made with.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

fn steps_in(seconds: f64) -> u64 {
    (seconds * f64::from(PHYSICS_RATE)).round() as u64
}
