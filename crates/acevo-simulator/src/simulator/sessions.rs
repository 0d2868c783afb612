//! From session to session, and through each of them.

use acevo_shared_memory::{ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics};

use super::replay::{History, Replaying};
use super::{Changed, GRAPHICS_RATE, MENU_SECONDS, Simulator, Stage, frames_until, steps_in};
use crate::pages;
use crate::plan::{Away, Entry, OldTimes};
use crate::profile::Profile;
use crate::session::{Interruption, Session};
use crate::spec::CarSpec;
use crate::truth::{AbortReason, Occurrence};
use crate::watch::Watch;

/// Seconds in the menu on the way back to the box: paused, or some frames of OFF.
const PAUSED_SECONDS: f64 = 1.5;
const OFF_SECONDS: f64 = 0.1;

impl Simulator {
    /// The next session, from the menu.
    pub(super) fn load(&mut self) -> Changed {
        let session = self.begin(0);
        self.names_complete = false;
        self.static_data = pages::session_static(&self.setting, &session, self.sessions(), false);
        let changed = self.drive(session, true);
        Changed { static_data: true, ..changed }
    }

    /// What the next plan begins with, whether it is a session or a phase.
    pub(super) fn begin(&mut self, run: u32) -> Box<Session> {
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

    pub(super) fn drive(&mut self, mut session: Box<Session>, frame_due: bool) -> Changed {
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
            return Stage::NextPhase { run: session.clock.run + 1 };
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
    pub(super) fn draw(&mut self, session: &Session, status: ACEvoStatus) {
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
}
