//! Pauses, and what follows after them.

use acevo_shared_memory::{ACEvoStatus, SPageFileGraphicEvo};

use super::{AfterPause, Changed, Shown, Simulator, Stage, steps_in};
use crate::fade::LIVE_BEFORE_MENU;
use crate::options::{BoxReturn, PauseStyle};
use crate::session::Session;
use crate::truth::{AbortReason, TruthEventKind};

impl Simulator {
    /// Begins a pause after the step that has shown status PAUSE for the first time.
    pub(super) fn begin_pause(&mut self, session: Box<Session>, seconds: f64, then: AfterPause) -> Stage {
        self.record_event(&session, TruthEventKind::Paused(true));
        Stage::Paused { session, until: self.steps + steps_in(seconds), then }
    }

    /// One step of a pause.
    pub(super) fn pause(&mut self, session: Box<Session>, until: u64, then: AfterPause, frame_due: bool) -> Changed {
        let changed = match self.options.pause {
            PauseStyle::Still => Changed::default(),
            PauseStyle::Fading => {
                let shown = self.fade.paused();
                self.show_physics(shown);
                if frame_due {
                    self.draw(&session, ACEvoStatus::Pause);
                }
                Changed { physics: true, graphics: frame_due, static_data: false }
            }
        };
        self.stage = Stage::Paused { session, until, then };
        changed
    }

    /// The first step after a pause. Its frame compensates for the one that showed the pause.
    pub(super) fn end_pause(&mut self, mut session: Box<Session>, then: AfterPause) -> Changed {
        self.record_event(&session, TruthEventKind::Paused(false));
        match then {
            AfterPause::Continue => self.drive(session, true),
            AfterPause::ReturnToBox { watch } => {
                if self.options.box_return == BoxReturn::TimerContinues {
                    self.put_back(&mut session);
                }
                if watch > 0 {
                    session.watch(watch);
                }
                self.drive(session, true)
            }
            AfterPause::LeaveSession => {
                let until = self.steps + LIVE_BEFORE_MENU;
                self.drive_until_menu(session, until, true)
            }
        }
    }

    /// One step of driving before the main menu opens at `until`.
    pub(super) fn drive_until_menu(&mut self, session: Box<Session>, until: u64, frame_due: bool) -> Changed {
        let changed = self.drive(session, frame_due);
        self.stage = match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Driving(session) => Stage::Leaving { session, until },
            other => other,
        };
        changed
    }

    /// Puts the car into its box, via the menu.
    pub(super) fn put_back(&mut self, session: &mut Session) {
        let abandoned = session.return_to_box(&self.setting, self.options.box_return);
        self.record_abort(session, abandoned, AbortReason::Garage);
        self.record_event(session, TruthEventKind::ReturnedToGarage);
        if self.options.box_return == BoxReturn::TimerContinues {
            self.arrival = Some(0);
        }
    }

    /// Fills the pages as the game leaves them when the main menu interrupts or ends a session.
    pub(super) fn show_main_menu(&mut self) {
        self.graphics =
            SPageFileGraphicEvo { packetId: self.graphics.packetId.wrapping_add(1), ..SPageFileGraphicEvo::default() };
        let shown = self.fade.menu();
        self.show_physics(shown);
    }

    /// Writes the physics page.
    pub(super) fn show_physics(&mut self, shown: Shown) {
        self.physics = shown.page(&self.true_physics, self.physics.packetId);
    }

    /// Records whether the physics page describes the car.
    pub(super) fn set_physics_current(&mut self, session: &Session, current: bool) {
        if std::mem::replace(&mut self.physics_is_current, current) != current {
            self.record_event(session, TruthEventKind::PhysicsCurrent(current));
        }
    }
}
