//! The simulation from menu to chequered flag, one step at a time.

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
use crate::options::Options;
use crate::pages;
use crate::plan::{self, Event, SessionPlan, Start, What};
use crate::profile::Profile;
use crate::session::{Session, Setting};
use crate::spec::CarSpec;
use crate::track::{Layout, Track};
use crate::truth::{Occurrence, Truth};
use crate::validity::ShownValidity;
use crate::watch::Watch;
use replay::{History, Replaying};

/// Graphics frames per second.
const GRAPHICS_RATE: u32 = 60;

/// Which pages a step has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// The physics page: every step of a running session and of a pause. Around a pause its content changes although its
    /// counter stands.
    pub physics: bool,
    /// The graphics page: 60 times a second, except in the main menu after a session.
    pub graphics: bool,
    /// The static page: when a session loads, and again when its names are complete.
    pub static_data: bool,
}

#[derive(Debug, Clone)]
enum Stage {
    /// In the menu until this step; for ever without one. In the menu of a game that has just started, frames are counted;
    /// after a session the pages stand.
    Menu {
        until: Option<u64>,
        fresh: bool,
    },
    /// The next phase begins with the next step; it is this run of its session.
    NextPhase {
        run: u32,
    },
    Driving(Box<Session>),
    Paused {
        session: Box<Session>,
        until: u64,
        then: AfterPause,
    },
    /// Frames go on with status OFF, physics stands still.
    Away {
        session: Box<Session>,
        until: u64,
    },
    /// In the main menu, from where the session goes on.
    MainMenu {
        session: Box<Session>,
        until: u64,
    },
    /// The driver leaves the session: it is live for some frames between the pause and the main menu.
    Leaving {
        session: Box<Session>,
        until: u64,
    },
    Replaying(Box<Replaying>),
    Ended,
}

/// What the driver chooses in the menu of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterPause {
    GoOn,
    /// Back to the box, to watch another car for so many of its laps, if any.
    ReturnToBox {
        watch: u32,
    },
    LeaveSession,
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
    validity: ShownValidity,
    watch: Watch,
    truth: Truth,
    /// Where there will be replays.
    history: Option<History>,
    /// Kilometres and seconds of the sessions before this one.
    driven: pages::Driven,
    names_complete: bool,
    /// The lap times of the session before are still shown.
    old_times: bool,
    /// What the physics page would show without fades.
    true_physics: SPageFilePhysics,
    fade: Fade,
    physics_is_current: bool,
    phase_name: &'static str,
    /// The g-forces of the frame before: the graphics page is one frame late.
    frame_g: [f64; 3],
    /// Frames since the car was put into its box by the menu, while the page does not show all of it.
    arrival: Option<u32>,
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
    static_data: SPageFileStaticEvo,
    tracker: PhysicsTracker,
}

impl Simulator {
    /// A game that has just been started: in its menu, or on the track for the scenarios that begin there.
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
        let is_replay = |event: &Event| matches!(event.what, What::Replay { .. });
        let history = plans.iter().any(|plan| plan.events.iter().any(is_replay)).then(History::default);
        Self {
            setting: Setting { seed: options.seed, spec, track, profile },
            board: LapBoard::new(options.seed),
            validity: ShownValidity::default(),
            watch: Watch::default(),
            plans,
            next_session: 0,
            steps: 0,
            stage: Stage::Menu { until: wait, fresh: true },
            truth: Truth::default(),
            history,
            driven: pages::Driven::default(),
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

    /// One physics step: 1/333 s of simulated time.
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
                if fresh { self.menu(frame_due) } else { Changed::default() }
            }
            Stage::NextPhase { run } => {
                let session = self.begin(run);
                self.drive(session, true)
            }
            Stage::Driving(session) => self.drive(session, frame_due),
            Stage::Paused { session, until, then } if self.steps >= until => self.end_pause(session, then),
            Stage::Paused { session, until, then } => self.pause(session, until, then, frame_due),
            Stage::MainMenu { session, until } if self.steps >= until => {
                self.tell(&session, Occurrence::MainMenu(false));
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
            Stage::Leaving { session, until } => self.drive_out(session, until, frame_due),
            Stage::Away { session, until } if self.steps >= until => self.drive(session, true),
            Stage::Away { session, until } => {
                if frame_due {
                    self.draw(&session, ACEvoStatus::Off);
                }
                self.stage = Stage::Away { session, until };
                Changed { graphics: frame_due, ..Changed::default() }
            }
            Stage::Replaying(replaying) if self.steps >= replaying.until => self.end_replay(*replaying),
            Stage::Replaying(replaying) => {
                let changed = self.show_again(&replaying, frame_due);
                self.stage = Stage::Replaying(replaying);
                changed
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

    /// The three pages, and whether physics is current, as a reader that has seen every page knows it.
    pub fn frame(&self) -> Frame {
        let mut frame = Frame::new(self.physics, self.graphics, self.static_data);
        frame.validity = self.tracker.validity();
        frame
    }

    /// Steps taken since the game was started, menus and pauses included.
    pub fn steps(&self) -> u64 {
        self.steps
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

/// Graphics frames that are drawn within so many steps.
fn frames_until(steps: u64) -> u64 {
    steps * u64::from(GRAPHICS_RATE) / u64::from(PHYSICS_RATE)
}

fn steps_in(seconds: f64) -> u64 {
    (seconds * f64::from(PHYSICS_RATE)).round() as u64
}
