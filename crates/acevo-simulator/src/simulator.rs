//! The simulation, from menu to chequered flag, one step at a time.

mod field;
mod journal;
mod pause;
mod record;
mod replay;
mod sessions;

use std::time::Duration;

use acevo_shared_memory::{
    ACEvoCarLocation, ACEvoStatus, Frame, PhysicsTracker, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo,
};

use crate::board::LapBoard;
use crate::car::PHYSICS_RATE;
use crate::fade::{Fade, Shown};
use crate::log::Journal;
use crate::observer::Observer;
use crate::options::Options;
use crate::pages;
use crate::plan::{self, Event, EventKind, SessionPlan, Start};
use crate::profile::Profile;
use crate::session::Session;
use crate::setting::Setting;
use crate::spec::CarSpec;
use crate::track::{Layout, Track};
use crate::truth::{Truth, TruthEventKind};
use crate::validity::ShownValidity;
use replay::{History, Replaying};

/// Graphics frames per second.
const GRAPHICS_RATE: u32 = 60;

/// The pages that a step has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// The physics page: in every step of a running session and of a pause. Around a pause its content changes although its
    /// counter does not.
    pub physics: bool,
    /// The graphics page: 60 times a second, except in the main menu after a session.
    pub graphics: bool,
    /// The static page: when a session loads, and when its names are complete.
    pub static_data: bool,
}

#[derive(Debug, Clone)]
enum Stage {
    /// In the menu until this step; without an end if it is `None`. In the menu of a game that has just started, frames are
    /// counted; after a session the pages do not change.
    Menu {
        until: Option<u64>,
        fresh: bool,
    },
    /// The next phase begins with the next step, as this run of its session.
    NextPhase {
        run: u32,
    },
    Driving(Box<Session>),
    Paused {
        session: Box<Session>,
        until: u64,
        then: AfterPause,
    },
    /// On the way back to the box: frames continue with status OFF, physics is frozen.
    ReturningOff {
        session: Box<Session>,
        until: u64,
    },
    /// In the main menu, after which the session continues.
    MainMenu {
        session: Box<Session>,
        until: u64,
    },
    /// The driver is leaving the session, which is live for some frames between the pause and the main menu.
    Leaving {
        session: Box<Session>,
        until: u64,
    },
    Replaying(Box<Replaying>),
    Ended,
}

/// What follows after a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterPause {
    Continue,
    /// Returns to the box. If `watch` is not 0, the driver watches another car for this number of its laps.
    ReturnToBox {
        watch: u32,
    },
    LeaveSession,
}

/// A simulated game, which is stepped to produce the three pages.
///
/// It has no clock and does no input or output. Equal [`Options`] produce equal pages after the same number of steps. The car's
/// motion uses only operations that are exact to the last bit on all platforms, so lap times do not depend on the platform.
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
    validity: ShownValidity,
    observer: Observer,
    truth: Truth,
    /// Indices in [`Truth::cars`] of the cars of this session, in the order of the page.
    slots: Vec<usize>,
    /// Only if the options select a log.
    journal: Option<Journal>,
    /// Kept only if the scenario has replays.
    history: Option<History>,
    /// Kilometres and seconds of earlier sessions.
    totals: pages::Totals,
    names_complete: bool,
    /// The lap times of the previous session are still on the page.
    old_times: bool,
    /// The physics page without fades.
    true_physics: SPageFilePhysics,
    fade: Fade,
    physics_is_current: bool,
    phase_name: &'static str,
    /// The g-forces of the previous frame: the graphics page is one frame late.
    frame_g: [f64; 3],
    /// Number of frames since a return to the box via the menu, until the page shows it completely.
    arrival: Option<u32>,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    static_data: SPageFileStaticEvo,
    tracker: PhysicsTracker,
}

impl Simulator {
    /// Creates a game that has just started: in its menu, or on the track for scenarios that begin there.
    pub fn new(options: Options) -> Self {
        let spec = CarSpec::of(options.car);
        let track = Track::new(Layout::of(options.track));
        let profile = Profile::new(&track, spec);
        let plans = plan::sessions(&options);
        let wait = match plans.first() {
            None => None,
            Some(SessionPlan { start: Start::Rolling, .. }) => Some(0),
            Some(plan) => Some(steps_in(plan.menu_seconds)),
        };
        let is_replay = |event: &Event| matches!(event.kind, EventKind::Replay { .. });
        let history = plans.iter().any(|plan| plan.events.iter().any(is_replay)).then(History::default);
        Self {
            setting: Setting { seed: options.seed, spec, track, profile },
            board: LapBoard::new(options.seed),
            validity: ShownValidity::default(),
            observer: Observer::default(),
            plans,
            next_session: 0,
            steps: 0,
            stage: Stage::Menu { until: wait, fresh: true },
            truth: Truth::default(),
            slots: Vec::new(),
            journal: options.log.map(|style| Journal::new(style, options.seed)),
            history,
            totals: pages::Totals::default(),
            names_complete: false,
            old_times: false,
            true_physics: SPageFilePhysics::default(),
            fade: Fade::default(),
            physics_is_current: true,
            phase_name: "",
            frame_g: [0.0; 3],
            arrival: None,
            physics: SPageFilePhysics::default(),
            graphics: SPageFileGraphicEvo::default(),
            static_data: pages::menu_static(options.game),
            tracker: PhysicsTracker::default(),
            options,
        }
    }

    /// Simulates one physics step, which is 1/333 s. Returns which pages have been written.
    ///
    /// ```
    /// use acevo_simulator::{Options, Scenario, Simulator};
    ///
    /// let mut options = Options::default();
    /// options.scenario = Scenario::HotLaps;
    /// let mut simulator = Simulator::new(options);
    /// assert!(simulator.step().physics);
    /// assert_eq!(simulator.physics().packetId, 1);
    /// ```
    pub fn step(&mut self) -> Changed {
        let changed = self.advance();
        if changed.graphics {
            self.tracker.graphics(&self.graphics);
        }
        if changed.physics {
            self.tracker.physics(&self.physics);
        }
        changed
    }

    fn advance(&mut self) -> Changed {
        let frame = frames_until(self.steps);
        self.steps += 1;
        let frame_due = frames_until(self.steps) != frame;
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Menu { until, .. } if until.is_some_and(|until| self.steps > until) => self.load(),
            Stage::Menu { until, fresh } => {
                self.stage = Stage::Menu { until, fresh };
                if fresh { self.first_menu(frame_due) } else { Changed::default() }
            }
            Stage::NextPhase { run } => {
                let session = self.begin(run);
                self.drive(session, true)
            }
            Stage::Driving(session) => self.drive(session, frame_due),
            Stage::Paused { session, until, then } if self.steps >= until => self.end_pause(session, then),
            Stage::Paused { session, until, then } => self.pause(session, until, then, frame_due),
            Stage::MainMenu { session, until } if self.steps >= until => {
                self.record_event(&session, TruthEventKind::MainMenu(false));
                self.drive(session, true)
            }
            Stage::MainMenu { session, until } => {
                self.stage = Stage::MainMenu { session, until };
                Changed::default()
            }
            Stage::Leaving { mut session, until } if self.steps >= until => {
                session.quit();
                self.drive(session, frame_due)
            }
            Stage::Leaving { session, until } => self.drive_until_menu(session, until, frame_due),
            Stage::ReturningOff { session, until } if self.steps >= until => self.drive(session, true),
            Stage::ReturningOff { session, until } => {
                if frame_due {
                    self.draw(&session, ACEvoStatus::Off);
                }
                self.stage = Stage::ReturningOff { session, until };
                Changed { graphics: frame_due, ..Changed::default() }
            }
            Stage::Replaying(replaying) if self.steps >= replaying.until => self.end_replay(*replaying),
            Stage::Replaying(replaying) => {
                let changed = self.replay_step(&replaying, frame_due);
                self.stage = Stage::Replaying(replaying);
                changed
            }
            Stage::Ended => Changed::default(),
        }
    }

    /// One step of the menu after the start of the game: frames are counted, and the graphics page has nothing else.
    fn first_menu(&mut self, frame_due: bool) -> Changed {
        if frame_due {
            self.graphics.packetId += 1;
            self.graphics.status = ACEvoStatus::Off.value();
            self.graphics.car_location = ACEvoCarLocation::Unassigned.value();
        }
        // The first frame of a new game writes the versions to the static page.
        Changed { physics: false, graphics: frame_due, static_data: self.steps == 1 }
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

    /// The three pages, with the validity of physics as judged by a reader that has seen every page.
    ///
    /// ```
    /// use acevo_simulator::{Options, Simulator};
    ///
    /// let frame = Simulator::new(Options::default()).frame();
    /// assert!(!frame.validity.is_current(), "the game is in its menu");
    /// ```
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new(self.physics, self.graphics, self.static_data);
        frame.validity = self.tracker.validity();
        frame
    }

    /// Number of steps since the start of the game, including menus and pauses.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Simulated time since the start of the game, including menus and pauses.
    pub fn time(&self) -> Duration {
        let rate = u64::from(PHYSICS_RATE);
        Duration::from_secs(self.steps / rate) + Duration::from_secs(self.steps % rate) / PHYSICS_RATE
    }

    /// True after the last session. Further steps change no page.
    pub fn is_finished(&self) -> bool {
        matches!(self.stage, Stage::Ended)
    }

    /// Everything that has really happened so far, to compare with the findings of a reader.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The options of this simulation.
    pub fn options(&self) -> &Options {
        &self.options
    }
}

/// Number of graphics frames that are drawn within this number of steps.
fn frames_until(steps: u64) -> u64 {
    steps * u64::from(GRAPHICS_RATE) / u64::from(PHYSICS_RATE)
}

fn steps_in(seconds: f64) -> u64 {
    (seconds * f64::from(PHYSICS_RATE)).round() as u64
}
