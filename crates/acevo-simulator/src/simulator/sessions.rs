//! Loading, driving and ending sessions.

use acevo_shared_memory::{ACEvoCarLocation, ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics};

use super::replay::{History, Replaying};
use super::{AfterPause, Changed, GRAPHICS_RATE, Simulator, Stage, frames_until, steps_in};
use crate::car::STEP;
use crate::fade::Fade;
use crate::laps::Ended;
use crate::observer::Observer;
use crate::options::{BoxReturn, PauseStyle};
use crate::pages;
use crate::plan::{Entry, OldTimes, ReturnStatus};
use crate::profile::Profile;
use crate::session::{Interruption, Session};
use crate::spec::CarSpec;
use crate::track::{Layout, Track};
use crate::truth::{AbortReason, PhantomLap, TruthEventKind};

/// Time in the menu on the way back to the box, in seconds: paused, or some frames of OFF.
const PAUSED_SECONDS: f64 = 2.2;
const OFF_SECONDS: f64 = 0.1;
/// Length of the pause before a session is left, in seconds.
const LEAVING_SECONDS: f64 = 2.1;
/// Number of frames after a return to the box until the page shows the box, and until it shows that the lap is invalid.
const BOX_FRAME: u32 = 2;
const INVALID_FRAME: u32 = 4;

impl Simulator {
    /// Loads the next session from the menu.
    pub(super) fn load(&mut self) -> Changed {
        let session = self.begin(0);
        self.names_complete = false;
        self.static_data = pages::session_static(&self.setting, &session, &self.options, self.sessions(), false);
        let changed = self.drive(session, true);
        Changed { static_data: true, ..changed }
    }

    /// Begins the next plan, which is a session or a phase.
    pub(super) fn begin(&mut self, run: u32) -> Box<Session> {
        let index = self.next_session;
        self.next_session += 1;
        let plan = self.plans[index as usize].clone();
        let spec = CarSpec::of(plan.car.unwrap_or(self.options.car));
        let layout = Layout::of(plan.track.unwrap_or(self.options.track));
        let other_track = !std::ptr::eq(layout, self.setting.track.layout);
        if other_track {
            self.setting.track = Track::new(layout);
        }
        if other_track || !std::ptr::eq(spec, self.setting.spec) {
            self.setting.spec = spec;
            self.setting.profile = Profile::new(&self.setting.track, spec);
        }
        let loaded = self.plans[..=index as usize].iter().filter(|plan| plan.entry != Entry::Phase).count() as u32;
        let (physics, graphics) = (self.physics.packetId, self.graphics.packetId);
        self.physics = SPageFilePhysics::default();
        self.graphics = SPageFileGraphicEvo::default();
        self.fade = Fade::default();
        self.physics_is_current = true;
        self.frame_g = [0.0; 3];
        self.arrival = None;
        // Counters that start again indicate a new session to readers.
        if plan.entry != Entry::Menu {
            (self.physics.packetId, self.graphics.packetId) = (physics, graphics);
        }
        self.board.start_session(index, plan.online);
        self.validity.restart();
        self.observer = Observer::default();
        self.old_times = true;
        if let Some(history) = &mut self.history {
            *history = History::default();
        }
        let mut session = Box::new(Session::new(index, loaded - 1, run, plan, &self.setting));
        self.phase_name = session.phase_name();
        self.record_event(&session, TruthEventKind::Phase(self.phase_name));
        self.register_cars(&session);
        self.log_session(&session);
        self.record_happenings(&mut session);
        session
    }

    /// Number of sessions that are loaded from the menu.
    fn sessions(&self) -> u32 {
        self.plans.iter().filter(|plan| plan.entry != Entry::Phase).count() as u32
    }

    pub(super) fn drive(&mut self, mut session: Box<Session>, frame_due: bool) -> Changed {
        let mut changed = Changed { physics: true, graphics: frame_due, static_data: false };
        let outcome = session.step(&self.setting);
        self.record_laps(&session, outcome.ended, outcome.phantom);
        if outcome.interruption == Some(Interruption::Restart) {
            let abandoned = session.restart(&self.setting);
            self.record_abort(&session, abandoned, AbortReason::Restart);
            self.log_restart();
            self.record_event(&session, TruthEventKind::Restarted);
            self.board.restart();
        }
        self.observe_step(&session);
        if !self.names_complete && session.time() >= session.loaded_at {
            self.names_complete = true;
            self.static_data = pages::session_static(&self.setting, &session, &self.options, self.sessions(), true);
            changed.static_data = true;
        }
        self.clear_old_times(&session);
        self.record_phase_name(&session);
        pages::fill_physics(&mut self.true_physics, &session, &self.setting, &self.options);
        let over = session.is_over();
        let to_menu = over && !self.phase_follows();
        if frame_due {
            session.step_traffic(&self.setting, 1.0 / f64::from(GRAPHICS_RATE));
            let shown = self.board.frame();
            if let Some(lap) = self.truth.laps.last_mut().filter(|lap| Some(lap.time_ms) == shown) {
                lap.published = true;
            }
        }
        self.record_happenings(&mut session);
        if frame_due {
            self.log_frame();
        }
        let status = match outcome.interruption {
            _ if to_menu => ACEvoStatus::Off,
            Some(Interruption::MainMenu(_)) => ACEvoStatus::Off,
            Some(Interruption::Pause(_) | Interruption::Garage(ReturnStatus::Paused) | Interruption::Watch(_)) => {
                ACEvoStatus::Pause
            }
            Some(Interruption::Leave) if self.leaves_through_pause() => ACEvoStatus::Pause,
            _ => ACEvoStatus::Live,
        };
        if status == ACEvoStatus::Off {
            changed.graphics = true;
            self.show_main_menu();
        } else {
            let shown = self.fade.live();
            self.show_physics(shown);
            if frame_due || status != ACEvoStatus::Live {
                changed.graphics = true;
                self.draw(&session, status);
            }
        }
        self.set_physics_current(&session, status == ACEvoStatus::Live && self.fade.is_none());
        if let Some(history) = &mut self.history {
            history.keep_physics(session.steps, &self.physics);
            if changed.graphics {
                history.keep_graphics(session.steps, &self.graphics);
            }
        }
        self.stage = if over { self.leave(session) } else { self.next_stage(session, outcome.interruption) };
        changed
    }

    /// The stage after a step in which the session has not ended.
    fn next_stage(&mut self, mut session: Box<Session>, interruption: Option<Interruption>) -> Stage {
        match interruption {
            None | Some(Interruption::Restart) => Stage::Driving(session),
            Some(Interruption::Pause(seconds)) => self.begin_pause(session, seconds, AfterPause::Continue),
            Some(Interruption::Garage(ReturnStatus::Paused)) => self.pause_for_box(session, 0),
            Some(Interruption::Watch(laps)) => self.pause_for_box(session, laps),
            Some(Interruption::Garage(ReturnStatus::Off)) => {
                self.put_back(&mut session);
                self.set_physics_current(&session, false);
                Stage::ReturningOff { session, until: self.steps + steps_in(OFF_SECONDS) }
            }
            Some(Interruption::MainMenu(seconds)) => {
                self.record_event(&session, TruthEventKind::MainMenu(true));
                Stage::MainMenu { session, until: self.steps + steps_in(seconds) }
            }
            Some(Interruption::Leave) if self.leaves_through_pause() => {
                self.begin_pause(session, LEAVING_SECONDS, AfterPause::LeaveSession)
            }
            Some(Interruption::Leave) => {
                session.quit();
                Stage::Driving(session)
            }
            Some(Interruption::Replay(replay)) => {
                self.record_event(&session, TruthEventKind::Replay(true));
                self.set_physics_current(&session, false);
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

    /// A pause from which the driver returns to the box.
    fn pause_for_box(&mut self, mut session: Box<Session>, watch: u32) -> Stage {
        if self.options.box_return == BoxReturn::TimerResets {
            self.put_back(&mut session);
        }
        self.begin_pause(session, PAUSED_SECONDS, AfterPause::ReturnToBox { watch })
    }

    /// True if the driver leaves via the menu of a pause. A phase that is followed by another one ends without a pause.
    fn leaves_through_pause(&self) -> bool {
        self.options.pause == PauseStyle::Fading && !self.phase_follows()
    }

    /// Records the lap, or the phantom lap, that a step has ended.
    fn record_laps(&mut self, session: &Session, ended: Option<Ended>, phantom: Option<PhantomLap>) {
        match ended {
            Some(Ended::Lap(mut lap)) => {
                lap.finished_step = self.steps;
                self.board.finish(lap.number, lap.run, lap.time_ms, session.clock.best_ms, session.delays());
                self.validity.finish(session.attempts - 1, session, &self.setting);
                self.truth.laps.push(lap);
                self.record_fault(session, &lap);
            }
            Some(Ended::Phantom(phantom)) => self.record_phantom(session, phantom),
            None => {}
        }
        if let Some(phantom) = phantom {
            self.record_phantom(session, phantom);
        }
    }

    fn record_phantom(&mut self, session: &Session, mut phantom: PhantomLap) {
        phantom.step = self.steps;
        match phantom.number {
            Some(number) => {
                let best = session.clock.best_ms;
                self.board.finish(number, phantom.run, phantom.time_ms, best, session.delays());
            }
            None => self.board.show_last(phantom.time_ms),
        }
        self.validity.restart();
        self.truth.phantoms.push(phantom);
    }

    /// Records a change of the phase on the page.
    fn record_phase_name(&mut self, session: &Session) {
        let name = session.phase_name();
        if std::mem::replace(&mut self.phase_name, name) != name {
            self.log_phase(name);
            self.record_event(session, TruthEventKind::PhaseName(name));
        }
    }

    /// Ends the session, or one of its phases.
    fn leave(&mut self, mut session: Box<Session>) -> Stage {
        let phase_follows = self.phase_follows();
        let abandoned = session.abandon();
        let reason = if phase_follows { AbortReason::PhaseEnd } else { AbortReason::SessionEnd };
        self.record_abort(&session, abandoned, reason);
        self.totals.add(&session);
        self.log_session_end();
        if phase_follows {
            return Stage::NextPhase { run: session.clock.run + 1 };
        }
        self.record_event(&session, TruthEventKind::SessionEnded);
        if (self.next_session as usize) < self.plans.len() {
            let next = &self.plans[self.next_session as usize];
            Stage::Menu { until: Some(self.steps + steps_in(next.menu_seconds)), fresh: false }
        } else {
            Stage::Ended
        }
    }

    fn phase_follows(&self) -> bool {
        self.plans.get(self.next_session as usize).is_some_and(|plan| plan.entry == Entry::Phase)
    }

    /// Removes the lap times of the previous session from the page at the time that the plan sets.
    fn clear_old_times(&mut self, session: &Session) {
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
        let arrival = self.arrival;
        self.arrival = arrival.map(|frames| frames + 1).filter(|frames| *frames < INVALID_FRAME);
        if arrival.is_some_and(|frames| frames < BOX_FRAME) {
            self.draw_departure(session, status);
            return;
        }
        let to_next = (1..).find(|steps| frames_until(self.steps + steps) != frames_until(self.steps)).unwrap_or(1);
        let valid = if arrival.is_some() {
            self.graphics.is_valid_lap
        } else {
            self.validity.frame(session, to_next as f64 * STEP)
        };
        let frame = pages::Frame {
            session,
            setting: &self.setting,
            board: &self.board,
            totals: &self.totals,
            options: &self.options,
            g: std::mem::replace(&mut self.frame_g, session.car.g),
            names_complete: self.names_complete,
            status,
            valid,
        };
        pages::fill_graphics(&mut self.graphics, &frame);
    }

    /// Draws the first frames after a return to the box: the old page, except for the car's location and the timer.
    fn draw_departure(&mut self, session: &Session, status: ACEvoStatus) {
        let page = &mut self.graphics;
        page.packetId = page.packetId.wrapping_add(1);
        page.status = status.value();
        page.car_location = ACEvoCarLocation::Pitlane.value();
        page.current_lap_time_ms = session.clock.shown_ms(session.time());
    }
}
