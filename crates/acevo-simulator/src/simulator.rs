//! The simulation from menu to chequered flag, one step at a time.

use std::time::Duration;

use acevo_shared_memory::{ACEvoCarLocation, ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics, SPageFileStaticEvo};

use crate::board::LapBoard;
use crate::car::PHYSICS_RATE;
use crate::laps::Abandoned;
use crate::options::Options;
use crate::pages;
use crate::plan::{self, Away, Entry, Event, OldTimes, Replay, SessionPlan, Start, What};
use crate::profile::Profile;
use crate::replay::History;
use crate::session::{Interruption, Session, Setting};
use crate::spec::CarSpec;
use crate::track::Track;
use crate::truth::{AbortReason, AbortedLap, Happening, Occurrence, Truth};
use crate::validity::ShownValidity;
use crate::watch::Watch;

/// Graphics frames per second.
const GRAPHICS_RATE: u32 = 60;
/// Seconds in the menu before a session.
const MENU_SECONDS: f64 = 2.0;
/// Seconds in the menu on the way back to the box: paused, or some frames of OFF.
const PAUSED_SECONDS: f64 = 1.5;
const OFF_SECONDS: f64 = 0.1;

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
    /// Frames go on without status LIVE, physics stands still.
    Away {
        session: Box<Session>,
        until: u64,
    },
    Replaying(Box<Replaying>),
    Ended,
}

/// A replay while it is shown.
#[derive(Debug, Clone)]
struct Replaying {
    session: Box<Session>,
    replay: Replay,
    /// The step in which it began, and the one in which it is over.
    from: u64,
    until: u64,
    /// The pages before it.
    physics: SPageFilePhysics,
    graphics: SPageFileGraphicEvo,
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
            stage: Stage::Menu { until: wait },
            truth: Truth::default(),
            history,
            driven: pages::Driven::default(),
            names_complete: false,
            old_times: false,
            physics: SPageFilePhysics::default(),
            graphics: SPageFileGraphicEvo::default(),
            static_data: pages::menu_static(),
            options,
        }
    }

    /// One physics step: 1/333 s of simulated time. While the game is paused nothing but that time goes on.
    pub fn step(&mut self) -> Changed {
        let frame = frames_until(self.steps);
        self.steps += 1;
        let frame_due = frames_until(self.steps) != frame;
        match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Menu { until } if until.is_some_and(|until| self.steps > until) => self.load(),
            Stage::Menu { until } => {
                self.stage = Stage::Menu { until };
                self.menu(frame_due)
            }
            Stage::Driving(session) => self.drive(session, frame_due),
            // The first frame after a pause makes up for the one that showed it.
            Stage::Paused { session, until } if self.steps >= until => {
                self.tell(&session, Occurrence::Paused(false));
                self.drive(session, true)
            }
            Stage::Paused { session, until } => {
                self.stage = Stage::Paused { session, until };
                Changed::default()
            }
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

    /// The next session, from the menu.
    fn load(&mut self) -> Changed {
        let session = self.begin(0);
        self.names_complete = false;
        self.static_data = pages::session_static(&self.setting, &session, self.sessions(), false);
        let changed = self.drive(session, true);
        Changed { static_data: true, ..changed }
    }

    /// What the next plan begins with, whether it is a session or a phase.
    fn begin(&mut self, run: u32) -> Box<Session> {
        let index = self.next_session;
        self.next_session += 1;
        let plan = self.plans[index as usize].clone();
        let spec = CarSpec::of(plan.car.unwrap_or(self.options.car));
        if !std::ptr::eq(spec, self.setting.spec) {
            self.setting.spec = spec;
            self.setting.profile = Profile::new(&self.setting.track, spec);
        }
        let loaded = self.plans[..=index as usize].iter().filter(|plan| plan.entry != Entry::Phase).count() as u32;
        let (physics, graphics) = (self.physics.packetId, self.graphics.packetId);
        self.physics = SPageFilePhysics::default();
        self.graphics = SPageFileGraphicEvo::default();
        // Counters that go back tell readers of a new session.
        if plan.entry != Entry::Menu {
            (self.physics.packetId, self.graphics.packetId) = (physics, graphics);
        }
        self.board.start_session(index);
        self.validity.restart();
        self.watch = Watch::default();
        self.old_times = true;
        if let Some(history) = &mut self.history {
            *history = History::default();
        }
        let session = Box::new(Session::new(index, loaded - 1, run, plan, &self.setting));
        self.tell(&session, Occurrence::Phase(session.plan.phase));
        session
    }

    /// Sessions that are loaded from the menu.
    fn sessions(&self) -> u32 {
        self.plans.iter().filter(|plan| plan.entry != Entry::Phase).count() as u32
    }

    fn drive(&mut self, mut session: Box<Session>, frame_due: bool) -> Changed {
        let mut changed = Changed { physics: true, graphics: frame_due, static_data: false };
        let outcome = session.step(&self.setting);
        if let Some(mut lap) = outcome.lap {
            lap.finished_step = self.steps;
            self.board.finish(&lap, session.clock.best_ms, session.delays());
            self.validity.finish(session.attempts - 1, &session, &self.setting);
            self.truth.laps.push(lap);
        }
        if outcome.interruption == Some(Interruption::Restart) {
            let abandoned = session.restart(&self.setting);
            self.interrupted(&session, abandoned, AbortReason::Restart);
            self.tell(&session, Occurrence::Restarted);
            self.board.restart();
        }
        self.watch_step(&session);
        if !self.names_complete && session.time() >= session.loaded_at {
            self.names_complete = true;
            self.static_data = pages::session_static(&self.setting, &session, self.sessions(), true);
            changed.static_data = true;
        }
        self.forget_old_times(&session);
        pages::fill_physics(&mut self.physics, &session, &self.setting, self.options.acc_g);
        let over = session.is_over();
        if frame_due {
            session.step_traffic(&self.setting, 1.0 / f64::from(GRAPHICS_RATE));
            if self.board.frame()
                && let Some(lap) = self.truth.laps.last_mut()
            {
                lap.published = true;
            }
        }
        let status = match outcome.interruption {
            _ if over && !self.phase_follows() => ACEvoStatus::Off,
            Some(Interruption::Pause(_) | Interruption::Garage(Away::Paused)) => ACEvoStatus::Pause,
            _ => ACEvoStatus::Live,
        };
        if frame_due || status != ACEvoStatus::Live {
            changed.graphics = true;
            self.draw(&session, status);
        }
        if let Some(history) = &mut self.history {
            history.keep_physics(session.steps, &self.physics);
            if changed.graphics {
                history.keep_graphics(session.steps, &self.graphics);
            }
        }
        self.stage = if over { self.leave(session) } else { self.go_on(session, outcome.interruption) };
        changed
    }

    /// What comes after a step in which the session has not ended.
    fn go_on(&mut self, mut session: Box<Session>, interruption: Option<Interruption>) -> Stage {
        match interruption {
            None | Some(Interruption::Restart) => Stage::Driving(session),
            Some(Interruption::Pause(seconds)) => {
                self.tell(&session, Occurrence::Paused(true));
                Stage::Paused { session, until: self.steps + steps_in(f64::from(seconds)) }
            }
            Some(Interruption::Garage(away)) => {
                if away == Away::Paused {
                    self.tell(&session, Occurrence::Paused(true));
                }
                let abandoned = session.return_to_box(&self.setting);
                self.interrupted(&session, abandoned, AbortReason::Garage);
                self.tell(&session, Occurrence::ReturnedToGarage);
                self.watch_step(&session);
                match away {
                    Away::Paused => Stage::Paused { session, until: self.steps + steps_in(PAUSED_SECONDS) },
                    Away::Off => Stage::Away { session, until: self.steps + steps_in(OFF_SECONDS) },
                }
            }
            Some(Interruption::Replay(replay)) => {
                self.tell(&session, Occurrence::Replay(true));
                Stage::Replaying(Box::new(Replaying {
                    session,
                    replay,
                    from: self.steps,
                    until: self.steps + steps_in(replay.seconds),
                    physics: self.physics,
                    graphics: self.graphics,
                }))
            }
        }
    }

    /// The session, or one of its phases, is over.
    fn leave(&mut self, mut session: Box<Session>) -> Stage {
        let phase_follows = self.phase_follows();
        let abandoned = session.abandon();
        let reason = if phase_follows { AbortReason::PhaseEnd } else { AbortReason::SessionEnd };
        self.interrupted(&session, abandoned, reason);
        self.driven.add(&session);
        if phase_follows {
            return Stage::Driving(self.begin(session.clock.run + 1));
        }
        self.tell(&session, Occurrence::SessionEnded);
        if (self.next_session as usize) < self.plans.len() {
            Stage::Menu { until: Some(self.steps + steps_in(MENU_SECONDS)) }
        } else {
            Stage::Ended
        }
    }

    fn phase_follows(&self) -> bool {
        self.plans.get(self.next_session as usize).is_some_and(|plan| plan.entry == Entry::Phase)
    }

    /// Lap times of the session before vanish when it is time.
    fn forget_old_times(&mut self, session: &Session) {
        let over = match session.plan.old_times {
            OldTimes::UntilLoaded => session.time() >= session.loaded_at,
            OldTimes::Seconds(seconds) => session.time() >= seconds,
            OldTimes::UntilFirstLap => false,
        };
        if self.old_times && over {
            self.old_times = false;
            self.board.clear_times();
        }
    }

    /// Fills the graphics page.
    fn draw(&mut self, session: &Session, status: ACEvoStatus) {
        let to_next = (1..).find(|steps| frames_until(self.steps + steps) != frames_until(self.steps)).unwrap_or(1);
        let frame = pages::Frame {
            session,
            setting: &self.setting,
            board: &self.board,
            driven: &self.driven,
            acc_g: self.options.acc_g,
            names_complete: self.names_complete,
            status,
            valid: self.validity.frame(session, &self.setting, to_next),
        };
        pages::fill_graphics(&mut self.graphics, &frame);
    }

    /// One step of a replay.
    fn show_again(&mut self, replaying: &Replaying, frame_due: bool) -> Changed {
        let Replaying { session, replay, from, .. } = replaying;
        let shown = (session.steps + self.steps - from).saturating_sub(steps_in(replay.back));
        let physics = self.history.as_ref().and_then(|history| history.physics_at(shown)).filter(|_| replay.physics);
        if let Some(page) = physics {
            self.physics = SPageFilePhysics { packetId: self.physics.packetId.wrapping_add(1), ..*page };
        }
        let mut changed = Changed { physics: physics.is_some(), graphics: frame_due, static_data: false };
        let graphics = self.history.as_ref().and_then(|history| history.graphics_at(shown));
        if frame_due && let Some(page) = graphics {
            let packet = self.graphics.packetId.wrapping_add(1);
            self.graphics = SPageFileGraphicEvo { packetId: packet, status: ACEvoStatus::Replay.value(), ..*page };
        } else {
            changed.graphics = false;
        }
        changed
    }

    /// The game goes on where it was left; only the counters know.
    fn end_replay(&mut self, replaying: Replaying) -> Changed {
        self.physics = SPageFilePhysics { packetId: self.physics.packetId, ..replaying.physics };
        self.graphics = SPageFileGraphicEvo { packetId: self.graphics.packetId, ..replaying.graphics };
        self.tell(&replaying.session, Occurrence::Replay(false));
        self.drive(replaying.session, true)
    }

    fn watch_step(&mut self, session: &Session) {
        let mut told = Vec::new();
        self.watch.step(session, &self.setting, |what| told.push(what));
        for what in told {
            self.tell(session, what);
        }
    }

    fn tell(&mut self, session: &Session, what: Occurrence) {
        self.truth.happenings.push(Happening {
            session: session.clock.session,
            run: session.clock.run,
            at_s: session.time(),
            step: self.steps,
            npos: session.s(&self.setting.track) / self.setting.track.length(),
            what,
        });
    }

    /// The lap that was running, if there was one, will never be completed.
    fn interrupted(&mut self, session: &Session, abandoned: Option<Abandoned>, reason: AbortReason) {
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
            fuel_used_l: lap.used.fuel_l,
            energy_used_kwh: lap.used.energy_kwh,
            reason,
            at_s: session.time(),
            step: self.steps,
        });
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
