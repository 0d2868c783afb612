//! Replays: recent pages are shown again.

use std::collections::VecDeque;

use acevo_shared_memory::{ACEvoStatus, SPageFileGraphicEvo, SPageFilePhysics};

use super::{Changed, Simulator, steps_in};
use crate::car::PHYSICS_RATE;
use crate::plan::Replay;
use crate::session::Session;
use crate::truth::TruthEventKind;

/// Number of physics steps that are kept.
const KEPT: u64 = 21 * PHYSICS_RATE as u64;

/// The pages of the last seconds, each with the step of the session that has written it.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    physics: VecDeque<(u64, SPageFilePhysics)>,
    graphics: VecDeque<(u64, SPageFileGraphicEvo)>,
}

impl History {
    pub(super) fn keep_physics(&mut self, step: u64, page: &SPageFilePhysics) {
        keep(&mut self.physics, step, page);
    }

    pub(super) fn keep_graphics(&mut self, step: u64, page: &SPageFileGraphicEvo) {
        keep(&mut self.graphics, step, page);
    }

    /// The physics page of a step.
    fn physics_at(&self, step: u64) -> Option<&SPageFilePhysics> {
        latest(&self.physics, step)
    }

    /// The last frame up to a step.
    fn graphics_at(&self, step: u64) -> Option<&SPageFileGraphicEvo> {
        latest(&self.graphics, step)
    }
}

/// A running replay.
#[derive(Debug, Clone)]
pub(super) struct Replaying {
    pub(super) session: Box<Session>,
    pub(super) replay: Replay,
    /// The steps in which it began and ends.
    pub(super) from: u64,
    pub(super) until: u64,
    /// The pages before it.
    pub(super) physics: SPageFilePhysics,
    pub(super) graphics: SPageFileGraphicEvo,
}

impl Simulator {
    /// One step of a replay.
    pub(super) fn replay_step(&mut self, replaying: &Replaying, frame_due: bool) -> Changed {
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

    /// Ends a replay: the session continues where it was interrupted, with later packet counters.
    pub(super) fn end_replay(&mut self, replaying: Replaying) -> Changed {
        self.physics = SPageFilePhysics { packetId: self.physics.packetId, ..replaying.physics };
        self.graphics = SPageFileGraphicEvo { packetId: self.graphics.packetId, ..replaying.graphics };
        self.record_event(&replaying.session, TruthEventKind::Replay(false));
        self.drive(replaying.session, true)
    }
}

fn keep<P: Copy>(pages: &mut VecDeque<(u64, P)>, step: u64, page: &P) {
    while pages.front().is_some_and(|(kept, _)| kept + KEPT < step) {
        pages.pop_front();
    }
    pages.push_back((step, *page));
}

fn latest<P>(pages: &VecDeque<(u64, P)>, step: u64) -> Option<&P> {
    pages.partition_point(|(kept, _)| *kept <= step).checked_sub(1).map(|index| &pages[index].1)
}
